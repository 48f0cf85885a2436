"""A feed: what one watcher was told on this machine, line by line, each with a number to go on from.

It is a SQLite file beside the index. `there` holds what the last look found; what a look finds that is not there yet
becomes a line, in the same transaction, so that a kill at any point neither loses nor doubles one. Without the file, or
where it is not as it was sealed, a new feed begins, with all that is there.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fedtasks.domain.canonical import compact
from fedtasks.domain.ids import base32
from fedtasks.errors import UsageError
from fedtasks.store.seal import prove, seal

KEPT = 10_000
"""Lines that can be asked for again."""

CURSOR = re.compile(r"([0-9a-z]{8})-([0-9]{1,18})")
TABLES = """
CREATE TABLE meta (epoch TEXT NOT NULL, told INTEGER NOT NULL);
CREATE TABLE there (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE line (number INTEGER PRIMARY KEY AUTOINCREMENT, urgent INTEGER NOT NULL, text TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One event as JSON on one line, without its cursor."""

    number: int
    urgent: bool
    text: str


class Feed:
    """The feed of one member in one store; processes may share it."""

    def __init__(self, connection: sqlite3.Connection, epoch: str) -> None:
        self.connection, self.epoch = connection, epoch

    def note(self, found: Mapping[str, Mapping[str, object] | None]) -> None:
        """Takes in what a look has found, by key: what was not told yet becomes a line, urgent ones first.

        None stands for what is there but not worth a line now; told once, it is told again only after it was gone.
        """
        lines = {key: dict(line) for key, line in found.items() if line is not None}
        ask = self.connection.execute
        ask("BEGIN IMMEDIATE")
        try:
            there = {key for (key,) in ask("SELECT key FROM there")}
            fresh = sorted((key for key in lines if key not in there), key=lambda key: not lines[key].get("urgent"))
            self.connection.executemany("DELETE FROM there WHERE key = ?", [(key,) for key in there - found.keys()])
            self.connection.executemany("INSERT INTO there VALUES (?)", [(key,) for key in fresh])
            self.connection.executemany(
                "INSERT INTO line (urgent, text) VALUES (?, ?)",
                [(bool(lines[key].get("urgent")), compact(lines[key])) for key in fresh],
            )
            ask("DELETE FROM line WHERE number <= (SELECT max(number) FROM line) - ?", (KEPT,))
            seal(self.connection)
            ask("COMMIT")
        except BaseException:
            ask("ROLLBACK")
            raise

    def after(self, number: int) -> list[Line]:
        """The lines behind a number."""
        rows = self.connection.execute(
            "SELECT number, urgent, text FROM line WHERE number > ? ORDER BY number", (number,)
        )
        return [Line(row[0], bool(row[1]), row[2]) for row in rows]

    def told(self, number: int) -> None:
        """The lines up to this number were handed over; where that cannot be kept, they may come again."""
        ask = self.connection.execute
        try:
            ask("BEGIN IMMEDIATE")
            ask("UPDATE meta SET told = max(told, ?)", (number,))
            seal(self.connection)
            ask("COMMIT")
        except sqlite3.OperationalError:
            if self.connection.in_transaction:
                ask("ROLLBACK")

    def cursor(self, line: Line) -> str:
        """What names a line to a later watcher."""
        return f"{self.epoch}-{line.number}"

    def start(self, cursor: str | None) -> tuple[int, bool]:
        """The number to go on from, by default behind what was handed over; and whether the cursor is known here.

        Raises UsageError for a word that is no cursor. One of another feed, or older than what is kept, starts at the
        first line there is.
        """
        if cursor is None:
            return int(self.connection.execute("SELECT told FROM meta").fetchone()[0]), True
        found = CURSOR.fullmatch(cursor)
        if found is None:
            raise UsageError(f"{cursor!r} is no cursor", hint="take it from the last line that watch has printed")
        first, last = self.connection.execute("SELECT min(number), max(number) FROM line").fetchone()
        number = int(found[2])
        known = found[1] == self.epoch and (first or 1) - 1 <= number <= (last or 0)
        return (number, True) if known else (0, False)


def open_feed(cache: Path | None, member: str, random: bytes) -> Feed:
    """The member's feed in the store's cache directory, one in memory where that cannot be written."""
    path = None if cache is None else cache / f"watch-{member}.sqlite"
    for place in (path, path, None):
        with suppress(sqlite3.Error, OSError, UnicodeDecodeError):
            return _open(place, random)
        if place is not None:
            with suppress(OSError):
                place.unlink()
    return _open(None, random)


def _open(path: Path | None, random: bytes) -> Feed:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path or ":memory:", timeout=5.0, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        prove(connection)
    else:
        for statement in TABLES.split(";"):
            connection.execute(statement)
        epoch = base32(int.from_bytes(random, "big"), 8)
        connection.execute("INSERT INTO meta VALUES (?, 0)", (epoch,))
        seal(connection)
    connection.execute("COMMIT")
    return Feed(connection, connection.execute("SELECT epoch FROM meta").fetchone()[0])
