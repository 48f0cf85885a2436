"""The index: a per-machine cache of what lists need, in SQLite, checked against the files at every use.

It is never needed, and never changes an answer: its files are sealed or summed, and in any doubt (another version,
another root, damage, a locked or unwritable cache) the rows are made from the files. A file whose time is not older
than its reading is read again, as git does with its index.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from fedtasks.store.answers import NAME as ANSWERS
from fedtasks.store.answers import Answers
from fedtasks.store.layout import TASKS
from fedtasks.store.refresh import NAME as INDEX
from fedtasks.store.refresh import Tables
from fedtasks.store.sidefile import FAILURES, is_busy
from fedtasks.store.stale import Source
from fedtasks.store.texts import NAME as TEXTS
from fedtasks.store.texts import Wanted

T = TypeVar("T")
FILES = (INDEX, TEXTS, ANSWERS)
LENGTH = "SELECT length(numbers) FROM stamps WHERE folder = ?"


class Index:
    """The index as the files were when it was opened; it is proven when first something is read from its tables."""

    def __init__(self, tables: Tables) -> None:
        self._take(tables)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Asks the tables; where they are damaged they are made from the files first."""
        self._prove()
        return self._tables.connection.execute(sql, values)

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows, as they were told before where nothing has changed since."""
        return self.recall(repr((sql, values)), lambda: self.execute(sql, values).fetchall())

    def recall(self, question: str, make: Callable[[], T]) -> T:
        """What was answered to a question since the files last changed, else what `make` says now: lists, tuples,
        texts and numbers."""
        if self._answers is None:
            return make()
        found = self._answers.find(self._generation, question)
        if found is not None:
            said: T = found[0]
            return said
        made = make()
        self._answers.keep(self._generation, question, made, lambda: self._tables.generation == self._generation)
        return made

    def texts(self, column: str, wanted: Iterable[Wanted]) -> Iterator[tuple[str, str]]:
        """Id and text of tasks (see Texts.read)."""
        return self._tables.texts.read(column, wanted)

    def close(self) -> None:
        """Ends the connections."""
        self._tables.close()
        if self._answers is not None:
            self._answers.close()

    def _take(self, tables: Tables) -> None:
        self._tables, cache = tables, tables.source.cache
        self._answers = None if cache is None else Answers(cache)
        self._generation = tables.generation

    def _prove(self) -> None:
        try:
            self._tables.prove()
        except FAILURES as found:
            source = self._tables.source
            self.close()
            if not is_busy(found):
                forget_index(source.cache)
            self._take(_made(source))
            self._tables.prove()


def open_index(root: Path, cache: Path | None, now_ns: int, *, archive: bool = False) -> Index:
    """The index of the tasks of the store as they are now.

    `cache` is the directory of this store's index, None for one in memory; `now_ns` is Unix time in nanoseconds.
    Archived files are checked one by one only with `archive`; without it a changed folder is enough.
    """
    return Index(_made(Source(root, cache, now_ns, archive)))


def glance(source: Source, most: int, ask: Callable[[Index], T]) -> tuple[T | None, int | None]:
    """What the index answers about single tasks, which must not take longer the more tasks there are; and when that
    was so (Unix time in nanoseconds), where files have changed since, else None.

    In a store of at most `most` tasks it is as the files are now, in a larger one as it was last, not proven: what it
    says of a task stands in that task's file. No answer, as of 0, where a large store has no index yet.
    """
    if source.cache is not None and (source.cache / INDEX).is_file():
        with suppress(sqlite3.Error, OSError, ValueError):
            tables = Tables(source)
            row = tables.connection.execute(LENGTH, (TASKS,)).fetchone()
            if row and row[0] > 24 * most:
                tables.proven = True
                return ask(Index(tables)), _last(source.root / TASKS, source.cache / INDEX)
    with suppress(FileNotFoundError):
        if len(os.listdir(source.root / TASKS)) > most:
            return None, 0
    return ask(Index(_made(source))), None


def _last(folder: Path, index: Path) -> int | None:
    """When the index was written, if its folder has changed since: every change of a task replaces its file."""
    written = index.stat().st_mtime_ns
    return written if folder.stat().st_mtime_ns >= written else None


def forget_index(cache: Path | None) -> None:
    """Removes the cache's files; the next use makes them anew."""
    if cache is not None:
        for name in FILES:
            with suppress(OSError):
                (cache / name).unlink()


def _made(source: Source) -> Tables:
    """The tables as the files are now: in the cache, else made anew there, else in memory."""
    for turn in (1, 2) if source.cache is not None else ():
        try:
            return _refreshed(source)
        except (sqlite3.Error, OSError, ValueError) as found:
            if is_busy(found):
                break
            if turn == 1:
                forget_index(source.cache)
    return _refreshed(source._replace(cache=None))


def _refreshed(source: Source) -> Tables:
    tables = Tables(source)
    tables.refresh()
    return tables
