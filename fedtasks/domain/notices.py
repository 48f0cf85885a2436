"""Merge of two versions of one notice: pure, and never with a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.domain.canonical import compact

Json = Any

EARLIEST = frozenset({"at", "read_at", "acked_at"})


def merge_notices(ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> dict[str, Json]:
    """What both versions know; commutative, associative, idempotent, and nothing that was told is lost.

    | a field                               | the merge has                                         |
    |---------------------------------------|-------------------------------------------------------|
    | on one side                           | that field: what is read or acknowledged stays so     |
    | at, read_at, acked_at on both         | the earlier time                                      |
    | yes or no (urgent, needs_ack)         | yes where either says so                              |
    | lists (commits, paths, next)          | the members of both, once each, sorted where they     |
    |                                       | differ                                                |
    | objects (delivered)                   | field by field, by the same rules                     |
    | anything else, not alike              | the greater by JSON                                   |
    """
    return {
        name: _join(name, ours[name], theirs[name]) if name in ours and name in theirs else {**ours, **theirs}[name]
        for name in sorted({*ours, *theirs})
    }


def _join(name: str, one: Json, other: Json) -> Json:
    if compact(one) == compact(other):
        return one
    if one is None or other is None:
        return other if one is None else one
    if name in EARLIEST and isinstance(one, str) and isinstance(other, str):
        return min(one, other)
    if isinstance(one, bool) and isinstance(other, bool):
        return one or other
    if isinstance(one, list) and isinstance(other, list):
        once = {compact(member): member for member in [*one, *other]}
        return [once[key] for key in sorted(once)]
    if isinstance(one, dict) and isinstance(other, dict):
        return merge_notices(one, other)
    return max(one, other, key=compact)
