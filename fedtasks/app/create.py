"""New tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fedtasks.app.change import Change
from fedtasks.app.fields import Wish, created_data
from fedtasks.app.session import Session
from fedtasks.domain import events as kinds
from fedtasks.domain.ids import random_task_id
from fedtasks.domain.task import Task


def add(session: Session, wanted: Wish) -> Task:
    """A new pending task; its lead is who adds it, unless named. Dependencies and parent may be parts of ids."""
    with session.writing() as change:
        task = _create(change, wanted)
        change.describe("add", task)
        return task


def add_all(session: Session, wanted: Sequence[Wish]) -> list[Task]:
    """Several new tasks in one change: all of them or none."""
    if len(wanted) == 1:
        return [add(session, wanted[0])]
    with session.writing() as change:
        tasks = [_create(change, one) for one in wanted]
        change.title(f"add {len(tasks)} tasks: {', '.join(task.state.title for task in tasks)}"[:200])
        return tasks


def _create(change: Change, wanted: Wish) -> Task:
    session = change.session
    data = {"lead": session.config.lead or session.actor.name, "priority": session.config.default_priority}
    data |= created_data(_resolved(change, wanted))
    return change.create(_free_id(change), change.event((), kinds.CREATED, data))


def _resolved(change: Change, wanted: Wish) -> Wish:
    depends_on = tuple(change.transaction.resolve(given) for given in wanted.add["depends_on"])
    fields = dict(wanted.set)
    if fields.get("parent"):
        fields["parent"] = change.transaction.resolve(fields["parent"])
    return replace(wanted, set=fields, add={**wanted.add, "depends_on": depends_on})


def _free_id(change: Change) -> str:
    session = change.session
    existing = len(change.transaction.ids())
    while True:
        id = random_task_id(session.config.prefix, existing, session.context.random)
        if not change.transaction.exists(id):
            return id
