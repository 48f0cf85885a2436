"""What a task says: created, edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.effects.reviewing import outdate
from fedtasks.domain.events import Event
from fedtasks.domain.task import SCALARS, SETS

_SINGLE, _COLLECTED = frozenset(SCALARS), frozenset(SETS)


def created(draft: Draft, event: Event) -> Reason:
    """Sets all that it names. Of two (the same plan's task, parsed in two versions) the later one's words hold."""
    _set(draft, event.data)
    _add(draft, event.data)
    draft.status = event.data.get("status", draft.status)
    draft.assignee = event.data.get("assignee", draft.assignee)
    draft.values["created_at"] = min(draft.values.get("created_at", event.at), event.at)
    outdate(draft)
    return None


def edited(draft: Draft, event: Event) -> Reason:
    """Sets single fields (null removes), adds to and removes from sets; metadata is patched key by key."""
    data = event.data
    if "set" in data:
        _set(draft, data["set"])
    if "add" in data:
        _add(draft, data["add"])
    if "remove" in data:
        _remove(draft, data["remove"])
    outdate(draft)
    return None


def _set(draft: Draft, named: Mapping[str, Any]) -> None:
    for name, value in named.items():
        if name in _SINGLE:
            draft.values[name] = value
        elif name == "metadata" and value:
            _merge_metadata(draft, value)


def _add(draft: Draft, named: Mapping[str, Any]) -> None:
    for name, added in named.items():
        if name == "files":
            draft.sets[name].update((file["path"], {"action": None, **file}) for file in added)
        elif name in _COLLECTED:
            draft.sets[name].update(dict.fromkeys(added))


def _remove(draft: Draft, named: Mapping[str, Any]) -> None:
    for name, gone in named.items():
        if name in _COLLECTED:
            for member in gone:
                draft.sets[name].pop(member, None)


def _merge_metadata(draft: Draft, patch: Mapping[str, Any]) -> None:
    merged = draft.values["metadata"] | dict(patch)
    draft.values["metadata"] = {name: merged[name] for name in sorted(merged) if merged[name] is not None}
