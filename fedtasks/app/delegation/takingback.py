"""What a store does about a task that the store which asked for it no longer wants."""

from __future__ import annotations

from dataclasses import replace

from fedtasks.app.change import Change
from fedtasks.app.delegation.asking import asked_no_more, deciders, unwanted
from fedtasks.app.delegation.bubbling import Doing, drive, parts_of
from fedtasks.app.delegation.outbox import Message, look_record, put_record
from fedtasks.domain import delegation as rules
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.status import CANCELLED, FINISHED, IN_PROGRESS, PENDING
from fedtasks.domain.task import Task
from fedtasks.errors import NotFound
from fedtasks.notify.notice import notice_id


def take_back(change: Change, message: Message) -> bool:
    """Takes in that a delegation is withdrawn; False where that was known before.

    | it was    | its task here                        | what happens                                           |
    |-----------|--------------------------------------|--------------------------------------------------------|
    | pending   | there is none                        | owners and admins are told                             |
    | rejected  | there is none                        | nothing                                                |
    | accepted  | nobody works on it, nor on its parts | it is cancelled with its parts, and what was delegated |
    |           |                                      | on is withdrawn in turn                                |
    | accepted  | somebody does                        | it stays; its owner and those of its parts decide      |
    | accepted  | is cancelled                         | nothing                                                |
    | completed | is done                              | nothing: it came too late                              |

    Raises NotFound where the offer is not here.
    """
    record = look_record(change, message.delegation)
    if record is None:
        raise NotFound(
            f"there is no delegation {message.delegation}",
            hint="it may not have been synced there yet",
            given=message.delegation,
        )
    history = rules.history_of(record)
    if any(event.id == message.event.id for event in history):
        return False
    event = replace(message.event, seq=next_seq(history))
    put_record(change, (*history, event), record)
    if record["status"] == rules.PENDING:
        for name in deciders(change):
            _settle_question(change, name, record, event)
            change.deliver(asked_no_more(name, record, event))
    task = change.look(record["tasks"][0]) if record["status"] == rules.ACCEPTED else None
    if task is not None:
        _undo(change, task, record, event)
    change.title(f"withdrawn by {record['source_instance']}, {record['task']}: {record['title']}")
    return True


def _settle_question(change: Change, name: str, record: rules.Record, event: Event) -> None:
    """Nobody has to answer any more."""
    question = change.notice(name, notice_id(name, "delegation", record["id"]))
    if question is not None:
        change.replace(question, question.read(event.at))


def _undo(change: Change, task: Task, record: rules.Record, event: Event) -> None:
    task = change.record(task, replace(event, seq=next_seq(task.history)))
    if task.state.status in FINISHED:
        return
    parts = [part for part in parts_of(change, task) if part.state.status != CANCELLED]
    touched = [one for one in (task, *parts) if not is_untouched(one, record)]
    if touched:
        for one in dict.fromkeys([task.id, *(part.id for part in touched if part.state.status not in FINISHED)]):
            _ask_owner(change, change.transaction.task(one), record, event)
        return
    who, why = Doing(event.by, event.at), f"{record['source_instance']} no longer wants it"
    why += f": {event.data['reason']}" if event.data.get("reason") else ""
    for each in (*parts, task):
        drive(change, each, who, event.id, CANCELLED, why)


def _ask_owner(change: Change, task: Task, record: rules.Record, event: Event) -> None:
    owner = task.state.assignee or task.state.lead or record["accepted_by"]
    change.deliver(unwanted(owner, task, record, event))


def is_untouched(task: Task, record: rules.Record) -> bool:
    """Whether nobody here has begun to work on a task that was made for this delegation.

    It is nobody's, or that one's who took it on or passed it on; it rests, or is in progress only by its parts or by
    other stores; there is no claim, no attempt and no time counted.
    """
    state = task.state
    whole = record["type"] == rules.DECOMPOSE and task.id == record["tasks"][0]
    passed_on = {one["delegated_by"] for one in rules.unfinished(state.delegations)}
    hands = {None, *passed_on} | ({record["accepted_by"]} if whole else set())
    rests = state.status == PENDING or (state.status == IN_PROGRESS and (whole or bool(passed_on)))
    return rests and state.assignee in hands and not (state.claim or state.attempts or state.tracked)
