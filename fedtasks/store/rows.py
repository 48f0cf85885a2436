"""The tables of the index, and what of a task stands in them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from fedtasks.domain.codec import task_to_json
from fedtasks.domain.status import PRIORITIES
from fedtasks.domain.task import Task

TABLES = """
CREATE TABLE meta (version INTEGER, root TEXT);
CREATE TABLE file (folder TEXT, name TEXT, mtime INTEGER, size INTEGER, inode INTEGER, racy INTEGER, problem TEXT,
                   PRIMARY KEY (folder, name)) WITHOUT ROWID;
CREATE TABLE task (id TEXT PRIMARY KEY, status TEXT, priority INTEGER, lead TEXT, assignee TEXT, plan TEXT, grp TEXT,
                   title TEXT, due TEXT, created TEXT, updated TEXT, public TEXT) WITHOUT ROWID;
CREATE TABLE need (task TEXT, dependency TEXT, PRIMARY KEY (task, dependency)) WITHOUT ROWID;
CREATE TABLE tag (task TEXT, name TEXT, PRIMARY KEY (task, name)) WITHOUT ROWID;
CREATE TABLE place (task TEXT, plan TEXT, path TEXT, line INTEGER, PRIMARY KEY (task, plan)) WITHOUT ROWID;
"""


def public_fields(task: Task) -> dict[str, Any]:
    """The fields of a task as lists show them: all but its history."""
    fields = task_to_json(task)
    del fields["history"]
    return fields


def insert_task(connection: sqlite3.Connection, task: Task) -> None:
    """The rows of one task."""
    state = task.state
    source = state.source or {}
    connection.execute(
        "INSERT INTO task VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            task.id, state.status, PRIORITIES.index(state.priority), state.lead, state.assignee,
            source.get("plan"), source.get("group"), state.title, state.due, state.created_at, state.updated_at,
            json.dumps(public_fields(task), ensure_ascii=False),
        ),
    )  # fmt: skip
    connection.executemany("INSERT INTO need VALUES (?, ?)", ((task.id, other) for other in state.depends_on))
    connection.executemany("INSERT INTO tag VALUES (?, ?)", ((task.id, name) for name in state.tags))


def insert_place(connection: sqlite3.Connection, plan: str, raw: Mapping[str, Any]) -> None:
    """Where the tasks of a plan stand."""
    items = raw.get("items")
    for item in items.values() if isinstance(items, dict) else ():
        if isinstance(item, dict) and isinstance(item.get("line"), int) and not item.get("removed"):
            connection.execute(
                "INSERT OR REPLACE INTO place VALUES (?, ?, ?, ?)",
                (str(item.get("task")), plan, str(raw.get("path")), item["line"]),
            )
