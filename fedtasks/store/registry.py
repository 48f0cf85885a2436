"""The registry: every read of a store, and its one writer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fedtasks.domain.ids import TASK_ID, match_id
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, NotFound, OutOfReach
from fedtasks.store.config import Config, read_config, require_writable
from fedtasks.store.files import os_errors, revalidate_directory, stamp
from fedtasks.store.finishing import Finisher, Recorder
from fedtasks.store.layout import JOURNAL, LOCAL, PUBLISHING, TASKS, archive_years, is_store, task_id_of
from fedtasks.store.leftovers import drop_leftovers
from fedtasks.store.lock import StoreLock
from fedtasks.store.mounts import require_safe_mount
from fedtasks.store.places import archived_ids, one_task, places
from fedtasks.store.reading import beside, read_bytes
from fedtasks.store.transaction import Transaction

RECOVERIES = 5


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and how: `holder` is shown to those who wait for the lock, `timeout` is in seconds.

    `token` names this writer's temporary files; no other one that lives at the same time may have it, on any machine.
    """

    holder: Mapping[str, Any]
    timeout: float
    token: str
    fsync: bool = True


class Registry:
    """The tasks of one store. Reading never waits; `transaction` is the only way to write."""

    def __init__(self, root: Path, recorder: Recorder | None, writer: Writer) -> None:
        self.root = root
        self._recorder = recorder
        self._writer = writer
        self._finisher = Finisher(root, recorder, writer.fsync)

    def config(self) -> Config:
        """The settings; raises OutOfReach where the store is gone, InvalidData where they are no settings."""
        with os_errors(self.root):
            return read_config(self.root)

    def require_store(self) -> None:
        """Raises OutOfReach where the store is gone."""
        if not is_store(self.root):
            raise OutOfReach(f"{self.root} is no store any more", hint="is the directory mounted?")

    def ids(self) -> list[str]:
        """The ids of all task files, in the order of the directory."""
        with os_errors(self.root):
            try:
                names = os.listdir(self.root / TASKS)
            except FileNotFoundError:
                return []
        return [id for id in map(task_id_of, names) if id is not None]

    def years(self) -> list[str]:
        """The years that have an archive."""
        with os_errors(self.root):
            return archive_years(self.root)

    def archived(self) -> list[str]:
        """The ids of all archived tasks."""
        with os_errors(self.root):
            return archived_ids(self.root, self.years())

    def resolve(self, given: str) -> str:
        """The id that an id or an unambiguous part of one stands for, of live tasks first; a whole id is found without
        listing."""
        whole = given.lower()
        if TASK_ID.fullmatch(whole) and len(whole) <= 100:
            with os_errors(self.root):
                if any(stamp(self.root / path) for path in places(whole, self.years())):
                    return whole
        return match_id(given, self.ids(), self.archived)

    def task(self, id: str) -> Task:
        """The task of this id, archived or not; raises NotFound and InvalidData."""
        with os_errors(self.root):
            found = self._versions(id) or self._versions(id)
        if not found:
            raise NotFound(f"no task '{id}'", hint="see all with 'fedtasks list --all'", given=id)
        return one_task(found, beside(self.root))

    def _versions(self, id: str) -> list[tuple[str, bytes]]:
        """Asked twice, it also finds a task that left the archive between two looks."""
        found = []
        for path in places(id, self.years()):
            with suppress(FileNotFoundError):
                found.append((path, read_bytes(self.root, path)))
        return found

    def settle(self) -> None:
        """Finishes what a killed writer left, unless somebody is writing now or the store cannot be written."""
        if not (self.root / JOURNAL).exists():
            return
        with suppress(FedtasksError), self._locked(0.0):
            pass

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Holds the lock; what the block put is written when it ends well, whole, and not at all otherwise.

        Raises StoreLocked, LockLost, NewerFormat, InvalidData and OutOfReach, the store unchanged.
        """
        with self._locked(self._writer.timeout) as lock:
            require_writable(self.config())
            if self._recorder is not None:
                self._recorder.ready()
            transaction = Transaction(self, lock, self._writer.token, self._writer.fsync)
            yield transaction
            with os_errors(self.root):
                record = transaction.prepare(recorded=self._recorder is not None)
                if record is not None:
                    self._finisher.finish(record, lock)
        if self._recorder is not None:
            self._recorder.tidy()

    @contextmanager
    def publishing(self) -> Iterator[None]:
        """Only one process of this clone talks to the remote at a time; those who only write do not wait for it."""
        with os_errors(self.root):
            (self.root / LOCAL).mkdir(exist_ok=True)
        with StoreLock(self.root, self._writer.timeout, self._writer.holder, PUBLISHING):
            yield

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Holds the lock, for a repair that no transaction could make."""
        with self._locked(self._writer.timeout):
            yield

    @contextmanager
    def _locked(self, timeout: float) -> Iterator[StoreLock]:
        with os_errors(self.root):
            self.require_store()
            require_safe_mount(self.root)
            (self.root / LOCAL).mkdir(exist_ok=True)
            lock = StoreLock(self.root, timeout, self._writer.holder)
            lock.__enter__()
        try:
            with os_errors(self.root):
                lock.prove()
                self._recover(lock)
            yield lock
        finally:
            lock.__exit__(None, None, None)

    def _recover(self, lock: StoreLock) -> None:
        for folder in (self.root, self.root / TASKS):
            if folder.is_dir():
                revalidate_directory(folder)
        for _ in range(RECOVERIES):
            self._finisher.finish_left(lock)
            if drop_leftovers(self.root, lock.prove):
                return
        raise OutOfReach(f"{self.root}: other writers keep waking up", hint="run the command again")
