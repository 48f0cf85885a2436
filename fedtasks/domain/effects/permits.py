"""Leave for what agents may not do unasked: permit_asked, permit_given, permit_refused."""

from __future__ import annotations

from typing import Any

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event


def permit_asked(draft: Draft, event: Event) -> Reason:
    """The author asks for leave; one who has it need not ask."""
    known = draft.sets["permits"].get(_key(event, event.by))
    if known is not None and known["status"] == "given":
        return f"{event.by} has leave for '{event.data['action']}' already"
    _put(draft, event, event.by, "asked")
    return None


def permit_given(draft: Draft, event: Event) -> Reason:
    """`member` may do `action` on this task, until it is refused."""
    _put(draft, event, event.data["member"], "given")
    return None


def permit_refused(draft: Draft, event: Event) -> Reason:
    """`member` may not, or no longer."""
    _put(draft, event, event.data["member"], "refused")
    return None


def _put(draft: Draft, event: Event, member: str, status: str) -> None:
    found: dict[str, Any] = {"member": member, "action": event.data["action"], "status": status}
    found |= {"by": event.by, "at": event.at}
    reason = {"reason": event.data["reason"]} if event.data.get("reason") else {}
    draft.sets["permits"][_key(event, member)] = found | reason


def _key(event: Event, member: str) -> str:
    return f"{member}/{event.data['action']}"
