"""Where the file of a task stands: in `tasks/`, or in the archive of a year."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path

from fedtasks.domain.merge import merge_tasks
from fedtasks.domain.task import Task
from fedtasks.store.layout import ARCHIVE, archived_path, task_id_of, task_path
from fedtasks.store.reading import Beside, parse_task


def place_of(task: Task) -> str:
    """The path that the task's history gives its file."""
    year = task.state.archived
    return task_path(task.id) if year is None else archived_path(task.id, year)


def archived_ids(root: Path, years: Iterable[str]) -> list[str]:
    """The ids of all archived tasks."""
    found: list[str] = []
    for year in years:
        try:
            names = os.listdir(root / ARCHIVE / year)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found += filter(None, map(task_id_of, names))
    return found


def places(id: str, years: Iterable[str]) -> Iterator[str]:
    """The paths where the file of a task may stand."""
    yield task_path(id)
    yield from (archived_path(id, year) for year in years)


def one_task(versions: Iterable[tuple[str, bytes]], beside: Beside) -> Task:
    """The task of its files; where a merge by hand left it in two places, what both know. Raises InvalidData."""
    return reduce(merge_tasks, (parse_task(path, data, beside) for path, data in versions))
