"""Effects: what each kind of event does to a task; one module a subject, one table over all kinds.

To add a kind: its constant in `domain/events.py` and, if it is made under a claim, in `UNDER_CLAIM`; its effect in a
module here and in `EFFECTS`; its field in `domain/task.py` (State, FIELDS) and `schemas/task.schema.json` (the field,
and the event's `if`); its row in `policy/actions.py`; its data in `tests/strategies.py` (`moves`, `wild_data`), which
puts it into the tests of fold and merge. An effect looks at draft and event alone: no clock, no roles, no other task.
"""

from __future__ import annotations

from collections.abc import Callable

from fedtasks.domain import events as kinds
from fedtasks.domain.effects.archiving import archived, unarchived
from fedtasks.domain.effects.delegating import accepted, decided, delegated
from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.effects.editing import created, edited
from fedtasks.domain.effects.handing import handoff_accepted, handoff_declined, handoff_offered, taken_over
from fedtasks.domain.effects.holding import assigned, claimed, confirmed, released, renewed
from fedtasks.domain.effects.permits import permit_asked, permit_given, permit_refused
from fedtasks.domain.effects.progress import status
from fedtasks.domain.effects.reviewing import review_lifted, review_requested, reviewed
from fedtasks.domain.effects.tools import tool_added, tool_removed
from fedtasks.domain.effects.tracking import time_added, timer_started, timer_stopped
from fedtasks.domain.effects.trying import attempt_finished, attempt_started
from fedtasks.domain.events import Event


def said(draft: Draft, event: Event) -> Reason:
    """Conversation changes nothing that a task's fields say; see `domain/conversation.py`."""
    return None


EFFECTS: dict[str, Callable[[Draft, Event], Reason]] = {
    kinds.CREATED: created,
    kinds.EDITED: edited,
    kinds.CLAIMED: claimed,
    kinds.CONFIRMED: confirmed,
    kinds.RELEASED: released,
    kinds.ASSIGNED: assigned,
    kinds.STATUS: status,
    kinds.DELEGATED: delegated,
    kinds.DELEGATION_ACCEPTED: accepted,
    kinds.DELEGATION_REJECTED: decided,
    kinds.DELEGATION_COMPLETED: decided,
    kinds.DELEGATION_WITHDRAWN: decided,
    kinds.ARCHIVED: archived,
    kinds.UNARCHIVED: unarchived,
    kinds.RENEWED: renewed,
    kinds.TAKEN_OVER: taken_over,
    kinds.HANDOFF_OFFERED: handoff_offered,
    kinds.HANDOFF_ACCEPTED: handoff_accepted,
    kinds.HANDOFF_DECLINED: handoff_declined,
    kinds.ATTEMPT_STARTED: attempt_started,
    kinds.ATTEMPT_FINISHED: attempt_finished,
    kinds.COMMENTED: said,
    kinds.REACTED: said,
    kinds.RESOLVED: said,
    kinds.REVIEW_REQUESTED: review_requested,
    kinds.REVIEWED: reviewed,
    kinds.REVIEW_LIFTED: review_lifted,
    kinds.TIMER_STARTED: timer_started,
    kinds.TIMER_STOPPED: timer_stopped,
    kinds.TIME_ADDED: time_added,
    kinds.TOOL_ADDED: tool_added,
    kinds.TOOL_REMOVED: tool_removed,
    kinds.PERMIT_ASKED: permit_asked,
    kinds.PERMIT_GIVEN: permit_given,
    kinds.PERMIT_REFUSED: permit_refused,
}
"""One effect a kind; it returns why the event is void, or None. A kind that is not here has no effect."""

UNDER_CLAIM = frozenset({kinds.STATUS, kinds.RELEASED, kinds.RENEWED, kinds.HANDOFF_OFFERED, kinds.REVIEW_REQUESTED})
"""Kinds whose `claim` names the claim that they are made under; they are void once that one no longer holds."""
