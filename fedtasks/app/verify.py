"""`check`: every file of a store against its schema, its fold, and the other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fedtasks.app.session import Session
from fedtasks.domain.codec import folded_from_json, task_from_json
from fedtasks.domain.task import SCHEMA, Task
from fedtasks.errors import FedtasksError, InvalidData, NewerFormat
from fedtasks.git.recorder import uncommitted
from fedtasks.policy.gates import find_cycles
from fedtasks.store.config import read_config
from fedtasks.store.layout import (
    delegation_path,
    member_path,
    message_path,
    notice_path,
    plan_path,
    presence_path,
    task_id_at,
    task_path,
)
from fedtasks.store.listing import paths_of
from fedtasks.store.locate import line_of
from fedtasks.store.merging import kind_of
from fedtasks.store.places import place_of
from fedtasks.store.reading import fault, parse_object, read_bytes
from fedtasks.store.schemas import first_error

PATHS = {
    "plan": plan_path,
    "member": member_path,
    "delegation": delegation_path,
    "message": message_path,
    "presence": presence_path,
}

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, worded as a compiler would: `path:line: severity: message`."""

    path: str
    line: int
    severity: str
    message: str
    field: str = ""

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        return f"{self.path}:{self.line}: {self.severity}: {field}{self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many files were read, and what was found."""

    files: int
    problems: tuple[Problem, ...]

    @property
    def clean(self) -> bool:
        return not any(problem.severity == ERROR for problem in self.problems)


def check(session: Session) -> Report:
    """Verifies the whole store: schema, fold, ids, dependencies, circles, what git has not recorded."""
    root = session.reader.root
    found: list[Problem] = []
    tasks: dict[str, Task] = {}
    with _noting(found):
        read_config(root)
    paths = paths_of(root)
    for path in paths[1:]:
        with _noting(found):
            found += _check_file(root, path, tasks)
    found += _references(tasks, frozenset(paths))
    if (root / ".git").exists():
        found += [
            Problem(path, 1, WARNING, "changed by hand, not committed yet; the next change to it commits it")
            for path in uncommitted(session.context.git.at(root))
        ]
    return Report(len(paths), tuple(sorted(found, key=lambda problem: (problem.path, problem.line))))


class _noting(suppress):
    """Turns an error about a file into a problem and goes on."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__(FedtasksError, OSError)
        self._found = found

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, InvalidData):
            fields = error.fields
            self._found.append(Problem(fields["path"], fields["line"], ERROR, fields["problem"], fields["field"]))
        elif isinstance(error, NewerFormat):
            self._found.append(Problem(error.fields["path"], 1, WARNING, error.message))
        elif isinstance(error, OSError):
            self._found.append(Problem(str(error.filename), 1, ERROR, error.strerror or str(error)))
        else:
            return False
        return True


def _check_file(root: Path, path: str, tasks: dict[str, Task]) -> Iterator[Problem]:
    data = read_bytes(root, path)
    raw = parse_object(path, data)
    kind = kind_of(path)
    identity = raw.get("name" if kind in ("member", "presence") else "id")
    if (isinstance(raw.get("schema"), int) and raw["schema"] > SCHEMA) or first_error(kind, raw) is not None:
        raise fault(path, data, raw, kind)
    if kind != "task" and path != _own_path(kind, raw, str(identity)):
        raise fault(path, data, raw, kind)
    if kind == "task":
        if task_id_at(path) != identity:
            raise fault(path, data, raw, kind)
        task = task_from_json(raw)
        yield from _fold_problems(path, data, task, len(folded_from_json(raw).history))
        yield from _place_problems(path, task, tasks)
        tasks[task.id] = task


def _own_path(kind: str, raw: dict[str, Any], identity: str) -> str:
    if kind == "notice":
        return notice_path(raw["to"], identity)
    return PATHS[kind](identity)


def _place_problems(path: str, task: Task, tasks: Mapping[str, Task]) -> Iterator[Problem]:
    if task.id in tasks:
        yield Problem(path, 1, ERROR, "the task stands elsewhere as well; merge the two: fedtasks check --fix", "id")
    elif (place := place_of(task)) != path:
        yield Problem(path, 1, WARNING, f"belongs to {place}; move it there: fedtasks check --fix", "archived")


def _fold_problems(path: str, data: bytes, task: Task, recorded: int) -> Iterator[Problem]:
    for event in task.history[recorded:]:
        changed = [*event.data.get("set", {}), *event.data.get("add", {}), *event.data.get("remove", {})]
        field = changed[0] if changed else event.kind
        message = "edited by hand; the next change to the task records it"
        if event.id in task.void:
            message = f"edited by hand, and refused: {task.void[event.id]}"
        yield Problem(path, line_of(data.decode("utf-8-sig"), [field]), WARNING, message, field)


def _references(tasks: dict[str, Task], paths: frozenset[str]) -> Iterator[Problem]:
    graph = {id: task.state.depends_on for id, task in tasks.items()}
    for id, others in graph.items():
        for other in others:
            if other not in tasks:
                what = "which is not readable" if task_path(other) in paths else "which does not exist"
                yield Problem(task_path(id), 1, WARNING, f"depends on {other}, {what}", "depends_on")
    for circle in find_cycles(graph):
        shown = " -> ".join(circle)
        yield Problem(task_path(circle[0]), 1, ERROR, f"the dependencies run in a circle: {shown}", "depends_on")
