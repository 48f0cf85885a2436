"""`sync`: fetch, merge, push, and say what came, what went, and which tentative claims stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fedtasks.app.notices.overruled import tell_overruled
from fedtasks.app.session import Session
from fedtasks.app.sharing.bringing import Brought, bring, take_in
from fedtasks.app.sharing.clone import Clone, open_clone
from fedtasks.app.sharing.news import News, collect
from fedtasks.app.sharing.publishing import confirm, overtaken, rounds
from fedtasks.app.tasks.active import note
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.git.network import Pushed
from fedtasks.git.objects import counts, deltas
from fedtasks.git.remotes import Remote
from fedtasks.policy.gates import find_cycles
from fedtasks.store.layout import DELEGATIONS, OUTBOX
from fedtasks.store.relations import needs
from fedtasks.store.rows import public_fields

Say = Callable[[str], None]

NO_REMOTE = "this store has no remote, so there is nothing to sync with; add one: git remote add origin URL"
NO_GIT = (
    "this store is a directory without git: who shares the directory shares the tasks, and there is nothing to sync"
)


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


def sync(
    session: Session,
    *,
    dry_run: bool = False,
    from_refs: bool = False,
    at_once: bool = False,
    remote: str | None = None,
    say: Say = lambda words: None,
) -> Synced:
    """Brings this clone and the remote's branch together.

    `dry_run` only fetches and looks; `from_refs` takes what git has fetched already, without the network. Raises
    OutOfReach where the remote cannot be reached or others keep pushing; what was merged until then stays, and other
    stores have what waited for them.
    """
    done = Synced()
    if not dry_run:
        from fedtasks.app.notices.reminding import remind_now_and_then

        remind_now_and_then(session)
    chosen = session.remote if remote is None else session.remote_named(remote)
    if chosen is not None:
        done.remote = chosen.name
    if dry_run or from_refs:
        if chosen is not None:
            _exchange(session, chosen, done, say, dry_run=dry_run, from_refs=from_refs)
    else:
        trouble = _trouble(session, chosen, done, say)
        if _deliver(session, done, at_once):
            trouble = trouble or _trouble(session, chosen, done, say)
        if trouble is not None:
            raise _with_what_was_done(trouble, done)
    if chosen is None and not done.carried and not done.waiting:
        done.notes.append(NO_REMOTE if session.is_recorded else NO_GIT)
    done.notes += _circles(session, done.tasks.values())
    return done


def _trouble(session: Session, remote: Remote | None, done: Synced, say: Say) -> OutOfReach | None:
    """Why this clone and its remote could not be brought together; None where they were, or there is none."""
    try:
        if remote is not None:
            _exchange(session, remote, done, say)
    except OutOfReach as found:
        return found
    return None


def _with_what_was_done(trouble: OutOfReach, done: Synced) -> OutOfReach:
    if done.carried:
        brought = ", ".join(dict.fromkeys(f"{one['task']} to {one['to']}" for one in done.carried))
        trouble.message += f"; other stores have had what waited for them: {brought}"
    if done.waiting:
        trouble.message += f"; still waiting for other stores: {len(done.waiting)}"
    if done.carried or done.waiting:
        trouble.fields |= {"carried": done.carried, "waiting": done.waiting}
    return trouble


def try_sync(session: Session) -> str:
    """One sync in the background, whatever befalls it; answers what went wrong, nothing where all went well."""
    try:
        sync(session)
    except FedtasksError as found:
        return found.message
    except Exception as found:  # noqa: BLE001  who syncs again and again goes on after this one
        return f"unexpected {type(found).__name__}: {found}"
    return ""


def _exchange(
    session: Session, remote: Remote, done: Synced, say: Say, *, dry_run: bool = False, from_refs: bool = False
) -> None:
    with open_clone(session, remote) as clone, clone.publishing():
        syncing = _Syncing(clone, done, say)
        if dry_run:
            syncing.look(from_refs)
        elif from_refs:
            syncing.follow()
        else:
            syncing.run()


def _deliver(session: Session, done: Synced, at_once: bool) -> bool:
    """Completes what a merge has made complete, and carries the outbox; whether that changed this store."""
    if not session.config.instances and not any((session.root / folder).is_dir() for folder in (DELEGATIONS, OUTBOX)):
        return False
    from fedtasks.app.delegation.completing import complete_due
    from fedtasks.app.delegation.courier import carry

    completed = complete_due(session)
    carried = carry(session, at_once=at_once)
    done.notes += carried.notes
    told = carried.to_json()
    done.carried, done.waiting = told["carried"], told["waiting"]
    return completed or bool(carried.carried)


def _circles(session: Session, changed: Iterable[Task]) -> list[str]:
    """Two clones can each make half of a circle, which no clone alone would have allowed."""
    concerned = {task.id for task in changed if task.state.depends_on}
    circles = find_cycles(needs(session.index())) if concerned else []
    return [
        f"the dependencies now run in a circle: {' -> '.join(circle)}; "
        f"take one away: fedtasks depend {circle[0]} --no {circle[1]}"
        for circle in circles
        if concerned & set(circle)
    ]


class _Syncing:
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
        self._collect(bring(self.clone, theirs))
        note(self.clone.session, self.done.tasks.values())

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


def after_change(session: Session) -> Iterator[str]:
    """With `sync: always`: pushes what a command has changed; answers remarks where that was not possible."""
    if not session.wrote:
        return
    try:
        if session.config.sync_always and session.remote is not None:
            sync(Session(session.context, session.what))
    except FedtasksError as found:
        yield f"it is done here, but not pushed: {found.message}"
