"""Taking work, moving it on, giving it back."""

from __future__ import annotations

from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.tasks.inhand import settle_hand
from fedtasks.app.tasks.leases import lease_data, take_over, under_claim
from fedtasks.app.writing import change_task, writing
from fedtasks.domain import events as kinds
from fedtasks.domain.status import BLOCKED, CANCELLED, DONE, IN_PROGRESS, PENDING, allowed
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed, UnmetDependencies, UsageError
from fedtasks.policy.gates import unmet
from fedtasks.policy.members import TEAM


def claim(
    session: Session,
    given: str,
    *,
    exclusive: bool = False,
    override: str | None = None,
    offline: bool = False,
    takeover: bool = False,
    reason: str | None = None,
) -> Task:
    """Takes a task that nobody has, in no clone of the store; `offline`: here, until the next sync decides.

    Raises Held with holder and time, UnmetDependencies, OutOfReach where the remote cannot be asked; `override` is a
    lead's reason to start all the same. `takeover` takes one whose lease has expired, too.
    """
    if takeover and offline:
        raise UsageError("a takeover is decided at the remote", hint="run it without --offline")

    def decide(change: Change) -> Task:
        task = change.task(given)
        if takeover and task.state.claim is not None:
            after = take_over(change, task, reason)
            change.describe("take over", after)
        else:
            after = claimed(change, task, exclusive=exclusive, override=override)
            change.describe("claim", after)
        return after

    return _noted(session, exclusively(session, decide, offline=offline))


def _noted(session: Session, task: Task) -> Task:
    settle_hand(session, task)
    return task


def claimed(change: Change, task: Task, *, exclusive: bool = False, override: str | None = None) -> Task:
    """The task under a claim of who acts, as a part of a change."""
    data: dict[str, Any] = {"confirmed": change.confirmed} | ({"exclusive": True} if exclusive else {})
    data |= lease_data(change.session)
    if task.state.status == PENDING and task.state.assignee in (None, change.session.actor.name):
        data |= _gate(change, task, override)
    return change.make(task, kinds.CLAIMED, data)


def _gate(change: Change, task: Task, override: str | None) -> dict[str, str]:
    waits_for = unmet(task, change.look)
    if not waits_for:
        return {}
    if override is None:
        raise UnmetDependencies(task.id, waits_for)
    return {"override": override}


def start(session: Session, given: str, *, override: str | None = None) -> Task:
    """To in progress: the assignee takes the task up, a lead starts it for them; unowned, it is a claim."""

    def take(change: Change) -> Task:
        after = claimed(change, change.task(given), override=override)
        change.describe("start", after)
        return after

    if session.remote is not None and _is_free(session, session.reader.task(session.reader.resolve(given))):
        return _noted(session, exclusively(session, take))
    with writing(session) as change:
        task = change.task(given)
        if _is_free(session, task):
            after = take(change)
        else:
            extra = _gate(change, task, override) if task.state.status == PENDING else {}
            after = change.make(task, kinds.STATUS, _step(session, task, IN_PROGRESS) | extra)
            change.describe("start", after)
    return _noted(session, after)


def _is_free(session: Session, task: Task) -> bool:
    return task.state.status == PENDING and task.state.assignee in (None, session.actor.name)


def release(session: Session, given: str, reason: str | None = None) -> Task:
    """Gives a task back: pending, and nobody's."""

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        return kinds.RELEASED, under_claim(session, task) | _said(reason)

    return _noted(session, change_task(session, given, decide, "release"))


def assign(session: Session, given: str, who: str | None, reason: str | None = None) -> Task:
    """Names the assignee, None for nobody, or the team whose members may claim it.

    What was in hand and becomes nobody's, or a team's, is given back first: else it would wait for nobody, in progress.
    """
    is_team = any(member.name == who and member.kind == TEAM for member in session.members)
    owner = {"assignee": None, "team": who} if is_team else {"assignee": who}
    verb, note = ("assign", f" to {who}") if who else ("unassign", "")
    with writing(session) as change:
        before = after = change.task(given)
        if owner["assignee"] is None and before.state.status in (IN_PROGRESS, BLOCKED):
            after = change.make(before, kinds.RELEASED, _said(reason))
        if who is None and after.state.team is not None:
            owner["team"] = None
        if after is before or "team" in owner:
            after = change.make(after, kinds.ASSIGNED, owner | _said(reason))
        change.describe(verb, after, note)
    return _noted(session, after)


