"""Changing what a task says: fields, tags, dependencies."""

from __future__ import annotations

from collections.abc import Iterable

from fedtasks.app.change import Change
from fedtasks.app.fields import Wish, edited_data, wish
from fedtasks.app.session import Session
from fedtasks.domain import events as kinds
from fedtasks.domain.task import Task
from fedtasks.errors import DependencyCycle, NotFound
from fedtasks.policy.gates import cycle_through


def edit(session: Session, given: str, wanted: Wish, verb: str = "edit") -> tuple[Task, bool]:
    """The task, and whether anything changed; parent may be a part of an id, and may not make a circle."""
    with session.writing() as change:
        task = change.task(given)
        if wanted.set.get("parent"):
            parent = change.transaction.resolve(str(wanted.set["parent"]))
            wanted = Wish({**wanted.set, "parent": parent}, wanted.add, wanted.remove)
            _refuse_circle(change, task.id, {task.id: [parent]}, parents=True)
        return _make(change, task, wanted, verb)


def _make(change: Change, task: Task, wanted: Wish, verb: str) -> tuple[Task, bool]:
    data = edited_data(task, wanted)
    if data is None:
        return task, False
    after = change.make(task, kinds.EDITED, data)
    change.describe(verb, after)
    return after, True


def depend(session: Session, given: str, on: Iterable[str], no: Iterable[str] = ()) -> tuple[Task, bool]:
    """Makes a task wait for others, or no longer; raises DependencyCycle."""
    with session.writing() as change:
        task = change.task(given)
        new = [change.transaction.resolve(other) for other in on]
        old = [_named(task, other) for other in no]
        kept = [id for id in task.state.depends_on if id not in old]
        _refuse_circle(change, task.id, {task.id: [*kept, *new]})
        return _make(change, task, wish(depends_on=new, no_depends_on=old), "depend")


def _named(task: Task, given: str) -> str:
    fits = [id for id in task.state.depends_on if id.startswith(given) or id.endswith(given)]
    if len(fits) != 1:
        raise NotFound(
            f"{task.id} does not depend on '{given}'",
            hint=f"it depends on: {', '.join(task.state.depends_on) or 'nothing'}",
            given=given,
        )
    return fits[0]


def _refuse_circle(change: Change, start: str, wanted: dict[str, list[str]], *, parents: bool = False) -> None:
    def edges(id: str) -> Iterable[str]:
        if id in wanted:
            return wanted[id]
        task = change.look(id)
        if task is None:
            return ()
        return ([task.state.parent] if task.state.parent else []) if parents else task.state.depends_on

    circle = cycle_through(start, edges)
    if circle is not None:
        raise DependencyCycle(circle)
