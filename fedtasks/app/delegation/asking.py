"""Whom a store tells of what other stores ask of it, and in which words."""

from __future__ import annotations

from fedtasks.app.change import Change
from fedtasks.domain import delegation as rules
from fedtasks.domain.events import Event
from fedtasks.domain.task import Task
from fedtasks.notify.notice import Notice, make_notice
from fedtasks.policy.members import TEAM

DECIDERS = ("owner", "admin")
"""Whose inboxes tell of what other stores ask."""

ASKS = {rules.ROUTE: "do a task", rules.DECOMPOSE: "take a task to pieces", rules.ESCALATE: "decide on a task"}


def deciders(change: Change) -> list[str]:
    """Who decides in this store about what others ask of it."""
    members = change.session.members
    return [member.name for member in members if member.role in DECIDERS and member.kind != TEAM]


def asked(to: str, record: rules.Record, event: Event) -> Notice:
    """Another store asks for something."""
    id = record["id"]
    return make_notice(
        to,
        "delegation",
        (id,),
        at=event.at,
        by=event.by,
        text=f"{event.by} of {record['source_instance']} asks this store to {ASKS.get(record['type'], 'take it on')}",
        title=record["title"],
        urgent=record["offer"].get("priority") == "critical",
        next=(f"fedtasks delegation show {id}", f"fedtasks delegation accept {id}",
              f"fedtasks delegation reject {id} --reason TEXT"),
        data={"event": event.id, "delegation": id},
    )  # fmt: skip


def asked_no_more(to: str, record: rules.Record, event: Event) -> Notice:
    """... and takes it back before anybody has answered."""
    return make_notice(
        to,
        "delegation",
        (event.id,),
        at=event.at,
        by=event.by,
        text=f"{_taken_back(record, event)}; nothing has to be done",
        title=record["title"],
        next=(f"fedtasks delegation show {record['id']}",),
        data={"event": event.id, "delegation": record["id"]},
    )


def unwanted(to: str, task: Task, record: rules.Record, event: Event) -> Notice:
    """... or when somebody works on it, who decides what becomes of that."""
    return make_notice(
        to,
        "unwanted",
        (event.id, task.id),
        at=event.at,
        by=event.by,
        text=f"{_taken_back(record, event)}; you decide whether it goes on",
        task=task.id,
        title=task.state.title,
        needs_ack=True,
        next=(f"fedtasks show {task.id}", f"fedtasks cancel {task.id} --reason TEXT"),
        data={"event": event.id, "delegation": record["id"]},
    )


def _taken_back(record: rules.Record, event: Event) -> str:
    why = f" ({event.data['reason']})" if event.data.get("reason") else ""
    return f"{event.by} of {record['source_instance']} no longer wants what this store was asked for{why}"
