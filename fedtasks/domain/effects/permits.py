"""Leave for what agents may not do unasked: permit_asked, permit_given, permit_refused, and its use by any event."""

from __future__ import annotations

from typing import Any

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event


def permit_asked(draft: Draft, event: Event) -> Reason:
    """The author asks for leave; one who has it need not ask."""
    known = draft.sets["permits"].get(_key(event, event.by))
    if known is not None and known["status"] == "given" and event.at <= known.get("until", event.at):
        return f"{event.by} has leave for '{event.data['action']}' already"
    _put(draft, event, event.by, "asked")
    return None


def permit_given(draft: Draft, event: Event) -> Reason:
    """`member` may do `action` on this task: `once`, or `until` a time, or else until it is refused."""
    end: dict[str, Any] = {name: event.data[name] for name in ("once", "until") if event.data.get(name)}
    _put(draft, event, event.data["member"], "given", end | ({"id": event.id} if "once" in end else {}))
    return None


def permit_refused(draft: Draft, event: Event) -> Reason:
    """`member` may not, or no longer."""
    _put(draft, event, event.data["member"], "refused")
    return None


def use_leave(draft: Draft, event: Event) -> None:
    """Leave that was given once is used by the event that names it.

    Whether the author had leave was judged when the event was made: one that names leave which is gone is not void.
    """
    named = event.data["leave"]
    for key, known in draft.sets["permits"].items():
        if known["status"] == "given" and known.get("id") in named and known["member"] == event.by:
            draft.sets["permits"][key] = known | {"status": "used", "used_at": event.at}


def _put(draft: Draft, event: Event, member: str, status: str, end: dict[str, Any] | None = None) -> None:
    found: dict[str, Any] = {"member": member, "action": event.data["action"], "status": status}
    found |= {"by": event.by, "at": event.at}
    reason = {"reason": event.data["reason"]} if event.data.get("reason") else {}
    draft.sets["permits"][_key(event, member)] = found | reason | (end or {})


def _key(event: Event, member: str) -> str:
    return f"{member}/{event.data['action']}"
