"""The task in hand: what an actor works on in this working tree; a file beside git's own, on this machine alone.

It stands in the working tree's git directory, `fedtasks/in-hand/<actor>`, so that each linked working tree has its
own; outside of a repository in the store's `.local/in-hand/<actor>`. It holds the task's id and a newline.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.domain.ids import TASK_ID
from fedtasks.domain.status import FINISHED, IN_PROGRESS
from fedtasks.errors import FedtasksError
from fedtasks.git.repository import git_directory
from fedtasks.store.files import os_errors
from fedtasks.store.layout import LOCAL

if TYPE_CHECKING:
    from fedtasks.app.session import Session
    from fedtasks.domain.task import Task

FOLDER = "in-hand"


def in_hand(session: Session) -> str | None:
    """The id of the actor's task in hand here; whether that task is still theirs stands in the task."""
    try:
        text = _path(session).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return text if TASK_ID.fullmatch(text) else None


def take_in_hand(session: Session, id: str) -> None:
    """Notes that the actor works on this task here."""
    path = _path(session)
    temporary = path.with_name(f".{path.name}.{session.context.pid}")
    with os_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(f"{id}\n", encoding="utf-8")
        os.replace(temporary, path)


def settle_hand(session: Session, task: Task) -> None:
    """After a change: what the actor has just started is in hand, what is finished or another's is not."""
    state = task.state
    with suppress(FedtasksError):
        if state.assignee == session.actor.name and state.status == IN_PROGRESS:
            take_in_hand(session, task.id)
        elif state.assignee != session.actor.name or state.status in FINISHED:
            put_down(session, task.id)


def put_down(session: Session, id: str | None = None) -> None:
    """Forgets the task in hand; with `id` only where it is that one."""
    if id is None or in_hand(session) == id:
        with os_errors(session.root), suppress(FileNotFoundError):
            _path(session).unlink()


def _path(session: Session) -> Path:
    found = git_directory(session.context.directory)
    folder = found / "fedtasks" if found is not None else session.root / LOCAL
    return folder / FOLDER / session.actor.name
