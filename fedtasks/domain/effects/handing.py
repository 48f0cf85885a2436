"""From one owner to the next: handoff_offered, handoff_accepted, handoff_declined, taken_over."""

from __future__ import annotations

from fedtasks.domain.effects.draft import Beaten, Draft, Reason
from fedtasks.domain.effects.holding import hold, record
from fedtasks.domain.events import Event
from fedtasks.domain.status import ACTIVE, FINISHED

NEEDS = ("branch", "commit", "next")
"""What the receiver of a handoff needs."""

ENDED = "the claim that it takes the place of no longer holds"
FIRST = "the task was taken over first"


def handoff_offered(draft: Draft, event: Event) -> Reason:
    """Offers the task to `to`; the owner stays the owner until they accept. A later offer takes an open one's place."""
    giver, taker = draft.assignee, event.data["to"]
    if giver is None or draft.status in FINISHED:
        return f"{draft.status}, and nobody has it" if giver is None else f"{draft.status} already"
    if taker == giver:
        return f"{taker} has it already"
    draft.lapse()
    entry = {"id": event.id, "from": giver, "to": taker, "reason": event.data["reason"], "at": event.at}
    entry |= {"how": "offered", "status": "offered"}
    entry |= {name: event.data[name] for name in NEEDS if event.data.get(name)}
    draft.sets["handoffs"][event.id] = entry | ({"by": event.by} if event.by != giver else {})
    return None


def handoff_accepted(draft: Draft, event: Event) -> Reason:
    """Makes the receiver the owner, of a task in hand under a claim of their own.

    What the old holder did unseen under the claim that ends (`claim`) is void: the acceptance was published first.
    """
    handoff = draft.sets["handoffs"].get(event.data["handoff"])
    old = event.data.get("claim")
    if old is not None and (old != draft.tenure or draft.status in FINISHED):
        return _beat(draft, old)
    if handoff is None or handoff["status"] != "offered":
        return "that offer is no longer open"
    if handoff["to"] != event.by:
        return f"it was offered to {handoff['to']}"
    draft.sets["handoffs"][handoff["id"]] = handoff | {"status": "accepted", "answered_at": event.at}
    draft.own(event.by)
    draft.end_tenure()
    if draft.status in ACTIVE:
        hold(draft, event)
    return None


def handoff_declined(draft: Draft, event: Event) -> Reason:
    """The receiver does not take it; by anybody else: the offer is withdrawn."""
    handoff = draft.sets["handoffs"].get(event.data["handoff"])
    if handoff is None or handoff["status"] != "offered":
        return "that offer is no longer open"
    entry = handoff | {"status": "declined" if event.by == handoff["to"] else "withdrawn", "answered_at": event.at}
    answer = event.data.get("reason")
    draft.sets["handoffs"][handoff["id"]] = entry | ({"answer": answer} if answer else {})
    return None


def taken_over(draft: Draft, event: Event) -> Reason:
    """Takes the place of the claim `claim`, as a handoff; that its lease had expired was judged when it was made.

    What the old holder did unseen under that claim is void: the takeover was published first.
    """
    old = event.data["claim"]
    if old != draft.tenure or draft.status not in ACTIVE:
        return _beat(draft, old)
    giver = draft.assignee
    draft.own(event.by)
    if giver and giver != event.by:
        record(draft, event, giver, event.by, "takeover", event.data.get("reason") or "the lease had expired")
    hold(draft, event)
    return None


def _beat(draft: Draft, token: str) -> Reason:
    if token in draft.ended:
        raise Beaten(draft.ended[token], FIRST)
    return ENDED
