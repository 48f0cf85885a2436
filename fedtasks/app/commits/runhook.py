"""What each hook runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from fedtasks.app.commits.followup import Followed, follow_up
from fedtasks.app.commits.guard import Verdict, guard
from fedtasks.app.commits.hookplace import HookPlace, find_hook_place
from fedtasks.app.commits.summary import write_summary
from fedtasks.app.context import Context
from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError, NoStore, UsageError

NICE = 5


def run_hook(session: Session, hook: str | None, words: Sequence[str], *, detached: bool) -> Followed | Verdict:
    """Does what belongs to a hook of this name; None is a person who wants all new commits told now."""
    place = find_hook_place(session.context)
    if hook is not None and hook not in place.names:
        raise UsageError(f"there is no hook {hook!r} here", hint=f"one of: {', '.join(place.names)}")
    if not place.state.exists:
        raise FedtasksError(
            "the hooks are not installed in this repository", hint="install them: fedtasks hooks install"
        )
    if hook == "pre-commit":
        return _guarded(session, place)
    if hook == "pre-push":
        return _push(session, place, words)
    if detached:
        _go_behind()
    wait = 0.0 if detached else session.context.lock_timeout
    done = follow_up(session, place, seconds=wait)
    if done is None:
        return Followed(notes=["another process is looking at the new commits"])
    write_summary_quietly(session.context, place)
    if detached:
        from fedtasks.app.notices.outgoing import send_behind

        send_behind(Session(session.context, "notify send"))
    return done


def _guarded(session: Session, place: HookPlace) -> Verdict:
    verdict = guard(session, place)
    if verdict.outcome in ("clear", "conflict"):
        write_summary_quietly(session.context, place)
    return verdict


def write_summary_quietly(context: Context, place: HookPlace) -> None:
    """Leaves what the hooks need to answer the usual case by themselves; a failure only makes them ask again."""
    with suppress(FedtasksError, OSError):
        write_summary(Session(context), place)


def _go_behind() -> None:
    """Out of the way of the terminal that git was called from, and of what is done there."""
    with suppress(OSError):
        os.setsid()
    with suppress(OSError):
        os.nice(NICE)


def _push(session: Session, place: HookPlace, words: Sequence[str]) -> Followed:
    """Before git pushes: all that is pushed is told, and the tasks go to the same remote."""
    done = follow_up(session, place, seconds=session.context.lock_timeout) or Followed()
    with suppress(NoStore):
        if _is_shared_through(session, words[0] if words else ""):
            from fedtasks.app.sharing.sync import sync

            done.notes += sync(Session(session.context, session.what)).notes
    return done


def _is_shared_through(session: Session, remote: str) -> bool:
    """Whether the store goes to the remote that is pushed to."""
    chosen = session.remote
    return chosen is not None and remote == chosen.name
