"""Three trees become one, path by path: pure, the same on every machine, and never a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import task_to_json
from fedtasks.errors import FedtasksError, InvalidData
from fedtasks.store.layout import ARCHIVE, task_id_at
from fedtasks.store.merging import RECORDS, kind_of, merge_bytes, merge_other, require_valid
from fedtasks.store.places import one_task, place_of

FILE = "100644"
PLAIN = {FILE, "100755"}

Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: git's mode and object id."""

    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class Delta:
    """How one side changed a path: None stands for no file."""

    before: Entry | None
    after: Entry | None


Change = Entry | bytes | None
"""What a path becomes: a file that git has already, new content, or nothing."""

Deltas = Mapping[str, Delta]


class Source(Protocol):
    """Where the contents come from."""

    def blob(self, entry: Entry) -> bytes:
        """The content of a file."""

    def beside(self, path: str) -> bytes | None:
        """A file that either side has, by its path; for those that are named by their content."""

    def older(self, side: Side, path: str) -> Iterator[bytes]:
        """The earlier contents of a path on one side, the newest first."""

    def text(self, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
        """Git's merge of three texts; None where both changed the same lines."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What has to change in `ours`; `notes` are remarks on what was invalid or could not be kept beside the other."""

    changes: dict[str, Change] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def merge_trees(ours: Deltas, theirs: Deltas, source: Source) -> Merged:
    """What both sides' changes since their common base make of `ours`.

    | one side              | the other side         | the merge has                                                |
    |-----------------------|------------------------|--------------------------------------------------------------|
    | changed or added      | unchanged              | the change                                                   |
    | removed               | unchanged              | no file: a person removed it, and git keeps its history      |
    | removed               | changed                | the changed file: nothing that somebody worked on is lost    |
    | removed               | removed                | no file                                                      |
    | the same content      | the same content       | that content                                                 |
    | a task, plan, notice  | another content        | the pure merge of both, as the merge driver makes it         |
    | a task that came into | the same task, changed | one file, the pure merge of both, where the merged history   |
    | or left the archive   | in any place           | says: archived, or live again; every other place is empty    |
    | ... that is not valid | ... that is valid      | the merge with the last valid content of the invalid side;   |
    |                       |                        | without one the valid side alone; a note names it            |
    | ... that is not valid | ... not valid either   | the greater by bytes; a note names it                        |
    | ... too new to read   | any                    | nothing: raises NewerFormat                                  |
    | any other file        | another content        | as `merge_other` says                                        |
    | a link, a submodule   | another one            | the greater by mode and id; a note names it                  |
    | a file                | a directory there      | nothing: raises InvalidData                                  |

    With no common base every file of each side counts as added. Exchanging the sides gives the same files.
    """
    merger = _Merger(ours, theirs, source)
    changes = dict(merger.run())
    _refuse_nesting(ours, theirs)
    return Merged(changes, tuple(sorted(merger.notes)))


class _Merger:
    def __init__(self, ours: Deltas, theirs: Deltas, source: Source) -> None:
        self.ours, self.theirs, self.source = ours, theirs, source
        self.notes: list[str] = []

    def run(self) -> Iterator[tuple[str, Change]]:
        done: set[str] = set()
        for paths in _moved_tasks(self.ours, self.theirs):
            found = self._one_place(paths)
            yield from found.items()
            done.update(paths if found else ())
        for path in sorted({*self.theirs} - done):
            other = self.theirs[path]
            if path not in self.ours:
                yield path, other.after
                continue
            mine = self.ours[path]
            if mine.after == other.after or other.after is None:
                continue
            if mine.after is None:
                yield path, other.after
                continue
            merged = self._both(path, mine.before, mine.after, other.after)
            if merged != mine.after:
                yield path, merged

    def _both(self, path: str, base: Entry | None, mine: Entry, other: Entry) -> Change:
        if mine.oid == other.oid or not {mine.mode, other.mode} <= PLAIN:
            self.notes.append(f"{path}: two kinds of file; one was kept, the other is in git's history")
            return max(mine, other, key=lambda entry: (entry.mode, entry.oid))
        ours, theirs = self.source.blob(mine), self.source.blob(other)
        if kind_of(path) in RECORDS:
            merged = self._records(path, ours, theirs)
        else:
            old = None if base is None or base.mode not in PLAIN else self.source.blob(base)
            merged = merge_other(old, ours, theirs, path, self.source.text)
            if kind_of(path) == "other" and merged in (ours, theirs):
                self.notes.append(f"{path}: changed differently on both sides; the other version is in git's history")
        return mine if merged == ours else other if merged == theirs else merged

    def _records(self, path: str, ours: bytes, theirs: bytes) -> bytes:
        """The merge of two task, plan or notice files; the last valid content of an invalid side stands in for it."""
        faults: dict[Side, str] = {}
        sides: list[tuple[Side, bytes]] = [("ours", ours), ("theirs", theirs)]
        for side, data in sides:
            fault = self._fault(path, data)
            if fault is not None:
                faults[side] = fault
        if not faults:
            return merge_bytes(ours, theirs, path, self.source.beside)
        self.notes += [f"{fault}; that version was left out of the merge" for fault in faults.values()]
        sound = [self._sound(side, path) if side in faults else data for side, data in sides]
        found = [data for data in sound if data is not None]
        if not found:
            return max(ours, theirs)
        return merge_bytes(found[0], found[-1], path, self.source.beside)

    def _one_place(self, paths: Sequence[str]) -> dict[str, Change]:
        """The one file of a task that both sides changed, one of them in the archive.

        Nothing where no version of it is sound: then each path is merged for itself.
        """
        both: tuple[tuple[Side, Deltas], ...] = (("ours", self.ours), ("theirs", self.theirs))
        versions: list[tuple[str, bytes]] = []
        for side, deltas in both:
            for path in paths:
                entry = deltas[path].after if path in deltas else None
                if entry is None or entry.mode not in PLAIN:
                    continue
                data = self.source.blob(entry)
                fault = self._fault(path, data)
                if fault is not None:
                    self.notes.append(f"{fault}; that version was left out of the merge")
                sound = data if fault is None else self._sound(side, path)
                versions += [(path, sound)] if sound is not None else []
        if not versions:
            return {}
        task = one_task(versions, self.source.beside)
        return {**dict.fromkeys(filter(self._has, paths)), place_of(task): dump_bytes(task_to_json(task))}

    def _has(self, path: str) -> bool:
        """Whether our side has a file there."""
        return (self.ours[path].after if path in self.ours else self.theirs[path].before) is not None

    def _sound(self, side: Side, path: str) -> bytes | None:
        return next((data for data in self.source.older(side, path) if self._fault(path, data) is None), None)

    def _fault(self, path: str, data: bytes) -> str | None:
        """Why a file is not valid, None where it is; raises NewerFormat."""
        try:
            require_valid(path, data, self.source.beside)
        except InvalidData as found:
            return found.message
        return None


def _moved_tasks(ours: Deltas, theirs: Deltas) -> Iterator[list[str]]:
    """The paths of each task that both sides changed, where one of them is in the archive."""
    sides: tuple[dict[str, set[str]], ...] = ({}, {})
    for found, deltas in zip(sides, (ours, theirs), strict=True):
        for path in deltas:
            if (id := task_id_at(path)) is not None:
                found.setdefault(id, set()).add(path)
    for id in sorted(sides[0].keys() & sides[1].keys()):
        paths = sides[0][id] | sides[1][id]
        if any(path.startswith(f"{ARCHIVE}/") for path in paths):
            yield sorted(paths)


def _refuse_nesting(ours: Deltas, theirs: Deltas) -> None:
    """Raises InvalidData where one side has a file and the other a directory of the same name."""
    for one, other in ((ours, theirs), (theirs, ours)):
        files = {path for path, delta in one.items() if delta.after is not None}
        for path in (path for path, delta in other.items() if delta.after is not None):
            for parent in _parents(path):
                if parent in files:
                    raise InvalidData(
                        parent,
                        f"a file on one side and a directory ({path}) on the other",
                        hint="rename one of them on its side, commit that, and sync again",
                    )


def _parents(path: str) -> Iterable[str]:
    parts = path.split("/")[:-1]
    return ("/".join(parts[:count]) for count in range(1, len(parts) + 1))


def refuse_unsafe(paths: Iterable[str]) -> None:
    """Raises InvalidData for a path that git would not check out, or that is this machine's own."""
    for path in paths:
        parts = path.lower().split("/")
        if any(part in ("", ".", "..", ".git", ".local") or "\\" in part or part.startswith("git~") for part in parts):
            raise InvalidData(
                path, "not a path that a store may have", hint="remove it from the branch with git, then sync again"
            )


def refuse_links(changes: Mapping[str, Change]) -> None:
    """Raises FedtasksError for links and submodules, which a store does not have."""
    for path, change in changes.items():
        if isinstance(change, Entry) and change.mode not in PLAIN:
            raise FedtasksError(
                f"the branch has {path}, a link or submodule, which a store does not follow",
                hint="remove it from the branch with git, then sync again",
                path=path,
            )
