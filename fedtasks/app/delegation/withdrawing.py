"""Withdrawing: what another store was asked for is not wanted any more."""

from __future__ import annotations

from collections.abc import Iterable

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


def withdraw_open(change: Change, task: Task, reason: str | None = None, only: str | None = None) -> Task:
    """The task without open delegations (`only`: without this one); the stores that were asked are told through the
    outbox. The events are the same on every machine that makes them."""
    for record in rules.unfinished(task.state.delegations):
        if only in (None, record["id"]):
            task = _withdraw(change, task, record, reason)
    return task


def _withdraw(change: Change, task: Task, record: rules.Record, reason: str | None) -> Task:
    id = step_id(record["id"], kinds.DELEGATION_WITHDRAWN)
    data = {"delegation": record["id"]} | ({"reason": reason} if reason else {})
    event = change.event(task.history, kinds.DELEGATION_WITHDRAWN, data, id)
    post(change, Message(record["target_instance"], task.id, record["id"], event))
    return change.record(task, event)
