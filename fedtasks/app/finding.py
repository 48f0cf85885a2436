"""Which store a command works on, and how it is opened."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fedtasks.app.context import Context
from fedtasks.errors import NoStore, OutOfReach
from fedtasks.git.recorder import GitRecorder
from fedtasks.git.repository import find_repository
from fedtasks.git.worktree import FOLDER
from fedtasks.store.layout import is_store
from fedtasks.store.registry import Registry, Writer


@dataclass(frozen=True, slots=True)
class Found:
    """A store and what said so: option, environment, git config, folder, top level, main worktree."""

    root: Path
    by: str


def find_store(context: Context, git_config: dict[str, str]) -> Found:
    """The store: `--store` or FEDTASKS_STORE, git config `fedtasks.store`, `.fedtasks/` upward (or a directory upward
    that is a store itself), the main working tree of the repository.

    Raises NoStore with the places looked at, OutOfReach where a named one is none.
    """
    named = [
        ("--store", context.store),
        ("FEDTASKS_STORE", context.environ.get("FEDTASKS_STORE")),
        ("git config fedtasks.store", git_config.get("fedtasks.store")),
    ]
    for by, value in named:
        if value:
            return _named(context, by, value)
    for folder in (context.directory, *context.directory.parents):
        if is_store(folder / FOLDER):
            return Found(folder / FOLDER, "folder")
        if is_store(folder):
            return Found(folder, "top level")
    repository = find_repository(context.git)
    if repository is not None and repository.main is not None and is_store(repository.main / FOLDER):
        return Found(repository.main / FOLDER, "main worktree")
    looked = ["--store", "FEDTASKS_STORE", "git config fedtasks.store", f"{FOLDER}/ from {context.directory} upward"]
    raise NoStore([*looked, "the main working tree"] if repository else looked)


def _named(context: Context, by: str, value: str) -> Found:
    path = context.directory / Path(value).expanduser()
    for candidate in (path, path / FOLDER):
        if is_store(candidate):
            return Found(candidate.resolve(), by)
    raise OutOfReach(
        f"{by} names {path}, which is no store",
        hint="is the directory mounted? A new store is made with 'fedtasks init'",
        path=str(path),
    )


def open_registry(context: Context, root: Path, actor: str, what: str) -> Registry:
    """The registry of a store, for reading, and for writing as `actor`; `what` is shown to those who wait."""
    recorder = None
    if (root / ".git").exists():
        recorder = GitRecorder(context.git.at(root), fsync=context.fsync)
    holder = {"host": context.host, "pid": context.pid, "actor": actor, "since": context.now(), "what": what}
    return Registry(root, recorder, Writer(holder, context.lock_timeout, context.fsync))


def cache_of(context: Context, root: Path) -> Path | None:
    """The directory of this store's index."""
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return context.cache / name if context.cache else None
