"""Completion that rises: a task made for a delegation is done, so the delegation is, and the store above is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from fedtasks.app.change import Change
from fedtasks.app.delegation.outbox import Message, Record, look_record, post, put_record
from fedtasks.domain import delegation as rules
from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.ids import derived_ulid
from fedtasks.domain.status import BLOCKED, CANCELLED, DONE, FINISHED, IN_PROGRESS, IN_REVIEW, PENDING
from fedtasks.domain.task import Task
from fedtasks.domain.times import milliseconds


class Doing(NamedTuple):
    """Whose doing a change is, and since when."""

    by: str
    at: str


def doing(change: Change) -> Doing:
    """This command's."""
    return Doing(change.session.actor.name, change.session.context.now())


def step_id(delegation: str, kind: str, *more: str) -> str:
    """The id of an event that every machine makes alike; its time is the delegation's own."""
    return derived_ulid(0, delegation, kind, *more)


def settle(change: Change, changed: Iterable[str]) -> None:
    """Completes what these tasks complete, however far up that goes within this store.

    | a task that is done                     | what follows                                                        |
    |-----------------------------------------|---------------------------------------------------------------------|
    | was made for a delegation               | the delegation is completed, a message goes to the store above      |
    | is a part of a task made to be          | once every part is done or cancelled, and one is done, that task is |
    | decomposed                              | done too                                                            |
    """
    waiting = list(changed)
    while waiting:
        task = change.look(waiting.pop())
        if task is None or task.state.status not in FINISHED:
            continue
        if task.state.status == DONE and task.state.delegated_from:
            finish(change, task, None)
        whole = change.look(task.state.parent) if task.state.parent else None
        if whole is not None and _is_whole(change, whole):
            drive(change, whole, doing(change), whole.id)
            waiting.append(whole.id)


def _is_whole(change: Change, task: Task) -> bool:
    origin = task.state.delegated_from
    if not origin or origin["type"] != rules.DECOMPOSE or task.state.status in FINISHED:
        return False
    found = [part.state.status for part in parts_of(change, task)]
    return DONE in found and all(status in FINISHED for status in found)


def parts_of(change: Change, task: Task) -> list[Task]:
    """The parts of a task that was made to be decomposed."""
    ids = (task.state.delegated_from or {}).get("tasks", ())[1:]
    return [part for part in map(change.look, ids) if part is not None]


def finish(change: Change, task: Task, result: Any) -> Record | None:
    """Completes the delegation that a task was made for, also a withdrawn one, whose result is worth knowing all the
    same; None where it is not accepted, or completed before."""
    origin = task.state.delegated_from
    record = look_record(change, origin["delegation"]) if origin else None
    if origin is None or record is None or rules.COMPLETED not in rules.answers(record):
        return None
    who = doing(change)
    answer = _answer(change, task) if result is None else result
    data = {"delegation": record["id"], "result": answer}
    id = step_id(record["id"], kinds.DELEGATION_COMPLETED)
    after = record_step(change, record, Event(id, 0, who.at, who.by, kinds.DELEGATION_COMPLETED, data))
    if "completed_at" not in origin:
        change.record(task, Event(id, next_seq(task.history), who.at, who.by, kinds.DELEGATION_COMPLETED, data))
    return after


def record_step(change: Change, record: Record, event: Event) -> Record:
    """Puts one step into a delegation's file, and the message about it into the outbox."""
    history = rules.history_of(record)
    placed = Event(event.id, next_seq(history), event.at, event.by, event.kind, event.data)
    post(change, Message(record["source_instance"], record["task"], record["id"], placed))
    return put_record(change, (*history, placed), record)


def _answer(change: Change, task: Task) -> Any:
    """What a finished task answers when nobody says it: what its own delegations answered, or how its parts ended."""
    if any(record["status"] == rules.COMPLETED for record in task.state.delegations):
        return rules.results(task.state.delegations)
    parts = parts_of(change, task)
    if parts:
        return {"parts": [{"task": part.id, "title": part.state.title, "status": part.state.status} for part in parts]}
    return {"task": task.id, "status": DONE}


STEPS_TO = {
    DONE: {PENDING: IN_PROGRESS, BLOCKED: IN_PROGRESS},
    IN_PROGRESS: {},
    CANCELLED: {},
}
"""The status to pass through on the way to another, where there is no step."""


def drive(change: Change, task: Task, who: Doing, cause: str, to: str = DONE, reason: str | None = None) -> Task:
    """The task taken to a status, step by step, by events that every machine makes alike; a finished one stays.

    One that lacks approvals goes to review instead of being done.
    """
    said = {"reason": reason} if reason else {}
    while task.state.status not in (to, *FINISHED):
        now = task.state.status
        step = STEPS_TO[to].get(now, to)
        if step == DONE and change.unclear_review(task):
            if now == IN_REVIEW:
                return task
            step = IN_REVIEW
        seq = next_seq(task.history)
        id = derived_ulid(milliseconds(who.at), cause, task.id, now, step, str(seq))
        task = change.record(task, Event(id, seq, who.at, who.by, kinds.STATUS, {"from": now, "to": step, **said}))
    return task
