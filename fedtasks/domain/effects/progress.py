"""How far a task is: status."""

from __future__ import annotations

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.effects.reviewing import begin_review, outdate
from fedtasks.domain.effects.tracking import stop_timers
from fedtasks.domain.events import Event
from fedtasks.domain.status import BLOCKED, FINISHED, IN_REVIEW, PENDING, allowed


def status(draft: Draft, event: Event) -> Reason:
    """One step of the table, out of the status that the author saw."""
    wanted = event.data["to"]
    if event.data["from"] != draft.status:
        return f"made when {event.data['from']}, but {draft.status} already"
    if not allowed(draft.status, wanted):
        return f"{draft.status} cannot become {wanted}"
    if draft.status in FINISHED:
        draft.end_tenure()
        outdate(draft, every=True)
    draft.status = wanted
    draft.values["blocked"] = None
    if wanted == BLOCKED:
        found = {"reason": event.data.get("reason"), "by": event.data.get("blocked_by"), "since": event.at}
        draft.values["blocked"] = {name: value for name, value in found.items() if value is not None}
    if wanted == IN_REVIEW:
        begin_review(draft, event)
    if wanted == PENDING:
        draft.own(None)
        draft.end_tenure()
    if wanted in FINISHED:
        draft.values["claim"] = None
        draft.lapse()
        stop_timers(draft, event.at)
    return None
