"""The exchange with a remote: fetch, merge, push, until neither side has what the other lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fedtasks.app.notices.doubled import tell_once
from fedtasks.app.notices.overruled import tell_overruled
from fedtasks.app.sharing.bringing import Brought, bring, take_in
from fedtasks.app.sharing.clone import Clone
from fedtasks.app.sharing.news import News, collect
from fedtasks.app.sharing.publishing import confirm, overtaken, rounds
from fedtasks.app.tasks.active import note
from fedtasks.domain.task import Task
from fedtasks.git.network import Pushed
from fedtasks.git.objects import counts, deltas
from fedtasks.store.rows import public_fields

Say = Callable[[str], None]


@dataclass(slots=True)
class Synced:
    """What a sync did, or with `--dry-run` would do; `pulled` and `pushed` count commits, merges aside; `carried` and
    `waiting` are messages for other stores."""

    remote: str | None = None
    pulled: int = 0
    pushed: int = 0
    tasks: dict[str, Task] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    withdrawn: list[dict[str, Any]] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    carried: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The answer of `sync --json`."""
        return {
            "remote": self.remote,
            "tasks": [public_fields(task) for task in self.tasks.values()],
            "changes": [news.to_json() for news in self.news],
            "files": self.files,
            "pulled": self.pulled,
            "pushed": self.pushed,
            "withdrawn": self.withdrawn,
            "confirmed": self.confirmed,
            "carried": self.carried,
            "waiting": self.waiting,
            "notes": self.notes,
        }


class Exchange:
    """This clone and one remote, brought together; `done` is filled in on the way, `say` hears what takes time."""

    def __init__(self, clone: Clone, done: Synced, say: Say) -> None:
        self.clone, self.done, self.say = clone, done, say

    def run(self) -> None:
        """Fetch, merge, push, until the push is taken."""
        self.done.notes += take_in(self.clone)
        was = self.clone.head()
        for _ in rounds(self.clone.session):
            theirs = self._fetch()
            if theirs is not None:
                self._bring(theirs)
            tell_overruled(self.clone, was)
            if self._push(theirs):
                return
        raise overtaken(self.clone.session)

    def follow(self) -> None:
        """Merges what git has fetched."""
        self.done.notes += take_in(self.clone)
        was, theirs = self.clone.head(), self.clone.tracked()
        if theirs is not None:
            self._bring(theirs)
        tell_overruled(self.clone, was)

    def look(self, from_refs: bool) -> None:
        """What would come and go; nothing moves but the tracking ref."""
        theirs = self.clone.tracked() if from_refs else self._fetch()
        head = self.clone.head()
        self.done.pushed = self._outgoing(head, theirs)
        if theirs is None:
            return
        self.done.pulled = counts(self.clone.git, head, theirs)[1]
        joined = self.clone.join(head, theirs)
        merged = self.clone.build(joined, None, None)
        self._collect(Brought(head, merged, deltas(self.clone.git, head, merged), joined.notes))

    def _fetch(self) -> str | None:
        self.say(f"fetching from {self.done.remote}")
        return self.clone.fetch(tidy=True)

    def _bring(self, theirs: str) -> None:
        head = self.clone.head()
        if head == theirs:
            return
        self.done.pulled += counts(self.clone.git, head, theirs)[1]
        brought = bring(self.clone, theirs)
        self._collect(brought)
        note(self.clone.session, self.done.tasks.values())
        if brought.merged:
            tell_once(self.clone.session, brought.moves)

    def _collect(self, brought: Brought) -> None:
        self.done.notes += brought.notes
        collect(self.clone, brought, self.done)

    def _push(self, theirs: str | None) -> bool:
        """Whether the remote has all that is here; tentative claims that stand are confirmed in the same push."""
        head = self.clone.head()
        commit, confirmed = confirm(self.clone, head)
        if commit == theirs:
            return True
        going = self._outgoing(commit, theirs)
        self.say(f"pushing {going} change{'s' * (going != 1)} to {self.done.remote}")
        if self.clone.push(commit) is not Pushed.TAKEN:
            return False
        self.done.pushed += going
        if commit != head:
            bring(self.clone, commit)
            self.done.confirmed += confirmed
        return True

    def _outgoing(self, head: str, theirs: str | None) -> int:
        if theirs is None:
            return int(self.clone.git.line("rev-list", "--no-merges", "--count", head))
        return counts(self.clone.git, head, theirs)[0] if head != theirs else 0
