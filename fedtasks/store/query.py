"""Questions to the index: filters and orders as values, SQL here and in relations only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fedtasks.domain.status import ACTIVE, FINISHED, PRIORITIES, STATUSES

if TYPE_CHECKING:
    from fedtasks.store.index import Index

BLOCKING = (
    "EXISTS (SELECT 1 FROM need LEFT JOIN task AS other ON other.id = need.dependency"
    " WHERE need.task = task.id AND other.status IS NOT 'done')"
)
FREE = "task.assignee IS NULL"
READY = f"task.status = 'pending' AND {FREE} AND NOT {BLOCKING}"

LEASED = f"archived IS NULL AND status IN ({','.join('?' * len(ACTIVE))}) AND expires IS NOT NULL"
EXPIRED = f"({LEASED} AND expires < ?)"

PLACES = {False: "task.archived IS NULL", True: "task.archived IS NOT NULL", None: "1"}

WORKFLOW = "CASE task.status " + " ".join(f"WHEN '{name}' THEN {at}" for at, name in enumerate(STATUSES)) + " END"
"""The place of a task's status in the order of the board."""

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
    helper: tuple[str, ...] = ()
    reviewer: tuple[str, ...] = ()
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

LINE = "task.id, task.status, task.priority, task.lead, task.assignee, task.title"


def select(index: Index, filter: Filter, order: str = "plan", limit: int | None = None) -> Iterator[str]:
    """The tasks that fit, each as the JSON text of its public fields, in order."""
    return _texts(index, *_asked(index, "task.id, task.archived, task.public", filter, order, limit))


def lines(index: Index, filter: Filter, order: str = "plan", limit: int | None = None) -> list[Line]:
    """The tasks that fit, in order, with no more than a line of a list needs."""
    return index.all(*_asked(index, LINE, filter, order, limit))


def _asked(index: Index, columns: str, filter: Filter, order: str, limit: int | None) -> tuple[str, list[str | int]]:
    where, values = where_of(index, filter)
    sql = f"SELECT {columns} FROM task WHERE {where} ORDER BY {ORDERS[order]}"
    return sql + ("" if limit is None else f" LIMIT {int(limit)}"), values


def _texts(index: Index, sql: str, values: Sequence[Any] = ()) -> Iterator[str]:
    """The texts of tasks, asked for by id, archive and sum."""
    return (text for _, text in index.texts("public", index.all(sql, values)))


def _with_text(index: Index, text: str) -> str:
    """The ids of the tasks that have this text, as JSON."""
    import json

    sought, rows = text.casefold(), index.execute("SELECT id, archived, words FROM task")
    return json.dumps([id for id, words in index.texts("words", rows) if sought in words])


Condition = tuple[str, Sequence[str | int]]
"""A condition of SQL and its values."""


def where_of(index: Index, filter: Filter) -> tuple[str, list[str | int]]:
    """A filter as a condition of SQL and its values."""
    conditions: list[Condition] = [(PLACES[filter.archived], ()), *_named(filter), *_judged(index, filter)]
    return " AND ".join(sql for sql, _ in conditions), [value for _, values in conditions for value in values]


def _named(filter: Filter) -> Iterator[Condition]:
    """One of the names that the filter has for a field."""
    ranks = tuple(PRIORITIES.index(name) for name in filter.priority)
    columns: list[tuple[str, tuple[str | int, ...]]] = [
        ("task.status", filter.status), ("task.assignee", filter.assignee), ("task.lead", filter.lead),
        ("task.plan", filter.plan), ("task.priority", ranks), ("task.team", filter.team),
        ("task.parent", filter.parent),
    ]  # fmt: skip
    for column, wanted in columns:
        if wanted:
            yield f"{column} IN ({_marks(wanted)})", wanted
    members = [
        ("tag WHERE", filter.tag), ("hand WHERE role = 'helper' AND", filter.helper),
        ("hand WHERE role = 'reviewer' AND", filter.reviewer),
    ]  # fmt: skip
    for table, names in members:
        if names:
            yield f"task.id IN (SELECT task FROM {table} name IN ({_marks(names)}))", names


