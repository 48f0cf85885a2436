"""Dependencies: ids, numbers and ranges behind words such as `depends on`, in tasks and in lists of dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from fedtasks.plan.reading.words import alternatives, fold, may_hold, words

NAMED = (
    r"(?!(?P<twin>[A-Za-z]{1,10})\d[\d.]*-(?P=twin)\d)[A-Za-z][A-Za-z0-9]{0,9}(?:-[A-Za-z][A-Za-z0-9]{0,9})?-[A-Za-z]{0,2}\d+(?:\.\d+)*[a-z]?"
    r"|[A-Za-z]{1,10}-?\d+(?:\.\d+)*[a-z]?|\d{1,4}(?:\.\d{1,3})*[a-z]?"
)
REF = re.compile(NAMED)
ONE = re.compile(
    r"[\[(`*\s]*(?:(?P<noun>[^\W\d_]{2,14})\s*[#№]?\s*|#)??(?P<ref>"
    rf"{NAMED})"
    r"(?!\w)[\])`*]*"
)
ID = re.compile(
    r"(?<![\w-])(?:(?!([A-Z]+)\d[\d.]*-\1\d)[A-Z][A-Z0-9]{0,9}(?:-[A-Z][A-Z0-9]{0,9})?-[A-Z]{0,2}|[A-Z]{1,10}-?)\d+(?:\.\d+)*[a-z]?(?!\w)"
)
SPAN = re.compile(r"\s*(?:[-–—~]|\.\.\.?|(?P<word>[^\W\d_]{1,10}))\s*")
JOINT = re.compile(r"\s*[,;/&+、，]?\s*(?:(?P<word>[^\W\d_]{1,6})\s)?\s*")
ARROW = r"→|->|⟶|=>"
GAP = re.compile(r"\**\s*(?:\([^()]*\)\s*)?(?:[^\W\d]{1,15}\s+){0,4}")
SPLIT_ID = re.compile(r"(?P<prefix>\D*?)(?P<digits>\d+)$")
TWICE = re.compile(r"\d.*\D.*\d")
LONGEST = 1000
WIDEST = 500


@cache
def _depends() -> re.Pattern[str]:
    listed = alternatives("fields.depends")
    lead = rf"(?<!\w)(?:{listed})\**\s*[:：]?\**\s*(?:(?:on|upon|von|de|da|do|od|от|від)\s)?"
    return re.compile(rf"{lead}\s*[:：]?|←|<-", re.IGNORECASE)


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{alternatives('small.before')})(?!\w)|{ARROW}", re.IGNORECASE)


def references(text: str) -> list[str]:
    """The ids and numbers behind `depends on` and its kin, ranges expanded."""
    if len(text) > LONGEST:
        return []
    return [name for found in _depending(text) for name in _listed(text, found.end())[0]]


def _depending(text: str) -> Iterable[re.Match[str]]:
    return _depends().finditer(text) if "<-" in text or may_hold(text, "fields.depends") else ()


def _preceding(text: str) -> Iterable[re.Match[str]]:
    return _before().finditer(text) if "->" in text or "=>" in text or may_hold(text, "small.before") else ()


def column_references(text: str) -> list[str]:
    """The ids and numbers of a table cell."""
    return [name for found in _lists(text) for name in found[2]]


def id_references(text: str) -> list[str]:
    """The ids in the value of a field, whatever words stand around them: `All components (T012-T035)`."""
    first = ID.search(text)
    return (
        []
        if first is None
        else [name for _, _, names in _lists(text[first.start() :]) for name in names if not name[0].isdigit()]
    )


def statements(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(task, what it depends on) of sentences such as `T005 depends on T001, T002` and `T001 before T002`, `T1 → T2`; a
    number counts only behind a word such as `Task`."""
    for line in lines:
        if len(line) > LONGEST or not TWICE.search(line):
            continue
        for verb in _depending(line):
            yield from _pairs(_before_verb(line, verb.start()), _listed(line, verb.end()))
        for verb in _preceding(line):
            yield from _pairs(_listed(line, verb.end()), _before_verb(line, verb.start()))


