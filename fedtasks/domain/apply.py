"""`apply(task, event)`: the only door through which a task changes."""

from __future__ import annotations

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.fold import fold
from fedtasks.domain.status import FINISHED, TRANSITIONS
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, Held, InvalidTransition, NotAllowed


def apply(task: Task, event: Event) -> Task:
    """The task with one more event.

    Raises Held, InvalidTransition or NotAllowed where the event would be void at once, or would void another.
    """
    after = fold(task.id, (*task.history, event), task.extra)
    if len(after.void) > len(task.void):
        raise _refusal(task, event, after.void.get(event.id, "it would undo an event that stands"))
    return after


def _refusal(task: Task, event: Event, reason: str) -> FedtasksError:
    state = task.state
    if event.kind == kinds.CLAIMED and state.assignee is not None and state.status not in FINISHED:
        since = state.claim["since"] if state.claim else None
        return Held(task.id, state.assignee, since, yourself=state.assignee == event.by)
    wanted = {kinds.CLAIMED: "in_progress", kinds.RELEASED: "pending"}.get(event.kind, event.data.get("to"))
    if wanted is not None and event.data.get("claim") in (None, (state.claim or {}).get("token")):
        return InvalidTransition(task.id, state.status, wanted, list(TRANSITIONS[state.status]))
    return NotAllowed(
        f"{task.id}: {reason}", hint=f"look at it again: fedtasks show {task.id}", task=task.id, reason=reason
    )
