"""Archiving: what was finished long ago leaves the lists, stays readable, and can come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from fedtasks.app.change import Change
from fedtasks.app.context import stamp_of
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.status import FINISHED
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed
from fedtasks.policy.may import may
from fedtasks.store.query import finished_before

AT_ONCE = 500
"""Tasks a transaction: others can write in between, and the memory is bounded."""


class Archived(NamedTuple):
    """The tasks that were archived, or would be; `left` are the ids of those that the actor may not archive."""

    tasks: list[Task]
    left: list[str]


def archive_named(session: Session, given: Sequence[str], *, dry_run: bool = False) -> Archived:
    """Archives these tasks, all or none; raises NotAllowed for one that is not finished."""
    if dry_run:
        tasks = [session.reader.task(session.reader.resolve(part)) for part in given]
        for task in tasks:
            _require_finished(task)
        return Archived(tasks, [])
    with writing(session) as change:
        after = []
        for task in {task.id: task for task in map(change.task, given)}.values():
            _require_finished(task)
            after.append(_archive(change, task))
        _title(change, "archive", after)
    return Archived(after, [])


def archive_older(session: Session, seconds: int, *, dry_run: bool = False) -> Archived:
    """Archives what is finished and has not changed for so long; tasks that are others' to archive stay."""
    before = stamp_of(session.context.clock() - seconds * 1_000_000_000)
    ids = finished_before(session.index(), before)
    found = Archived([], [])
    for begin in range(0, len(ids), AT_ONCE):
        batch = ids[begin : begin + AT_ONCE]
        if dry_run:
            _sort_out(session, [session.reader.task(id) for id in batch], before, found)
            continue
        with writing(session) as change:
            due = _sort_out(session, [task for id in batch if (task := change.look(id))], before, found)
            _title(change, "archive", [_archive(change, task) for task in due])
    return found


def unarchive(session: Session, given: str) -> Task:
    """Brings a task back into the lists; raises NotAllowed where it is there."""
    with writing(session) as change:
        task = change.task(given)
        if task.state.archived is None:
            raise NotAllowed(f"{task.id} is not archived", hint=f"see it: fedtasks show {task.id}", task=task.id)
        after = change.make(task, kinds.UNARCHIVED, {})
        change.describe("unarchive", after)
        return after


def _sort_out(session: Session, tasks: list[Task], before: str, found: Archived) -> list[Task]:
    """Those that are still finished and unchanged, and the actor's to archive; what was found learns of them."""
    due = []
    for task in tasks:
        state = task.state
        if state.status not in FINISHED or state.archived is not None or state.updated_at >= before:
            continue
        event = Event("", next_seq(task.history), before, session.actor.name, kinds.ARCHIVED, _year(task))
        if may(session.actor.member, event, task, session.rules) is None:
            due.append(task)
        else:
            found.left.append(task.id)
    found.tasks.extend(due)
    return due


def _require_finished(task: Task) -> None:
    state = task.state
    if state.status not in FINISHED:
        raise NotAllowed(
            f"{task.id} is {state.status}: only what is done or cancelled is archived",
            hint=f"finish it first: fedtasks done {task.id}, or fedtasks cancel {task.id}",
            task=task.id,
            status=state.status,
        )


def _archive(change: Change, task: Task) -> Task:
    return task if task.state.archived is not None else change.make(task, kinds.ARCHIVED, _year(task))


def _year(task: Task) -> dict[str, Any]:
    """The year in which it was finished, as far as its last change tells."""
    return {"year": task.state.updated_at[:4]}


def _title(change: Change, verb: str, tasks: Sequence[Task]) -> None:
    if len(tasks) == 1:
        change.describe(verb, tasks[0])
    else:
        change.title(f"{verb} {len(tasks)} tasks")
