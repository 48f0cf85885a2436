"""A transaction: what one holder of the lock has read and wants to write."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fedtasks.domain.canonical import dump_bytes, ordered
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.task import SCHEMA, Task
from fedtasks.errors import InvalidData, LockLost, NewerFormat, NotFound
from fedtasks.store import journal
from fedtasks.store.files import Stamp, os_errors, revalidate_directory, stamp, write_durably
from fedtasks.store.layout import TEMPORARY
from fedtasks.store.places import one_task, place_of, places
from fedtasks.store.reading import LARGEST, read_bytes
from fedtasks.store.schemas import field_path, first_error

if TYPE_CHECKING:
    from fedtasks.store.lock import StoreLock


class Reader(Protocol):
    """What a transaction needs of the registry."""

    root: Path

    def ids(self) -> list[str]:
        """The ids of all task files, in no order."""

    def archived(self) -> list[str]:
        """The ids of all archived tasks."""

    def years(self) -> list[str]:
        """The years that the archive has folders for."""

    def resolve(self, given: str) -> str:
        """The one id that a piece of it means; raises NotFound, AmbiguousId."""


class Transaction:
    """Reads see what was put; nothing is on the disk before `prepare`."""

    def __init__(self, reader: Reader, lock: StoreLock, token: str, fsync: bool) -> None:
        self.root = reader.root
        self._reader = reader
        self._lock = lock
        self._token = token
        self._fsync = fsync
        self._seen: dict[str, Stamp | None] = {}
        self._tasks: dict[str, Task] = {}
        self._stands: dict[str, list[str]] = {}
        self._writes: dict[str, bytes | None] = {}
        self._commit: dict[str, Any] = {}

    @property
    def writes(self) -> Mapping[str, bytes | None]:
        """What was put, by path; None for what was removed."""
        return self._writes

    def ids(self) -> list[str]:
        """All ids, those of tasks put here included."""
        return list({*self._reader.ids(), *self._tasks})

    def every_id(self) -> list[str]:
        """All ids, those of archived tasks and of tasks put here included."""
        return list({*self.ids(), *self._reader.archived()})

    def years(self) -> list[str]:
        """The years that have an archive."""
        return self._reader.years()

    def resolve(self, given: str) -> str:
        """The id that an unambiguous part of one stands for; raises NotFound and AmbiguousId."""
        return given if given in self._tasks else self._reader.resolve(given)

    def task(self, id: str) -> Task:
        """The task of this id as it is now; raises NotFound and InvalidData."""
        if id not in self._tasks:
            found = [(path, data) for path in places(id, self.years()) if (data := self.read(path)) is not None]
            if not found:
                raise NotFound(f"no task '{id}'", hint="see all with 'fedtasks list --all'", given=id)
            self._tasks[id] = one_task(found, self.read)
            self._stands[id] = [path for path, _ in found]
        return self._tasks[id]

    def read(self, path: str) -> bytes | None:
        """A file of the store as it is now, None where there is none."""
        if path in self._writes:
            return self._writes[path]
        with os_errors(self.root):
            self._seen.setdefault(path, stamp(self.root / path))
            try:
                return read_bytes(self.root, path)
            except FileNotFoundError:
                return None

    def refresh(self, folder: str) -> None:
        """Sees a folder as it is now: an NFS client keeps missing a new file that it has looked for before."""
        with os_errors(self.root), suppress(FileNotFoundError):
            os.listdir(self.root / folder)
            revalidate_directory(self.root / folder)

    def exists(self, id: str) -> bool:
        """Whether there is a task file of this id, readable or not."""
        return id in self._tasks or any(stamp(self.root / path) for path in places(id, self.years()))

    def put(self, task: Task) -> None:
        """Writes the task when the transaction ends, where its history says; raises NewerFormat and InvalidData."""
        path = place_of(task)
        if task.schema > SCHEMA:
            raise NewerFormat(path, task.schema, SCHEMA)
        self._put_object("task", path, task_to_json(task))
        for other in self._stands.get(task.id, ()):
            if other != path:
                self.remove(other)
        self._tasks[task.id] = task

    def put_object(self, kind: str, path: str, value: Mapping[str, Any]) -> None:
        """Writes another JSON file of the store (kind: plan, member, notice); raises InvalidData."""
        self._put_object(kind, path, value)

    def _put_object(self, kind: str, path: str, value: Mapping[str, Any]) -> None:
        found = first_error(kind, value)
        if found is not None:
            where, message = found
            raise InvalidData(path, message, field=field_path(where), hint="nothing was written; give another value")
        self.put_bytes(path, dump_bytes(ordered(value)))

    def put_bytes(self, path: str, data: bytes) -> None:
        """Writes a file that has no schema."""
        if len(data) > LARGEST:
            raise InvalidData(path, f"larger than {LARGEST // 1024**2} MB", hint="nothing was written; shorten it")
        if path not in self._seen:
            self._seen[path] = stamp(self.root / path)
        self._writes[path] = data

    def remove(self, path: str) -> None:
        """Removes a file of the store."""
        if path not in self._seen:
            self._seen[path] = stamp(self.root / path)
        self._writes[path] = None

    def advance(self, head: str, was: str) -> None:
        """Instead of making a commit, moves the branch from the commit `was` to `head`, whose files were put here."""
        self._commit = {"head": head, "was": was}

    def describe(self, subject: str, trailers: tuple[tuple[str, str], ...], **author: str) -> None:
        """What the commit says: its subject, its trailers in order, and name, email and at of its author."""
        self._commit = {"subject": subject, "trailers": [list(pair) for pair in trailers], **author}

    def prepare(self, *, recorded: bool) -> journal.Record | None:
        """Puts everything on the disk but in place; None where there is nothing to do.

        Raises LockLost where the lock, or a file that was read, has changed hands meanwhile.
        """
        if not self._writes and "head" not in self._commit:
            return None
        moves = tuple(self._prepare_move(number, *write) for number, write in enumerate(self._writes.items()))
        if any(move.aside for move in moves):
            (self.root / self._removed).mkdir()
        record = journal.Record(moves, self._commit if recorded else {})
        if recorded or len(moves) > 1:
            journal.write_journal(self.root, record, self._token, self._prove, fsync=self._fsync)
        else:
            self._prove()
        return record

    @property
    def _removed(self) -> str:
        return f"{TEMPORARY}/{self._token}-removed"

    def _prepare_move(self, number: int, path: str, data: bytes | None) -> journal.Move:
        if data is None:
            return journal.Move(path, None, f"{self._removed}/{number}")
        temporary = f"{TEMPORARY}/{self._token}-{number}"
        write_durably(self.root / temporary, data, fsync=self._fsync)
        return journal.Move(path, temporary)

    def _prove(self) -> None:
        self._lock.prove()
        for path, seen in self._seen.items():
            if path in self._writes and stamp(self.root / path) != seen:
                raise LockLost(
                    f"{path} was changed while this command worked; nothing was changed",
                    hint="run the command again",
                    path=path,
                )
