"""Who has a task: claimed, confirmed, released, assigned."""

from __future__ import annotations

from fedtasks.domain.effects.draft import Beaten, Draft, Reason
from fedtasks.domain.events import Event
from fedtasks.domain.status import IN_PROGRESS, PENDING, allowed


def claimed(draft: Draft, event: Event) -> Reason:
    """Legal while nobody else has the task; a confirmed claim beats a tentative one wherever that stands."""
    free = draft.status in (PENDING, IN_PROGRESS) and draft.tenure is None
    if not free or draft.assignee not in (None, event.by):
        if event.id in draft.confirmed and draft.tenure is not None and draft.tenure not in draft.confirmed:
            raise Beaten(draft.tenure)
        return f"already {draft.status}, held by {draft.assignee}"
    draft.status, draft.assignee, draft.tenure = IN_PROGRESS, event.by, event.id
    claim = {"by": event.by, "since": event.at, "token": event.id, "confirmed": event.id in draft.confirmed}
    draft.values["claim"] = claim | ({"exclusive": True} if event.data.get("exclusive") else {})
    return None


def confirmed(draft: Draft, event: Event) -> Reason:
    return None if event.data.get("claim") == draft.tenure else "the claim that it confirms does not hold"


def released(draft: Draft, event: Event) -> Reason:
    """Gives the task back: pending, without assignee."""
    if draft.status != PENDING and not allowed(draft.status, PENDING):
        return f"{draft.status} already"
    if draft.assignee is None and draft.status == PENDING:
        return "nobody held it"
    draft.status, draft.assignee = PENDING, None
    draft.values["blocked"] = None
    draft.end_tenure()
    return None


def assigned(draft: Draft, event: Event) -> Reason:
    """Names the assignee (null: nobody); another one's claim ends with it."""
    if event.data.get("assignee") != draft.assignee:
        draft.end_tenure()
    draft.assignee = event.data.get("assignee")
    return None
