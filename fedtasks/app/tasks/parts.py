"""The parts of one task, for a look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fedtasks.app.context import stamp_of
from fedtasks.app.finding import cache_of
from fedtasks.app.session import Session
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.policy.standing import Part, Progress, progress

MOST = 2_000
"""In larger stores parts are those that the last list knew: a look at one task must not take longer with more tasks."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The tasks below one, each with its depth, the done and cancelled ones too; how far they are; their time.

    `as_of` is when they were last looked for, where others may have come since; empty: never yet.
    """

    tasks: tuple[tuple[int, Task], ...]
    progress: Progress
    seconds: int
    as_of: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As `show --json` has it."""
        stale = {"subtasks_as_of": self.as_of} if self.as_of is not None else {}
        if not self.tasks:
            return stale
        rows = [
            {"id": task.id, "title": task.state.title, "status": task.state.status, "assignee": task.state.assignee,
             "parent": task.state.parent} for _, task in self.tasks
        ]  # fmt: skip
        return {"subtasks": rows, "progress": {**self.progress._asdict(), "tracked": self.seconds}} | stale

    @property
    def remark(self) -> str:
        """What to say of parts that others may have joined."""
        if self.as_of is None:
            return ""
        return (
            "parts are not known before the first 'fedtasks list'"
            if not self.as_of
            else (f"parts as of {self.as_of}, tasks have changed since; 'fedtasks list' looks again")
        )


def parts_of(session: Session, task: Task) -> Parts:
    """What is below a task."""
    from fedtasks.store.index import glance
    from fedtasks.store.relations import below
    from fedtasks.store.stale import Source

    source = Source(session.root, cache_of(session.context, session.root), session.context.clock())
    ids, last = glance(source, MOST, lambda index: below(index, task.id))
    children: dict[str, list[Task]] = {}
    for one in sorted(_readable(session, ids or ()), key=lambda one: (one.state.created_at, one.history[0].id)):
        children.setdefault(one.state.parent or "", []).append(one)
    ordered = _in_order(task.id, children)
    counted = progress(Part(one.id, one.state.parent or "", one.state.status) for _, one in ordered)
    seconds = sum(entry["seconds"] for _, one in ordered for entry in one.state.tracked)
    as_of = None if last is None else stamp_of(last) if last else ""
    return Parts(tuple(ordered), counted.get(task.id, Progress(0, 0)), seconds, as_of)


def _readable(session: Session, ids: Iterable[str]) -> Iterator[Task]:
    """The tasks of these ids; one whose file is gone or broken does not hide the others."""
    for id in ids:
        with suppress(FedtasksError):
            yield session.reader.task(id)


def _in_order(top: str, children: dict[str, list[Task]]) -> list[tuple[int, Task]]:
    """The tasks below one as they stand in an outline."""
    ordered: list[tuple[int, Task]] = []
    seen = {top}
    waiting = [(0, task) for task in reversed(children.get(top, []))]
    while waiting:
        depth, task = waiting.pop()
        if task.id not in seen:
            seen.add(task.id)
            ordered.append((depth, task))
            waiting += [(depth + 1, inner) for inner in reversed(children.get(task.id, []))]
    return ordered
