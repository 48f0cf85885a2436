"""Merge of two histories of one task, and of two parses of one plan: pure, and the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fedtasks.domain.canonical import compact, ordered
from fedtasks.domain.compaction import longest_standing
from fedtasks.domain.fold import fold
from fedtasks.domain.task import Task

Json = Any


def merge_tasks(ours: Task, theirs: Task) -> Task:
    """The one task that both histories make; commutative, associative, idempotent, and no event is dropped.

    | a part of the task                  | what the merge has                                                 |
    |-------------------------------------|--------------------------------------------------------------------|
    | an event on one side                | that event                                                         |
    | an event on both sides              | that event, once                                                   |
    | one id with two contents (derived   | the lesser by (seq, at, JSON): two machines made the same change   |
    | ids: time and actor may differ)     | and the first one's stamp stands                                   |
    | a second claim, a step out of a     | kept, void (see fold)                                              |
    | status already left                 |                                                                    |
    | a confirmed and a tentative claim   | the confirmed one, in either order (see fold)                      |
    | known fields                        | the fold of all events                                             |
    | unknown field on one side           | that field                                                         |
    | unknown field on both, not alike    | the greater by JSON                                                |
    | the format version                  | the newer one                                                      |
    | segments of older events            | the longer row of them, up to the first that got an event between  |
    """
    merged = fold(ours.id, (*ours.history, *theirs.history), join(ours.extra, theirs.extra))
    compacted = longest_standing(merged.history, ours, theirs)
    return replace(merged, schema=max(ours.schema, theirs.schema), compacted=compacted)


def join(ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> dict[str, Json]:
    """Both objects' keys; where the values differ, the greater by canonical JSON."""
    return {
        name: max((side[name] for side in (ours, theirs) if name in side), key=compact)
        for name in sorted({*ours, *theirs})
    }


def merge_plans(ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> dict[str, Json]:
    """What the last parses of one plan saw, item by item.

    | an item                       | what the merge has                                |
    |-------------------------------|---------------------------------------------------|
    | on one side                   | that item (removed items stay as `removed`)       |
    | on both sides                 | the later parse by `at`, then the greater by JSON |
    | the fields beside the items   | those of the later parse, likewise                |
    """
    mine, other = dict(ours.get("items", {})), dict(theirs.get("items", {}))
    items = {
        key: max((side[key] for side in (mine, other) if key in side), key=_parse_order)
        for key in sorted({*mine, *other})
    }
    later = max(
        ({name: value for name, value in side.items() if name != "items"} for side in (ours, theirs)),
        key=_parse_order,
    )
    merged: dict[str, Json] = ordered({**later, "items": items})
    return merged


def _parse_order(value: Mapping[str, Json]) -> tuple[str, str]:
    return (str(value.get("at", "")), compact(value))
