"""What hooks say of the commits that they were run for: whose they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from time import sleep

from fedtasks.app.session import Session
from fedtasks.git.changed import Commit
from fedtasks.git.hookstate import HookState

YOUNG_SECONDS = 5
POLL_SECONDS = 0.02
POLLS = 25


def who_ran(session: Session, waiting: Iterable[Path]) -> dict[str, str]:
    """Who ran `git commit` here, by commit, where the environment or git's configuration of the time said so."""
    found = {}
    for path in waiting:
        oid, actor = _words(path)
        if oid and (name := actor or session.git_config.get("fedtasks.actor")):
            found[oid] = name
    return found


def late_words(session: Session, state: HookState, waiting: Collection[Path], tips: Iterable[Commit]) -> list[Path]:
    """What hooks have left meanwhile about these tips of branches.

    Git runs a commit's hook a moment after the branch has it. Where hooks are at work (something is `waiting`) a commit
    of the last few seconds that none has named is waited for, half a second at most.
    """
    now = session.context.clock() // 1_000_000_000
    named = {_words(path)[0] for path in waiting}
    missing = {commit.id for commit in tips if 0 <= now - commit.at < YOUNG_SECONDS} - named
    found: dict[Path, str] = {}
    for _ in range(POLLS if waiting else 0):
        found |= {path: _words(path)[0] for path in state.pending() if path not in waiting and path not in found}
        if missing <= set(found.values()):
            break
        sleep(POLL_SECONDS)
    return [path for path, oid in found.items() if oid in missing]


def _words(path: Path) -> tuple[str, str]:
    with suppress(OSError, UnicodeDecodeError):
        oid, _, actor = path.read_text(encoding="utf-8").strip().partition(" ")
        return oid, actor
    return "", ""
