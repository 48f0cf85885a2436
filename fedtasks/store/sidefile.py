"""A SQLite file beside the index, which is opened when it is needed, and removed when it is damaged."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file raises; the second where SQLite's own message quotes the damage."""


def is_busy(error: Exception) -> bool:
    """Whether another process has the file, which says nothing about the file."""
    return getattr(error, "sqlite_errorcode", None) in BUSY


class SideFile:
    """One table in a file of its own; `path` None: in memory."""

    def __init__(self, path: Path | None, table: str, wait: float) -> None:
        self._path, self._table, self._wait = path, table, wait
        self._opened: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, the table made where it is missing."""
        if self._opened is None:
            self._opened = sqlite3.connect(self._path or ":memory:", timeout=self._wait, isolation_level=None)
            self._opened.execute("PRAGMA synchronous=OFF")
            self._opened.execute(self._table)
        return self._opened

    def begun(self) -> sqlite3.Connection:
        """The connection, in a transaction that writes."""
        if not self.connection.in_transaction:
            self.connection.execute("BEGIN IMMEDIATE")
        return self.connection

    def end(self, how: str) -> None:
        """COMMIT or ROLLBACK, where something was begun."""
        if self._opened is not None and self._opened.in_transaction:
            self._opened.execute(how)

    def close(self) -> None:
        """Ends the connection; what was begun is dropped."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def failed(self, error: Exception) -> None:
        """Ends the connection, and removes the file unless another process merely has it."""
        with suppress(sqlite3.Error):
            self.close()
        if self._path is not None and not is_busy(error):
            with suppress(OSError):
                self._path.unlink()
