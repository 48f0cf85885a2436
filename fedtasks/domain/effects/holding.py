"""Who has a task: claimed, confirmed, renewed, released, assigned."""

from __future__ import annotations

from typing import Any

from fedtasks.domain.effects.draft import Beaten, Draft, Reason
from fedtasks.domain.events import Event
from fedtasks.domain.status import IN_PROGRESS, PENDING, allowed
from fedtasks.domain.times import later


def claimed(draft: Draft, event: Event) -> Reason:
    """Legal while nobody else has the task; a confirmed claim beats a tentative one wherever that stands."""
    free = draft.status in (PENDING, IN_PROGRESS) and draft.tenure is None
    if not free or draft.assignee not in (None, event.by):
        if event.id in draft.confirmed and draft.tenure is not None and draft.tenure not in draft.confirmed:
            raise Beaten(draft.tenure, "a confirmed claim was first")
        return f"already {draft.status}, held by {draft.assignee}"
    draft.status = IN_PROGRESS
    draft.own(event.by)
    hold(draft, event)
    return None


def hold(draft: Draft, event: Event) -> None:
    """The event is the claim from now on; with `lease` it expires so many seconds after its holder's last event."""
    draft.tenure = event.id
    claim: dict[str, Any] = {"by": event.by, "since": event.at, "token": event.id}
    claim["confirmed"] = event.id in draft.confirmed
    if event.data.get("exclusive"):
        claim["exclusive"] = True
    if event.data.get("lease"):
        claim |= {"lease": event.data["lease"], "expires": later(event.at, event.data["lease"])}
    draft.values["claim"] = claim


def confirmed(draft: Draft, event: Event) -> Reason:
    """The remote took a claim; void unless that claim holds."""
    return None if event.data.get("claim") == draft.tenure else "the claim that it confirms does not hold"


def renewed(draft: Draft, event: Event) -> Reason:
    """A sign of work and nothing else: see `Draft.renew`."""
    claim = draft.values.get("claim")
    return None if claim and claim["by"] == event.by else "only who holds the task renews its lease"


def released(draft: Draft, event: Event) -> Reason:
    """Gives the task back: pending, without assignee."""
    if draft.status != PENDING and not allowed(draft.status, PENDING):
        return f"{draft.status} already"
    if draft.assignee is None and draft.status == PENDING:
        return "nobody held it"
    draft.status = PENDING
    draft.own(None)
    draft.values["blocked"] = None
    draft.end_tenure()
    return None


def assigned(draft: Draft, event: Event) -> Reason:
    """Names the assignee (null: nobody) and, where it says one, the team that may claim it; another one's claim ends
    with it, and from one to another it is a handoff."""
    before, now = draft.assignee, event.data.get("assignee")
    if now != before:
        draft.end_tenure()
    draft.own(now)
    if "team" in event.data:
        draft.values["team"] = event.data["team"]
    if before and now and now != before:
        reason = event.data.get("reason") or f"assigned by {event.by}"
        record(draft, event, before, now, "assigned", reason)
    return None


def record(draft: Draft, event: Event, giver: str, taker: str, how: str, reason: str) -> None:
    """Notes a change of owner that nobody had offered as a handoff."""
    entry = {"id": event.id, "from": giver, "to": taker, "reason": reason, "at": event.at}
    draft.sets["handoffs"][event.id] = entry | {"how": how, "status": "accepted", "answered_at": event.at}