def _judged(index: Index, filter: Filter) -> Iterator[Condition]:
    """What is more than a name: texts, readiness, skills, teams, leases."""
    if filter.group:
        either = " OR ".join("fold(task.grp) LIKE fold(?) ESCAPE '\\'" for _ in filter.group)
        yield f"({either})", [f"%{_literal(name)}%" for name in filter.group]
    if filter.text:
        yield "task.id IN (SELECT value FROM json_each(?))", [_with_text(index, filter.text)]
    if filter.ready and filter.taker is None:
        yield READY, ()
    elif filter.ready:
        yield READY.replace(FREE, f"({FREE} OR task.assignee = ?)"), [str(filter.taker)]
    if filter.skills is not None:
        lacking = f"SELECT 1 FROM skill WHERE task = task.id AND fold(name) NOT IN ({_marks(filter.skills)})"
        yield f"NOT EXISTS ({lacking})", filter.skills
    if filter.teams is not None:
        yield f"(task.team IS NULL OR task.team IN ({_marks(filter.teams)}))", filter.teams
    if filter.unowned:
        yield "task.assignee IS NULL", ()
    if filter.expired_at is not None:
        yield EXPIRED, (*ACTIVE, filter.expired_at)


def _marks(values: Sequence[str | int]) -> str:
    return ",".join("?" * len(values))


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def counts(index: Index) -> dict[str, int]:
    """How many live tasks have each status."""
    return dict(index.all("SELECT status, count(*) FROM task WHERE archived IS NULL GROUP BY status"))


def finished_before(index: Index, stamp: str) -> list[str]:
    """The ids of live tasks that are done or cancelled and have not changed since then, the oldest first."""
    sql = "SELECT id FROM task WHERE archived IS NULL AND status IN (?, ?) AND updated < ? ORDER BY updated, id"
    return [row[0] for row in index.execute(sql, (*FINISHED, stamp))]


def broken(index: Index) -> list[Broken]:
    """The files that could not be read."""
    return [Broken(path, words) for path, words in index.all("SELECT path, words FROM problem ORDER BY path")]


def tentative(index: Index) -> list[str]:
    """The ids of tasks that may have a tentative claim; whether they do stands in the task."""
    return [row[0] for row in index.execute("SELECT id FROM task WHERE instr(marks, 'tentative') ORDER BY id")]


def delegated(index: Index) -> Iterator[str]:
    """The tasks that were given to other stores, each as the JSON text of its public fields."""
    return _texts(index, "SELECT id, archived, public FROM task WHERE instr(marks, 'delegated') ORDER BY id")


def leased_by(index: Index, who: str) -> list[str]:
    """The ids of the active tasks that a member has under a lease."""
    return [id for id, _ in index.all(f"SELECT id, expires FROM task WHERE {LEASED} AND assignee = ?", (*ACTIVE, who))]


def overdue(index: Index, today: str) -> list[tuple[str, str]]:
    """The unfinished tasks whose day has passed: id and day, the longest overdue first."""
    sql = "SELECT id, due FROM task WHERE due < ? AND archived IS NULL AND status NOT IN (?, ?) ORDER BY due, id"
    return index.all(sql, (today, *FINISHED))


def expired(index: Index, now: str) -> list[tuple[str, str]]:
    """The tasks whose lease is over: id and since when."""
    leased = index.all(f"SELECT id, expires FROM task WHERE {LEASED} ORDER BY id", ACTIVE)
    return [(id, expires) for id, expires in leased if expires < now]


def blocked(index: Index) -> list[str]:
    """The public fields of each blocked task."""
    sql = "SELECT id, archived, public FROM task WHERE status = 'blocked' AND archived IS NULL ORDER BY id"
    return list(_texts(index, sql))


def active(index: Index) -> dict[str, int]:
    """How many tasks each has in hand."""
    sql = f"SELECT assignee, count(*) FROM task WHERE archived IS NULL AND status IN ({','.join('?' * len(ACTIVE))})"
    return {who: count for who, count in index.execute(f"{sql} GROUP BY assignee", ACTIVE) if who is not None}


def tracked(index: Index) -> list[str]:
    """The public fields of live tasks on which time may have been spent; whether it was stands in the task."""
    sql = "SELECT id, archived, public FROM task WHERE archived IS NULL AND instr(marks, 'tracked') ORDER BY id"
    return list(_texts(index, sql))


def asking(index: Index) -> list[str]:
    """The public fields of unfinished tasks on which somebody may wait for leave; whether so stands in the task."""
    sql = (
        "SELECT id, archived, public FROM task"
        " WHERE archived IS NULL AND status NOT IN (?, ?) AND instr(marks, 'asked') ORDER BY id"
    )
    return list(_texts(index, sql, FINISHED))
