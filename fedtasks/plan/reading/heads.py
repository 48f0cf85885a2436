"""The head of a heading, item or lead line, peeled off mark by mark: box, emoji, `[NEW]`, label, tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from fedtasks.plan.reading.inline import EMOJI, first_line
from fedtasks.plan.reading.labels import Label, LabelKind, read_label
from fedtasks.plan.reading.words import any_in, fold

BOX = re.compile(r"\[[ \t\u00a0]{0,3}([xX/~✓✔!>-]?)[ \t\u00a0]{0,3}\]\\?(\*?)(?=[\s*]|$)")
BALLOT = re.compile("(?P<open>[\u2610\u2b1c\u25a1\U0001f532])|(?P<done>[\u2611\u2612\U0001f5f9])")
WRAP = re.compile(r"\*\*|__|~~|\*(?!\s)")
WRAPPING = frozenset("*_~")
MARKERS = {
    **dict.fromkeys(("NEW", "CREATE", "ADD", "NEW FILE"), "new"),
    **dict.fromkeys(("MODIFY", "UPDATE", "MODIFIED", "EDIT", "CHANGE"), "modify"),
    **dict.fromkeys(("DELETE", "REMOVE", "DELETED"), "delete"),
    **dict.fromkeys(("RENAME", "MOVE"), "rename"),
}
MARKER = re.compile(
    rf"`?[\[(](?P<mark>{'|'.join(sorted(MARKERS, key=len, reverse=True))})[\])]`?[\s:：*]*", re.IGNORECASE
)
SHOUTED = re.compile(r"(?P<mark>NEW|CREATE|ADD|MODIFY|UPDATE|DELETE|REMOVE|RENAME|MOVE)(?::\s*|\s+(?=`|\[))")
MARKING = frozenset("`[(【NCAMUDR")
"""What marks of a file's fate begin with."""
OTHER_MARKER = re.compile(r"[\[【](?P<mark>[^\W\d_]{2,14})[\]】]\s+(?=\[|`|\S+/|\w+file\b|\S*\.\w+\b)")
ACTIONS = ("new", "modify", "delete", "rename")
TAG = re.compile(r"\[(?P<tag>[^\[\]()]{1,24})\](?!\()\s*")
SMALL_TAG = re.compile(r"P|US-?\d+|P[0-4]|[A-Z]{2,12}(?:[/-][A-Z]{2,12})*")
MARK_TAG = re.compile(r"P|US-?\d+|P[0-4]")
COMMENT = re.compile(r"<!--.*?-->\s*")
PUNCTUATED = re.compile(r"[:：.)、|–—-][\s*]*$")
"""What ends a label that stands behind a number: `2.1 Task 3: ...`, but `5.1 Tier 1 heuristics`."""


@dataclass(frozen=True, slots=True)
class Head:
    """The marks in front of the words; `named` still has the label in front, `rest` has not; both keep their markup."""

    named: str
    rest: str
    box: str | None = None
    optional: bool = False
    action: str | None = None
    label: Label | None = None
    emoji: str = ""
    tags: tuple[str, ...] = ()


Peel = Callable[[Head, bool, frozenset[str] | None], Head | None]


def read_head(text: str, *, heading: bool, series: frozenset[str] | None = None) -> Head:
    """Peels marks off until none is left.

    `series` are the prefixes of ids such as `TASK-12` that the plan really numbers its work by; None takes any.
    """
    line = first_line(text)
    head = Head(line, line)
    for _ in range(12):
        for peel in PEELS:
            peeled = peel(head, heading, series)
            if peeled is not None:
                head = peeled
                break
        else:
            break
    return head


def _cut(text: str, opening: str, length: int) -> str:
    """What follows the first `length` characters; emphasis that they opened and did not close opens again."""
    rest = text[len(opening) + length :]
    if opening and rest.startswith(opening):
        return (
            rest[len(opening) :].strip(" \t:：") if rest[len(opening) :][:1] in ":：" else rest[len(opening) :].strip()
        )
    closed = opening and opening in text[len(opening) : len(opening) + length]
    return rest.strip() if not opening or closed else opening + rest.lstrip()


def _opening(text: str) -> tuple[str, str]:
    found = WRAP.match(text) if text[:1] in WRAPPING else None
    return (found[0], text[found.end() :]) if found else ("", text)


