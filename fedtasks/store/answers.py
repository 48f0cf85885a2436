"""Answers that were given before, for as long as no file has changed since: a warm list looks at the files and prints.

They stand beside the index in a SQLite file of their own. Each carries a sum, and the generation of the index that it
was made from; one that does not fit is none.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

from fedtasks.store.sidefile import FAILURES, SideFile

NAME = "answers.sqlite"
MOST = 50
LARGEST = 2**25
"""Bytes of one answer; where all together have more, they make room for the next one."""

TABLE = "CREATE TABLE IF NOT EXISTS answer (question TEXT PRIMARY KEY, generation TEXT, sum INTEGER, said BLOB)"
FIND = "SELECT sum, said FROM answer WHERE question = ? AND generation = ?"


class Answers:
    """The answers in one cache directory; whatever is wrong with them, they are missing."""

    def __init__(self, cache: Path) -> None:
        self._file = SideFile(cache / NAME, TABLE, 0.1)
        self.close = self._file.close

    def find(self, generation: str, question: str) -> tuple[Any] | None:
        """What was answered to a question, in a tuple."""
        try:
            row = self._file.connection.execute(FIND, (question, generation)).fetchone()
        except FAILURES as found:
            self._file.failed(found)
            return None
        if row is None or not isinstance(row[1], bytes) or row[0] != _sum(generation, question, row[1]):
            return None
        return (marshal.loads(row[1]),)  # noqa: S302 - a cache of this user, like the interpreter's own; its sum fits

    def keep(self, generation: str, question: str, answer: Any, still: Callable[[], bool]) -> None:
        """Keeps an answer made of lists, tuples, texts and numbers, if `still` says that nothing changed meanwhile."""
        said = marshal.dumps(answer)
        if len(said) > LARGEST:
            return
        row = (question, generation, _sum(generation, question, said), said)
        try:
            ask = self._file.begun().execute
            ask("DELETE FROM answer WHERE generation <> ?", (generation,))
            many, bytes_of_all = ask("SELECT count(*), total(length(said)) FROM answer").fetchone()
            if many >= MOST or bytes_of_all > LARGEST:
                ask("DELETE FROM answer")
            ask("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", row)
            self._file.end("COMMIT" if still() else "ROLLBACK")
        except FAILURES as found:
            self._file.failed(found)


def _sum(generation: str, question: str, said: bytes) -> int:
    return crc32(said, crc32(f"{generation}\n{question}".encode("utf-8", "surrogateescape")))
