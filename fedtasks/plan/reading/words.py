"""The words of plans in all languages, from `words.json`: the one place where languages differ."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

TOKEN = re.compile(r"[^\W_]+(?:['’.\-/][^\W_]+)*")
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts whose words need no blanks between them (Thai, Chinese, Japanese), and Korean, which adds particles."""


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Case, accents and width do not count."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if unicodedata.category(char) != "Mn").replace("’", "'")


def tokens(folded: str) -> tuple[str, ...]:
    """The words of a folded text."""
    return tuple(TOKEN.findall(folded))


@dataclass(frozen=True, slots=True)
class Words:
    """Word lists by dotted name (`sections.work`, `fields.files`), all languages together, folded."""

    lists: Mapping[str, frozenset[str]]
    plain: Mapping[str, tuple[str, ...]]

    def has(self, name: str, folded: str) -> bool:
        """Whether a folded text is a word of this list."""
        return folded in self.lists[name]


@cache
def words() -> Words:
    """The table, read once."""
    raw = json.loads(files("fedtasks.plan.reading").joinpath("words.json").read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for language in raw.values():
        if isinstance(language, dict):
            for part, lists in language.items():
                for name, listed in lists.items():
                    found.setdefault(f"{part}.{name}", []).extend(listed)
    folded = {name: frozenset(fold(word) for word in listed) for name, listed in found.items()}
    return Words(folded, {name: tuple(dict.fromkeys(listed)) for name, listed in found.items()})


@cache
def alternatives(*names: str) -> str:
    """A regular expression of all words of these lists, folded ones too, longest first."""
    listed = [word for name in names for word in words().plain[name]]
    every = {form for word in listed for form in (word, fold(word))}
    return "|".join(re.escape(word) for word in sorted(every, key=lambda word: (-len(word), word)))


ASCII_CASES = str.maketrans({"\u0131": "i", "\u0130": "i", "\u017f": "s", "\u212a": "k"})
"""Letters that a regular expression without case takes for ASCII ones."""
OPENING = 40
"""No word of a list is longer."""


def _ascii_forms(names: Iterable[str]) -> set[str]:
    """The words of these lists, in lower case, that a text in ASCII can hold."""
    listed = (form for name in names for word in words().plain[name] for form in (word, fold(word)))
    return {low for form in listed if (low := form.translate(ASCII_CASES).lower()).isascii()}


@cache
def _needles(*names: str) -> tuple[str, ...]:
    return least(_ascii_forms(names))


def least(some: Iterable[str]) -> tuple[str, ...]:
    """Some words without those that hold another one of them."""
    found: list[str] = []
    for word in sorted(some, key=len):
        if not any(shorter in word for shorter in found):
            found.append(word)
    return tuple(found)


def may_hold(text: str, *names: str) -> bool:
    """Whether a text could hold one of `alternatives`, in any case; soon said of one that does not, in ASCII."""
    if not text.isascii():
        return True
    low = text.lower()
    for needle in _needles(*names):  # noqa: SIM110  a generator would take twice as long
        if needle in low:
            return True
    return False


@cache
def _openings(name: str) -> Mapping[str, tuple[str, ...]]:
    """The words of a list by their first letter."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(_ascii_forms([name])):
        found[word[:1]] = (*found.get(word[:1], ()), word)
    return found


def may_open(text: str, name: str) -> bool:
    """Whether a text could begin with one of `alternatives`, in any case."""
    begins = text[:OPENING].lower()
    return not begins.isascii() or begins.startswith(_openings(name).get(begins[:1], ()))


@cache
def phrases(name: str) -> Mapping[tuple[str, ...], str]:
    """The phrases of a list by their tokens."""
    return {tokens(phrase): phrase for phrase in words().lists[name]}


@cache
def unspaced(name: str) -> tuple[str, ...]:
    """The phrases of a list that are written without blanks, longest first."""
    return tuple(sorted((word for word in words().lists[name] if UNSPACED.search(word)), key=len, reverse=True))


def any_in(name: str, some: Iterable[str]) -> bool:
    """Whether one of these folded words is in the list."""
    return not words().lists[name].isdisjoint(some)
