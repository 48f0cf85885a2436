"""Which folders of a store are not as the index knows them: found by stat, file by file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from fedtasks.store.layout import ARCHIVE, HISTORY, PLANS, TASKS, archive_years
from fedtasks.store.stamps import Stamps, folder_mark, scan

MARK = "SELECT mark FROM stamps WHERE folder = ?"
STAMPS = "SELECT mark, names, numbers FROM stamps WHERE folder = ?"
NEVER = 2**63
"""A time that no file has."""

RACY_NS = 20_000_000
"""A file changed less than 20 ms before it was read may change again without its time changing."""


class Source(NamedTuple):
    """What an index is made from and when: `cache` is the directory of the store's caches, None for an index in memory,
    `now_ns` Unix time in nanoseconds; archived files are looked at one by one only with `archive`."""

    root: Path
    cache: Path | None
    now_ns: int
    archive: bool = False

    @property
    def name(self) -> str:
        """The store's path as SQLite takes it, also where it is no UTF-8."""
        return str(self.root).encode("utf-8", "backslashreplace").decode()


class Folder(NamedTuple):
    """A folder whose files are not as the index knows them; `mark` is the folder's own stamp, where that is settled."""

    name: str
    mark: str
    now: Stamps
    changed: list[str]
    gone: list[str]

    @property
    def year(self) -> str | None:
        """The year of an archive."""
        return self.name.rpartition("/")[2] if self.name.startswith(ARCHIVE) else None


def stale_folders(connection: sqlite3.Connection, source: Source) -> Iterator[Folder]:
    """An archive's files are looked at one by one where that is asked for, or where its folder has changed.

    A task whose segments are not as they were is read again: without them its file says too little.
    """
    root = source.root
    segments = list(_stale_segments(connection, root))
    yield from segments
    again = [f"{folder.name.rpartition('/')[2]}.json" for folder in segments]
    for name in (TASKS, PLANS, *_archives(connection, root)):
        mark = "" if name in (TASKS, PLANS) else folder_mark(root / name, source.now_ns - RACY_NS)
        if mark and not source.archive and not again and connection.execute(MARK, (name,)).fetchone() == (mark,):
            continue
        now = scan(root / name)
        known, before = _known(connection, name)
        before = before.without_racy(NEVER, again) if again else before
        if (known, before) != (mark, now):
            yield Folder(name, mark, now, *now.since(before))


def _stale_segments(connection: sqlite3.Connection, root: Path) -> Iterator[Folder]:
    known = connection.execute("SELECT folder FROM stamps WHERE folder >= ? AND folder < ?", (HISTORY, f"{HISTORY}0"))
    with suppress(FileNotFoundError, NotADirectoryError):
        for name in sorted({*(row[0] for row in known), *(f"{HISTORY}/{id}" for id in os.listdir(root / HISTORY))}):
            before, now = _known(connection, name)[1], scan(root / name)
            if before != now:
                yield Folder(name, "", now, *now.since(before))


def _known(connection: sqlite3.Connection, folder: str) -> tuple[str | None, Stamps]:
    row = connection.execute(STAMPS, (folder,)).fetchone()
    return (row[0], Stamps(*row[1:])) if row else (None, Stamps(b"", b""))


def _archives(connection: sqlite3.Connection, root: Path) -> list[str]:
    known = connection.execute("SELECT folder FROM stamps WHERE folder >= ? AND folder < ?", (ARCHIVE, f"{ARCHIVE}0"))
    return sorted({*(row[0] for row in known), *(f"{ARCHIVE}/{year}" for year in archive_years(root))})
