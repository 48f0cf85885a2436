"""What stands before the words of a heading or item: `Task 3:`, `Phase 1 -`, `T004`, `2.1`, `Fix 2:`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from fedtasks.plan.reading.words import UNSPACED, alternatives, any_in, fold, may_open

NUMERAL = (
    r"\d{1,4}(?:\.\d{1,4})*[a-z]?(?:\s*[-–~+&]\s*\d{1,4})?(?![\w])|\d{1,4}(?=[^\W\d_a-zA-Z])"
    r"|[一二三四五六七八九十]{1,3}"
)
CODED = r"[A-Z][A-Z0-9]{0,9}(?:-[A-Z][A-Z0-9]{0,9})?-[A-Z]{0,2}\d{1,6}(?:\.\d{1,4})*"
LETTER = r"(?:[A-Z](?:\s?[/&+]\s?[A-Z](?:\.\d+)?)?|[IVX]{1,5})(?=\s*[:：.)\-–—]|\s*$)"
SEPARATOR = r"(?:\s*[:：.)、|\-–—]+(?=\s|\*|$|[^\x00-\x7f])|(?=\s|\*|$)|\s*[:：])\s*"
ID = re.compile(
    r"(?P<id>(?P<prefix>(?!(?P<twin>[A-Z]+)\d[\d.]*-(?P=twin)\d)[A-Z][A-Z0-9]{0,9}(?:-[A-Z][A-Z0-9]{0,9})?(?=-)|[A-Z]{1,6})(?P<dash>-)?"
    r"(?P<digits>(?:(?<=-)[A-Z]{1,2})?\d{1,6}[a-z]?(?:\.\d{1,4})*)"
    r"(?:\s?[-–—]\s?(?P=prefix)-?\d{1,6}(?:\.\d{1,4})*)?)"
    r"(?:(?:(?:,\s?|\s?(?:&|\+|and|und|et|y|e|и)\s)(?P=prefix)-?\d{1,6}){1,9}(?=\s*[:：]))?"
    r"(?P<close>[\])]?\**)(?P<sep>\s*[:.)、·—–-]\s+|\s*[：、]\s*|\s+|$)"
)
NUMBER = re.compile(
    r"(?P<num>\d{1,3}(?:\.\d{1,3}){1,4})[.):]?(?:\s+(?:[–—-]\s+)?|$)|(?P<int>\d{1,3}[a-z]?)(?:[.)、:]|\s+[-–—])(?:\s+|$)"
)
KEYCAP = re.compile("(?P<num>\\d)\ufe0f?\u20e3[\\s:.)]*")
LETTERED = re.compile(r"(?P<num>[A-Z])[.)]\s+")
WORD_NUMBER = re.compile(r"(?P<word>[^\W\d_]{2,20}) #?(?P<num>\d{1,3}(?:\.\d{1,3})*)\s*[:：—–-]\s+")
VERSION = re.compile(r"(?P<num>v\d+(?:\.\d+)*|Q[1-4](?: \d{4})?)\b(?:\s*[:：—–-]+)?\s*")
PRIORITY = re.compile(r"P[0-4]")
MILESTONE = re.compile(r"M\d{1,2}")
"""What headings count milestones by, in any language."""


class LabelKind(StrEnum):
    """Task words and ids name a task, phase words a group, a bare number either."""

    TASK = "task"
    PHASE = "phase"
    NUMBER = "number"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Label:
    """One label: `number` as it stands (`2.1`, `A`), `id` where it identifies the task in the whole plan."""

    kind: LabelKind
    number: str
    length: int
    id: str | None = None
    prefix: str | None = None
    sure: bool = True


@cache
def _worded(kind: str) -> re.Pattern[str]:
    words = alternatives(f"labels.{kind}")
    number = rf"(?:(?-i:(?P<id>{CODED})(?:\s*/\s*{CODED})?)|v?(?P<num>{NUMERAL})|(?P<letter>{LETTER}))"
    forward = rf"(?P<word>{words})(?P<plural>s?)(?P<gap>\s*[#№]\s*|[\s\-]*){number}"
    return re.compile(rf"(?i:第\s*(?P<cn>\d+|[一二三四五六七八九十]+)\s*(?P<cw>{words})|{forward}){SEPARATOR}")


@cache
def _reversed(kind: str) -> re.Pattern[str]:
    words = alternatives(f"labels.{kind}")
    return re.compile(
        rf"(?i:(?P<num>\d{{1,3}})(?:\.|-?[^\W\d_]{{0,2}})?\s*(?:{words}))(?=\s*[:：.\-–—(（]|\s*$)\s*[:：.\-–—]*\s*"
    )


def read_label(text: str, *, heading: bool) -> Label | None:
    """The label at the start of a text without emphasis and emoji, if there is one."""
    return _worded_label(text) or _id_label(text, heading=heading) or _number_label(text, heading=heading)


def _worded_label(text: str) -> Label | None:
    for kind in (LabelKind.TASK, LabelKind.PHASE):
        found = _worded(kind).match(text) if may_open(text, f"labels.{kind}") else None
        if found and _is_apart(found):
            number = found["num"] or found["letter"] or found["cn"] or found["id"]
            return Label(kind, number, found.end(), found["id"])
    for kind in (LabelKind.PHASE, LabelKind.TASK) if text[:1].isdecimal() else ():
        found = _reversed(kind).match(text)
        if found:
            return Label(kind, found["num"], found.end())
    found = VERSION.match(text) if text[:1] in ("v", "Q") else None
    return Label(LabelKind.PHASE, found["num"], found.end()) if found else None


def _is_apart(found: re.Match[str]) -> bool:
    """Word and number are apart, except in scripts that write no blanks; a letter is no plural's."""
    if found["cn"]:
        return True
    return bool(found["gap"]) or UNSPACED.search(found["word"]) is not None


def _id_label(text: str, *, heading: bool) -> Label | None:
    opened = text[:1] in "[("
    found = ID.match(text[1:] if opened else text)
    if found is None or (opened and not found["close"].strip("*")):
        return None
    given, digits = found["id"], found["digits"]
    coded = text[found.end() + opened :].startswith("`")
    marked = opened or coded or bool(found["close"]) or bool(found["sep"].strip())
    if PRIORITY.fullmatch(given) or not (found["dash"] or "." in digits or len(digits) >= 3 or marked):
        return None
    if heading and MILESTONE.fullmatch(given):
        return Label(LabelKind.PHASE, digits, found.end() + opened)
    sure = not found["dash"] and len(digits) >= 3 and found["prefix"] == "T"
    return Label(LabelKind.ID, digits, found.end() + opened, given, found["prefix"], sure)


def _number_label(text: str, *, heading: bool) -> Label | None:
    found = NUMBER.match(text) if text[:1].isdecimal() else None
    if found:
        number = found["num"] or found["int"]
        return Label(LabelKind.ID if number.count(".") >= 2 else LabelKind.NUMBER, number, found.end())
    if not heading:
        return None
    found = KEYCAP.match(text) or LETTERED.match(text) or WORD_NUMBER.match(text)
    if found is None or any_in("labels.not_work", [fold(found.groupdict().get("word") or "")]):
        return None
    return Label(LabelKind.NUMBER, found["num"], found.end())
