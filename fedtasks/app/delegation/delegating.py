"""Giving a task to another store, and asking what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fedtasks.app.change import Change
from fedtasks.app.delegation.instances import instance_named, instances_of, name_of
from fedtasks.app.delegation.outbox import Message, Record, post, read_delegations, read_outbox
from fedtasks.app.delegation.withdrawing import withdraw_one, withdraw_open
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.tasks.fields import clean_title
from fedtasks.domain import delegation as rules
from fedtasks.domain import events as kinds
from fedtasks.domain.ids import match_id
from fedtasks.domain.instances import SCOPES, Instance, above
from fedtasks.domain.status import FINISHED
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed, OutOfReach, UnmetDependencies, UsageError
from fedtasks.policy.gates import unmet

Done = TypeVar("Done")

OFFLINE = "when it is back, run the command again; or delegate it from this clone alone: --offline"

OFFERED = ("title", "description", "priority", "due", "estimate", "tags")


def delegate(
    session: Session,
    given: str,
    to: str,
    type: str,
    *,
    notes: str | None = None,
    parts: Sequence[str] = (),
    instead: bool = False,
    offline: bool = False,
) -> tuple[Task, Record]:
    """Gives a task to another instance, in one clone; the offer waits in the outbox until it is carried there.
    `instead`: of those that have been asked for it, from whom it is withdrawn.

    Raises NotFound for an instance that is not known, NotAllowed for a finished task, one that is delegated already,
    an escalation that does not go up, and a circle; UnmetDependencies; UsageError for parts of what is not decomposed.
    """
    instance = instance_named(session, to)
    if parts and type != rules.DECOMPOSE:
        raise UsageError("only a task that is decomposed has parts", hint="use --type decompose, or leave --part out")
    here = name_of(session)
    titles = [clean_title(part) for part in parts]

    def decide(change: Change) -> tuple[Task, Record]:
        task = change.task(given)
        _require_delegable(change, task, instance, type, here, instead)
        data: dict[str, Any] = {"task": task.id, "source_instance": here, "target_instance": to, "type": type}
        data |= ({"notes": notes} if notes else {}) | ({"parts": titles} if titles else {})
        if instead:
            task = withdraw_open(change, task, f"given to {to} instead")
        after = change.make(task, kinds.DELEGATED, data)
        event = max(after.history, key=lambda one: one.order)
        post(change, Message(to, task.id, event.id, _offer(task, event, here)))
        change.describe("delegate", after, f" to {to}")
        return after, next(dict(one) for one in after.state.delegations if one["id"] == event.id)

    return _published(session, decide, offline)


def _published(session: Session, decide: Callable[[Change], Done], offline: bool) -> Done:
    try:
        return exclusively(session, decide, offline=offline)
    except OutOfReach as found:
        found.hint = OFFLINE
        raise


def withdraw(
    session: Session, given: str, *, reason: str | None = None, offline: bool = False
) -> tuple[Task, list[Record]]:
    """Takes a delegation back, or all open ones of a task; the other store hears of it through the outbox.

    Raises NotFound, NotAllowed where none is open, OutOfReach.
    """
    theirs = {one["id"].lower(): one for one in outgoing(session)}
    found = match_id(given, session.reader.ids(), lambda: theirs)
    only = theirs[found]["id"] if found in theirs else None

    def decide(change: Change) -> tuple[Task, list[Record]]:
        task = change.task(theirs[found]["task"] if only else found)
        going = [one for one in rules.unfinished(task.state.delegations) if only in (None, one["id"])]
        if not going:
            raise NotAllowed(
                f"{task.id} has no delegation that could be withdrawn",
                hint=f"see how they stand: fedtasks delegation list --task {task.id}",
                task=task.id,
            )
        for one in going:
            task = withdraw_one(change, task, one, reason)
        change.describe("withdraw", task)
        ids = {one["id"] for one in going}
        return task, [{**one, "title": task.state.title} for one in task.state.delegations if one["id"] in ids]

    return _published(session, decide, offline)


def _offer(task: Task, event: Any, here: str) -> Any:
    """The event as the other store gets it: with what the task says, and the chain that leads to it."""
    from dataclasses import replace

    said = {name: getattr(task.state, name) for name in OFFERED}
    offer = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if value}
    origin = task.state.delegated_from or {}
    here_link = rules.link(here, task.id, task.state.title, event.id, event.data["type"])
    return replace(event, data={**event.data, "offer": offer, "chain": [*origin.get("chain", []), here_link]})


def _require_delegable(change: Change, task: Task, instance: Instance, type: str, here: str, instead: bool) -> None:
    state = task.state
    if state.status in FINISHED:
        raise NotAllowed(
            f"{task.id} is {state.status}", hint=f"take it up again first: fedtasks reopen {task.id}", task=task.id
        )
    chain = (state.delegated_from or {}).get("chain", [])
    found = [here, here] if instance.is_here else rules.circle(chain, here, instance.name)
    if found is not None:
        raise NotAllowed(
            f"that would delegate {task.id} in a circle: {' -> '.join(found)}",
            hint="reject the delegation that it came with instead: fedtasks delegation reject ID --reason TEXT",
            task=task.id,
            circle=found,
        )
    for one in rules.unfinished(state.delegations) if not instead else ():
        if type == one["type"] == rules.DECOMPOSE and one["target_instance"] != instance.name:
            continue
        raise NotAllowed(
            f"{task.id} is delegated to {one['target_instance']} already, since {one['delegated_at']}: {one['status']}",
            hint=f"to ask {instance.name} instead: add --instead; or see: fedtasks delegation list --task {task.id}",
            task=task.id,
            delegation=one["id"],
        )
    if type == rules.ESCALATE:
        _require_up(change.session, instance, here)
    waits_for = unmet(task, change.look)
    if waits_for:
        raise UnmetDependencies(task.id, waits_for)


def _require_up(session: Session, instance: Instance, here: str) -> None:
    known = instances_of(session)
    own = known.get(here)
    if own is None or instance.name in above(known, here) or SCOPES.index(instance.scope) < SCOPES.index(own.scope):
        return
    raise NotAllowed(
        f"an escalation goes up, and {instance.name} ({instance.scope}) is not above {here} ({own.scope})",
        hint="use --type route or --type decompose",
        instance=instance.name,
    )


def outgoing(session: Session) -> list[Record]:
    """The delegations of this store's tasks to others, each with the task's title and whether its offer still waits."""
    from fedtasks.store.query import delegated

    waiting = {message.delegation for message in read_outbox(session)}
    found = []
    for text in delegated(session.index()):
        task = json.loads(text)
        found += [
            {**record, "title": task["title"], "direction": "out", "waiting": record["id"] in waiting}
            for record in task.get("delegations", ())
        ]
    return found


def unwanted(session: Session) -> list[str]:
    """The finished tasks that other stores are still asked for."""
    from fedtasks.store.query import delegated

    tasks = map(json.loads, delegated(session.index()))
    return [task["id"] for task in tasks if task["status"] in FINISHED and rules.unfinished(task["delegations"])]


def incoming(session: Session) -> list[Record]:
    """The delegations of other stores' tasks to this one; `waiting` ones have an answer in the outbox."""
    waiting = {message.delegation for message in read_outbox(session)}
    return [
        public(record) | {"direction": "in", "waiting": record["id"] in waiting} for record in read_delegations(session)
    ]


def public(record: Record) -> Record:
    """A delegation's file as lists show it."""
    return {name: value for name, value in record.items() if name not in ("schema", "history", "offer", "chain")}


def delegations(session: Session, task: str | None = None) -> list[Record]:
    """All of both directions, the latest last; with `task` those of one task, by its id here or there."""
    found = [*outgoing(session), *incoming(session)]
    if task is not None:
        ids = {id for one in found for id in (one["task"], *one.get("tasks", ()))}
        wanted = match_id(task, session.reader.ids(), lambda: ids)
        found = [one for one in found if wanted in (one["task"], *one.get("tasks", ()))]
    return sorted(found, key=lambda one: (one["delegated_at"], one["id"]))
