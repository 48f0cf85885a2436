"""A draft: a transaction on a tree that is not checked out; it reads from there, and only collects what is put."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fedtasks.domain.ids import TASK_ID, match_id
from fedtasks.errors import InvalidData
from fedtasks.store.layout import task_path
from fedtasks.store.reading import LARGEST
from fedtasks.store.transaction import Transaction

Read = Callable[[str], bytes | None]


class Draft(Transaction):
    """What a use-case does on another state of the store than the one that is checked out.

    `source` reads a path of that tree; `names` lists the ids of its tasks.
    """

    def __init__(self, root: Path, source: Read, names: Callable[[], list[str]]) -> None:
        self.root = root
        self._source = source
        self._names = names
        self._tasks = {}
        self._writes = {}
        self._commit = {}

    @property
    def writes(self) -> Mapping[str, bytes | None]:
        """What was put, by path."""
        return self._writes

    @property
    def commit(self) -> Mapping[str, Any]:
        """What the commit says."""
        return self._commit

    def ids(self) -> list[str]:
        """All ids of the tree, those of tasks put here included."""
        return list({*self._names(), *self._tasks})

    def resolve(self, given: str) -> str:
        """The id that an id or an unambiguous part of one stands for; a whole id is found without listing."""
        whole = given.lower()
        if whole in self._tasks or (TASK_ID.fullmatch(whole) and self.exists(whole)):
            return whole
        return match_id(given, self.ids())

    def read(self, path: str) -> bytes | None:
        """A file of the tree, or what was put in its place."""
        return self._writes[path] if path in self._writes else self._source(path)

    def refresh(self, folder: str) -> None:
        """A tree does not change."""

    def exists(self, id: str) -> bool:
        """Whether the tree has a task file of this id."""
        return id in self._tasks or self.read(task_path(id)) is not None

    def put_bytes(self, path: str, data: bytes) -> None:
        """Collects a file that has no schema."""
        if len(data) > LARGEST:
            raise InvalidData(path, f"larger than {LARGEST // 1024**2} MB", hint="nothing was written; shorten it")
        self._writes[path] = data
