"""What a section is for, by the words of its heading: work, background, verification ..."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from fedtasks.plan.reading.inline import EMOJI, plain
from fedtasks.plan.reading.words import UNSPACED, alternatives, any_in, fold, phrases, tokens, unspaced, words


class Kind(StrEnum):
    """WEAK is work only where the plan has no checkboxes; DELIVERABLES only where its phase has no other list."""

    WORK = "work"
    WEAK = "weak_work"
    DELIVERABLES = "deliverables"
    BACKGROUND = "background"
    SUMMARY = "summary"
    VERIFICATION = "verification"
    TESTING = "testing"
    OPTIONAL = "optional"


ORDER = (
    Kind.OPTIONAL,
    Kind.VERIFICATION,
    Kind.SUMMARY,
    Kind.BACKGROUND,
    Kind.DELIVERABLES,
    Kind.WORK,
    Kind.TESTING,
    Kind.WEAK,
)
"""Which kind a phrase has that stands in the lists of several."""

ORDERS = ("small.orders", "verbs.new", "verbs.modify", "verbs.delete", "verbs.rename")
WORKS = frozenset((Kind.WORK, Kind.WEAK, Kind.DELIVERABLES))
BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
PARTS = re.compile(r"\s*(?:[:：|–—]|\s-\s)\s*")
LONG_PHRASE = 2
LONG_SEGMENT = 8


@lru_cache(maxsize=4096)
def kind_of(text: str) -> Kind | None:
    """The kind of a heading without its label, or None if its words say nothing.

    Its first part (up to a colon or dash) decides, else its last. A part decides if it is a known phrase but for
    filler words, if it starts or ends with a phrase of several words, or if all that it joins by `and` does.
    """
    folded = fold(EMOJI.sub(" ", plain(text))).strip(" .:!?*")
    asides = BRACKETS.findall(folded)
    if any(_is_optional(aside) for aside in asides):
        return Kind.OPTIONAL
    parts = [part.strip() for part in PARTS.split(BRACKETS.sub(" ", folded)) if part.strip()]
    if not parts:
        return _part(asides[0]) if asides else None
    return _part(parts[0]) or (_part(parts[-1]) if len(parts) > 1 and len(tokens(parts[-1])) > 1 else None)


def _is_optional(folded: str) -> bool:
    return _whole(folded) is Kind.OPTIONAL or _starts_optional(folded)


def _starts_optional(folded: str) -> bool:
    found = tokens(folded)
    if UNSPACED.search(folded):
        return any(folded.startswith(word) for word in unspaced("sections.optional_first"))
    return bool(found) and any_in("sections.optional_first", (found[0], " ".join(found[:2])))


def _part(folded: str) -> Kind | None:
    if _starts_optional(folded):
        return Kind.OPTIONAL
    whole = _whole(folded) or _edge_kind(folded)
    if whole:
        return whole
    joined = [segment for segment in _joints().split(folded) if segment.strip()]
    kinds = [_whole(segment) or _edge(segment) for segment in joined] if len(joined) > 1 else []
    if not kinds or None in kinds:
        return None
    return next((kind for kind in kinds if kind in WORKS), kinds[0])


def _edge_kind(folded: str) -> Kind | None:
    """What the start or end says: an order (`Create the project structure`) is no background, whatever its object; a
    noun such as `rationale` at the end makes one."""
    found = tokens(folded)
    if any(any_in(name, (*found[:1], " ".join(found[:2]))) for name in ORDERS):
        return kind if (kind := _edge(folded)) not in (Kind.BACKGROUND, Kind.SUMMARY) else None
    if len(found) > 1 and any_in("sections.open_first", found[:1]):
        return Kind.WORK
    if len(found) > 1 and any_in("sections.work_last", found[-1:]):
        return Kind.DELIVERABLES if found[-1:] in phrases("sections.deliverables") else Kind.WORK
    known = _edge(folded)
    if known is None and len(found) > 1 and any_in("sections.weak_last", found[-1:]):
        return Kind.WEAK
    return known or (Kind.BACKGROUND if found[-1:] and any_in("small.aside_nouns", found[-1:]) else None)


@lru_cache(maxsize=1)
def _joints() -> re.Pattern[str]:
    """Where a heading joins two things."""
    return re.compile(rf"\s*(?:[&/+,、·]|\b(?:{alternatives('small.and')})\b)\s*")


def _whole(folded: str) -> Kind | None:
    found = tokens(folded)
    for kind in ORDER:
        if found in phrases(f"sections.{kind}"):
            return kind
    trimmed = _without_fillers(found)
    if trimmed and trimmed != found:
        return next((kind for kind in ORDER if trimmed in phrases(f"sections.{kind}")), None)
    return None


def _without_fillers(found: tuple[str, ...]) -> tuple[str, ...]:
    fillers = words().lists["small.fillers"]
    start, end = 0, len(found)
    while start < end and found[start] in fillers:
        start += 1
    while end > start and found[end - 1] in fillers:
        end -= 1
    return found[start:end]


def _edge(folded: str) -> Kind | None:
    """The longest phrase at the start or end."""
    if UNSPACED.search(folded):
        return _unspaced_edge(folded)
    found = tokens(folded)
    if len(found) > LONG_SEGMENT:
        return None
    for size in range(min(5, len(found) - 1), LONG_PHRASE - 1, -1):
        for piece in (found[:size], found[-size:]):
            for kind in ORDER:
                if piece in phrases(f"sections.{kind}"):
                    return kind
    return None


def _unspaced_edge(folded: str) -> Kind | None:
    best: tuple[int, Kind] | None = None
    for kind in ORDER:
        for phrase in unspaced(f"sections.{kind}"):
            if len(phrase) > (best[0] if best else 1) and (folded.startswith(phrase) or folded.endswith(phrase)):
                best = (len(phrase), kind)
                break
    return best[1] if best else None


def names_list(text: str) -> bool:
    """Whether a document's title names a list of work (a checklist, a backlog) and not a plan about something."""
    found = tokens(fold(plain(text)))
    lists = phrases("sections.list")
    edges = {piece for size in range(1, 4) for piece in (found[:size], found[-size:])}
    return any(piece in lists for piece in edges) or any(word in fold(text) for word in unspaced("sections.list"))


def names_plan(text: str) -> bool:
    """Whether a document's title says that it is a plan."""
    folded = fold(plain(text))
    found = tokens(folded)
    pieces = {found[at : at + size] for size in range(1, 4) for at in range(len(found) - size + 1)}
    titles = phrases("sections.title")
    return any(piece in titles for piece in pieces) or any(word in folded for word in unspaced("sections.title"))
