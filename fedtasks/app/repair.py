"""`check --fix`: files that a merge without the driver left in conflict, put right by the same pure merge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from fedtasks.app.bringing import take_in
from fedtasks.app.clone import open_clone
from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError, InvalidData
from fedtasks.git.conflicts import Stages, conclude, mark_resolved, sides, unmerged
from fedtasks.git.objects import Objects, older_contents
from fedtasks.git.run import Git
from fedtasks.git.sharing import merge_text
from fedtasks.store.files import fsync_directory, os_errors, write_durably
from fedtasks.store.layout import (
    CONFIG,
    DELEGATIONS,
    GITATTRIBUTES_FILE,
    INBOX,
    MEMBERS,
    OUTBOX,
    PLANS,
    TASKS,
    TEMPORARY,
)
from fedtasks.store.merging import RECORDS, kind_of, merge_bytes, merge_other, require_valid
from fedtasks.store.reading import CONFLICT, read_bytes

MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file that was put right, and what from."""

    path: str
    source: str


def repair(session: Session) -> list[Repaired]:
    """Puts right what is in conflict, and commits it; what cannot be put right stays as it is.

    | a file                                      | becomes the merge of                                       |
    |---------------------------------------------|------------------------------------------------------------|
    | unmerged in git's index                     | its versions there; a removed one gives way to a changed   |
    | with conflict markers that pair             | the two versions between the markers                       |
    | with other markers, or versions not valid   | its valid versions in git's history                        |
    """
    if not session.is_recorded:
        return []
    git = session.context.git.at(session.root)
    with session.reader.holding(), Objects(git) as objects, os_errors(session.root):
        fixer = _Fixer(session, git, objects)
        found = [*fixer.unmerged(), *fixer.marked()]
        concluded = conclude(git)
    if found and not concluded:
        _commit(session, [entry.path for entry in found])
    return found


def _commit(session: Session, paths: list[str]) -> None:
    """Where a rebase is under way, its owner goes on with it."""
    fresh = Session(session.context, session.what)
    with open_clone(fresh, None) as clone:
        take_in(clone, paths)


class _Fixer:
    def __init__(self, session: Session, git: Git, objects: Objects) -> None:
        self.root, self.git, self.objects = session.root, git, objects
        self.fsync = session.context.fsync

    def unmerged(self) -> Iterator[Repaired]:
        for path, stages in unmerged(self.git).items():
            merged = self._staged(path, stages)
            if merged is not None:
                self._write(path, merged)
                mark_resolved(self.git, [path])
                yield Repaired(path, "its versions in the merge")

    def _staged(self, path: str, stages: Stages) -> bytes | None:
        found = {stage: self.objects.blob(entry) for stage, entry in stages.items()}
        if 2 in found and 3 in found:
            return self._merged(path, found.get(1), found[2], found[3])
        return found.get(2, found.get(3))

    def marked(self) -> Iterator[Repaired]:
        for path in self._paths():
            data = read_bytes(self.root, path)
            if not data.startswith(CONFLICT[0]) and CONFLICT[1] not in data:
                continue
            pair = sides(data)
            merged = self._merged(path, None, *pair) if pair is not None else self._from_history(path)
            if merged is not None:
                self._write(path, merged)
                yield Repaired(path, "the versions between its markers" if pair is not None else "its history")

    def _paths(self) -> list[str]:
        found = [CONFIG, GITATTRIBUTES_FILE]
        for folder in (MEMBERS, PLANS, TASKS, DELEGATIONS, OUTBOX):
            if (self.root / folder).is_dir():
                found += sorted(f"{folder}/{path.name}" for path in (self.root / folder).glob("*.json"))
        found += sorted(path.relative_to(self.root).as_posix() for path in (self.root / INBOX).glob("*/*.json"))
        return [path for path in found if (self.root / path).is_file()]

    def _merged(self, path: str, base: bytes | None, ours: bytes, theirs: bytes) -> bytes | None:
        try:
            if kind_of(path) in RECORDS:
                return merge_bytes(ours, theirs, path)
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
            if _is_valid(path, data)
        ]
        if not versions:
            return None
        if kind_of(path) in RECORDS:
            return reduce(lambda one, other: merge_bytes(one, other, path), versions)
        return versions[0]

    def _write(self, path: str, data: bytes) -> None:
        temporary = self.root / TEMPORARY / "repair"
        temporary.unlink(missing_ok=True)
        write_durably(temporary, data, fsync=self.fsync)
        temporary.replace(self.root / path)
        if self.fsync:
            fsync_directory((self.root / path).parent)


def _is_valid(path: str, data: bytes) -> bool:
    try:
        require_valid(path, data)
    except FedtasksError:
        return False
    return True
