"""Every file of a store, by what it holds."""

from __future__ import annotations

import os
from pathlib import Path

from fedtasks.store.layout import (
    ARCHIVE,
    CONFIG,
    DELEGATIONS,
    HISTORY,
    INBOX,
    MEMBERS,
    OUTBOX,
    PLANS,
    PRESENCE,
    TASKS,
    archive_years,
    task_id_of,
)


def paths_of(root: Path) -> list[str]:
    """The paths of the settings and of all JSON files, folder by folder, each in order of name."""
    years = (f"{ARCHIVE}/{year}" for year in archive_years(root))
    folders = (
        MEMBERS,
        PLANS,
        TASKS,
        *years,
        DELEGATIONS,
        OUTBOX,
        PRESENCE,
        *(f"{folder}/{name}" for folder in (INBOX, HISTORY) for name in _names(root / folder)),
    )
    return [CONFIG, *(path for folder in folders for path in _files(root, folder))]


def _files(root: Path, folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(root / folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [f"{folder}/{name}" for name in names if task_id_of(name) is not None]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
