"""Paths of files in the text of a plan: link targets, code that is a path, bare paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from fedtasks.plan.reading.inline import CODE, links
from fedtasks.plan.reading.inline import LONGEST as LONGEST_LINE
from fedtasks.plan.reading.words import alternatives, words

SEGMENT = r"(?:[\w.@%+~$&*\[\]{}<>,=-]|\([\w.-]+\))"
BARE_SEGMENT = r"[\w.@%+*\[\]<>{}-]"
URL = re.compile(r"[a-z][a-z0-9+.-]+://|#|mailto:", re.IGNORECASE)
SUFFIX = re.compile(r"(?::\d+(?:[-–:]\d+)?(?:,\s?\d+(?:-\d+)?)*|#L\d+(?:-L?\d+)?|\s+\"[^\"]*\"|\(\))$", re.IGNORECASE)
API = re.compile(r"(?:[A-Z]+ )?/(?:api|v\d+|auth|admin)\b(?!.*\.\w+$)|.*/:\w+|.*[?=&]|.*\(.*[,\s]")
PRODUCT = re.compile(r"(?:[A-Z]\w*\.){1,4}[A-Z][a-z]{2,}")
"""A dotted name such as `Vendor.Data.Sqlite`: a library, no file, whatever its last part is."""
LONGEST = 300


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What paths look like: `ended` by a known extension, a `whole` word, a `spaced` target, `bare` in running text."""

    ended: re.Pattern[str]
    whole: re.Pattern[str]
    spaced: re.Pattern[str]
    bare: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    ended = rf"\.(?:{alternatives('paths.extensions')})"
    named = "|".join(re.escape(name) for name in words().plain["paths.names"])
    dotted = rf"\.(?:{alternatives('paths.dotted')}|[a-z]{{2,20}}(?:rc|ignore))(?:\.\w+)*"
    whole = (
        rf"(?:(?:[A-Za-z]:)?[\\/])?(?:{SEGMENT}+[\\/])*(?:{SEGMENT}*{ended}|(?-i:{named})|{dotted})"
        rf"|(?:[A-Za-z]:[\\/]|[\\/])?(?:{SEGMENT}+[\\/])+{SEGMENT}*"
    )
    bare = (
        rf"(?<![\w/.@:%-])(?:(?:~|\.{{1,2}}|[A-Za-z]:)?/)?(?:{BARE_SEGMENT}+/)*"
        rf"(?:{BARE_SEGMENT}*[\w\]*>}}]{ended}(?![\w.-]*[\w/])|(?:{named})(?![\w.-])|{dotted}(?![\w./-]))"
        rf"|(?<![\w/.@:%-])(?:[\w.@%+*-]+/){{2,}}(?=[\s,;:)]|$)"
    )
    return _Patterns(
        re.compile(rf"{ended}$", re.IGNORECASE),
        re.compile(whole, re.IGNORECASE),
        re.compile(rf"(?:[A-Za-z]:)?/?(?:[\w.@%()+& -]+/)+[\w.@%()+& -]*{ended}", re.IGNORECASE),
        re.compile(bare),
    )


def clean_path(target: str) -> str:
    """A path as the plan spells it, without `file:///`, line suffix and quotes."""
    path = target.strip().strip("`'\"")
    if path.lower().startswith("file://"):
        path = path[7:]
        path = path[1:] if re.match(r"/[A-Za-z]:[\\/]", path) else path
    return SUFFIX.sub("", path)


def is_path(text: str) -> bool:
    """Whether a word is a path: it has a known extension or name, or slashes and the look of one."""
    text = clean_path(text)
    known = _patterns()
    if not text or len(text) > LONGEST or URL.match(text) or text.casefold() in words().lists["paths.products"]:
        return False
    if PRODUCT.fullmatch(text):
        return False
    if " " in text.strip("/"):
        return known.spaced.fullmatch(text) is not None
    if text.startswith("~"):
        return False
    if (text.startswith("@") or API.match(text)) and not known.ended.search(text):
        return False
    return known.whole.fullmatch(text) is not None and re.search(r"[^\W\d]", text) is not None


def link_path(target: str) -> str | None:
    """The path that a link points to, None for the web, anchors and mail."""
    if URL.match(target) and not target.lower().startswith("file:"):
        return None
    return clean_path(target) or None


def paths_in(text: str) -> list[tuple[int, str]]:
    """(offset, path) of each path that a line names, in order: links, code, bare words."""
    return list(_paths_in(text))


@lru_cache(maxsize=1024)
def _paths_in(text: str) -> tuple[tuple[int, str], ...]:
    found: list[tuple[int, str]] = []
    text = rest = text[:LONGEST_LINE]
    for link in links(text):
        path = link_path(link.target)
        if path and is_path(path):
            found.append((link.start, path))
        rest = rest[: link.start] + " " * (link.end - link.start) + rest[link.end :]
    for code in CODE.finditer(rest) if "`" in rest else ():
        inner = code[2].strip()
        pieces = [inner] if is_path(inner) else [word for word in re.split(r"[\s,]+|->|→", inner) if is_path(word)]
        if (len(pieces) == 1 and pieces[0] == inner) or (pieces and not re.search(r"[()=;{}]", inner) and _only(inner)):
            found += [(code.start(), clean_path(piece)) for piece in pieces]
        rest = rest[: code.start()] + " " * (code.end() - code.start()) + rest[code.end() :]
    if "." in rest or "/" in rest or any(name in rest for name in words().plain["paths.names"]):
        bares = _patterns().bare.finditer(rest)
        found += [(bare.start(), clean_path(bare[0])) for bare in bares if is_path(bare[0])]
    return tuple(sorted(found))


def _only(inner: str) -> bool:
    """Whether code holds nothing but paths: `a.ts, b.ts`, `a -> b`."""
    words = [word for word in re.split(r"[\s,]+|->|→", inner) if word]
    return all(is_path(word) for word in words)
