"""Tools (MCP servers) at hand for a task: tool_added, tool_removed."""

from __future__ import annotations

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event


def tool_added(draft: Draft, event: Event) -> Reason:
    """The tool of this name is as the event says: purpose, whether to invoke it unasked, configuration."""
    draft.sets["tools"][event.data["name"]] = {
        "name": event.data["name"],
        "purpose": event.data.get("purpose", ""),
        "auto_invoke": event.data.get("auto_invoke", False),
        "config": event.data.get("config", {}),
    }
    return None


def tool_removed(draft: Draft, event: Event) -> Reason:
    """The tool of this name is gone."""
    if draft.sets["tools"].pop(event.data["name"], None) is None:
        return f"no tool {event.data['name']} is here"
    return None
