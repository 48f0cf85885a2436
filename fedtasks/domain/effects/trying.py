"""Attempts at a task: attempt_started, attempt_finished."""

from __future__ import annotations

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event

OUTCOMES = ("success", "failed", "abandoned")
BEGUN = ("agent", "config", "branch", "before", "parent", "note")
ENDED = ("outcome", "reason", "after", "commits")


def attempt_started(draft: Draft, event: Event) -> Reason:
    """Somebody begins to try; several may at once, and an attempt may follow up on another (`parent`)."""
    entry = {"id": event.id, "by": event.by, "started_at": event.at}
    draft.sets["attempts"][event.id] = entry | {name: event.data[name] for name in BEGUN if event.data.get(name)}
    return None


def attempt_finished(draft: Draft, event: Event) -> Reason:
    """How an attempt ended; it ends once."""
    entry = draft.sets["attempts"].get(event.data["attempt"])
    if entry is None or "finished_at" in entry:
        return "no such attempt" if entry is None else f"that attempt ended already: {entry['outcome']}"
    ended = {name: event.data[name] for name in (*ENDED, "branch") if event.data.get(name)}
    draft.sets["attempts"][entry["id"]] = entry | ended | {"finished_at": event.at}
    return None
