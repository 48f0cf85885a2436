"""The commits that name a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError
from fedtasks.git.repository import git_directory

if TYPE_CHECKING:
    from fedtasks.domain.task import Task
    from fedtasks.git.naming import Naming


def naming(session: Session, task: Task) -> list[Naming]:
    """The commits of the code repository at hand that name a task; none where git cannot say it quickly."""
    directory, store = session.context.directory.resolve(), session.root.resolve()
    if directory == store or store in directory.parents or git_directory(directory) is None:
        return []
    from fedtasks.git.naming import commits_naming

    try:
        return commits_naming(session.context.git, task.id, task.state.created_at or "")
    except FedtasksError as found:
        session.notes.append(f"the commits of {task.id} are not listed: {found.message}")
        return []
