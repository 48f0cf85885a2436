"""What a sync brought, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.views.text import safe

STEPS = {"done": "finished it", "cancelled": "cancelled it", "in_review": "gave it to review", "pending": "freed it"}

DELEGATING = {
    kinds.DELEGATED: "delegated it to",
    kinds.DELEGATION_ACCEPTED: "accepted the delegation",
    kinds.DELEGATION_REJECTED: "rejected the delegation",
    kinds.DELEGATION_COMPLETED: "completed the delegation",
}


def news_line(task: str, title: str, event: Event, void: str | None) -> str:
    """One line for one event: `task-x1: baby claimed it (Add the login)`."""
    words = f"{task}: {event.by} {_words(event)} ({safe(title)})"
    return f"{words} [void: {safe(void)}]" if void else words


def _words(event: Event) -> str:
    data = event.data
    if event.kind == kinds.CREATED:
        return "added it"
    if event.kind == kinds.EDITED:
        return f"changed {_fields(data)}"
    if event.kind == kinds.CLAIMED:
        return "claimed it" if data.get("confirmed") else "claimed it tentatively"
    if event.kind == kinds.CONFIRMED:
        return "confirmed the claim"
    if event.kind == kinds.RELEASED:
        return "released it" + _why(data)
    if event.kind == kinds.ASSIGNED:
        return (f"assigned it to {data['assignee']}" if data.get("assignee") else "unassigned it") + _why(data)
    if event.kind == kinds.STATUS:
        return _step(data) + _why(data)
    if event.kind in DELEGATING:
        where = data.get("target_instance") or data.get("source_instance")
        return f"{DELEGATING[event.kind]}{f' {safe(str(where))}' if where else ''}{_why(data)}"
    return f"recorded '{safe(event.kind)}'"


def _fields(data: Mapping[str, Any]) -> str:
    names = {*data.get("set", {}), *data.get("add", {}), *data.get("remove", {})}
    return ", ".join(safe(name.replace("_", " ")) for name in sorted(names)) or "it"


def _step(data: Mapping[str, Any]) -> str:
    if data["to"] == "blocked":
        return "blocked it"
    if data["to"] == "in_progress":
        return {"blocked": "unblocked it", "pending": "started it"}.get(data["from"], "took it up again")
    return STEPS.get(data["to"], f"made it {safe(data['to'])}")


def _why(data: Mapping[str, Any]) -> str:
    return f": {safe(str(data['reason']))}" if data.get("reason") else ""


def carried_line(entry: Mapping[str, Any]) -> str:
    """One line for a message that was brought to another store."""
    words = {kinds.DELEGATED: "the offer", kinds.DELEGATION_ACCEPTED: "the yes", kinds.DELEGATION_REJECTED: "the no"}
    return f"{entry['task']}: {words.get(entry['kind'], 'the result')} was brought to {safe(entry['to'])}"


def withdrawn_line(entry: Mapping[str, Any]) -> str:
    """One line for a claim that no longer stands."""
    since = f" since {entry['since']}" if entry["since"] else ""
    holder = f"{entry['holder']} has it{since}" if entry["holder"] else entry["reason"]
    return f"{entry['task']}: the claim of {entry['by']} is withdrawn; {holder}"


def summary_line(remote: str, pulled: int, pushed: int, *, dry_run: bool, from_refs: bool) -> str:
    """What went through the remote, in one line."""
    if dry_run:
        return f"{remote}: {pulled or 'nothing'} to pull, {pushed or 'nothing'} to push"
    if not pulled and not pushed:
        return f"{remote}: up to date"
    parts = [f"{pulled} pulled"] * bool(pulled) + [f"{pushed} pushed"] * bool(pushed and not from_refs)
    return f"{remote}: {', '.join(parts)}"


def file_lines(files: Iterable[str]) -> list[str]:
    """One line for each other file that came; of plans' own files nobody needs to hear."""
    return [
        f"{safe(path)} came" for path in files if not path.startswith(("plans/", "inbox/", "delegations/", "outbox/"))
    ]
