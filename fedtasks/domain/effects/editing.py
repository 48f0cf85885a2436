"""What a task says: created, edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.effects.reviewing import outdate
from fedtasks.domain.events import Event
from fedtasks.domain.task import SCALARS, SETS


def created(draft: Draft, event: Event) -> Reason:
    """Sets all that it names. Of two (the same plan's task, parsed in two versions) the later one's words hold."""
    for name in SCALARS:
        if name in event.data:
            draft.values[name] = event.data[name]
    draft.status = event.data.get("status", draft.status)
    draft.assignee = event.data.get("assignee", draft.assignee)
    _add(draft, event.data)
    _merge_metadata(draft, event.data.get("metadata", {}))
    draft.values["created_at"] = min(draft.values.get("created_at", event.at), event.at)
    outdate(draft)
    return None


def edited(draft: Draft, event: Event) -> Reason:
    """Sets single fields (null removes), adds to and removes from sets; metadata is patched key by key."""
    for name, value in event.data.get("set", {}).items():
        if name in SCALARS:
            draft.values[name] = value
    _add(draft, event.data.get("add", {}))
    for name, gone in event.data.get("remove", {}).items():
        if name in SETS:
            for member in gone:
                draft.sets[name].pop(member, None)
    _merge_metadata(draft, event.data.get("set", {}).get("metadata", {}))
    outdate(draft)
    return None


def _add(draft: Draft, added: Mapping[str, Any]) -> None:
    for name in SETS:
        if name in added and name != "files":
            draft.sets[name].update(dict.fromkeys(added[name]))
    if "files" in added:
        draft.sets["files"].update((file["path"], {"action": None, **file}) for file in added["files"])


def _merge_metadata(draft: Draft, patch: Mapping[str, Any]) -> None:
    if not patch:
        return
    merged = draft.values["metadata"] | dict(patch)
    draft.values["metadata"] = {name: merged[name] for name in sorted(merged) if merged[name] is not None}
