"""From the JSON object of a task file to a Task, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from fedtasks.domain.canonical import ordered
from fedtasks.domain.compaction import NOTHING_OLDER, Older
from fedtasks.domain.effects import EFFECTS
from fedtasks.domain.events import event_from_json
from fedtasks.domain.fold import fold
from fedtasks.domain.handedit import adopt
from fedtasks.domain.task import FIELDS, Task

Json = Any

UNFOLDED = "unfolded"
KNOWN = frozenset({*FIELDS, UNFOLDED})


def task_from_json(raw: Mapping[str, Json], older: Older = NOTHING_OLDER) -> Task:
    """The task of an object that the schema has accepted, hand edits adopted as events; `older` are its events in
    segments."""
    return adopt(folded_from_json(raw, older), raw)


def folded_from_json(raw: Mapping[str, Json], older: Older = NOTHING_OLDER) -> Task:
    """The task that the history alone makes; a check compares it with the file's fields."""
    extra = {name: value for name, value in raw.items() if name not in KNOWN}
    folded = fold(raw["id"], map(event_from_json, chain(older.events, raw["history"])), extra)
    return replace(folded, compacted=older.digests) if older.digests else folded


def task_to_json(task: Task) -> dict[str, Json]:
    """The canonical object; `unfolded` names the kinds that this version could not fold."""
    shown: dict[str, Json] = ordered(task_as_json(task))
    return shown


def task_as_json(task: Task) -> dict[str, Json]:
    """The same object with its keys in any order, for those who compare it or show a part of it."""
    unknown = sorted({event.kind for event in task.history} - EFFECTS.keys())
    return task.to_json() | ({UNFOLDED: unknown} if unknown else {})
