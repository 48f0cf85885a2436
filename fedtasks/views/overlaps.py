"""Overlaps as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fedtasks.views.text import safe, table

MOST = 5
"""Meetings that are shown of a pair."""


def overlap_lines(found: Iterable[Mapping[str, Any]], columns: int | None) -> list[str]:
    """Each pair: the two tasks, and the files where they can meet."""
    lines: list[str] = []
    for overlap in found:
        rows = [(task["id"], task["status"], task["assignee"] or "-", safe(task["title"])) for task in overlap["tasks"]]
        lines += [*([""] if lines else []), *table(rows, columns)]
        where = overlap["meetings"]
        lines += [f"  {_meeting(meeting)}" for meeting in where[:MOST]]
        lines += [f"  and {len(where) - MOST} more"] * (len(where) > MOST)
    return lines


def _meeting(meeting: Mapping[str, str]) -> str:
    mine, theirs, path = (safe(meeting[name]) for name in ("mine", "theirs", "path"))
    if mine == theirs:
        return mine
    return f"{mine} and {theirs} meet in {path}" if path not in (mine, theirs) else f"{mine} and {theirs}"


def talk_lines(pairs: Mapping[tuple[str, str], int]) -> list[str]:
    """Who should talk to whom."""
    return [
        f"{safe(one)} and {safe(other)} should talk: {count} pair{'s' * (count != 1)} of tasks"
        for (one, other), count in pairs.items()
    ]