def _peel_box(head: Head, heading: bool, series: frozenset[str] | None) -> Head | None:
    if head.box is not None or head.label is not None:
        return None
    opening, inner = _opening(head.rest)
    if inner[:1].isascii() and inner[:1] != "[":
        return None
    if found := BOX.match(inner):
        if not found[1] and not found[0].strip("[]*"):
            return None if not inner[found.end() :].strip() else _boxed(head, opening, " ", found)
        return _boxed(head, opening, found[1] or " ", found)
    if found := BALLOT.match(inner):
        return _boxed(head, opening, " " if found["open"] else "x", found)
    return None


def _boxed(head: Head, opening: str, mark: str, found: re.Match[str]) -> Head:
    rest = _cut(head.rest, opening, found.end())
    optional = found.re is BOX and bool(found[2]) and not opening
    return replace(head, box=mark, optional=optional, named=rest, rest=rest)


def _peel_emoji(head: Head, heading: bool, series: frozenset[str] | None) -> Head | None:
    opening, inner = _opening(head.rest)
    if inner[:1].isascii():
        return None
    found = EMOJI.match(inner)
    if found is None or not inner[found.end() :].strip(" *_"):
        return None
    rest = _cut(head.rest, opening, found.end())
    named = head.named if head.label else rest
    return replace(head, emoji=head.emoji + found[0], rest=rest, named=named)


def _peel_marker(head: Head, heading: bool, series: frozenset[str] | None) -> Head | None:
    opening, inner = _opening(head.rest)
    if inner[:1] not in MARKING:
        return None
    found = MARKER.match(inner) or SHOUTED.match(inner) or _translated(inner)
    if found is None or head.action is not None or inner[found.end() - 1 : found.end() + 1] == "](":
        return None
    closed = opening and opening in found[0]
    rest = _cut(head.rest, "" if closed else opening, found.end() + (len(opening) if closed else 0))
    return replace(head, action=_action_of(found["mark"]), rest=rest, named=rest)


def _translated(text: str) -> re.Match[str] | None:
    """A mark in another language in front of a link, code or path: `[수정] [pump.py](pump.py)`, `[NUEVO] src/pump/`."""
    found = OTHER_MARKER.match(text)
    return found if found and _action_of(found["mark"]) else None


def _action_of(mark: str) -> str | None:
    known = MARKERS.get(mark.upper())
    return known or next((name for name in ACTIONS if any_in(f"fields.{name}", [fold(mark)])), None)


def _peel_label(head: Head, heading: bool, series: frozenset[str] | None) -> Head | None:
    if head.label is not None and head.label.kind is not LabelKind.NUMBER:
        return None
    opening, inner = _opening(head.rest)
    label = read_label(inner, heading=heading and head.label is None)
    if label is None or (head.label is not None and label.kind is LabelKind.NUMBER):
        return None
    if head.label is not None and label.id is None and not PUNCTUATED.search(inner[: label.length]):
        return None
    known = label.prefix is None or label.sure or series is None or label.prefix in series
    if not known or (not heading and label.kind is LabelKind.PHASE and head.box is None):
        return None
    return replace(head, label=label, rest=_cut(head.rest, opening, label.length))


def _peel_tag(head: Head, heading: bool, series: frozenset[str] | None) -> Head | None:
    opening, inner = _opening(head.rest)
    found = TAG.match(inner) if inner[:1] == "[" else None
    if found is None or not inner[found.end() :].strip():
        return None
    firm = head.label is not None and head.label.kind in (LabelKind.ID, LabelKind.TASK)
    status = any(any_in(f"status.{name}", [fold(found["tag"])]) for name in ("done", "in_progress", "blocked"))
    if not (firm or status or SMALL_TAG.fullmatch(found["tag"])) or _is_name(
        opening, inner[found.end() :], found["tag"]
    ):
        return None
    rest = _cut(head.rest, opening, found.end())
    return replace(head, tags=(*head.tags, found["tag"]), rest=rest, named=head.named if head.label else rest)


def _is_name(opening: str, rest: str, tag: str) -> bool:
    """Whether a tag is all that emphasis names: `**T-01 [LOCK]:** Fit it`."""
    return bool(opening) and rest.lstrip(":： ").startswith(opening) and MARK_TAG.fullmatch(tag) is None


def _peel_comment(head: Head, heading: bool, series: frozenset[str] | None) -> Head | None:
    found = COMMENT.match(head.rest) if head.rest[:1] == "<" else None
    return replace(head, rest=head.rest[found.end() :]) if found else None


PEELS: tuple[Peel, ...] = (_peel_box, _peel_marker, _peel_label, _peel_tag, _peel_comment, _peel_emoji)
