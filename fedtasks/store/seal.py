"""The seal of a SQLite file: a sum over all its pages, kept in its header and written in the transaction it seals.

SQLite notices a page that makes no sense; a bit flipped within a text, or a row that fell out of a page, only the seal.
"""

from __future__ import annotations

import sqlite3
from zlib import crc32

HEADER = 100
SEALED = ((0, 24), (28, 60), (64, 92))
"""What the seal covers of the header: all but itself, which is the `user_version`, and the counters of commits."""


def seal(connection: sqlite3.Connection) -> None:
    """Seals what the database is now, within the transaction that is open."""
    connection.execute(f"PRAGMA user_version = {_sum(connection)}")


def prove(connection: sqlite3.Connection) -> None:
    """Raises DatabaseError where the database is not what was sealed."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != _sum(connection):
        raise sqlite3.DatabaseError("damaged")


def _sum(connection: sqlite3.Connection) -> int:
    image = memoryview(connection.serialize())
    found = 0
    for start, end in (*SEALED, (HEADER, len(image))):
        found = crc32(image[start:end], found)
    return found - 2**32 if found >= 2**31 else found
