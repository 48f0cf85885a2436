"""Changing what a task says: fields, tags, dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.app.tasks.create import relate
from fedtasks.app.tasks.fields import Wish, edited_data, in_repository, wish
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.task import Task
from fedtasks.errors import DependencyCycle, NotFound, UsageError
from fedtasks.policy.gates import cycle_through


def edit(session: Session, given: str, wanted: Wish, verb: str = "edit") -> tuple[Task, bool]:
    """The task, and whether anything changed; parent and related tasks may be parts of ids, parents no circle."""
    with writing(session) as change:
        task = change.task(given)
        wanted = in_repository(_related(change, task, wanted), session.context.git)
        if wanted.set.get("parent") is not None:
            parent = change.transaction.resolve(str(wanted.set["parent"]))
            wanted = replace(wanted, set={**wanted.set, "parent": parent})
            _refuse_circle(change, task.id, {task.id: [parent]}, parents=True)
        after = _make(change, task, wanted, verb)
        relate(change, task, wanted)
        return after


def _related(change: Change, task: Task, wanted: Wish) -> Wish:
    add = tuple(map(change.transaction.resolve, wanted.add["related"]))
    if task.id in add:
        raise UsageError(f"{task.id} cannot be related to itself", hint="name another task with --related")
    remove = tuple(_named(task.id, "is not related to", task.state.related, one) for one in wanted.remove["related"])
    return replace(wanted, add={**wanted.add, "related": add}, remove={**wanted.remove, "related": remove})


def _make(change: Change, task: Task, wanted: Wish, verb: str) -> tuple[Task, bool]:
    data = edited_data(task, wanted)
    if data is None:
        return task, False
    after = change.make(task, kinds.EDITED, data)
    change.describe(verb, after)
    return after, True


def depend(session: Session, given: str, on: Iterable[str], no: Iterable[str] = ()) -> tuple[Task, bool]:
    """Makes a task wait for others, or no longer; raises DependencyCycle."""
    with writing(session) as change:
        task = change.task(given)
        new = [change.transaction.resolve(other) for other in on]
        old = [_named(task.id, "does not depend on", task.state.depends_on, other) for other in no]
        kept = [id for id in task.state.depends_on if id not in old]
        _refuse_circle(change, task.id, {task.id: [*kept, *new]})
        return _make(change, task, wish(depends_on=new, no_depends_on=old), "depend")


def _named(id: str, words: str, ids: Sequence[str], given: str) -> str:
    fits = [one for one in ids if one.startswith(given) or one.endswith(given)]
    if len(fits) != 1:
        raise NotFound(f"{id} {words} '{given}'", hint=f"there is: {', '.join(ids) or 'nothing'}", given=given)
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
        raise DependencyCycle(circle, parents=parents)
