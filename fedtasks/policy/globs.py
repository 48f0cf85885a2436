"""Gitignore-style patterns as values: what one matches, and whether two of them can match the same path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

Range = tuple[int, int]
Chars = tuple[Range, ...]
"""A set of characters by code points: sorted ranges that do not touch."""

Segment = tuple["Chars | None", ...]
"""What one name between slashes may be: sets of characters, None for any characters."""

EXTENSION = re.compile(r".+\.[A-Za-z][A-Za-z0-9_]{0,9}", re.DOTALL)

STAR = None
ANY: Chars = ((0, ord("/") - 1), (ord("/") + 1, 0x10FFFF))
DEEP: Segment = (STAR, STAR)
"""`**`: any names, also none."""

POSIX = {
    "alpha": "AZaz", "digit": "09", "alnum": "09AZaz", "upper": "AZ", "lower": "az", "xdigit": "09AFaf",
    "blank": "\t\t  ", "space": "\t\r  ", "punct": "!.:@[`{~", "cntrl": "\0\x1f\x7f\x7f",
    "print": " .0~", "graph": "!.0~",
}  # fmt: skip


@dataclass(frozen=True)
class Glob:
    """One pattern: it matches a path of which it describes the whole, or a directory above.

    `below` says that only what stands below the described path is meant (`docs/`).
    """

    segments: tuple[Segment, ...]
    below: bool = False

    @cached_property
    def literal(self) -> tuple[str, ...] | None:
        """The names of a pattern without wildcards, None for one that has some."""
        found = [_plain(segment) for segment in self.segments]
        return None if None in found else tuple(name for name in found if name is not None)

    @cached_property
    def is_file(self) -> bool:
        """Whether it ends in an extension (`src/*.py`), as files do and few directories."""
        tail = self.segments[-1]
        fixed = "".join(chr(chars[0][0]) if chars and len(chars) == 1 else "*" for chars in tail)
        return not self.below and EXTENSION.fullmatch(fixed) is not None

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The same as a regular expression, to be used with `fullmatch`."""
        parts = []
        for place, segment in enumerate(self.segments):
            slash = "/" if place < len(self.segments) - 1 else ""
            parts.append("(?:[^/]+/)*" if segment == DEEP else _segment_regex(segment) + slash)
        return re.compile("".join(parts) + ("/.*" if self.below else "(?:/.*)?"), re.DOTALL)

    def matches(self, path: str) -> bool:
        """Whether a path relative to the root is meant; a directory is given with its slash."""
        return self.regex.fullmatch(path) is not None


def parse_glob(text: str) -> Glob | None:
    """The pattern of a gitignore line without its `!`; None for one that can match nothing (`../x`, `/`).

    | pattern             | matches                                                            |
    |---------------------|--------------------------------------------------------------------|
    | `name`, `*.py`      | this name at any depth, and what is below a directory of it        |
    | `/name`, `src/name` | this path from the root, and what is below it                      |
    | `docs/`             | what is below a directory of this name                             |
    | `?`, `*`, `[a-z]`   | one character, any characters, one of a set; never a slash         |
    | `**/a`, `a/**/b`    | at any depth; `a/**` all below `a`                                 |
    | `\\*`                | the character itself                                               |
    """
    names = [name for name in text.split("/") if name not in ("", ".")]
    if not names or ".." in names:
        return None
    below = text.endswith("/")
    anchored = "/" in text.rstrip("/")
    segments = [DEEP if name == "**" else _segment(name) for name in names]
    if not anchored and segments[0] != DEEP:
        segments.insert(0, DEEP)
    if segments[-1] == DEEP:
        segments[-1] = (STAR,)
    kept = [one for one, following in pairwise([*segments, ()]) if not (one == DEEP == following)]
    return Glob(tuple(kept), below)


def _segment(name: str) -> Segment:
    found: list[Chars | None] = []
    place = 0
    while place < len(name):
        char, place = name[place], place + 1
        if char == "*":
            found += [] if found and found[-1] is STAR else [STAR]
        elif char == "?":
            found.append(ANY)
        elif char == "[" and (end := _class_end(name, place)) is not None:
            found.append(_class(name[place:end]))
            place = end + 1
        else:
            if char == "\\" and place < len(name):
                char, place = name[place], place + 1
            found.append(((ord(char), ord(char)),))
    return tuple(found)


def _class_end(name: str, place: int) -> int | None:
    """Where the `]` of a class that begins at `place` stands; the first character is never it."""
    place += name[place : place + 1] in ("!", "^")
    first = place
    while place < len(name):
        if name[place] == "]" and place > first:
            return place
        closed = name.find(":]", place + 2) if name[place : place + 2] == "[:" else -1
        place = closed + 2 if closed >= 0 else place + 1 + (name[place] == "\\")
    return None


def _class(text: str) -> Chars:
    negated = text[:1] in ("!", "^")
    rest = re.sub(r"\[:([a-z]+):\]", lambda found: "".join(_pairs(found[1])), text[negated:])
    ranges: list[Range] = []
    for found in re.finditer(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", rest, re.DOTALL):
        low, high = found[1][-1], (found[2] or found[1])[-1]
        ranges.append((ord(low), ord(high)))
    listed = _normal(ranges)
    return _normal(_complement(listed)) if negated else listed


def _pairs(name: str) -> list[str]:
    ends = POSIX.get(name, "")
    return [f"\\{low}-\\{high}" for low, high in zip(ends[::2], ends[1::2], strict=True)]


def _normal(ranges: Iterable[Range]) -> Chars:
    """Sorted, joined, and without the slash."""
    found: list[Range] = []
    for low, high in sorted(one for one in ranges if one[0] <= one[1]):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    slash = ord("/")
    cut = [part for low, high in found for part in ((low, min(high, slash - 1)), (max(low, slash + 1), high))]
    return tuple(sorted({(low, high) for low, high in cut if low <= high}))


def _complement(ranges: Chars) -> list[Range]:
    edges = [-1, *(edge for low, high in ranges for edge in (low, high)), 0x110000]
    return [(before + 1, after - 1) for before, after in zip(edges[::2], edges[1::2], strict=True)]


def _plain(segment: Segment) -> str | None:
    if any(chars is STAR or len(chars) != 1 or chars[0][0] != chars[0][1] for chars in segment):
        return None
    return "".join(chr(chars[0][0]) for chars in segment if chars is not STAR)


def _segment_regex(segment: Segment) -> str:
    if segment == (STAR,):
        return "[^/]+"
    return "".join("[^/]*" if chars is STAR else _chars_regex(chars) for chars in segment)


def _chars_regex(chars: Chars) -> str:
    if len(chars) == 1 and chars[0][0] == chars[0][1]:
        return re.escape(chr(chars[0][0]))
    if not chars:
        return "(?!)"
    return "[" + "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in chars) + "]"
