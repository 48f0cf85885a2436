"""Leases: the claim that an event is made under, signs of work, and taking over what expired."""

from __future__ import annotations

from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.tasks.inhand import in_hand
from fedtasks.domain import events as kinds
from fedtasks.domain.status import ACTIVE
from fedtasks.domain.task import Task
from fedtasks.errors import Held, InvalidData, LostClaim, NotAllowed, OutOfReach, UsageError
from fedtasks.policy.leases import has_expired, is_due, lease_of
from fedtasks.store.layout import CONFIG


def lease_data(session: Session) -> dict[str, int]:
    """`lease` for a claim of who acts; raises InvalidData for a setting that is no duration."""
    try:
        lease = lease_of(session.actor.member, session.config.claim)
    except ValueError as found:
        raise InvalidData(CONFIG, str(found), field="claim", hint="mend it: fedtasks.yaml, 'claim:'") from found
    return {} if lease is None else {"lease": lease}


def under_claim(session: Session, task: Task) -> dict[str, Any]:
    """`claim` for an event of who acts: the token that is shown, else that of their own claim.

    | who                                      | the event                                                  |
    |------------------------------------------|------------------------------------------------------------|
    | shows the claim's token (`--token`)      | is made under it                                           |
    | shows another                            | raises LostClaim (exit 5)                                  |
    | has one of this task in FEDTASKS_TOKEN   | the same; one of another task says nothing here            |
    | shows none and holds the claim           | is made under it                                           |
    | shows none, and theirs was taken over    | raises LostClaim                                           |
    | shows none and never held it             | is made without; `may` judges it                           |
    """
    held = task.state.claim
    token = held["token"] if held else None
    shown = session.token or _from_environ(session, task)
    if shown is not None and shown != token:
        raise LostClaim(task.id, task.state.assignee, held["since"] if held else None, shown)
    if shown is None and _was_taken_over(session, task):
        raise LostClaim(task.id, task.state.assignee, held["since"] if held else None)
    return {"claim": token} if held and (shown or held["by"] == session.actor.name) else {}


def _from_environ(session: Session, task: Task) -> str | None:
    shown = session.context.environ.get("FEDTASKS_TOKEN")
    return shown if shown and any(event.id == shown for event in task.history) else None


def _was_taken_over(session: Session, task: Task) -> bool:
    state, name = task.state, session.actor.name
    if name in (state.assignee, state.lead) or session.actor.member.role in ("owner", "admin"):
        return False
    last = max(state.handoffs, key=lambda entry: str(entry.get("answered_at", "")), default=None)
    return last is not None and last["how"] == "takeover" and last["from"] == name and state.assignee == last["to"]


def heartbeat(session: Session, given: str | None) -> tuple[Task, bool]:
    """A sign of work on a task, by default the one in hand; answers whether it made an event.

    It makes one where a quarter of the lease has passed, and publishes it, so that nobody else takes the lease for
    expired; with the remote out of reach it counts here. Raises LostClaim where the claim is another's by now.
    """
    id = given or in_hand(session)
    if id is None:
        raise UsageError("no task is in hand here", hint="name one: fedtasks heartbeat ID")

    def decide(change: Change) -> tuple[Task, bool]:
        task = change.task(id)
        claim = _own_claim(session, task)
        if not is_due(claim, session.context.now()):
            return task, False
        after = change.make(task, kinds.RENEWED, {"claim": claim["token"]})
        change.describe("heartbeat", after)
        return after, True

    task = session.reader.task(session.reader.resolve(id))
    if not is_due(_own_claim(session, task), session.context.now()):
        return task, False
    try:
        return exclusively(session, decide)
    except OutOfReach as found:
        session.notes.append(f"renewed here only; others see it after 'fedtasks sync': {found.message}")
        return exclusively(session, decide, offline=True)


def _own_claim(session: Session, task: Task) -> dict[str, Any]:
    under = under_claim(session, task)
    if not task.state.claim or not under:
        raise NotAllowed(
            f"{session.actor.name} has no claim on {task.id}",
            hint=f"claim it first: fedtasks claim {task.id}",
            task=task.id,
        )
    return dict(task.state.claim)


def take_over(change: Change, task: Task, reason: str | None) -> Task:
    """The task under a claim of who acts, in the place of one whose lease has expired; raises Held where it has not."""
    session, claim = change.session, task.state.claim
    if claim is None or task.state.status not in ACTIVE or not has_expired(claim, session.context.now()):
        raise _not_expired(session, task)
    data = {"claim": claim["token"], **lease_data(session)} | ({"reason": reason} if reason else {})
    return change.make(task, kinds.TAKEN_OVER, data)


def _not_expired(session: Session, task: Task) -> Held:
    claim = task.state.claim or {}
    found = Held(
        task.id,
        task.state.assignee or "nobody",
        claim.get("since"),
        yourself=task.state.assignee == session.actor.name,
        expires=claim.get("expires"),
    )
    if task.state.assignee != session.actor.name and "expires" not in claim:
        lead = task.state.lead or "an admin"
        found.hint = f"it has no lease that could expire; {lead} may assign it: fedtasks assign {task.id} WHO"
    return found
