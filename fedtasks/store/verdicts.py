"""Files that `check` has found clean, by content, path and version: a cache of this machine that is never needed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

from fedtasks import __version__
from fedtasks.store.schemas import KINDS, schema_text

NAME = "verdicts.sqlite"
SOME = 50_000
"""Rows that are kept although no file of the store has them any more."""


class Verdicts:
    """What was clean; `cache` is the directory of this store's caches, None for none. A damaged one is an empty one."""

    def __init__(self, cache: Path | None) -> None:
        self.fresh: dict[bytes, str] = {}
        self._connection: sqlite3.Connection | None = None
        self._salt = blake2b("".join([__version__, *map(schema_text, KINDS)]).encode(), digest_size=32).digest()
        self._path = cache / NAME if cache is not None else None
        if self._path is not None and self._path.is_file():
            with suppress(sqlite3.Error):
                self._connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, isolation_level=None)

    def key_of(self, path: str, data: bytes) -> bytes:
        """What a verdict is remembered by; another version or another schema gives another key."""
        return blake2b(b"%d %b %b" % (len(path), path.encode(), data), digest_size=16, key=self._salt).digest()

    def get(self, key: bytes) -> Any:
        """What was put, None where nothing was."""
        if self._connection is None:
            return None
        with suppress(sqlite3.Error, ValueError):
            row = self._connection.execute("SELECT text FROM verdict WHERE key = ?", (key,)).fetchone()
            text = row[0] if row else None
            return json.loads(text[8:]) if isinstance(text, str) and text == _summed(key, text[8:]) else None
        self._connection = None
        return None

    def put(self, key: bytes, value: Any) -> None:
        """Remembers it, once it is kept."""
        self.fresh[key] = _summed(key, json.dumps(value))

    def keep(self, fresh: dict[bytes, str], files: int) -> None:
        """Writes what was put; a file that holds far more than the store is begun anew."""
        if self._path is None or not fresh:
            return
        with suppress(sqlite3.Error, OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._write(sqlite3.connect(self._path, timeout=1.0, isolation_level=None), fresh, files)
            return
        with suppress(OSError):
            self._path.unlink()

    def _write(self, connection: sqlite3.Connection, fresh: dict[bytes, str], files: int) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE IF NOT EXISTS verdict (key BLOB PRIMARY KEY, text TEXT) WITHOUT ROWID")
        if connection.execute("SELECT count(*) FROM verdict").fetchone()[0] > 2 * files + SOME:
            connection.execute("DELETE FROM verdict")
        connection.executemany("INSERT OR REPLACE INTO verdict VALUES (?, ?)", sorted(fresh.items()))
        connection.execute("COMMIT")
        connection.close()


def _summed(key: bytes, text: str) -> str:
    """The text behind its sum, so that a flipped bit makes it none."""
    return f"{crc32(text.encode(), crc32(key)):08x}{text}"
