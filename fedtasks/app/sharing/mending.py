"""Mending files: from the versions that git has of them, whatever happened to the working tree."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError, InvalidData
from fedtasks.git.conflicts import Stages, mark_resolved, sides, unmerged
from fedtasks.git.objects import Objects, content_anywhere, older_contents
from fedtasks.git.recorder import uncommitted
from fedtasks.git.run import Git
from fedtasks.git.sharing import merge_text
from fedtasks.git.unfinished import unfinished
from fedtasks.store.files import fsync_directory, write_durably
from fedtasks.store.layout import (
    DAMAGED,
    GITATTRIBUTES_FILE,
    TEMPORARY,
    task_id_at,
)
from fedtasks.store.listing import paths_of
from fedtasks.store.merging import RECORDS, kind_of, merge_bytes, merge_other, require_valid
from fedtasks.store.reading import CONFLICT, beside, older_events, parse_object, read_bytes

MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file that is put right, and what from."""

    path: str
    source: str


Tell = Callable[[Repaired], None]


class Mender:
    """Puts damaged files of a git store right, each from its versions; `tell` hears of it before it is written."""

    def __init__(self, session: Session, git: Git, objects: Objects, tell: Tell) -> None:
        self.root, self.git, self.objects, self.tell = session.root, git, objects, tell
        self.fsync = session.context.fsync

    def unmerged(self) -> Iterator[Repaired]:
        """Merges what git has left unmerged, and marks it resolved."""
        for path, stages in unmerged(self.git).items():
            merged = self._staged(path, stages)
            if merged is not None:
                yield self._write(path, merged, "its versions in the merge")
                mark_resolved(self.git, [path])

    def _staged(self, path: str, stages: Stages) -> bytes | None:
        found = {stage: self.objects.blob(entry) for stage, entry in stages.items()}
        if 2 in found and 3 in found:
            return self._merged(path, found.get(1), found[2], found[3])
        return found.get(2, found.get(3))

    def marked(self) -> Iterator[Repaired]:
        """Merges what stands between conflict markers; what is no JSON becomes its last valid version."""
        for path in self._paths():
            data = read_bytes(self.root, path)
            if data.startswith(CONFLICT[0]) or CONFLICT[1] in data:
                pair = sides(data)
                merged = self._merged(path, None, *pair) if pair is not None else self._from_history(path)
                source = "the versions between its markers" if pair is not None else "its history"
            elif not _is_json(path, data):
                merged, source = self._from_history(path), f"its history; what was there is kept in {DAMAGED}"
            else:
                continue
            if merged is not None:
                self._keep(path, data)
                yield self._write(path, merged, source)

    def segments(self) -> Iterator[Repaired]:
        """Brings back the segments that tasks name and the store has lost."""
        here, lost = beside(self.root), set[str]()

        def find(path: str) -> bytes | None:
            found = here(path)
            if found is None or not self._is_valid(path, found):
                lost.add(path)
                found = content_anywhere(self.git, self.objects, path)
            return found

        for path in filter(task_id_at, self._paths()):
            with suppress(FedtasksError):
                older_events(path, parse_object(path, read_bytes(self.root, path)), find)
        for path in sorted(lost):
            data = content_anywhere(self.git, self.objects, path)
            if data is not None and self._is_valid(path, data):
                (self.root / path).parent.mkdir(parents=True, exist_ok=True)
                yield self._write(path, data, "git's history")

    def gone(self) -> Iterator[Repaired]:
        """Brings back what was deleted by hand and is not committed as such."""
        if unfinished(self.root) is not None:
            return
        for path in uncommitted(self.git):
            found = None if os.path.lexists(self.root / path) else self.objects.ask(f"HEAD:{path}")
            if found is not None:
                (self.root / path).parent.mkdir(parents=True, exist_ok=True)
                yield self._write(path, found.data, "the last commit")

    def _paths(self) -> list[str]:
        return [path for path in (GITATTRIBUTES_FILE, *paths_of(self.root)) if (self.root / path).is_file()]

    def _keep(self, path: str, data: bytes) -> None:
        kept = self.root / DAMAGED / path
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(data)

    def _merged(self, path: str, base: bytes | None, ours: bytes, theirs: bytes) -> bytes | None:
        try:
            if kind_of(path) in RECORDS:
                return merge_bytes(ours, theirs, path, self._beside)
            return merge_other(base, ours, theirs, path, lambda *texts: merge_text(self.git, *texts))
        except InvalidData:
            return self._from_history(path)

    def _from_history(self, path: str) -> bytes | None:
        """The merge of the last valid versions: the union of what they know."""
        commits = [name for name in ("HEAD", "MERGE_HEAD") if self.objects.commit(name)]
        versions = [
            data
            for commit in commits
            for data in islice(older_contents(self.git, self.objects, commit, path), MOST_VERSIONS)
            if self._is_valid(path, data)
        ]
        if not versions:
            return None
        if kind_of(path) in RECORDS:
            return reduce(lambda one, other: merge_bytes(one, other, path, self._beside), versions)
        return versions[0]

    def _is_valid(self, path: str, data: bytes) -> bool:
        try:
            require_valid(path, data, self._beside)
        except FedtasksError:
            return False
        return True

    def _beside(self, path: str) -> bytes | None:
        return beside(self.root)(path) or content_anywhere(self.git, self.objects, path)

    def _write(self, path: str, data: bytes, source: str) -> Repaired:
        found = Repaired(path, source)
        self.tell(found)
        temporary = self.root / TEMPORARY / "repair"
        temporary.unlink(missing_ok=True)
        write_durably(temporary, data, fsync=self.fsync)
        temporary.replace(self.root / path)
        if self.fsync:
            fsync_directory((self.root / path).parent)
        return found


def _is_json(path: str, data: bytes) -> bool:
    """Whether a JSON file is one; of other files nothing is asked."""
    try:
        return not path.endswith(".json") or bool(parse_object(path, data))
    except InvalidData:
        return False
