"""Following up what git did: commits become notices and close tasks; hooks begin it, whoever comes next ends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.app.commits.announced import late_words, who_ran
from fedtasks.app.commits.closing import close_landed
from fedtasks.app.commits.concerns import Authors, Code, Fields, active_tasks, audience, concern, concerned
from fedtasks.app.commits.hookplace import HookPlace, find_hook_place
from fedtasks.app.commits.signs import renew_by_commits
from fedtasks.app.notices.reading import read_inbox
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.errors import FedtasksError, NoStore, StoreLocked
from fedtasks.git.changed import Commit, commits_of, new_commits, patch_ids, reaches, tips, unshared
from fedtasks.git.hookstate import LOCK, HookState
from fedtasks.git.repository import common_directory
from fedtasks.notify.commits import KIND, Concern, commit_notice, what_was_told
from fedtasks.notify.notice import Notice
from fedtasks.store.layout import INBOX
from fedtasks.store.lock import StoreLock

if TYPE_CHECKING:
    from fedtasks.app.change import Change

MOST_ROUNDS = 50
FEW = 200
"""New commits that are compared with what was told before under another id; a longer backlog is told as it is."""

WATCHER = "fedtasks"
"""Who writes the notices where nobody is known to act, as on a server."""


@dataclass(slots=True)
class Followed:
    """What was done: commits looked at, notices given, tasks closed, remarks."""

    commits: int = 0
    notices: list[Notice] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def resume(session: Session, *, seconds: float = 5.0) -> Followed | None:
    """Finishes what hooks of the repository at hand have left; None where nothing waits or somebody is at it."""
    common = common_directory(session.context.directory)
    if common is None or not HookState(common).pending():
        return None
    with suppress(FedtasksError):
        return follow_up(session, find_hook_place(session.context), seconds=seconds)
    return None


def follow_up(session: Session, place: HookPlace, *, seconds: float = 0.0) -> Followed | None:
    """Looks at all that is new, until nothing waits; None where another process is at it for longer than `seconds`.

    One process at a time, under a lock of its own. What was seen is noted only after everybody is told, and ids of
    notices are derived: a process that is killed anywhere leaves nothing untold and nothing told twice.
    """
    context, done = session.context, Followed()
    holder = {"host": context.host, "pid": context.pid, "since": context.now(), "what": "hooks"}
    for _ in range(MOST_ROUNDS):
        try:
            with StoreLock(place.state.folder, seconds, holder, LOCK):
                _follow_once(session, place, done)
        except StoreLocked:
            return None
        if not place.state.pending():
            break
    return done


def _follow_once(session: Session, place: HookPlace, done: Followed) -> None:
    state, waiting = place.state, place.state.pending()
    rewritten, seen = state.rewritten(), state.recall("seen")
    try:
        session = _open(session, place, done)
    except NoStore:
        state.settle(waiting)
        return
    here = tips(place.git)
    commits = new_commits(place.git, list(here.values()), seen)
    done.commits += len(commits)
    waiting += late_words(session, state, waiting, [commit for commit in commits if commit.id in here.values()])
    authors = Authors(session, who_ran(session, waiting))
    if rewritten:
        known = {commit.id for commit in commits}
        commits += commits_of(place.git, [id for id in rewritten.values() if id not in known and id not in rewritten])
    if commits:
        shared = any(ref.startswith("refs/remotes/") for ref in here)
        _tell(session, place, _Round(commits, rewritten, authors, shared), done)
        renew_by_commits(session, commits, authors)
    closed, notes = close_landed(session, place, authors)
    done.closed += closed
    done.notes += notes
    if place.bare:
        _share(session, done, from_refs=False)
    state.saw(seen, here.values())
    state.settle(waiting)


def _open(session: Session, place: HookPlace, done: Followed) -> Session:
    """A session that sees what git has fetched of the store, and that somebody acts in; raises NoStore.

    A server's own store is beside the repository, and fetches from there.
    """
    if place.bare:
        from fedtasks.app.commits.hooks import serve

        serve(session.context, place)
    _share(_with_actor(Session(session.context, session.what)), done, from_refs=not place.bare)
    return _with_actor(Session(session.context, session.what))


def _share(session: Session, done: Followed, *, from_refs: bool) -> None:
    from fedtasks.app.sharing.sync import sync

    try:
        done.notes += sync(session, from_refs=from_refs).notes if session.is_recorded and session.remote else []
    except FedtasksError as found:
        done.notes.append(found.message)


def _with_actor(session: Session) -> Session:
    """Telling needs nobody's leave: where nobody is known to act, the hooks themselves do."""
    from fedtasks.app.identity import Actor
    from fedtasks.policy.members import Member

    try:
        _ = session.actor
    except NoStore:
        raise
    except FedtasksError:
        session.actor = Actor(Member(WATCHER), f"{WATCHER}@fedtasks.invalid")
    return session


