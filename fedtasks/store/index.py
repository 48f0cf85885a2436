"""The index: a per-machine SQLite cache of what lists need, checked against stat at every use.

It is never needed: in any doubt (another version, another root, damage, a locked or unwritable cache) the rows are made
from the files in memory. A file whose time is not older than its reading is read again, as git does with its index.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fedtasks.errors import FedtasksError
from fedtasks.store.layout import PLANS, TASKS, task_id_of

VERSION = 1
RACY_NS = 20_000_000
"""A file changed less than 20 ms before it was read may change again without its time changing."""

Stamps = dict[str, tuple[int, int, int]]


def open_index(root: Path, cache: Path | None, now_ns: int) -> sqlite3.Connection:
    """A connection whose tables hold the tasks of the store as they are now.

    `cache` is the directory of this store's index, None for one in memory; `now_ns` is Unix time in nanoseconds.
    """
    if cache is not None:
        with suppress(sqlite3.Error, OSError):
            return _refreshed(_connect(cache / "index.sqlite", root), root, now_ns)
        with suppress(OSError):
            (cache / "index.sqlite").unlink()
    return _refreshed(_create(":memory:", root), root, now_ns)


def _connect(path: Path, root: Path) -> sqlite3.Connection:
    known = path.is_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not known:
        return _create(str(path), root)
    connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    row = connection.execute("SELECT version, root FROM meta").fetchone()
    if row != (VERSION, str(root)):
        raise sqlite3.DatabaseError("of another version or store")
    return connection


def _create(path: str, root: Path) -> sqlite3.Connection:
    from fedtasks.store.rows import TABLES

    connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript(f"BEGIN;{TABLES}COMMIT;")
    connection.execute("INSERT INTO meta VALUES (?, ?)", (VERSION, str(root)))
    return connection


def _refreshed(connection: sqlite3.Connection, root: Path, now_ns: int) -> sqlite3.Connection:
    connection.create_function("fold", 1, lambda text: None if text is None else text.casefold(), deterministic=True)
    for folder in (TASKS, PLANS):
        known = {
            name: (mtime, size, inode)
            for name, mtime, size, inode in connection.execute(
                "SELECT name, mtime, size, inode FROM file WHERE folder = ? AND NOT racy", (folder,)
            )
        }
        found = dict(_scan(root / folder))
        if known != found:
            _update(connection, root, folder, known, found, now_ns)
    return connection


def _scan(folder: Path) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        entries = os.scandir(folder)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            if task_id_of(entry.name) is not None:
                with suppress(FileNotFoundError):
                    status = _stat(entry)
                    yield entry.name, (status.st_mtime_ns, status.st_size, status.st_ino)


def _stat(entry: os.DirEntry[str]) -> os.stat_result:
    try:
        return entry.stat()
    except FileNotFoundError:
        raise
    except OSError:
        return entry.stat(follow_symlinks=False)


def _update(connection: sqlite3.Connection, root: Path, folder: str, known: Stamps, found: Stamps, now_ns: int) -> None:
    stored = {name for (name,) in connection.execute("SELECT name FROM file WHERE folder = ?", (folder,))}
    changed = [name for name, stamp in found.items() if known.get(name) != stamp]
    connection.execute("BEGIN IMMEDIATE")
    try:
        _forget(connection, folder, [*(stored - set(found)), *(stored & set(changed))])
        for name in changed:
            _read(connection, root, folder, name, found[name], now_ns)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _forget(connection: sqlite3.Connection, folder: str, names: list[str]) -> None:
    connection.executemany("DELETE FROM file WHERE folder = ? AND name = ?", ((folder, name) for name in names))
    owners = [(name[:-5],) for name in names]
    if folder == PLANS:
        connection.executemany("DELETE FROM place WHERE plan = ?", owners)
        return
    for statement in (
        "DELETE FROM task WHERE id = ?",
        "DELETE FROM need WHERE task = ?",
        "DELETE FROM tag WHERE task = ?",
    ):
        connection.executemany(statement, owners)


def _read(
    connection: sqlite3.Connection, root: Path, folder: str, name: str, stamp: tuple[int, int, int], now_ns: int
) -> None:
    from fedtasks.store.reading import parse_object, parse_task, read_bytes
    from fedtasks.store.rows import insert_place, insert_task

    path, problem = f"{folder}/{name}", None
    try:
        data = read_bytes(root, path)
        if folder == TASKS:
            insert_task(connection, parse_task(path, data))
        else:
            insert_place(connection, name[:-5], parse_object(path, data))
    except FileNotFoundError:
        return
    except (FedtasksError, OSError) as found:
        problem = str(found)
    except (LookupError, TypeError, ValueError, sqlite3.Error) as found:
        problem = f"{path}:1: cannot be listed ({found}); see: fedtasks check"
    racy = stamp[0] >= now_ns - RACY_NS
    connection.execute("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", (folder, name, *stamp, racy, problem))