def block(session: Session, given: str, *, reason: str | None, by: str | None) -> Task:
    """Says what keeps a task from going on; raises UsageError without a reason and a task."""
    if not reason and not by:
        raise UsageError(
            "a block needs a reason", hint=f"fedtasks block {given} --reason 'no access', or --by OTHER-TASK"
        )
    with writing(session) as change:
        task = change.task(given)
        data = _step(session, task, BLOCKED) | _said(reason)
        if by:
            data["blocked_by"] = change.transaction.resolve(by)
            if data["blocked_by"] == task.id:
                raise UsageError(f"{task.id} cannot block itself", hint="name another task with --by")
        after = change.make(task, kinds.STATUS, data)
        change.describe("block", after)
        return after


def move(session: Session, given: str, to: str, verb: str, reason: str | None = None) -> Task:
    """One step of the table; raises InvalidTransition with the steps that there are."""

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        return kinds.STATUS, _step(session, task, to) | _said(reason)

    return _noted(session, change_task(session, given, decide, verb))


def done(session: Session, given: str, *, commit: str | None = None, override: str | None = None) -> Task:
    """Finishes a task in progress or in review, with the commit that did it (see finishing_commit).

    Raises NeedsApproval; `override` is a lead's reason to do it all the same, recorded where there is need. Where
    approvals are needed the remote is asked, so that a verdict which stands there is seen.
    """
    from fedtasks.app.commits.closing import finishing_commit
    from fedtasks.app.people.reviews import clearance, is_reviewed

    def decide(change: Change) -> Task:
        task = change.task(given)
        data = _step(session, task, DONE) | finishing_commit(session, task, commit)
        after = change.make(task, kinds.STATUS, data | clearance(session, task, override))
        change.describe("done", after)
        return after

    if is_reviewed(session, session.reader.task(session.reader.resolve(given))):
        return _noted(session, exclusively(session, decide))
    with writing(session) as change:
        return _noted(session, decide(change))


def cancel(session: Session, given: str, reason: str | None = None) -> Task:
    """Gives a task up; it can be reopened."""
    return move(session, given, CANCELLED, "cancel", reason)


def unblock(session: Session, given: str) -> Task:
    """Lets a blocked task go on."""

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        if task.state.status != BLOCKED:
            raise NotAllowed(
                f"{task.id} is {task.state.status}, not blocked", hint=f"see it: fedtasks show {task.id}", task=task.id
            )
        return kinds.STATUS, _step(session, task, IN_PROGRESS)

    return change_task(session, given, decide, "unblock")


def reopen(session: Session, given: str, reason: str | None = None) -> Task:
    """Takes up again what was done (to in progress) or cancelled (to pending)."""

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        to = PENDING if allowed(task.state.status, PENDING) else IN_PROGRESS
        if task.state.status not in (DONE, CANCELLED):
            raise NotAllowed(
                f"{task.id} is {task.state.status} and needs no reopening",
                hint=f"see it: fedtasks show {task.id}",
                task=task.id,
            )
        return kinds.STATUS, _step(session, task, to) | _said(reason)

    return change_task(session, given, decide, "reopen")


def to_pending(session: Session, given: str, reason: str | None = None) -> Task:
    """Back to pending: a cancelled task is reopened, one in hand is released."""
    task = session.reader.task(session.reader.resolve(given))
    return reopen(session, given, reason) if task.state.status == CANCELLED else release(session, given, reason)


def set_status(session: Session, given: str, to: str, reason: str | None = None, by: str | None = None) -> Task:
    """To any status, by the use-case that leads there."""
    if to == BLOCKED:
        return block(session, given, reason=reason, by=by)
    if to == IN_PROGRESS:
        return start(session, given)
    if to == PENDING:
        return to_pending(session, given, reason)
    return done(session, given) if to == DONE else move(session, given, to, to, reason)


def _step(session: Session, task: Task, to: str) -> dict[str, Any]:
    return {"from": task.state.status, "to": to} | under_claim(session, task)


def _said(reason: str | None) -> dict[str, str]:
    return {"reason": reason} if reason else {}
