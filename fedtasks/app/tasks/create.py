"""New tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.app.tasks.fields import Wish, created_data, edited_data, in_repository, wish
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.ids import random_task_id
from fedtasks.domain.task import Task
from fedtasks.policy.members import TEAM


def add(session: Session, wanted: Wish) -> Task:
    """A new pending task; its lead is who adds it, unless named. Dependencies and parent may be parts of ids."""
    with writing(session) as change:
        task = _create(change, wanted)
        change.describe("add", task)
        return task


def add_all(session: Session, wanted: Sequence[Wish]) -> list[Task]:
    """Several new tasks in one change: all of them or none."""
    if len(wanted) == 1:
        return [add(session, wanted[0])]
    with writing(session) as change:
        tasks = [_create(change, one) for one in wanted]
        change.title(f"add {len(tasks)} tasks: {', '.join(task.state.title for task in tasks)}"[:200])
        return tasks


def assign_new(session: Session, title: str, who: str, parts: Sequence[str] = ()) -> list[Task]:
    """A new pending task that is somebody's, or a team's, at once, led by who assigns it, and its subtasks, which are
    theirs as well."""
    is_team = any(member.name == who and member.kind == TEAM for member in session.members)
    owner = {"team" if is_team else "assignee": who}
    with writing(session) as change:
        tasks = [_create(change, wish(set={"title": title}), owner)]
        parent = tasks[0].id
        tasks += [_create(change, wish(set={"title": part, "parent": parent}), owner) for part in parts]
        change.describe("assign", tasks[0], f" to {who}")
        return tasks


def _create(change: Change, wanted: Wish, owner: Mapping[str, str] | None = None) -> Task:
    session = change.session
    wanted = in_repository(_resolved(change, wanted), session.context.git)
    data = {"lead": session.config.lead or session.actor.name, "priority": session.config.default_priority}
    data |= created_data(wanted) | dict(owner or {})
    task = change.create(_free_id(change), change.event((), kinds.CREATED, data))
    relate(change, task, wanted)
    return task


def relate(change: Change, task: Task, wanted: Wish) -> None:
    """Says on the other side, too, which tasks are related to this one, and which no longer."""
    for other in (*wanted.add["related"], *wanted.remove["related"]):
        near = other in wanted.add["related"]
        found = change.look(other)
        data = edited_data(found, wish(related=[task.id]) if near else wish(no_related=[task.id])) if found else None
        if found and data is not None:
            change.make(found, kinds.EDITED, data)


def _resolved(change: Change, wanted: Wish) -> Wish:
    others = {name: tuple(map(change.transaction.resolve, wanted.add[name])) for name in ("depends_on", "related")}
    fields = dict(wanted.set)
    if fields.get("parent") is not None:
        fields["parent"] = change.transaction.resolve(fields["parent"])
    return replace(wanted, set=fields, add={**wanted.add, **others})


def _free_id(change: Change) -> str:
    session = change.session
    existing = len(change.transaction.ids())
    while True:
        id = random_task_id(session.config.prefix, existing, session.context.random)
        if not change.transaction.exists(id):
            return id
