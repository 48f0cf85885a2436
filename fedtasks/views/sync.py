"""What a sync brought, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.saying import words_of
from fedtasks.views.text import safe


def news_line(task: str, title: str, event: Event, void: str | None) -> str:
    """One line for one event: `task-x1: baby claimed it (Add the login)`."""
    words = f"{task}: {event.by} {safe(words_of(event))} ({safe(title)})"
    return f"{words} [void: {safe(void)}]" if void else words


CARRIED = {
    kinds.DELEGATED: "the offer",
    kinds.DELEGATION_ACCEPTED: "the yes",
    kinds.DELEGATION_REJECTED: "the no",
    kinds.DELEGATION_WITHDRAWN: "the withdrawal",
}
"""What a message of each kind is called; any other is the result."""


def carried_line(entry: Mapping[str, Any]) -> str:
    """One line for a message that was brought to another store."""
    return f"{entry['task']}: {CARRIED.get(entry['kind'], 'the result')} was brought to {safe(entry['to'])}"


def withdrawn_line(entry: Mapping[str, Any]) -> str:
    """One line for a claim that no longer stands."""
    since = f" since {entry['since']}" if entry["since"] else ""
    holder = f"{entry['holder']} has it{since}" if entry["holder"] not in (None, entry["by"]) else entry["reason"]
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
