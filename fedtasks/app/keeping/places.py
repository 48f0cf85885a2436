"""Where a new store may stand: what `init` refuses, with what to do instead."""

from __future__ import annotations

import os
from pathlib import Path

from fedtasks.app.context import Context
from fedtasks.errors import FedtasksError
from fedtasks.git.repository import Repository, find_repository
from fedtasks.store.layout import FOLDER, is_store
from fedtasks.store.mounts import require_safe_mount

ELSEWHERE = "keep the tasks in a directory: fedtasks init --dir PATH"


def place_in_git(context: Context) -> tuple[Repository, Path, Path]:
    """The repository around the directory, its main working tree, and where the store belongs in it.

    That is `.fedtasks`, but for the clone of a store, which is one. Raises FedtasksError where none can be.
    """
    if "\n" in os.fspath(context.directory):
        raise FedtasksError(
            f"{context.directory} has a line break in its path, which git's lists of working trees do not survive",
            hint=f"rename that directory, or {ELSEWHERE}",
        )
    repository = find_repository(context.git)
    if repository is None:
        raise FedtasksError(
            f"{context.directory} is not in a git repository",
            hint="make one with 'git init', or use a shared directory: fedtasks init --dir PATH",
        )
    main = repository.main
    if main is None:
        raise FedtasksError(
            f"{repository.common_directory} is a bare repository, which has no working tree for a store",
            hint=f"run 'fedtasks init' in a clone of it, or {ELSEWHERE}",
        )
    return repository, main, main if is_store(main) and not is_store(main / FOLDER) else main / FOLDER


def require_place(root: Path) -> None:
    """Raises FedtasksError where no directory store can be: in another one, at or under a file, on a bad mount."""
    folder = root.resolve()
    inside = next((above for above in folder.parents if is_store(above)), None)
    if inside is not None:
        raise FedtasksError(f"{root} would stand inside the store {inside}", hint="choose another directory")
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    if not there.is_dir():
        raise FedtasksError(f"{there} is no directory", hint="choose a new or an empty one: fedtasks init --dir PATH")
    require_safe_mount(root)
