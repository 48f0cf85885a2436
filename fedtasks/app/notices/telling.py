"""Telling: the notices of what a change did, delivered with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fedtasks.app.change import Change, Made, goes_to_files
from fedtasks.app.finding import cache_of
from fedtasks.domain import events as kinds
from fedtasks.domain.status import FINISHED
from fedtasks.domain.task import Task
from fedtasks.notify.audience import Fact
from fedtasks.notify.notice import Notice, make_notice, notice_id
from fedtasks.notify.told import summed_up, told
from fedtasks.policy.members import TEAM, members_of

EVERYONE = "everyone"

MOST_TASKS = 5_000
"""In a larger store those who wait for a task are found as the index knew them last."""


def tell(change: Change, made: Iterable[Made]) -> None:
    """Delivers the notices of these events (see audience.RULES) with the change itself."""
    made = list(made)
    notices = [notice for one in made for notice in told(_fact(change, one))]
    begun = [(event, task) for before, event, task in made if goes_to_files(before, task)]
    if begun:
        from fedtasks.app.tasks.meeting import meet

        notices += meet(change, begun)
    for notice in summed_up(_to_persons(change, notices)):
        change.deliver(notice)


def tell_unplanned(change: Change, plan: str, kept: Iterable[tuple[Task, str]]) -> None:
    """Tells the owners of tasks that are worked on and that their plan has no longer; each comes with the reason."""
    by = change.session.actor.name
    for task, why in kept:
        owner, last = task.state.assignee or task.state.lead, task.history[-1].id
        if task.state.status in FINISHED or owner in (None, by):
            continue
        change.deliver(
            make_notice(
                str(owner),
                "unplanned",
                (plan, task.id, last),
                at=change.session.context.now(),
                by=by,
                text=f"{by} parsed {plan}: {why}",
                task=task.id,
                title=task.state.title,
                needs_ack=True,
                next=(f"fedtasks show {task.id}", f"fedtasks cancel {task.id} --reason TEXT"),
                data={"event": last},
            )
        )


def _fact(change: Change, made: Made) -> Fact:
    before, event, task = made
    new = event.kind == kinds.CREATED
    finished = not new and task.state.status in FINISHED and task.state.status != before.status
    by = event.data.get("blocked_by")
    return Fact(
        event,
        before,
        task,
        tuple(_waiting(change, task)) if finished else (),
        change.look(by) if by else None,
        _followers(change) if new else (),
    )


def _waiting(change: Change, task: Task) -> Iterator[Task]:
    """The unfinished tasks that depend on this one."""
    from fedtasks.store.index import glance
    from fedtasks.store.relations import waiting_for
    from fedtasks.store.stale import Source

    session = change.session
    source = Source(session.root, cache_of(session.context, session.root), session.context.clock())
    ids, _ = glance(source, MOST_TASKS, lambda index: waiting_for(index, task.id))
    for id in ids or ():
        other = change.look(id)
        if other is not None and task.id in other.state.depends_on and other.state.status not in FINISHED:
            yield other


def _followers(change: Change) -> tuple[str, ...]:
    """Who hears of new tasks."""
    everyone = change.session.config.notices.get("created") == EVERYONE
    return tuple(
        member.name
        for member in change.session.members
        if member.kind != TEAM and (everyone or member.notify.get("new"))
    )


def _people(change: Change) -> set[str]:
    """Those who have to do with the tasks of a change."""
    states = [change.transaction.task(id).state for id in change.tasks]
    return {name for state in states for name in (state.lead, state.assignee, *state.watchers, *state.helpers) if name}


def _to_persons(change: Change, notices: Iterable[Notice]) -> Iterator[Notice]:
    """A team's notice is one for each of its members, but for who made the event; strangers are only named."""
    members = change.session.members
    known = {member.name for member in members} | _people(change)
    given: set[tuple[str, str | None, str]] = set()
    for notice in notices:
        if notice.kind == "mentioned" and notice.to not in known:
            continue
        for name in members_of([notice.to], members):
            key = (name, notice.task, str(notice.data["event"]))
            if name != notice.by and key not in given:
                given.add(key)
                told = (str(notice.data["event"]), str(notice.task))
                id = notice.id if name == notice.to else notice_id(name, notice.kind, *told)
                yield replace(notice, to=name, id=id)
