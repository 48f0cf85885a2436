"""From a record whose files are all on the disk to the change itself: the commit, the files, git's index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fedtasks.errors import FedtasksError, LockLost, OutOfReach
from fedtasks.store import journal
from fedtasks.store.files import os_errors
from fedtasks.store.layout import JOURNAL, LOCK
from fedtasks.store.lock import StoreLock

TRIES = 5
"""How often a commit follows a branch that somebody else's git moves."""


class Recorder(Protocol):
    """Who keeps the history of a store's files; a plain directory has none."""

    def ready(self) -> None:
        """Pins; raises where nothing could be recorded now (a detached head, a merge under way)."""

    def pin(self) -> None:
        """Keeps in mind the commit that the change will stand upon."""

    def record(self, contents: Mapping[str, bytes | None], commit: Mapping[str, Any], *, again: bool = False) -> bool:
        """Commits these contents (None: removed) upon the pinned commit; `again`, after a kill: unless they are
        committed already. False, and nothing is done, where the branch is at another commit."""

    def follow(self, paths: Iterable[str]) -> bool:
        """Pins the branch's present commit instead; False where that changed one of these paths."""

    def advance(self, head: str, was: str, *, again: bool = False) -> bool:
        """Moves the branch from one commit to another; `again`, after a kill: answers whether it had been moved."""

    def settle(self, paths: Sequence[str]) -> bool:
        """Learns that committed paths are in place; False where that has to wait."""

    def break_stale(self, since: float, now: float) -> None:
        """Removes what a killed recorder, which began at `since`, left in the way."""

    def tidy(self) -> None:
        """Packs what many changes have left, where it is time; goes on in the background."""


@dataclass(frozen=True, slots=True)
class Finisher:
    """Finishes records in one store, this writer's own and those that killed writers left."""

    root: Path
    recorder: Recorder | None
    fsync: bool

    def finish_left(self, lock: StoreLock) -> None:
        """Finishes what a killed writer left. The branch is pinned before the lock is proven: if this writer falls
        asleep after that, and another one finishes it, git refuses the second commit."""
        record = journal.read_journal(self.root)
        if record is not None:
            if self.recorder is not None:
                self.recorder.pin()
            lock.prove()
            self.finish(record, lock, again=True)

    def finish(self, record: journal.Record, lock: StoreLock, *, again: bool = False) -> None:
        """Commit first: while git can still refuse, the files are as they were. Then the files, then git's index.

        `again` is for what a killed writer left.
        """
        if self.recorder is not None and record.commit and not self._record(self.recorder, record, lock, again=again):
            journal.drop(self.root, record)
            return
        journaled = again or len(record.moves) > 1 or bool(record.commit)
        with os_errors(self.root, journal.UNDER_WAY if journaled else journal.UNSURE):
            if journaled:
                lock.prove(journal.UNDER_WAY)
            journal.carry_out(self.root, record.moves, fsync=self.fsync, again=again)
            if self.recorder is not None and record.commit:
                self._settle_index(self.recorder, record.paths)
            journal.clear_journal(self.root, record)
            journal.delete_removed(self.root, record.moves)

    def _record(self, recorder: Recorder, record: journal.Record, lock: StoreLock, *, again: bool) -> bool:
        """Whether the moves go on: a branch that a killed writer had not moved yet stays, and so do the files."""
        commit = record.commit
        try:
            if again:
                since, now = ((self.root / name).stat().st_mtime for name in (JOURNAL, LOCK))
                recorder.break_stale(since, now)
            if "head" in commit:
                return recorder.advance(commit["head"], commit["was"], again=again)
            self._commit(recorder, record, lock, again=again)
        except FedtasksError:
            if not again:
                self._drop(record, lock)
            raise
        return True

    def _commit(self, recorder: Recorder, record: journal.Record, lock: StoreLock, *, again: bool) -> None:
        """Puts the commit upon the pinned one, or upon what somebody's own `git commit` has put there meanwhile.

        That one has not asked for the lock; where it changed a file of this record, the change is refused.
        """
        contents = journal.contents(self.root, record.moves, again=again)
        for _ in range(TRIES):
            if recorder.record(contents, record.commit, again=again):
                return
            same = recorder.follow(record.paths)
            _require_held(lock)
            if not same and not again:
                break
        raise OutOfReach(
            "git was used in the store while this command worked, and moved its branch; nothing was changed",
            hint="run the command again",
        )

    def _drop(self, record: journal.Record, lock: StoreLock) -> None:
        """Only while the lock is held: who has taken it over may be finishing the change just now."""
        _require_held(lock)
        journal.drop(self.root, record)

    def _settle_index(self, recorder: Recorder, paths: Sequence[str]) -> None:
        waiting = journal.read_unsettled(self.root)
        every = tuple(dict.fromkeys([*waiting, *paths]))
        settled = recorder.settle(every)
        if waiting or not settled:
            journal.write_unsettled(self.root, () if settled else every)


def _require_held(lock: StoreLock) -> None:
    try:
        lock.prove()
    except LockLost as found:
        raise journal.overtaken() from found
