"""Withdrawing: what another store was asked for is not wanted any more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fedtasks.app.change import Change, Made
from fedtasks.app.delegation.bubbling import step_id
from fedtasks.app.delegation.outbox import Message, post
from fedtasks.domain import delegation as rules
from fedtasks.domain import events as kinds
from fedtasks.domain.status import FINISHED, PENDING
from fedtasks.domain.task import Task


def withdraw_unwanted(change: Change, made: Iterable[Made]) -> None:
    """Withdraws the open delegations of tasks that these events end, or give back.

    | a delegated task is                   | since                                            |
    |---------------------------------------|--------------------------------------------------|
    | cancelled, or done by somebody here   | nobody waits for what the other store does       |
    | given back: pending again             | whoever takes it decides anew how it is done     |
    """
    for before, event, after in made:
        task = change.transaction.task(after.id)
        given_back = event.kind == kinds.RELEASED or after.state.status == PENDING != before.status
        if task.state.status in FINISHED or given_back:
            withdraw_open(change, task, event.data.get("reason"))


def withdraw_open(change: Change, task: Task, reason: str | None = None) -> Task:
    """The task without open delegations, as a consequence of what was allowed already."""
    for record in rules.unfinished(task.state.delegations):
        event = change.event(task.history, *_said(record, reason))
        task = _post(change, change.record(task, event), record)
    return task


def withdraw_one(change: Change, task: Task, record: rules.Record, reason: str | None) -> Task:
    """The task without this delegation; raises NotAllowed."""
    kind, data, id = _said(record, reason)
    return _post(change, change.make(task, kind, data, id), record)


def _said(record: rules.Record, reason: str | None) -> tuple[str, dict[str, Any], str]:
    """Kind, data and id of the event, which every machine makes alike."""
    kind = kinds.DELEGATION_WITHDRAWN
    return kind, {"delegation": record["id"]} | ({"reason": reason} if reason else {}), step_id(record["id"], kind)


def _post(change: Change, task: Task, record: rules.Record) -> Task:
    """Tells the store that was asked."""
    id = step_id(record["id"], kinds.DELEGATION_WITHDRAWN)
    event = next(event for event in task.history if event.id == id)
    post(change, Message(record["target_instance"], task.id, record["id"], event))
    return task
