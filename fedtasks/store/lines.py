"""Lines of many tasks at once: SQLite aligns a list, and counts and cuts the columns of a board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from fedtasks.domain.status import PRIORITIES, STATUSES
from fedtasks.store.query import ORDERS, Filter, Line, lines, where_of

if TYPE_CHECKING:
    from fedtasks.store.index import Index

PRIORITY = "CASE task.priority " + " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(PRIORITIES)) + " END"
"""The word for a task's priority."""


class Column(NamedTuple):
    """The tasks of one status on a board: how many there are, and the first of them."""

    status: str
    number: int
    lines: list[Line]


def columns(index: Index, filter: Filter, most: int) -> list[Column]:
    """The tasks that fit by status, in the board's order: how many, and the most urgent of them."""
    where, values = where_of(index, filter)
    counted = dict(index.all(f"SELECT status, count(*) FROM task WHERE {where} GROUP BY status", values))
    return [
        Column(status, counted[status], lines(index, filter._replace(status=(status,)), "priority", most))
        for status in STATUSES
        if status in counted
    ]


def aligned(index: Index, filter: Filter, order: str, head: tuple[str, ...]) -> str | None:
    """The lines under their heads, each with its end, aligned by SQLite in half the time that Python takes; None where
    a sign of a title may not be shown, or one of the other columns may be wider than a cell."""
    where, values = where_of(index, filter)
    question = repr(("aligned", where, values, ORDERS[order], head))
    return index.recall(question, lambda: _aligned(index, where, values, order, head))


def _aligned(index: Index, where: str, values: list[str | int], order: str, head: tuple[str, ...]) -> str | None:
    columns = ("task.id", "task.status", "coalesce(task.lead, '-')", "coalesce(task.assignee, '-')")
    asked = ", ".join([f"max(length({name}))" for name in columns])
    found = index.execute(f"SELECT {asked} FROM task WHERE {where}", values).fetchone()
    if found[0] is None:
        return ""
    id, status, lead, assignee = map(max, found, map(len, (head[0], head[1], head[3], head[4])))
    form = f"%-{id}s  %-{status}s  %-{len(head[2])}s  %-{lead}s  %-{assignee}s  %s"
    cells = f"{columns[0]}, {columns[1]}, {PRIORITY}, {columns[2]}, {columns[3]}, task.title"
    sql = f"SELECT rtrim(printf('{form}', {cells})) FROM task WHERE {where} ORDER BY {ORDERS[order]}"
    lines = [row[0] for row in index.execute(sql, values)]
    text = "".join(lines)
    if not text.isprintable() or not (text.isascii() or _are_narrow(index, columns)):
        return None
    return "\n".join([(form % head).rstrip(), *lines, ""])


def _are_narrow(index: Index, columns: Sequence[str]) -> bool:
    bytes_and_signs = " + ".join([f"length(CAST({name} AS BLOB)) - length({name})" for name in columns])
    return not index.execute(f"SELECT max({bytes_and_signs}) FROM task").fetchone()[0]
