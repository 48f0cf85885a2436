"""Questions to the index: filters and orders as values, SQL here and in relations only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fedtasks.domain.status import ACTIVE, FINISHED, PRIORITIES, STATUSES

BLOCKING = (
    "EXISTS (SELECT 1 FROM need LEFT JOIN task AS other ON other.id = need.dependency"
    " WHERE need.task = task.id AND other.status IS NOT 'done')"
)
FREE = "task.assignee IS NULL"
READY = f"task.status = 'pending' AND {FREE} AND NOT {BLOCKING}"

EXPIRES = "json_extract(task.public, '$.claim.expires')"
EXPIRED = (
    f"task.id IN (SELECT id FROM task WHERE archived IS NULL AND status IN ({','.join('?' * len(ACTIVE))}))"
    f" AND instr(task.public, '\"expires\"') AND {EXPIRES} < ?"
)

PLACES = {False: "task.archived IS NULL", True: "task.archived IS NOT NULL", None: "1"}

WORKFLOW = "CASE task.status " + " ".join(f"WHEN '{name}' THEN {at}" for at, name in enumerate(STATUSES)) + " END"
"""The place of a task's status in the order of the board."""

PRIORITY = "CASE task.priority " + " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(PRIORITIES)) + " END"
"""The word for a task's priority."""

ORDERS = {
    "plan": "task.path IS NULL, task.path, task.line, task.created, task.id",
    "priority": "task.priority, task.path IS NULL, task.path, task.line, task.created, task.id",
    "updated": "task.updated DESC, task.id",
    "created": "task.created, task.line, task.id",
    "due": "task.due IS NULL, task.due, task.priority, task.id",
    "status": f"{WORKFLOW}, task.priority, task.id",
    "title": "task.title COLLATE NOCASE, task.id",
    "assignee": "task.assignee IS NULL, task.assignee, task.priority, task.id",
    "id": "task.id",
}


class Filter(NamedTuple):
    """Which tasks; an empty tuple or None asks nothing. Several values of one field are alternatives, the fields are
    joined by and; `text` (case-folded) is sought in titles, descriptions and ids; `archived` None: live or not.

    `skills`: tasks that need no others (case-folded); `teams`: tasks of one of these teams or of none; with `ready`
    tasks that this `taker` is assigned to are ready as well; `expired_at`: tasks whose lease is over at that time.
    """

    status: tuple[str, ...] = ()
    assignee: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    text: str | None = None
    ready: bool = False
    unowned: bool = False
    archived: bool | None = False
    team: tuple[str, ...] = ()
    parent: tuple[str, ...] = ()
    skills: tuple[str, ...] | None = None
    teams: tuple[str, ...] | None = None
    taker: str | None = None
    expired_at: str | None = None


class Broken(NamedTuple):
    """A file of the store that could not be read, and why."""

    path: str
    problem: str


Line = tuple[str, str, int, str | None, str | None, str]
"""Id, status, rank of the priority, lead, assignee, title."""


def select(index: sqlite3.Connection, filter: Filter, order: str = "plan", limit: int | None = None) -> Iterator[str]:
    """The tasks that fit, each as the JSON text of its public fields, in order."""
    return (row[0] for row in _rows(index, "task.public", filter, order, limit))


def lines(index: sqlite3.Connection, filter: Filter, order: str = "plan", limit: int | None = None) -> list[Line]:
    """The tasks that fit, in order, with no more than a line of a list needs."""
    columns = "task.id, task.status, task.priority, task.lead, task.assignee, task.title"
    return _rows(index, columns, filter, order, limit).fetchall()


def aligned(index: sqlite3.Connection, filter: Filter, order: str, head: tuple[str, ...]) -> list[str] | None:
    """The lines under their heads, aligned by SQLite in half the time that Python takes; None where a sign of a title
    may not be shown, or one of the other columns may be wider than a cell."""
    where, values = _where(filter)
    columns = ("task.id", "task.status", "coalesce(task.lead, '-')", "coalesce(task.assignee, '-')")
    asked = ", ".join([f"max(length({name}))" for name in columns])
    found = index.execute(f"SELECT {asked} FROM task WHERE {where}", values).fetchone()
    if found[0] is None:
        return []
    id, status, lead, assignee = map(max, found, map(len, (head[0], head[1], head[3], head[4])))
    form = f"%-{id}s  %-{status}s  %-{len(head[2])}s  %-{lead}s  %-{assignee}s  %s"
    cells = f"{columns[0]}, {columns[1]}, {PRIORITY}, {columns[2]}, {columns[3]}, task.title"
    lines = [row[0] for row in _rows(index, f"rtrim(printf('{form}', {cells}))", filter, order, None)]
    text = "".join(lines)
    if not text.isprintable() or not (text.isascii() or _are_narrow(index, columns)):
        return None
    return [(form % head).rstrip(), *lines]


def _are_narrow(index: sqlite3.Connection, columns: Sequence[str]) -> bool:
    bytes_and_signs = " + ".join([f"length(CAST({name} AS BLOB)) - length({name})" for name in columns])
    return not index.execute(f"SELECT max({bytes_and_signs}) FROM task").fetchone()[0]


def _rows(index: sqlite3.Connection, columns: str, filter: Filter, order: str, limit: int | None) -> sqlite3.Cursor:
    where, values = _where(filter)
    sql = f"SELECT {columns} FROM task WHERE {where} ORDER BY {ORDERS[order]}"
    sql += "" if limit is None else f" LIMIT {int(limit)}"
    return index.execute(sql, values)


