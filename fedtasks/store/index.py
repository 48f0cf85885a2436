"""The index: a per-machine SQLite cache of what lists need, checked against stat at every use.

It is never needed: in any doubt (another version, another root, damage, a locked or unwritable cache) the rows are made
from the files in memory. A file whose time is not older than its reading is read again, as git does with its index.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from fedtasks.errors import FedtasksError
from fedtasks.store.layout import PLANS, TASKS
from fedtasks.store.stamps import Stamps, scan

VERSION = 3
RACY_NS = 20_000_000
"""A file changed less than 20 ms before it was read may change again without its time changing."""


def open_index(root: Path, cache: Path | None, now_ns: int) -> sqlite3.Connection:
    """A connection whose tables hold the tasks of the store as they are now.

    `cache` is the directory of this store's index, None for one in memory; `now_ns` is Unix time in nanoseconds.
    """
    if cache is not None:
        with suppress(sqlite3.Error, OSError, ValueError):
            return _refreshed(_connect(cache / "index.sqlite", root), root, now_ns)
        forget_index(cache)
    return _refreshed(_create(":memory:", root), root, now_ns)


def forget_index(cache: Path | None) -> None:
    """Removes the cache's file; the next use makes it anew."""
    if cache is not None:
        with suppress(OSError):
            (cache / "index.sqlite").unlink()


def _connect(path: Path, root: Path) -> sqlite3.Connection:
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        return _create(str(path), root)
    connection = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    row = connection.execute("SELECT version, root FROM meta").fetchone()
    if row != (VERSION, str(root)):
        raise sqlite3.DatabaseError("of another version or store")
    pages, cells = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if path.stat().st_size < pages * cells:
        raise sqlite3.DatabaseError("cut short")
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
        found = scan(root / folder)
        row = connection.execute("SELECT names, numbers FROM stamps WHERE folder = ?", (folder,)).fetchone()
        if row != (found.names, found.numbers):
            _update(connection, root, folder, Stamps(*row) if row else Stamps(b"", b""), found, now_ns)
    return connection


def _update(
    connection: sqlite3.Connection, root: Path, folder: str, before: Stamps, found: Stamps, now_ns: int
) -> None:
    known, now = before.entries(), found.entries()
    changed = [name for name, entry in now.items() if known.get(name) != entry]
    connection.execute("BEGIN IMMEDIATE")
    try:
        _forget(connection, folder, [*(known.keys() - now.keys()), *changed])
        for name in changed:
            _read(connection, root, folder, name)
        settled = found.without_racy(now_ns - RACY_NS)
        connection.execute("INSERT OR REPLACE INTO stamps VALUES (?, ?, ?)", (folder, settled.names, settled.numbers))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _forget(connection: sqlite3.Connection, folder: str, names: list[str]) -> None:
    from fedtasks.store.rows import forget_places, forget_tasks

    connection.executemany("DELETE FROM problem WHERE path = ?", ((f"{folder}/{name}",) for name in names))
    (forget_tasks if folder == TASKS else forget_places)(connection, [name[:-5] for name in names])


def _read(connection: sqlite3.Connection, root: Path, folder: str, name: str) -> None:
    from fedtasks.store.reading import parse_object, parse_task, read_bytes
    from fedtasks.store.rows import insert_places, insert_task

    path = f"{folder}/{name}"
    try:
        data = read_bytes(root, path)
        if folder == TASKS:
            insert_task(connection, parse_task(path, data))
        else:
            insert_places(connection, name[:-5], parse_object(path, data))
    except FileNotFoundError:
        return
    except (FedtasksError, OSError) as found:
        connection.execute("INSERT INTO problem VALUES (?, ?)", (path, str(found)))
    except (LookupError, TypeError, ValueError, sqlite3.Error) as found:
        words = f"{path}:1: cannot be listed ({found}); see: fedtasks check"
        connection.execute("INSERT INTO problem VALUES (?, ?)", (path, words))
