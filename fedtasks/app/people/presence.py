"""Presence: what each member says that they are working on; one small file a member, `presence/<name>.json`.

It stands outside of the tasks, so that it costs their histories nothing. Of two versions the later one stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.tasks.inhand import settle_hand
from fedtasks.app.tasks.listing import Row, list_tasks
from fedtasks.app.tasks.work import claimed
from fedtasks.domain.status import ACTIVE, IN_PROGRESS
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, Held
from fedtasks.store.files import os_errors
from fedtasks.store.layout import PRESENCE, presence_path, task_id_of
from fedtasks.store.query import Filter
from fedtasks.store.reading import parse_object, read_bytes

SCHEMA = 1
NOTE = 1_000

Json = Any


def work_on(session: Session, given: str, note: str | None = None) -> Task:
    """Says that who acts works on a task: theirs, or one that nobody has and that is claimed with it.

    Raises what `claim` raises, and Held for somebody else's.
    """
    name = session.actor.name

    def decide(change: Change) -> Task:
        task = change.task(given)
        mine = task.state.assignee == name and task.state.status in ACTIVE
        after = task if mine else claimed(change, task)
        _say(change, after, note)
        change.describe("work on", after)
        return after

    task = session.reader.task(session.reader.resolve(given))
    if task.state.assignee not in (None, name):
        raise Held(task.id, task.state.assignee or "nobody", (task.state.claim or {}).get("since"))
    mine = task.state.assignee == name and task.state.status in ACTIVE
    after = exclusively(session, decide, offline=mine)
    settle_hand(session, after)
    return after


def _say(change: Change, task: Task, note: str | None) -> None:
    session = change.session
    name = session.actor.name
    said = {"schema": SCHEMA, "name": name, "task": task.id, "at": session.context.now()}
    said |= {"note": " ".join(note.split())[:NOTE]} if note and note.strip() else {}
    change.transaction.put_object("presence", presence_path(name), said)


def present(session: Session) -> list[dict[str, Json]]:
    """Who works on what: what members have said, while it is theirs; else their task in progress."""
    said = {entry["name"]: entry for entry in _said(session)}
    rows = list_tasks(session, Filter(status=ACTIVE), "updated").rows()
    found: dict[str, dict[str, Json]] = {}
    for row in rows:
        name = row["assignee"]
        entry = said.get(name)
        if entry is not None and entry["task"] == row["id"]:
            found[name] = _shown(name, row, entry["at"]) | ({"note": entry["note"]} if entry.get("note") else {})
        elif name is not None and name not in found and row["status"] == IN_PROGRESS:
            found[name] = _shown(name, row, (row.get("claim") or {}).get("since") or row["updated_at"])
    return [found[name] for name in sorted(found)]


def _shown(name: str, row: Row, since: str) -> dict[str, Json]:
    return {"name": name, "task": row["id"], "title": row["title"], "since": since}


def _said(session: Session) -> Iterator[dict[str, Json]]:
    """What stands in the files that can be read; `check` names the others."""
    folder = session.root / PRESENCE
    with os_errors(folder):
        names = sorted(path.name for path in folder.glob("*.json")) if folder.is_dir() else []
    for name in filter(None, map(task_id_of, names)):
        try:
            entry = parse_object(presence_path(name), read_bytes(session.root, presence_path(name)))
        except (FedtasksError, OSError):
            continue
        if all(isinstance(entry.get(field), str) for field in ("name", "task", "at")):
            yield entry
