"""The parts of one task, for a look at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fedtasks.app.finding import cache_of
from fedtasks.app.session import Session
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.policy.standing import Part, Progress, progress

MOST = 2_000
"""In larger stores parts are those that the last list knew: a look at one task must not take longer with more tasks."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The tasks below one, each with its depth, the done and cancelled ones too; how far they are; their time."""

    tasks: tuple[tuple[int, Task], ...]
    progress: Progress
    seconds: int

    def to_json(self) -> dict[str, Any]:
        """As `show --json` has it."""
        rows = [
            {"id": task.id, "title": task.state.title, "status": task.state.status, "assignee": task.state.assignee,
             "parent": task.state.parent} for _, task in self.tasks
        ]  # fmt: skip
        return {"subtasks": rows, "progress": {**self.progress._asdict(), "tracked": self.seconds}}


def parts_of(session: Session, task: Task) -> Parts | None:
    """What is below a task; None where there is nothing."""
    from fedtasks.store.index import glance
    from fedtasks.store.refresh import Source
    from fedtasks.store.relations import below

    source = Source(session.root, cache_of(session.context, session.root), session.context.clock())
    ids = glance(source, MOST, lambda index: below(index, task.id)) or []
    children: dict[str, list[Task]] = {}
    for one in sorted(_readable(session, ids), key=lambda one: (one.state.created_at, one.history[0].id)):
        children.setdefault(one.state.parent or "", []).append(one)
    ordered = _in_order(task.id, children)
    if not ordered:
        return None
    counted = progress(Part(one.id, one.state.parent or "", one.state.status) for _, one in ordered)
    seconds = sum(entry["seconds"] for _, one in ordered for entry in one.state.tracked)
    return Parts(tuple(ordered), counted.get(task.id, Progress(0, 0)), seconds)


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