@dataclass(frozen=True, slots=True)
class _Round:
    """New commits, the oldest first; what was rewritten into what; who made which; whether there are remotes."""

    commits: Sequence[Commit]
    rewritten: Mapping[str, str]
    authors: Authors
    shared: bool


def _tell(session: Session, place: HookPlace, found: _Round, done: Followed) -> None:
    tasks = active_tasks(session)
    hits = concerned(Code(place.git, session, tasks), found.commits)
    if not hits and not found.rewritten:
        return
    few = len(found.commits) <= FEW
    patches = patch_ids(place.git, [commit.id for commit, _ in hits]) if few else {}
    concerns = [concern(commit, paths, found.authors, patches.get(commit.id)) for commit, paths in hits]
    mine = by_member(concerns, tasks, session)
    members = [*mine, *(name for name in with_inbox(session.root) if found.rewritten and name not in mine)]
    if not members:
        return
    with writing(session) as change:
        given = [
            one for name in members if (one := _tell_member(change, place, found, name, mine.get(name, ()), tasks))
        ]
        change.title(f"tell {', '.join(notice.to for notice in given) or 'nobody'} of commits")
    done.notices += given


def _tell_member(
    change: Change,
    place: HookPlace,
    found: _Round,
    member: str,
    concerns: Sequence[Concern],
    tasks: Mapping[str, Fields],
) -> Notice | None:
    """The notice that a member gets, if any: of what is news, and of what unread ones told that may be replaced."""
    before = read_notices(change.session.root, member)
    told = what_was_told(before, found.rewritten, _unshared(place, found, before))
    news = told.news(concerns, lambda one, other: reaches(place.git, one, [other]))
    if not news and not told.gone:
        return None
    commits = [*told.kept, *(one.to_json() for one in news)]
    notice = commit_notice(member, commits, tasks, change.session.context.now()) if commits else None
    for old in told.replaced:
        if notice is None or old.id != notice.id:
            change.withdraw(old)
        else:
            change.replace(old, notice)
    if notice is not None:
        change.deliver(notice)
    return notice if news else None


def with_inbox(root: Path) -> list[str]:
    """Who was ever told anything."""
    try:
        return sorted(entry.name for entry in (root / INBOX).iterdir() if entry.is_dir())
    except FileNotFoundError:
        return []


def by_member(concerns: Sequence[Concern], tasks: Mapping[str, Fields], session: Session) -> dict[str, list[Concern]]:
    """What each member is to be told: of no commit of their own, and each only of tasks that concern them."""
    found: dict[str, list[Concern]] = {}
    for one in concerns:
        for member in dict.fromkeys(name for id in one.tasks for name in audience(tasks[id], session.members)):
            if member not in one.authors:
                own = {id: paths for id, paths in one.tasks.items() if member in audience(tasks[id], session.members)}
                found.setdefault(member, []).append(one.about(own))
    return found


def _unshared(place: HookPlace, found: _Round, before: Iterable[Notice]) -> frozenset[str]:
    """Commits of unread notices that no remote has: what is pushed together is told together."""
    named = [
        str(commit["id"]) for notice in before if notice.read_at is None for commit in notice.data.get("commits", ())
    ]
    return unshared(place.git, named) if named and found.shared else frozenset()


def read_notices(root: Path, member: str) -> list[Notice]:
    """What a member was told of commits, read or not."""
    return [notice for notice in read_inbox(root, member).notices if notice.kind == KIND]
