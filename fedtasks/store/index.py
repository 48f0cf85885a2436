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
from typing import NamedTuple

from fedtasks.errors import FedtasksError
from fedtasks.store.layout import ARCHIVE, PLANS, TASKS, archive_years, archived_path
from fedtasks.store.stamps import Stamps, folder_mark, scan

VERSION = 5
TWICE = "{}:1: the task stands elsewhere as well; merge the two: fedtasks check --fix"
MARK = "SELECT mark FROM stamps WHERE folder = ?"
STAMPS = "SELECT mark, names, numbers FROM stamps WHERE folder = ?"
RACY_NS = 20_000_000
"""A file changed less than 20 ms before it was read may change again without its time changing."""


def open_index(root: Path, cache: Path | None, now_ns: int, *, archive: bool = False) -> sqlite3.Connection:
    """A connection whose tables hold the tasks of the store as they are now.

    `cache` is the directory of this store's index, None for one in memory; `now_ns` is Unix time in nanoseconds.
    Archived files are checked one by one only with `archive`; without it a changed folder is enough.
    """
    if cache is not None:
        with suppress(sqlite3.Error, OSError, ValueError):
            return _refreshed(_connect(cache / "index.sqlite", root), root, now_ns, archive)
        forget_index(cache)
    return _refreshed(_create(":memory:", root), root, now_ns, archive)


def glance(root: Path, cache: Path | None, now_ns: int, most: int) -> sqlite3.Connection | None:
    """The index for a look at single tasks, which must not take longer the more tasks there are.

    In a store of at most `most` tasks it is as the files are now, in a larger one as it was last; None where a large
    store has none yet.
    """
    if cache is not None:
        with suppress(sqlite3.Error, OSError, ValueError):
            if (cache / "index.sqlite").is_file():
                connection = _connect(cache / "index.sqlite", root)
                row = connection.execute("SELECT length(numbers) FROM stamps WHERE folder = ?", (TASKS,)).fetchone()
                if row and row[0] > 24 * most:
                    return connection
    with suppress(FileNotFoundError):
        if len(os.listdir(root / TASKS)) > most:
            return None
    return open_index(root, cache, now_ns)


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


class _Folder(NamedTuple):
    """A folder whose files are not as the index knows them; `mark` is the folder's own stamp, where that is settled."""

    name: str
    mark: str
    before: Stamps
    now: Stamps

    @property
    def year(self) -> str | None:
        """The year of an archive."""
        return self.name.rpartition("/")[2] if self.name.startswith(ARCHIVE) else None

    @property
    def changed(self) -> list[str]:
        known = self.before.entries()
        return [name for name, entry in self.now.entries().items() if known.get(name) != entry]

    @property
    def gone(self) -> list[str]:
        return [*(self.before.entries().keys() - self.now.entries().keys())]


def _refreshed(connection: sqlite3.Connection, root: Path, now_ns: int, archive: bool) -> sqlite3.Connection:
    connection.create_function("fold", 1, lambda text: None if text is None else text.casefold(), deterministic=True)
    stale = list(_stale(connection, root, now_ns, archive))
    if stale:
        _update(connection, root, stale, now_ns)
    return connection


def _stale(connection: sqlite3.Connection, root: Path, now_ns: int, archive: bool) -> Iterator[_Folder]:
    """An archive's files are looked at one by one where that is asked for, or where its folder has changed."""
    for name in (TASKS, PLANS, *_archives(connection, root)):
        mark = "" if name in (TASKS, PLANS) else folder_mark(root / name, now_ns - RACY_NS)
        if mark and not archive and connection.execute(MARK, (name,)).fetchone() == (mark,):
            continue
        now = scan(root / name)
        row = connection.execute(STAMPS, (name,)).fetchone()
        if row != (mark, now.names, now.numbers):
            yield _Folder(name, mark, Stamps(*row[1:]) if row else Stamps(b"", b""), now)


def _archives(connection: sqlite3.Connection, root: Path) -> list[str]:
    known = connection.execute("SELECT folder FROM stamps WHERE folder >= ? AND folder < ?", (ARCHIVE, f"{ARCHIVE}0"))
    return sorted({*(row[0] for row in known), *(f"{ARCHIVE}/{year}" for year in archive_years(root))})


def _update(connection: sqlite3.Connection, root: Path, stale: list[_Folder], now_ns: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for folder in stale:
            _forget(connection, folder, [*folder.gone, *folder.changed])
        for folder in stale:
            twice = [name for name in folder.changed if not _read(connection, root, folder, name)]
            settled = folder.now.without_racy(now_ns - RACY_NS, twice)
            mark = folder.mark if settled == folder.now else ""
            connection.execute("INSERT OR REPLACE INTO stamps VALUES (?, ?, ?, ?)", (folder.name, mark, *settled))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _forget(connection: sqlite3.Connection, folder: _Folder, names: list[str]) -> None:
    from fedtasks.store.rows import forget_places, forget_tasks

    connection.executemany("DELETE FROM problem WHERE path = ?", ((f"{folder.name}/{name}",) for name in names))
    ids = [name[:-5] for name in names]
    if folder.name == PLANS:
        forget_places(connection, ids)
    else:
        forget_tasks(connection, ids, folder.year)


def _read(connection: sqlite3.Connection, root: Path, folder: _Folder, name: str) -> bool:
    """False for a task that another folder has as well: its file is looked at again each time."""
    from fedtasks.store.reading import beside, parse_object, parse_task, read_bytes
    from fedtasks.store.rows import insert_places, insert_task

    path = f"{folder.name}/{name}"
    try:
        data = read_bytes(root, path)
        if folder.name == PLANS:
            insert_places(connection, name[:-5], parse_object(path, data))
        else:
            task = parse_task(path, data, beside(root))
            if folder.year is None:
                _displace(connection, task.id)
            insert_task(connection, task, folder.year)
    except FileNotFoundError:
        return True
    except (FedtasksError, OSError) as found:
        _note(connection, path, str(found))
    except sqlite3.IntegrityError:
        _note(connection, path, TWICE.format(path))
        return False
    except (LookupError, TypeError, ValueError, sqlite3.Error) as found:
        _note(connection, path, f"{path}:1: cannot be listed ({found}); see: fedtasks check")
    return True


def _displace(connection: sqlite3.Connection, id: str) -> None:
    """A live task that is archived, too, is shown as live; that archive is read again next time."""
    from fedtasks.store.rows import forget_tasks

    for (year,) in connection.execute("SELECT archived FROM task WHERE id = ?", (id,)).fetchall():
        forget_tasks(connection, [id], year)
        path = archived_path(id, year)
        _note(connection, path, TWICE.format(path))
        connection.execute("DELETE FROM stamps WHERE folder = ?", (f"{ARCHIVE}/{year}",))


def _note(connection: sqlite3.Connection, path: str, words: str) -> None:
    connection.execute("INSERT OR REPLACE INTO problem VALUES (?, ?)", (path, words))
