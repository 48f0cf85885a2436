"""What lists show of a task in full and what searches look through, in a SQLite file beside the index.

The index, which is sealed, has the sum of each; a text that is missing or does not fit is made from the task's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from fedtasks.errors import FedtasksError
from fedtasks.store.layout import archived_path, task_path
from fedtasks.store.sidefile import FAILURES, SideFile

if TYPE_CHECKING:
    from fedtasks.store.rows import Text

NAME = "texts.sqlite"
AT_ONCE = 200
PUBLIC, WORDS = "public", "words"
TABLE = f"CREATE TABLE IF NOT EXISTS text (id TEXT PRIMARY KEY, {PUBLIC} BLOB, {WORDS} BLOB) WITHOUT ROWID"

Wanted = tuple[str, str | None, int]
"""Id, year of the archive, sum of the text."""


class Texts:
    """The texts of one cache directory, None for some in memory."""

    def __init__(self, root: Path, cache: Path | None) -> None:
        self._root = root
        self._file = SideFile(None if cache is None else cache / NAME, TABLE, 1.0)
        self.end, self.close = self._file.end, self._file.close

    def put(self, id: str, text: Text) -> None:
        """Keeps the texts of a task, lastingly after `end("COMMIT")`."""
        self._file.begun().execute("INSERT OR REPLACE INTO text VALUES (?, ?, ?)", (id, *text))

    def drop(self, ids: Iterable[str]) -> None:
        """Forgets the texts of tasks, lastingly after `end("COMMIT")`."""
        self._file.begun().executemany("DELETE FROM text WHERE id = ?", ((id,) for id in ids))

    def read(self, column: str, wanted: Iterable[Wanted]) -> Iterator[tuple[str, str]]:
        """Id and text of each, in this order; a task whose file is gone by now is left out."""
        rest = iter(wanted)
        while some := list(islice(rest, AT_ONCE)):
            found = self._find(column, [one[0] for one in some])
            for id, archived, sum in some:
                data = found.get(id)
                if not isinstance(data, bytes) or crc32(data) != sum:
                    data = self._made_anew(column, id, archived)
                if data is not None:
                    yield id, data.decode("utf-8")

    def _find(self, column: str, ids: Sequence[str]) -> dict[str, bytes]:
        sql = f"SELECT id, {column} FROM text WHERE id IN ({','.join('?' * len(ids))})"
        try:
            return dict(self._file.connection.execute(sql, ids))
        except FAILURES as found:
            self._file.failed(found)
            return {}

    def _made_anew(self, column: str, id: str, archived: str | None) -> bytes | None:
        from fedtasks.store.reading import beside, parse_task, read_bytes
        from fedtasks.store.rows import text_of

        path = task_path(id) if archived is None else archived_path(id, archived)
        try:
            text = text_of(parse_task(path, read_bytes(self._root, path), beside(self._root)))
        except (FedtasksError, OSError, LookupError, TypeError, ValueError):
            return None
        try:
            self.put(id, text)
            self.end("COMMIT")
        except FAILURES as found:
            self._file.failed(found)
        made: bytes = getattr(text, column)
        return made
