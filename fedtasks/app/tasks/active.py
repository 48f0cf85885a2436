"""The active tasks that edit files, noted one by one on this machine, so that a claim need not look at all tasks.

`.local/active/<id>.json` holds the public fields of a task that is in progress, blocked or in review and names files.
What is noted is only a hint: whoever finds a meeting looks at the task itself. Without the folder, and whenever all
tasks are looked at anyway, it is made anew from the index.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fedtasks.domain.status import ACTIVE
from fedtasks.domain.task import Task
from fedtasks.store.layout import LOCAL, task_id_of

if TYPE_CHECKING:
    from fedtasks.app.session import Session

FOLDER = f"{LOCAL}/active"

MANY = 300
"""Changed files after which making all notes anew takes less than noting each."""

Row = Mapping[str, Any]


def note(session: Session, tasks: Iterable[Task]) -> None:
    """Notes what tasks have become; no command fails for it."""
    folder = session.root / FOLDER
    for task in tasks:
        with suppress(OSError):
            if task.state.files and task.state.status in ACTIVE and folder.is_dir():
                from fedtasks.store.rows import public_fields

                _write(session, task.id, public_fields(task))
            else:
                (folder / f"{task.id}.json").unlink(missing_ok=True)


def forget(session: Session) -> None:
    """Drops all notes; whoever asks next makes them anew."""
    from shutil import rmtree

    rmtree(session.root / FOLDER, ignore_errors=True)


def note_all(session: Session, rows: Mapping[str, Row]) -> None:
    """Notes exactly these tasks."""
    folder = session.root / FOLDER
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        known = noted(session) or {}
        for id in known.keys() - rows.keys():
            (folder / f"{id}.json").unlink(missing_ok=True)
        for id, row in rows.items():
            if known.get(id) != row:
                _write(session, id, row)


def _write(session: Session, id: str, row: Row) -> None:
    path = session.root / FOLDER / f"{id}.json"
    temporary = path.with_name(f".{id}.{session.context.host}.{session.context.pid}")
    temporary.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    os.replace(temporary, path)


def noted(session: Session) -> dict[str, Row] | None:
    """The tasks that are noted, by id; None where nothing is."""
    folder = session.root / FOLDER
    try:
        ids = sorted(filter(None, map(task_id_of, os.listdir(folder))))
    except OSError:
        return None
    found = ((id, _read(folder / f"{id}.json")) for id in ids)
    return {id: row for id, row in found if row is not None}


def _read(path: Path) -> Row | None:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return row if isinstance(row, dict) and isinstance(row.get("files"), list) else None
