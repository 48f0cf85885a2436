"""What a message does in the store where it arrives: once in effect, however often it is brought."""

from __future__ import annotations

from dataclasses import replace

from fedtasks.app.change import Change
from fedtasks.app.delegation.asking import asked, deciders
from fedtasks.app.delegation.bubbling import Doing, drive
from fedtasks.app.delegation.outbox import Message, look_record, put_record
from fedtasks.app.delegation.takingback import take_back
from fedtasks.domain import delegation as rules
from fedtasks.domain import events as kinds
from fedtasks.domain.events import next_seq
from fedtasks.domain.status import IN_PROGRESS, PENDING
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed, NotFound


def receive(change: Change, message: Message) -> bool:
    """Takes one message in; False where it was known before.

    | the event of the message     | what it does here                                                              |
    |------------------------------|--------------------------------------------------------------------------------|
    | `delegated`                  | a pending delegation is offered to this store; owners and admins are told      |
    | a step                       | the delegated task has it in its history, and its record follows               |
    | accepted                     | the delegated task is in progress, too, if it was pending                      |
    | completed                    | once nothing that it was delegated for is open, the delegated task is done, or |
    |                              | in review, where it requires approval                                          |
    | completed after a withdrawal | the record has the result; the delegated task stays as it is                   |
    | withdrawn                    | see `takingback.take_back`                                                     |
    | a step that came too late    | stays in the history, void                                                     |

    Raises NotFound where the task or its delegation is not here, NotAllowed where a step before it has not come yet.
    """
    if message.event.kind == kinds.DELEGATED:
        return _offer(change, message)
    if message.event.kind == kinds.DELEGATION_WITHDRAWN:
        return take_back(change, message)
    task = change.look(message.task)
    record = _record(task, message.delegation)
    if task is None or record is None:
        raise NotFound(
            f"there is no delegation {message.delegation} of {message.task}",
            hint="it may not have been synced there yet",
            given=message.task,
        )
    if any(event.id == message.event.id for event in task.history):
        return False
    _step(change, task, record, message)
    return True


def _offer(change: Change, message: Message) -> bool:
    if look_record(change, message.event.id) is not None:
        return False
    record = put_record(change, (message.event,))
    for name in deciders(change):
        change.deliver(asked(name, record, message.event))
    change.title(f"offer {record['task']} from {record['source_instance']}: {record['title']}")
    return True


def _record(task: Task | None, delegation: str) -> rules.Record | None:
    records = task.state.delegations if task is not None else ()
    return next((record for record in records if record["id"] == delegation), None)


def _step(change: Change, task: Task, record: rules.Record, message: Message) -> None:
    event = replace(message.event, seq=next_seq(task.history))
    after = rules.step_name(event.kind)
    if rules.refusal(record, event) is not None:
        if record["status"] == rules.PENDING:
            raise NotAllowed(f"the delegation is pending and cannot be {after} yet", hint="run fedtasks sync there")
        change.keep(task, event)
    else:
        task = change.record(task, event)
        if record["status"] != rules.WITHDRAWN:
            _follow(change, task, message)
    change.title(f"delegation {after} by {record['target_instance']}, {task.id}: {task.state.title}")


def _follow(change: Change, task: Task, message: Message) -> None:
    event = message.event
    who = Doing(event.by, event.at)
    if event.kind == kinds.DELEGATION_ACCEPTED and task.state.status == PENDING:
        drive(change, task, who, event.id, IN_PROGRESS)
    elif event.kind == kinds.DELEGATION_COMPLETED and rules.all_answered(task.state.delegations):
        drive(change, task, who, event.id)
