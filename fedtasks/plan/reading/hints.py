"""What the words of a section's name hint at where the name as a whole is not known.

Each word (each pair of characters where a script writes no blanks) votes as the known names do that hold it: for work
if more names of work hold it, against if more names of background, proof and the like do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from math import log
from unicodedata import normalize

from fedtasks.plan.reading.inline import plain
from fedtasks.plan.reading.words import UNSPACED, fold, phrases, tokens

WORK = ("sections.work", "sections.list")
ASIDE = tuple(f"sections.{name}" for name in ("background", "summary", "verification", "testing", "optional"))
SHORTEST = 4
"""Shorter words are small ones (`the`, `что`) in most languages and say nothing."""
DOUBT = 0.5
"""How often each word is taken to stand in either list though it does not: a word that stands once is no proof."""
SHARE = 0.6
"""What one name of background counts against one of work: there are more of them."""


@lru_cache(maxsize=1024)
def hint(text: str) -> float:
    """How much the words of a name speak for work (above 0) or against it."""
    votes = _votes()
    return sum(votes.get(piece, 0.0) for piece in _pieces(tokens(fold(plain(text)))))


@cache
def _votes() -> Mapping[str, float]:
    work, aside = _count(WORK), _count(ASIDE)
    return {piece: log((work[piece] + DOUBT) / (SHARE * aside[piece] + DOUBT)) for piece in work.keys() | aside.keys()}


def _count(lists: Iterable[str]) -> Counter[str]:
    return Counter(piece for name in lists for phrase in phrases(name) for piece in _pieces(phrase))


def _pieces(found: Iterable[str]) -> set[str]:
    """Words but for small ones, and pairs of the characters of scripts without blanks."""
    pieces: set[str] = set()
    for token in found:
        if UNSPACED.search(token) is None:
            pieces.update((token,) if len(token) >= SHORTEST else ())
        else:
            whole = normalize("NFC", token)
            pieces.update(whole[at : at + 2] for at in range(max(len(whole) - 1, 1)))
    return pieces
