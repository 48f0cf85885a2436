"""The tables of the index, and what of a task stands in them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from fedtasks.domain.canonical import ordered
from fedtasks.domain.codec import task_as_json
from fedtasks.domain.status import PRIORITIES
from fedtasks.domain.task import Task

TABLES = """
CREATE TABLE meta (version INTEGER, root TEXT, generation TEXT);
CREATE TABLE stamps (folder TEXT PRIMARY KEY, mark TEXT, names BLOB, numbers BLOB) WITHOUT ROWID;
CREATE TABLE problem (path TEXT PRIMARY KEY, words TEXT) WITHOUT ROWID;
CREATE TABLE task (id TEXT PRIMARY KEY, status TEXT, priority INTEGER, lead TEXT, assignee TEXT, plan TEXT, grp TEXT,
                   title TEXT, due TEXT, created TEXT, updated TEXT, archived TEXT, path TEXT, line INTEGER,
                   parent TEXT, team TEXT, expires TEXT, marks TEXT, public INTEGER, words INTEGER) WITHOUT ROWID;
CREATE INDEX archived ON task (archived) WHERE archived IS NOT NULL;
CREATE INDEX parts ON task (parent, status) WHERE parent IS NOT NULL;
CREATE INDEX due ON task (due, status, archived) WHERE due IS NOT NULL;
CREATE TABLE need (task TEXT, dependency TEXT, PRIMARY KEY (task, dependency)) WITHOUT ROWID;
CREATE TABLE tag (task TEXT, name TEXT, PRIMARY KEY (task, name)) WITHOUT ROWID;
CREATE TABLE skill (task TEXT, name TEXT, PRIMARY KEY (task, name)) WITHOUT ROWID;
CREATE TABLE hand (task TEXT, role TEXT, name TEXT, PRIMARY KEY (task, role, name)) WITHOUT ROWID;
CREATE TABLE place (task TEXT, plan TEXT, path TEXT, line INTEGER, PRIMARY KEY (task, plan)) WITHOUT ROWID;
"""
"""`hand` has who helps with a task (`helper`) and who is to look at it (`reviewer`); `place` what the plans' files say;
`path` and `line` of a task are its place in its own plan. `public` and `words` are the sums of its texts, which stand
elsewhere."""

MARKS = {
    "tentative": '"confirmed": false',
    "delegated": '"delegations": [',
    "tracked": '"tracked": ',
    "asked": '"status": "asked"',
}
"""What may be so of a task whose public fields have these words; whether it is so stands in the task."""


class Text(NamedTuple):
    """The texts of a task: its public fields as JSON, and the words to search, case-folded; in UTF-8."""

    public: bytes
    words: bytes


def public_fields(task: Task) -> dict[str, Any]:
    """The fields of a task as lists show them: all but its history and where that is."""
    fields = task_as_json(task)
    for name in ("history", "compacted"):
        fields.pop(name, None)
    shown: dict[str, Any] = ordered(fields)
    return shown


def text_of(task: Task) -> Text:
    """What lists show of a task, and what searches look through."""
    words = f"{task.state.title}\n{task.state.description}\n{task.id}".casefold()
    return Text(json.dumps(public_fields(task), ensure_ascii=False).encode(), words.encode())


def insert_task(connection: sqlite3.Connection, task: Task, text: Text, archived: str | None = None) -> None:
    """The rows of one task; `archived` is the year in whose archive its file stands."""
    state = task.state
    source = state.source or {}
    where = "SELECT path, line FROM place WHERE task = ? AND plan = ?"
    place = connection.execute(where, (task.id, source.get("plan"))).fetchone() or (None, None)
    marks = " ".join(name for name, sign in MARKS.items() if sign.encode() in text.public) or None
    connection.execute(
        "INSERT INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            task.id, state.status, PRIORITIES.index(state.priority), state.lead, state.assignee,
            source.get("plan"), source.get("group"), state.title, state.due, state.created_at, state.updated_at,
            archived, *place, state.parent, state.team, (state.claim or {}).get("expires"), marks, *map(crc32, text),
        ),
    )  # fmt: skip
    connection.executemany("INSERT INTO need VALUES (?, ?)", ((task.id, other) for other in state.depends_on))
    connection.executemany("INSERT INTO tag VALUES (?, ?)", ((task.id, name) for name in state.tags))
    connection.executemany("INSERT INTO skill VALUES (?, ?)", ((task.id, name) for name in state.skills))
    hands = [*(("helper", name) for name in state.helpers), *(("reviewer", name) for name in state.reviewers)]
    connection.executemany("INSERT INTO hand VALUES (?, ?, ?)", ((task.id, *hand) for hand in hands))


def forget_tasks(connection: sqlite3.Connection, ids: Sequence[str], archived: str | None = None) -> list[str]:
    """Drops the rows of tasks that stand in this archive, or in none; their ids."""
    here = "SELECT 1 FROM task WHERE id = ? AND archived IS ?"
    owners = [(id,) for id in ids if connection.execute(here, (id, archived)).fetchone()]
    connection.executemany("DELETE FROM task WHERE id = ?", owners)
    connection.executemany("DELETE FROM need WHERE task = ?", owners)
    connection.executemany("DELETE FROM tag WHERE task = ?", owners)
    connection.executemany("DELETE FROM skill WHERE task = ?", owners)
    connection.executemany("DELETE FROM hand WHERE task = ?", owners)
    return [owner[0] for owner in owners]


def insert_places(connection: sqlite3.Connection, plan: str, raw: Mapping[str, Any]) -> None:
    """Where the tasks of a plan stand."""
    items = raw.get("items")
    for item in items.values() if isinstance(items, dict) else ():
        if isinstance(item, dict) and isinstance(item.get("line"), int) and not item.get("removed"):
            task, path, line = str(item.get("task")), str(raw.get("path")), item["line"]
            connection.execute("INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?)", (task, plan, path, line))
            connection.execute("UPDATE task SET path = ?, line = ? WHERE id = ? AND plan = ?", (path, line, task, plan))


def forget_places(connection: sqlite3.Connection, plans: Sequence[str]) -> None:
    """Drops what plans said of places."""
    for plan in plans:
        connection.execute("DELETE FROM place WHERE plan = ?", (plan,))
        connection.execute("UPDATE task SET path = NULL, line = NULL WHERE plan = ?", (plan,))
