"""A draft: a transaction on a tree that is not checked out; it reads from there, and only collects what is put."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from fedtasks.domain.ids import TASK_ID, match_id
from fedtasks.errors import InvalidData
from fedtasks.store.layout import ARCHIVE, ARCHIVE_FOLDER, TASKS, task_id_of
from fedtasks.store.places import places
from fedtasks.store.reading import LARGEST
from fedtasks.store.transaction import Transaction

Read = Callable[[str], bytes | None]
Names = Callable[[str], Iterable[str]]


class TreeDraft(Transaction):
    """What a use-case does on another state of the store than the one that is checked out.

    `source` reads a path of that tree; `names` lists the names in one of its folders.
    """

    def __init__(self, root: Path, source: Read, names: Names) -> None:
        self.root = root
        self._source = source
        self._names = names
        self._tasks = {}
        self._stands = {}
        self._years: list[str] | None = None
        self._writes = {}
        self._commit = {}

    @property
    def commit(self) -> Mapping[str, Any]:
        """What the commit says."""
        return self._commit

    def ids(self) -> list[str]:
        """All ids of the tree, those of tasks put here included."""
        return list({*self._ids(TASKS), *self._tasks})

    def every_id(self) -> list[str]:
        """All ids of the tree, archived or not."""
        return [*self.ids(), *self._archived()]

    def _archived(self) -> list[str]:
        return [id for year in self.years() for id in self._ids(f"{ARCHIVE}/{year}")]

    def _ids(self, folder: str) -> list[str]:
        return [id for id in map(task_id_of, self._names(folder)) if id is not None]

    def years(self) -> list[str]:
        """The years that have an archive."""
        if self._years is None:
            self._years = sorted(name for name in self._names(ARCHIVE) if ARCHIVE_FOLDER.fullmatch(f"{ARCHIVE}/{name}"))
        return self._years

    def resolve(self, given: str) -> str:
        """The id that an id or an unambiguous part of one stands for; a whole id is found without listing."""
        whole = given.lower()
        if whole in self._tasks or (TASK_ID.fullmatch(whole) and self.exists(whole)):
            return whole
        return match_id(given, self.ids(), self._archived)

    def read(self, path: str) -> bytes | None:
        """A file of the tree, or what was put in its place."""
        return self._writes[path] if path in self._writes else self._source(path)

    def refresh(self, folder: str) -> None:
        """A tree does not change."""

    def exists(self, id: str) -> bool:
        """Whether the tree has a task file of this id."""
        return id in self._tasks or any(self.read(path) is not None for path in places(id, self.years()))

    def remove(self, path: str) -> None:
        """Collects the removal of a file."""
        self._writes[path] = None

    def put_bytes(self, path: str, data: bytes) -> None:
        """Collects a file that has no schema."""
        if len(data) > LARGEST:
            raise InvalidData(path, f"larger than {LARGEST // 1024**2} MB", hint="nothing was written; shorten it")
        self._writes[path] = data
