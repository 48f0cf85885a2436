"""`apply(task, event)`: the only door through which a task changes."""

from __future__ import annotations

from fedtasks.domain import events as kinds
from fedtasks.domain.compaction import extended
from fedtasks.domain.effects import UNDER_CLAIM
from fedtasks.domain.effects.handing import ENDED
from fedtasks.domain.events import Event
from fedtasks.domain.fold import LOST
from fedtasks.domain.status import FINISHED, PENDING, TRANSITIONS, allowed
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, Held, InvalidTransition, LostClaim, NotAllowed


def apply(task: Task, event: Event) -> Task:
    """The task with one more event.

    Raises Held (LostClaim), InvalidTransition or NotAllowed where the event would be void at once, or would void
    another.
    """
    after = extended(task, [event])
    if set(after.void) != set(task.void):
        raise _refusal(task, event, after.void.get(event.id, "it would undo an event that stands"))
    return after


def _refusal(task: Task, event: Event, reason: str) -> FedtasksError:
    state = task.state
    if event.kind == kinds.CLAIMED:
        return _claim_refusal(task, event)
    token = event.data.get("claim")
    if token is not None and event.kind in UNDER_CLAIM | {kinds.TAKEN_OVER} and reason in (LOST, ENDED):
        since = state.claim["since"] if state.claim else None
        return LostClaim(task.id, state.assignee, since, token)
    wanted = event.data["to"] if event.kind == kinds.STATUS else None
    if event.kind == kinds.RELEASED and state.status != PENDING:
        wanted = PENDING
    current = event.data.get("claim") in (None, (state.claim or {}).get("token"))
    if wanted is not None and current and not allowed(state.status, wanted):
        return InvalidTransition(task.id, state.status, wanted, list(TRANSITIONS[state.status]))
    return NotAllowed(
        f"{task.id}: {reason}", hint=f"look at it again: fedtasks show {task.id}", task=task.id, reason=reason
    )


def _claim_refusal(task: Task, event: Event) -> FedtasksError:
    state = task.state
    if state.assignee is None or state.status in FINISHED:
        return InvalidTransition(task.id, state.status, "claimed", list(TRANSITIONS[state.status]))
    claim = state.claim or {}
    return Held(
        task.id,
        state.assignee,
        claim.get("since"),
        yourself=state.assignee == event.by,
        expires=claim.get("expires"),
    )
