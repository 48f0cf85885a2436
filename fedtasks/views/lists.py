"""Lists, the board, and what waits for what, as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fedtasks.domain.status import PRIORITIES
from fedtasks.views.text import clip, pad, safe, table

if TYPE_CHECKING:
    from fedtasks.store.lines import Column
    from fedtasks.store.query import Line

Row = Mapping[str, Any]

HEAD = ("ID", "STATUS", "PRIORITY", "LEAD", "ASSIGNEE", "TITLE")

NARROWEST = 24
"""Cells below which a board's columns are stacked instead of set side by side."""


def list_lines(rows: Sequence[Line], total: int | None) -> list[str]:
    """One line a task: id, status, priority, lead, assignee, title."""
    if not rows:
        return []
    if not "".join([row[5] for row in rows]).isprintable():
        rows = [(*row[:5], safe(row[5])) for row in rows]
    cells = [
        (id, status, PRIORITIES[rank], lead or "-", assignee or "-", title)
        for id, status, rank, lead, assignee, title in rows
    ]
    return table([HEAD, *cells], total)


def waiting_lines(rows: Sequence[tuple[Row, Sequence[tuple[str, str, str]]]], total: int | None) -> list[str]:
    """For each task that is not ready: what it waits for."""
    lines = []
    for row, waits_for in rows:
        reasons = [f"{id} ({status}: {safe(title)})" for id, status, title in waits_for]
        if row["assignee"]:
            reasons.append(f"{row['assignee']}, to whom it is assigned")
        line = f"{row['id']}  {safe(row['title'])}  waits for {', '.join(reasons)}"
        lines.append(line if total is None else clip(line, max(total, 200)))
    return lines


def meeting_lines(rows: Sequence[tuple[Row, Sequence[str]]], total: int | None) -> list[str]:
    """The tasks that can touch the files of others, and which those are."""
    cells = [(row["id"], f"meets {', '.join(met)}", safe(row["title"])) for row, met in rows]
    return ["can touch the same files as others:", *table(cells, total)] if cells else []


def board_lines(columns: Sequence[Column], total: int | None, notes: Mapping[str, str]) -> list[str]:
    """Columns by status; stacked where the width leaves too little for each.

    `notes` is what there is to say of some tasks beyond their status, by id.
    """
    if not columns:
        return []
    wide = (total + 2) // len(columns) - 2 if total is not None else 0
    if total is None or wide < NARROWEST:
        return _stacked(columns, total, notes)
    blocks = [_column(column, wide, notes) for column in columns]
    height = max(map(len, blocks))
    filled = [block + [""] * (height - len(block)) for block in blocks]
    return ["  ".join(pad(cell, wide) for cell in line).rstrip() for line in zip(*filled, strict=True)]


def _stacked(columns: Sequence[Column], total: int | None, notes: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for column in columns:
        head = f"{column.status.upper()} ({column.number})"
        lines += ["", head] if lines else [head]
        for row in column.lines:
            note = f"  ({notes[row[0]]})" if row[0] in notes else ""
            line = f"  {row[0]}  [{PRIORITIES[row[2]]}]  {_people(row)}  {safe(row[5])}{note}"
            lines.append(line if total is None else clip(line, total))
        lines += _more(column)
    return lines


def _column(column: Column, wide: int, notes: Mapping[str, str]) -> list[str]:
    lines = [f"{column.status.upper()} ({column.number})", "─" * wide]
    for row in column.lines:
        lines += [clip(f"{row[0]} {PRIORITIES[row[2]]}", wide), clip(safe(row[5]), wide), clip(_people(row), wide)]
        lines += [clip(notes[row[0]], wide), ""] if row[0] in notes else [""]
    return lines + _more(column)


def _people(row: Line) -> str:
    return f"lead {row[3] or '-'}, {row[4] or 'unassigned'}"


def _more(column: Column) -> list[str]:
    rest = column.number - len(column.lines)
    return [f"… {rest} more"] if rest > 0 else []
