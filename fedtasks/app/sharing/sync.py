"""`sync`: fetch, merge, push, and say what came, what went, and which tentative claims stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fedtasks.app.session import Session
from fedtasks.app.sharing.clone import open_clone
from fedtasks.app.sharing.exchange import Exchange, Say, Synced
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.git.remotes import Remote
from fedtasks.policy.gates import find_cycles
from fedtasks.store.layout import DELEGATIONS, OUTBOX
from fedtasks.store.relations import needs

NO_REMOTE = "this store has no remote, so there is nothing to sync with; add one: git remote add origin URL"
NO_GIT = (
    "this store is a directory without git: who shares the directory shares the tasks, and there is nothing to sync"
)


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
        if session.is_recorded:
            session.context.git.at(session.root).require_trusted()
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
        exchange = Exchange(clone, done, say)
        if dry_run:
            exchange.look(from_refs)
        elif from_refs:
            exchange.follow()
        else:
            exchange.run()


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


def after_change(session: Session) -> Iterator[str]:
    """With `sync: always`: pushes what a command has changed; answers remarks where that was not possible."""
    if not session.wrote:
        return
    try:
        if session.config.sync_always and session.remote is not None:
            sync(Session(session.context, session.what))
    except FedtasksError as found:
        yield f"it is done here, but not pushed: {found.message}"
