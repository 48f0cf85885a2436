"""Tasks of other stores: delegated there, or made here for one of theirs."""

from __future__ import annotations

from typing import Any

from fedtasks.domain import delegation as rules
from fedtasks.domain import events as kinds
from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event
from fedtasks.domain.status import PENDING

ORIGIN = ("delegation", "source_instance", "task", "type", "delegated_at", "delegated_by", "notes", "chain", "tasks")
"""What a linked task keeps of the delegation that it was made for."""


def delegated(draft: Draft, event: Event) -> Reason:
    """A delegation begins; a pending task that nobody has is now in the hands of who delegated it."""
    draft.sets["delegations"][event.id] = rules.begun(event)
    if draft.status == PENDING and draft.assignee is None:
        draft.assignee = event.by
    return None


def accepted(draft: Draft, event: Event) -> Reason:
    """On the delegated task a step of the delegation; on a task made for it the link back (`source_instance`)."""
    if "source_instance" not in event.data:
        return decided(draft, event)
    origin = draft.values.get("delegated_from")
    if origin is not None:
        return f"made for the delegation {origin['delegation']} already"
    draft.values["delegated_from"] = {name: event.data[name] for name in ORIGIN if name in event.data}
    return None


def decided(draft: Draft, event: Event) -> Reason:
    """One step of a delegation, as its table says; a task made for it keeps when that was completed or
    withdrawn, and the result or the reason."""
    id = event.data.get("delegation", "")
    record = draft.sets["delegations"].get(id)
    origin = draft.values.get("delegated_from")
    if record is not None:
        reason = rules.refusal(record, event)
        if reason is None:
            draft.sets["delegations"][id] = rules.stepped(record, event)
        return reason
    if origin is None or origin["delegation"] != id:
        return f"there is no delegation {id} on this task"
    return _ended(draft, origin, event)


def _ended(draft: Draft, origin: dict[str, Any], event: Event) -> Reason:
    if "completed_at" in origin:
        return "the delegation is completed already"
    if event.kind == kinds.DELEGATION_WITHDRAWN:
        if "withdrawn_at" in origin:
            return "the delegation is withdrawn already"
        end = {"withdrawn_at": event.at} | ({"reason": event.data["reason"]} if "reason" in event.data else {})
    else:
        end = {"completed_at": event.at, "result": event.data.get("result")}
    draft.values["delegated_from"] = origin | end
    return None
