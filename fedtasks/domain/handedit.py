"""A task file that a person edited: what differs from the fold becomes events, alike on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact, same
from fedtasks.domain.compaction import extended
from fedtasks.domain.effects import EFFECTS
from fedtasks.domain.effects.tools import whole
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.ids import derived_ulid
from fedtasks.domain.task import SCALARS, SETS, State, Task
from fedtasks.domain.times import milliseconds

HAND = "hand-edit"
"""The actor of events that were read off a file; who edited it stands in git's log."""

Json = Any

BLANK = State()
WORDS = tuple(name for name in SETS if name != "files")
"""Sets whose members are words."""


def adopt(folded: Task, raw: Mapping[str, Json]) -> Task:
    """The task of a file: its fold, and one derived event for each way in which the fields differ from it.

    Time and actor are derived too (the last event's time, `hand-edit`), so that two clones which both hold the edit
    make the same events. Fields that only the fold may write (claim, blocked, the stamps, what members logged or
    were allowed) are taken from the fold. A file whose last writer did not know some of its kinds (`unfolded`) is
    trusted in its history, not in its fields.
    """
    if any(kind in EFFECTS for kind in raw.get("unfolded", ())):
        return folded
    task = folded
    for kind, data in _differences(folded.state, raw):
        task = extended(task, [_event(task, kind, data)])
    wanted, team = raw.get("assignee"), raw.get("team")
    other_team = {"team": team} if team != folded.state.team else {}
    if other_team or wanted not in (folded.state.assignee, task.state.assignee):
        event = _event(task, kinds.ASSIGNED, {"assignee": wanted, **other_team})
        task = extended(task, [event])
    return task


def _event(task: Task, kind: str, data: dict[str, Json]) -> Event:
    at = task.state.updated_at
    seen = compact([event.id for event in task.history])
    return Event(
        derived_ulid(milliseconds(at), task.id, seen, kind, compact(data)),
        next_seq(task.history),
        at,
        HAND,
        kind,
        data,
    )


def _differences(state: State, raw: Mapping[str, Json]) -> list[tuple[str, dict[str, Json]]]:
    found: list[tuple[str, dict[str, Json]]] = []
    edited = _edits(state, raw)
    if edited:
        found.append((kinds.EDITED, edited))
    if raw["status"] != state.status:
        found.append((kinds.STATUS, {"from": state.status, "to": raw["status"]}))
    return found + _tool_edits(state, raw)


def _tool_edits(state: State, raw: Mapping[str, Json]) -> list[tuple[str, dict[str, Json]]]:
    if not state.tools and not raw.get("tools"):
        return []
    old = {tool["name"]: tool for tool in state.tools}
    new = {tool["name"]: whole(tool) for tool in raw.get("tools", ())}
    added = [(kinds.TOOL_ADDED, new[name]) for name in sorted(new) if not same(new[name], old.get(name))]
    return added + [(kinds.TOOL_REMOVED, {"name": name}) for name in sorted(old.keys() - new.keys())]


def _edits(state: State, raw: Mapping[str, Json]) -> dict[str, Json]:
    changed: dict[str, Json] = {}
    for name in SCALARS:
        had, has = getattr(state, name), raw.get(name, getattr(BLANK, name))
        if has != had and _said(has) != _said(had):
            changed[name] = has
    old, new = state.metadata, raw.get("metadata", {})
    patch = {key: new.get(key) for key in sorted({*old, *new}) if not same(old.get(key), new.get(key))}
    if patch:
        changed["metadata"] = patch
    return _without_empty({"set": changed, **_set_edits(state, raw)})


def _said(value: Json) -> Json:
    return value if value or value is False else None


def _set_edits(state: State, raw: Mapping[str, Json]) -> dict[str, Json]:
    add: dict[str, Json] = {}
    remove: dict[str, Json] = {}
    for name in WORDS:
        had, has = getattr(state, name), tuple(raw.get(name, ()))
        if has != had:
            add[name], remove[name] = sorted({*has} - {*had}), sorted({*had} - {*has})
    files = {file["path"]: {"action": None, **file} for file in raw.get("files", ())}
    old = {file["path"]: file for file in state.files}
    add["files"] = [files[path] for path in sorted(files) if not same(files[path], old.get(path))]
    remove["files"] = sorted(set(old) - set(files))
    return {"add": _without_empty(add), "remove": _without_empty(remove)}


def _without_empty(values: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if value not in ({}, [])}
