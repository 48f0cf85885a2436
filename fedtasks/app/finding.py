"""Which store a command works on, and where its caches are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from fedtasks.app.context import Context
from fedtasks.errors import NoStore, OutOfReach
from fedtasks.store.layout import CONFIG, FOLDER, TASKS, is_store

MERSENNE = 2**61 - 1
"""Paths modulo this prime name their caches; the index checks that it is the right one's."""


class Found(NamedTuple):
    """A store and what said so: option, environment, git config, folder, top level, main worktree."""

    root: Path
    by: str


def find_store(context: Context, git_config: Callable[[], Mapping[str, str]]) -> Found:
    """The store: `--store` or FEDTASKS_STORE, git config `fedtasks.store`, `.fedtasks/` upward (or a directory upward
    that is a store itself), the main working tree of the repository.

    `git_config` is asked only where nothing before it names a store. Raises NoStore with the places looked at,
    OutOfReach where a named one is none.
    """
    named: list[tuple[str, Callable[[], str | None]]] = [
        ("--store", lambda: context.store),
        ("FEDTASKS_STORE", lambda: context.environ.get("FEDTASKS_STORE")),
        ("git config fedtasks.store", lambda: git_config().get("fedtasks.store")),
    ]
    for by, ask in named:
        if value := ask():
            return _named(context, by, value)
    for folder in (context.directory, *context.directory.parents):
        if is_store(folder / FOLDER):
            return Found(folder / FOLDER, "folder")
        if is_store(folder):
            return Found(folder, "top level")
    from fedtasks.git.repository import find_repository

    repository = find_repository(context.git)
    if repository is not None and repository.main is not None and is_store(repository.main / FOLDER):
        return Found(repository.main / FOLDER, "main worktree")
    _refuse_headless(context)
    looked = ["--store", "FEDTASKS_STORE", "git config fedtasks.store", f"{FOLDER}/ from {context.directory} upward"]
    raise NoStore([*looked, "the main working tree"] if repository else looked)


def _refuse_headless(context: Context) -> None:
    """Raises OutOfReach for a store whose settings are gone: it is there, and must not be made anew."""
    for folder in (context.directory, *context.directory.parents):
        root = folder / FOLDER
        if (root / TASKS).is_dir():
            restore = f"git -C {quote(str(root))} restore {CONFIG}"
            raise OutOfReach(
                f"{root} has tasks, but no {CONFIG}",
                hint=f"bring it back: {restore if (root / '.git').exists() else 'from a copy of the store'}",
                path=str(root / CONFIG),
            )


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


def is_own_repository(directory: Path, root: Path) -> bool:
    """Whether git, asked in the directory, surely speaks of the repository that the store stands in."""
    for folder in (directory, *directory.parents):
        if (folder / ".git").exists():
            return folder in (root, root.parent) and (folder == root or (root / ".git").is_file())
    return False


def cache_of(context: Context, root: Path) -> Path | None:
    """The directory of this store's index."""
    path = str(root.resolve())
    number = int.from_bytes(path.encode("utf-8", "surrogateescape"), "big") % MERSENNE
    name = f"{root.resolve().parent.name}-{number:016x}"
    return context.cache / name if context.cache else None
