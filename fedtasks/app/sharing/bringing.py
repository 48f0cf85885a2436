"""The ways in which commits come to a clone's working tree, and hand edits out of it, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fedtasks.app.change import signature
from fedtasks.app.sharing.clone import Clone
from fedtasks.errors import InvalidData, NewerFormat, OutOfReach
from fedtasks.git.objects import deltas
from fedtasks.git.recorder import blob_id, uncommitted
from fedtasks.git.sharing import check_changes
from fedtasks.store.layout import task_id_at
from fedtasks.store.merging import kind_of, require_valid
from fedtasks.store.reading import parse_task
from fedtasks.store.transaction import Transaction
from fedtasks.store.treemerge import Change, Delta, Entry

TRIES = 5
SUBJECT = "take in what was edited by hand"


class Unrecorded(Exception):
    """Files that somebody edited by hand, and that a move would overwrite; they are taken in first."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)


@dataclass(frozen=True, slots=True)
class Brought:
    """A move of the branch: from where, to where, and what it changed; `merged`: by a merge that is new."""

    was: str
    head: str
    moves: Mapping[str, Delta] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    merged: bool = False


def bring(clone: Clone, target: str, known: Brought | None = None) -> Brought:
    """Brings a commit into the branch and the working tree, under the store's lock, whole or not at all.

    The branch moves forward where it can, and merges where it has commits of its own; `known` is a move that was
    worked out before. What was edited by hand is taken in first. Raises InvalidData where such a file is not
    valid, OutOfReach where the store cannot be written.
    """
    for _ in range(TRIES):
        try:
            with clone.registry.transaction() as transaction:
                return _bring(clone, transaction, target, known)
        except Unrecorded as found:
            take_in(clone, found.paths)
    raise OutOfReach("the files of the store change all the time", hint="run the command again")


def _bring(clone: Clone, transaction: Transaction, target: str, known: Brought | None) -> Brought:
    was = clone.head()
    if known is not None and known.was == was:
        move = known
    else:
        joined = clone.join(was, target)
        head = clone.build(joined, None, None)
        move = Brought(was, head, deltas(clone.git, was, head) if head != was else {}, joined.notes, joined.merges)
    if move.head != was:
        require_movable(clone, transaction.read, move.moves)
        _put(clone, transaction, move.moves)
        transaction.advance(move.head, was)
    return move


def _put(clone: Clone, transaction: Transaction, moves: Mapping[str, Delta]) -> None:
    entries = {path: delta.after for path, delta in moves.items() if delta.after is not None}
    for path, data in zip(entries, clone.objects.blobs(list(entries.values())), strict=True):
        transaction.put_bytes(path, data)
    for path in moves:
        if path not in entries:
            transaction.remove(path)


def require_movable(clone: Clone, read: Any, moves: Mapping[str, Delta]) -> None:
    """Raises Unrecorded where a file that would be written was edited by hand, InvalidData where one cannot be."""
    check_changes({path: delta.after for path, delta in moves.items()})
    for folder in {parent for path in moves for parent in (clone.root / path).parents}:
        if folder != clone.root and clone.root in folder.parents and folder.is_symlink():
            name = folder.relative_to(clone.root).as_posix()
            raise InvalidData(name, "a link where the store has a directory", hint="put the directory itself there")
    found = [path for path, delta in moves.items() if not _is_recorded(read(path), delta)]
    if found:
        raise Unrecorded(found)


def take_in(clone: Clone, paths: Sequence[str] | None = None) -> tuple[str, ...]:
    """Commits what was edited by hand, tasks with their `edited` events; answers remarks on what is not valid.

    `paths` names what must be taken in: then a file that is not valid raises InvalidData.
    """
    wanted = paths if paths is not None else _edited(clone)
    if not wanted:
        return ()
    notes, taken = [], []
    with clone.registry.transaction() as transaction:
        for path in wanted:
            try:
                taken += [path] if _take(clone, transaction, path) else []
            except InvalidData as found:
                if paths is not None:
                    raise
                notes.append(f"{found.message}; it was left alone, mend it")
        tasks = [id for path in taken if (id := task_id_at(path)) is not None]
        says = clone.says(SUBJECT, tasks)
        transaction.describe(says["subject"], says["trailers"], **signature(clone.session))
    return tuple(notes)


def _take(clone: Clone, transaction: Transaction, path: str) -> bool:
    """Puts a file that was edited by hand; False for one that is gone, or is what was committed."""
    data = transaction.read(path)
    known = clone.objects.ask(f"{clone.branch}:{path}")
    if data is None or (known is not None and blob_id(data, known.oid) == known.oid):
        return False
    if kind_of(path) != "task":
        require_valid(path, data, transaction.read)
    else:
        with suppress(NewerFormat):
            transaction.put(transaction.task(parse_task(path, data, transaction.read).id))
            return True
    transaction.put_bytes(path, data)
    return True


def _edited(clone: Clone) -> list[str]:
    return [path for path in uncommitted(clone.git) if kind_of(path) != "other"]


def _is_recorded(data: bytes | None, delta: Delta) -> bool:
    """Whether a file of the working tree holds what is committed, before or after; a missing one loses nothing."""
    if data is None:
        return True
    entries = [entry for entry in (delta.before, delta.after) if entry is not None]
    return any(blob_id(data, entry.oid) == entry.oid for entry in entries)


def moves_of(base: Mapping[str, Entry | None], changes: Mapping[str, Change], like: str) -> dict[str, Delta]:
    """The same changes as deltas, contents named by their ids; `like` is any id of the repository."""
    found = {}
    for path, change in changes.items():
        after = Entry("100644", str(blob_id(change, like))) if isinstance(change, bytes) else change
        found[path] = Delta(base.get(path), after)
    return found
