"""What `check` says of one file, by itself: its JSON, schema, fold and name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fedtasks.domain.codec import folded_from_json
from fedtasks.domain.compaction import digest_of
from fedtasks.domain.handedit import adopt
from fedtasks.domain.task import SCHEMA, Task
from fedtasks.errors import InvalidData, NewerFormat
from fedtasks.store.layout import (
    delegation_path,
    member_path,
    message_path,
    notice_path,
    plan_path,
    presence_path,
    segment_path,
    task_id_at,
)
from fedtasks.store.locate import line_of
from fedtasks.store.merging import kind_of
from fedtasks.store.places import place_of
from fedtasks.store.reading import Beside, beside, fault, older_events, parse_object, read_bytes
from fedtasks.store.schemas import first_error
from fedtasks.store.verdicts import Verdicts

PATHS = {
    "plan": plan_path,
    "member": member_path,
    "delegation": delegation_path,
    "message": message_path,
    "presence": presence_path,
}

COMPACTED = b'"compacted"'
"""A file with this word is judged each time: whether it is whole depends on its segments, too."""

ERROR = "error"
WARNING = "warning"


class Problem(NamedTuple):
    """One finding, worded as a compiler would: `path:line: severity: message`."""

    path: str
    line: int
    severity: str
    message: str
    field: str = ""

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        return f"{self.path}:{self.line}: {self.severity}: {field}{self.message}"


class Verdict(NamedTuple):
    """The problems of one file; of a task also its id, what it depends on, and where its history wants it to stand."""

    path: str
    problems: tuple[Problem, ...] = ()
    id: str | None = None
    depends_on: tuple[str, ...] = ()
    place: str | None = None


def judge_many(root: Path, paths: list[str], verdicts: Verdicts) -> list[Verdict]:
    """The verdict on each file; what was found clean before, by this version, is not judged again."""
    found, segments = [], beside(root)
    for path in paths:
        try:
            data = read_bytes(root, path)
        except (InvalidData, OSError) as problem:
            found.append(Verdict(path, (worded(problem),)))
            continue
        key = verdicts.key_of(path, data)
        known = verdicts.get(key)
        verdict = (
            judge(path, data, segments) if known is None else Verdict(path, (), known[0], tuple(known[1]), known[2])
        )
        if known is None and not verdict.problems and COMPACTED not in data:
            verdicts.put(key, [verdict.id, verdict.depends_on, verdict.place])
        found.append(verdict)
    return found


def judge(path: str, data: bytes, beside: Beside) -> Verdict:
    """The verdict on the content of a file; `beside` reads the segments of a task's history."""
    try:
        return _judged(path, data, beside)
    except (InvalidData, NewerFormat) as found:
        return Verdict(path, (worded(found),))


def worded(found: InvalidData | NewerFormat | OSError) -> Problem:
    """An error about a file as a problem."""
    if isinstance(found, InvalidData):
        fields = found.fields
        return Problem(fields["path"], fields["line"], ERROR, fields["problem"], fields["field"])
    if isinstance(found, NewerFormat):
        return Problem(found.fields["path"], 1, WARNING, found.message)
    return Problem(str(found.filename), 1, ERROR, found.strerror or str(found))


def _judged(path: str, data: bytes, beside: Beside) -> Verdict:
    raw = parse_object(path, data)
    kind = kind_of(path)
    if (isinstance(raw.get("schema"), int) and raw["schema"] > SCHEMA) or first_error(kind, raw) is not None:
        raise fault(path, data, raw, kind)
    if kind != "task":
        if path != _own_path(kind, raw, data):
            raise fault(path, data, raw, kind)
        return Verdict(path)
    if task_id_at(path) != raw["id"]:
        raise fault(path, data, raw, kind)
    folded = folded_from_json(raw, older_events(path, raw, beside))
    task = adopt(folded, raw)
    problems = tuple(_fold_problems(path, data, task, len(folded.history)))
    return Verdict(path, problems, task.id, task.state.depends_on, place_of(task))


def _own_path(kind: str, raw: dict[str, Any], data: bytes) -> str:
    if kind == "notice":
        return notice_path(raw["to"], str(raw.get("id")))
    if kind == "segment":
        return segment_path(raw["task"], digest_of(data))
    return PATHS[kind](str(raw.get("name" if kind in ("member", "presence") else "id")))


def _fold_problems(path: str, data: bytes, task: Task, recorded: int) -> Iterator[Problem]:
    for event in task.history[recorded:]:
        changed = [*event.data.get("set", {}), *event.data.get("add", {}), *event.data.get("remove", {})]
        field = changed[0] if changed else event.kind
        message = "edited by hand; the next change to the task records it"
        if event.id in task.void:
            message = f"edited by hand, and refused: {task.void[event.id]}"
        yield Problem(path, line_of(data.decode("utf-8-sig"), [field]), WARNING, message, field)
