"""Status and priority, from boxes, emoji and words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from fedtasks.plan.reading.inline import EMOJI, plain, without_emoji
from fedtasks.plan.reading.words import UNSPACED, fold, least, words

BOXES = {
    " ": "pending", "x": "done", "X": "done", "✓": "done", "✔": "done", "/": "in_progress", "~": "in_progress",
    "-": "in_progress", ">": "in_progress", "!": "blocked",
}  # fmt: skip
SIGNS = {
    **dict.fromkeys("✅☑✔✓√🟢🎉🏁", "done"),
    **dict.fromkeys("🚧🔄⏳🏗🟡🔨⌛🔁", "in_progress"),
    **dict.fromkeys("⛔🚫🛑", "blocked"),
    **dict.fromkeys("⬜☐🔲📋❌⚪🔴", "pending"),
}
COLOURS = dict.fromkeys(map(ord, "🟢🟡🔴⚪"))
MORE_COLOURS = ("🟠", "🔵", "🟣")
DOT = re.compile("[🟢🟡🔴⚪]\\W*(\\w+)")
SHARE = re.compile(r"~?(\d{1,3})\s?%")
SIGNS_OF_STATUS = frozenset("✅☑✔✓√🚧🔄⏳🏗⛔🚫")
"""Those that are taken off a title."""
SIGN = re.compile(rf"{EMOJI.pattern}|√")
SIGNED = re.compile(
    rf"\s*[({{\[–—-]*\s*[{''.join(sorted(SIGNS_OF_STATUS))}]\ufe0f?\s*(?P<word>[^\W\d][\w -]{{1,20}})[)\]]?$"
)
ASIDE = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,60})[)）\]】]")
DASHED = re.compile(r"\s[-–—:|]+\s*([^-–—:|()]{2,40})$")
STATUSES = ("done", "in_progress", "blocked", "pending")
PRIORITIES = ("critical", "high", "medium", "low")
PIECE = re.compile(r"[,;:：/|·•–—]|\s-\s")


def box_status(mark: str) -> str:
    """The status that a checkbox's mark states."""
    return BOXES.get(mark, "pending")


@lru_cache(maxsize=4096)
def sign_status(text: str) -> str | None:
    """The status that the emoji at the edges of a text state."""
    if text.isascii():
        return None
    stripped = text.strip(" *_:~()[]")
    for edge in (stripped[:3], stripped[-3:]):
        for run in SIGN.findall(edge):
            found = next((SIGNS[sign] for sign in run if sign in SIGNS), None)
            if found:
                return found
    return None


@lru_cache(maxsize=4096)
def word_status(text: str, *, whole: bool = False) -> str | None:
    """The status that a text is, up to its first comma or bracket: `Done`, `In progress (80 %)`; unless `whole`, also
    one that opens it: `Done by Monday`."""
    folded = fold(without_emoji(plain(text))).strip(" .:!*_()[]")
    if not folded:
        return None
    if share := SHARE.fullmatch(folded):
        return "pending" if int(share[1]) == 0 else "done" if int(share[1]) >= 100 else "in_progress"
    pieces = [folded, *(piece.strip() for piece in PIECE.split(ASIDE.sub("", folded)) if piece.strip())]
    for piece in pieces[:3]:
        for status in STATUSES:
            if piece in words().lists[f"status.{status}"]:
                return status
    return None if whole else _first_words(pieces[-1] if len(pieces) < 2 else pieces[1])


def _first_words(folded: str) -> str | None:
    for status in STATUSES:
        for word in words().lists[f"status.{status}"]:
            if folded.startswith(word) and (UNSPACED.search(word) or not folded[len(word) : len(word) + 1].isalnum()):
                return status
    return None


def _signed(text: str) -> tuple[int, str] | None:
    """Where a sign and a word at the end of a text state its status together, and which: `Lay the pipe ✅ done`."""
    found = None if text.isascii() else SIGNED.search(text)
    said = word_status(found["word"], whole=True) if found and found.start() else None
    return (found.start(), said) if found and said else None


def without_signed_word(text: str) -> str:
    """Without a status that a sign and a word state at the end."""
    signed = _signed(text)
    return text[: signed[0]] if signed else text


@lru_cache(maxsize=4096)
def stated_status(text: str) -> str | None:
    """What a heading or anchor line states: an emoji at its edge, a bracketed word, a word behind its last dash."""
    sign = sign_status(text)
    if sign:
        return sign
    if signed := _signed(plain(text)):
        return signed[1]
    line = without_emoji(text)
    asides = ASIDE.findall(line)
    dashed = DASHED.search(plain(ASIDE.sub(" ", line)).rstrip())
    for piece in (*asides[::-1], *([dashed[1]] if dashed else ())):
        folded = fold(plain(piece)).strip(" .:!*")
        for status in STATUSES:
            if folded in words().lists[f"status.{status}"]:
                return status
        first = re.split(r"[\s,:;]", folded, maxsplit=1)[0]
        if first in words().lists["status.done"] and len(folded.split()) <= 3:
            return "done"
    return None


@lru_cache(maxsize=4096)
def word_priority(text: str) -> str | None:
    """The priority that a cell or a field states; `P0` to `P3` and a compound such as medium-high state none."""
    folded = fold(without_emoji(plain(text))).strip(" .:!*_()[]")
    return next((level for level in PRIORITIES if folded in words().lists[f"priority.{level}"]), None) or _aside(folded)


def _aside(folded: str) -> str | None:
    first = re.split(r"[\s(,;:–—]", folded, maxsplit=1)
    found = [level for level in PRIORITIES for word in first[:1] if word in words().lists[f"priority.{level}"]]
    rest = first[1] if len(first) > 1 else ""
    return found[0] if found and not rest.startswith("-") else None


def colours_levels(text: str) -> bool:
    """Whether the coloured dots of a line are levels of something: more than three colours, or beside a priority."""
    if text.isascii():
        return False
    dot = DOT.search(text)
    return any(sign in text for sign in MORE_COLOURS) or (dot is not None and word_priority(dot[1]) is not None)


@lru_cache(maxsize=4096)
def stated_priority(text: str) -> str | None:
    """What a heading states: `(Priority: HIGH)`, `[High priority]`, `High Priority`."""
    folded = fold(without_emoji(plain(text)))
    near = _near_priority().search(folded) if any(word in folded for word in _priority_words()) else None
    if near:
        return near.lastgroup
    for aside in ASIDE.findall(folded):
        found = word_priority(aside)
        if found and len(aside.split()) <= 2:
            return found
    return None


@cache
def _priority_words() -> tuple[str, ...]:
    return least(words().lists["fields.priority"])


@cache
def _near_priority() -> re.Pattern[str]:
    """The word for priority beside the word for a level; the group's name is the level."""
    field = _any(words().lists["fields.priority"])
    parts = []
    for level in PRIORITIES:
        listed = _any(words().lists[f"priority.{level}"])
        parts.append(
            rf"(?P<{level}>(?:{field})\s*[:：-]?\s*(?:{listed})(?![\w-])|(?<![\w-])(?:{listed})\s*(?:{field})(?!\w))"
        )
    return re.compile("|".join(parts))


def _any(listed: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(listed, key=len, reverse=True))