def _where(filter: Filter) -> tuple[str, list[str | int]]:
    parts, values = [PLACES[filter.archived]], list[str | int]()
    ranks = tuple(PRIORITIES.index(name) for name in filter.priority)
    columns: list[tuple[str, tuple[str | int, ...]]] = [
        ("task.status", filter.status), ("task.assignee", filter.assignee), ("task.lead", filter.lead),
        ("task.plan", filter.plan), ("task.priority", ranks), ("task.team", filter.team),
        ("task.parent", filter.parent),
    ]  # fmt: skip
    for column, wanted in columns:
        if wanted:
            parts.append(f"{column} IN ({','.join('?' * len(wanted))})")
            values += wanted
    if filter.tag:
        parts.append(f"task.id IN (SELECT task FROM tag WHERE name IN ({','.join('?' * len(filter.tag))}))")
        values += filter.tag
    if filter.group:
        parts.append("(" + " OR ".join("fold(task.grp) LIKE fold(?) ESCAPE '\\'" for _ in filter.group) + ")")
        values += [f"%{_literal(name)}%" for name in filter.group]
    if filter.text:
        parts.append("instr(task.words, fold(?)) > 0")
        values.append(filter.text)
    if filter.ready:
        parts.append(READY if filter.taker is None else READY.replace(FREE, f"({FREE} OR task.assignee = ?)"))
        values += [] if filter.taker is None else [filter.taker]
    if filter.skills is not None:
        known = ",".join("?" * len(filter.skills))
        parts.append(f"NOT EXISTS (SELECT 1 FROM skill WHERE task = task.id AND fold(name) NOT IN ({known}))")
        values += filter.skills
    if filter.teams is not None:
        parts.append(f"(task.team IS NULL OR task.team IN ({','.join('?' * len(filter.teams))}))")
        values += filter.teams
    if filter.unowned:
        parts.append("task.assignee IS NULL")
    if filter.expired_at is not None:
        parts.append(EXPIRED)
        values += (*ACTIVE, filter.expired_at)
    return " AND ".join(parts), values


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def counts(index: sqlite3.Connection) -> dict[str, int]:
    """How many live tasks have each status."""
    return dict(index.execute("SELECT status, count(*) FROM task WHERE archived IS NULL GROUP BY status"))


def finished_before(index: sqlite3.Connection, stamp: str) -> list[str]:
    """The ids of live tasks that are done or cancelled and have not changed since then, the oldest first."""
    sql = "SELECT id FROM task WHERE archived IS NULL AND status IN (?, ?) AND updated < ? ORDER BY updated, id"
    return [row[0] for row in index.execute(sql, (*FINISHED, stamp))]


def broken(index: sqlite3.Connection) -> list[Broken]:
    """The files that could not be read."""
    return [Broken(path, words) for path, words in index.execute("SELECT path, words FROM problem ORDER BY path")]


def tentative(index: sqlite3.Connection) -> list[str]:
    """The ids of tasks that may have a tentative claim; whether they do stands in the task."""
    return [
        row[0] for row in index.execute("SELECT id FROM task WHERE public LIKE '%\"confirmed\": false%' ORDER BY id")
    ]


def delegated(index: sqlite3.Connection) -> Iterator[str]:
    """The tasks that were given to other stores, each as the JSON text of its public fields."""
    found = index.execute("SELECT public FROM task WHERE public LIKE '%\"delegations\": [%' ORDER BY id")
    return (row[0] for row in found)


def overdue(index: sqlite3.Connection, today: str) -> list[tuple[str, str]]:
    """The unfinished tasks whose day has passed: id and day, the longest overdue first."""
    sql = "SELECT id, due FROM task WHERE due < ? AND archived IS NULL AND status NOT IN (?, ?) ORDER BY due, id"
    return index.execute(sql, (today, *FINISHED)).fetchall()


def expired(index: sqlite3.Connection, now: str) -> list[tuple[str, str]]:
    """The tasks whose lease is over: id and since when."""
    return index.execute(f"SELECT id, {EXPIRES} FROM task WHERE {EXPIRED} ORDER BY id", (*ACTIVE, now)).fetchall()


def blocked(index: sqlite3.Connection) -> list[str]:
    """The public fields of each blocked task."""
    ids = index.execute("SELECT id FROM task WHERE status = 'blocked' AND archived IS NULL").fetchall()
    return [index.execute("SELECT public FROM task WHERE id = ?", id).fetchone()[0] for id in ids]


def active(index: sqlite3.Connection) -> dict[str, int]:
    """How many tasks each has in hand."""
    sql = f"SELECT assignee, count(*) FROM task WHERE archived IS NULL AND status IN ({','.join('?' * len(ACTIVE))})"
    return {who: count for who, count in index.execute(f"{sql} GROUP BY assignee", ACTIVE) if who is not None}


def mentioning(index: sqlite3.Connection, field: str) -> list[str]:
    """The public fields of live tasks that may have this one; whether they do stands in the task."""
    sql = "SELECT public FROM task WHERE archived IS NULL AND instr(public, ?) ORDER BY id"
    return [row[0] for row in index.execute(sql, (f'"{field}": ',))]


def asking(index: sqlite3.Connection) -> list[str]:
    """The public fields of unfinished tasks on which somebody may wait for leave; whether so stands in the task."""
    asked = 'public LIKE \'%"status": "asked"%\''
    sql = f"SELECT public FROM task WHERE archived IS NULL AND status NOT IN (?, ?) AND {asked}"
    return [row[0] for row in index.execute(sql, FINISHED)]