Listed = tuple[list[str], bool]


def _pairs(who: Listed, on: Listed) -> Iterator[tuple[str, str]]:
    worded = who[1] and on[1]
    for task in who[0]:
        for other in on[0]:
            if worded or not (task[0].isdigit() or other[0].isdigit()):
                yield task, other


def _before_verb(line: str, stop: int) -> Listed:
    """The list that ends right before a verb, at most four words between."""
    found = list(_lists(line[:stop]))
    if not found:
        return [], False
    start, end, names = found[-1]
    return (names, _is_worded(line, start)) if GAP.fullmatch(line[end:stop]) else ([], False)


def _is_worded(line: str, start: int) -> bool:
    found = ONE.match(line, start)
    return found is not None and found["noun"] is not None


def _lists(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """(start, end, names) of each run of references."""
    at = 0
    while at < len(text) and (found := REF.search(text, at)):
        start = _noun_start(text, at, found.start())
        names, end = _run(text, start)
        if names:
            yield start, end, names
        at = max(end, found.end())


def _noun_start(text: str, floor: int, start: int) -> int:
    noun = re.compile(r"[^\W\d_]{2,14}\s*[#№]?\s*$").search(text, floor, start)
    return noun.start() if noun and _is_task_word(noun[0].strip(" #№")) else start


def _listed(text: str, start: int) -> Listed:
    names, _ = _run(text, start)
    return names, bool(names) and _is_worded(text, start)


def _run(text: str, start: int) -> tuple[list[str], int]:
    """The references from `start` on, joined by commas, `and` and ranges, and where they end."""
    names: list[str] = []
    at = end = start
    while found := _one(text, at):
        names.append(found["ref"])
        end = found.end()
        span = SPAN.match(text, end)
        if span and (span["word"] is None or fold(span["word"]) in words().lists["small.range"]):
            last = _one(text, span.end())
            if last:
                names += _span(found["ref"], last["ref"])[1:]
                end = last.end()
        joint = JOINT.match(text, end)
        if joint is None or not joint[0].strip():
            break
        if joint["word"] and fold(joint["word"]) not in words().lists["small.and"]:
            at = joint.start("word") if "," in joint[0] or "、" in joint[0] else len(text)
        else:
            at = joint.end()
    return names, end


def _one(text: str, at: int) -> re.Match[str] | None:
    found = ONE.match(text, at)
    if found is None or (found["noun"] and not _is_task_word(found["noun"])):
        return None
    return found


def _is_task_word(noun: str) -> bool:
    folded = fold(noun)
    return folded in words().lists["labels.task"] or folded.removesuffix("s") in words().lists["labels.task"]


def _span(first: str, last: str) -> list[str]:
    a, b = SPLIT_ID.match(first), SPLIT_ID.match(last)
    if a is None or b is None or (b["prefix"] and a["prefix"].upper() != b["prefix"].upper()):
        return [first, last]
    start, stop = int(a["digits"]), int(b["digits"])
    if not start < stop <= start + WIDEST:
        return [first, last]
    width = len(a["digits"])
    return [f"{a['prefix']}{number:0{width}d}" for number in range(start, stop + 1)]


def resolve(name: str, ids: Mapping[str, str], numbers: Mapping[str, str]) -> str | None:
    """The key of the item that a reference names: by id, whatever its case, else by number (`task-3` is number 3)."""
    key = ids.get(name.upper()) or numbers.get(name.lower())
    worded = SPLIT_ID.match(name) if key is None else None
    if worded is None or not _is_task_word(worded["prefix"].strip("- ")):
        return key
    return numbers.get(worded["digits"]) or numbers.get(worded["digits"].lstrip("0"))
