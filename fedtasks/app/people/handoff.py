"""Handing a task over: offered with what the next one needs, accepted or declined by the receiver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.commits.codeplace import named_code
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.tasks.inhand import settle_hand
from fedtasks.app.tasks.leases import lease_data, under_claim
from fedtasks.app.writing import change_task, writing
from fedtasks.domain import events as kinds
from fedtasks.domain.status import OPEN
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed, UsageError
from fedtasks.notify.notice import notice_id
from fedtasks.policy.members import TEAM
from fedtasks.store.query import Filter, select

Entry = Mapping[str, Any]

OFFERED = "offered"


def hand_off(
    session: Session,
    given: str,
    to: str,
    reason: str,
    *,
    branch: str | None = None,
    commit: str | None = None,
    next: str | None = None,
) -> Task:
    """Offers a task to `to`, with branch, commit and next step; who has it keeps it until they accept.

    Branch and commit are those of the working tree at hand unless they are named.
    """
    if not reason.strip():
        raise UsageError("a handoff needs a reason", hint=f"fedtasks handoff {given} --to {to} --reason 'on leave'")
    if any(member.name == to and member.kind == TEAM for member in session.members):
        raise UsageError(f"{to} is a team", hint="hand it to one of them, or assign it to the team: fedtasks assign")
    data = {"to": to, "reason": reason} | named_code(session, branch, commit, tell=to)
    data |= {"next": next} if next else {}

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        return kinds.HANDOFF_OFFERED, data | under_claim(session, task)

    return change_task(session, given, decide, "handoff", f" to {to}")


def accept(session: Session, given: str) -> Task:
    """Takes a task that was offered to who acts, with a claim of their own; decided between all clones."""

    def decide(change: Change) -> Task:
        task = change.task(given)
        offer = open_offer(task)["id"]
        data = {"handoff": offer} | lease_data(session)
        if task.state.claim:
            data["claim"] = task.state.claim["token"]
        after = change.make(task, kinds.HANDOFF_ACCEPTED, data)
        _acknowledge(change, task, offer)
        change.describe("accept", after)
        return after

    task = exclusively(session, decide)
    settle_hand(session, task)
    return task


def decline(session: Session, given: str, reason: str | None = None) -> Task:
    """Sends an offer back; by another than the receiver it is withdrawn."""

    with writing(session) as change:
        task = change.task(given)
        data = {"handoff": open_offer(task)["id"]}
        after = change.make(task, kinds.HANDOFF_DECLINED, data | ({"reason": reason} if reason else {}))
        _acknowledge(change, task, data["handoff"])
        change.describe("decline", after)
        return after


def _acknowledge(change: Change, task: Task, offer: str) -> None:
    """Who answers an offer has seen the notice of it."""
    actor = change.session.actor.name
    notice = change.notice(actor, notice_id(actor, "handoff", offer, task.id))
    if notice is not None:
        change.replace(notice, notice.acked(change.session.context.now()))


def open_offer(task: Task) -> Entry:
    """The offer of a task that nobody has answered; raises NotAllowed without one."""
    found = [entry for entry in task.state.handoffs if entry["status"] == OFFERED]
    if not found:
        raise NotAllowed(
            f"{task.id} is not offered to anybody",
            hint=f"who had it when: fedtasks handoffs {task.id}; to take a free task: fedtasks claim {task.id}",
            task=task.id,
        )
    return found[-1]


def offers_to(session: Session, name: str) -> list[dict[str, Any]]:
    """The open offers to one member, each with the task's id and title."""
    import json

    found = []
    for text in select(session.index(), Filter(status=OPEN)):
        if f'"{OFFERED}"' in text:
            row = json.loads(text)
            found += [
                {"task": row["id"], "title": row["title"], **entry}
                for entry in row.get("handoffs", ())
                if entry["status"] == OFFERED and entry["to"] == name
            ]
    return sorted(found, key=lambda entry: entry["at"])
