"""Tools (MCP servers) at hand for a task: tool_added, tool_removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event


def tool_added(draft: Draft, event: Event) -> Reason:
    """The tool of this name is as the event says: purpose, whether to invoke it unasked, configuration."""
    draft.sets["tools"][event.data["name"]] = whole(event.data)
    return None


def tool_removed(draft: Draft, event: Event) -> Reason:
    """The tool of this name is gone."""
    if draft.sets["tools"].pop(event.data["name"], None) is None:
        return f"no tool {event.data['name']} is here"
    return None


def whole(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool with all of its fields, those that this version does not know among them."""
    return {"name": tool["name"], "purpose": "", "auto_invoke": False, "config": {}} | dict(tool)
