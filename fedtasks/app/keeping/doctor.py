"""`doctor`: whether this machine and this store can keep the promises."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fedtasks.app.opening import open_registry
from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError, NoStore
from fedtasks.git.recorder import GitRecorder
from fedtasks.git.worktree import require_own_branch
from fedtasks.store.lock import is_held_for_others
from fedtasks.store.mounts import REFUSED, doubts, mount_of, read_mounts

OLDEST_GIT = (2, 34)
OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `state` is ok, warn or fail; `hint` says what to do."""

    name: str
    state: str
    detail: str
    hint: str | None = None


def doctor(session: Session) -> list[Finding]:
    """Git, the identity, the store, its settings, mount, lock and space, branch and merge driver, in this order."""
    found = [_git_version(session), _identity(session)]
    try:
        found.append(Finding("store", OK, f"{session.root} (by {session.found.by})"))
    except NoStore as missing:
        return [*found, Finding("store", FAIL, missing.message, missing.hint)]
    for look in (_settings, _mount, _lock, _space, _branch, _remote, _merge_driver, _hooks):
        try:
            found += look(session)
        except FedtasksError as problem:
            found.append(Finding(look.__name__.strip("_").replace("_", " "), FAIL, problem.message, problem.hint))
    return found


def _hooks(session: Session) -> Iterator[Finding]:
    """Whether commits tell owners; another tool may have put its own hooks in the place of ours."""
    from fedtasks.app.commits.hookplace import find_hook_place
    from fedtasks.git.hooks import FOREIGN, NONE, hook_at
    from fedtasks.git.repository import git_directory

    if git_directory(session.context.directory) is None:
        return
    place, install = find_hook_place(session.context), "run: fedtasks hooks install"
    if not place.state.exists:
        yield Finding("hooks", OK, "not installed here: commits tell nobody", install)
        return
    gone = [name for name in place.names if hook_at(place.folder, name).state in (NONE, FOREIGN)]
    waiting = len(place.state.pending())
    if gone:
        yield Finding("hooks", WARN, f"another tool has replaced {', '.join(gone)} in {place.folder}", install)
    elif waiting and (said := place.state.last_words()):
        yield Finding(
            "hooks", WARN, f"{waiting} to be followed up; the last attempt said: {said}", "fedtasks hooks run"
        )
    else:
        yield Finding("hooks", OK, f"installed in {place.folder}")


def _git_version(session: Session) -> Finding:
    try:
        text = session.context.git.line("version")
    except FedtasksError as problem:
        return Finding("git", FAIL, problem.message, problem.hint)
    numbers = tuple(int(part) for part in re.findall(r"[0-9]+", text)[:2])
    if numbers < OLDEST_GIT:
        return Finding("git", FAIL, text, "install git 2.34 or later")
    return Finding("git", OK, text)


def _identity(session: Session) -> Finding:
    try:
        actor = session.actor
    except NoStore:
        email = session.git_config.get("user.email")
        return Finding("identity", OK if email else WARN, email or "git has no user.email")
    except FedtasksError as problem:
        return Finding("identity", FAIL, problem.message, problem.hint)
    listed = any(member.name == actor.name for member in session.members)
    state = OK if listed else WARN
    hint = None if listed else f"make it a member: fedtasks member add {actor.name}"
    return Finding("identity", state, f"{actor.name} <{actor.email}>, {actor.member.role}", hint)


def _settings(session: Session) -> Iterator[Finding]:
    config = session.config
    yield Finding("settings", OK, f"project {config.project}, format {config.format}, {len(session.members)} members")


def _lock(session: Session) -> Iterator[Finding]:
    """Takes the lock and lets a second process try it: file systems whose locks keep nobody out show here."""
    registry = open_registry(session.context, session.root, "doctor", "doctor")
    python = session.context.python
    with registry.transaction():
        kept_out = is_held_for_others(session.root, python)
    freed = not is_held_for_others(session.root, python)
    if kept_out and freed:
        yield Finding("lock", OK, "taken, proved by a second process, released")
    else:
        said = "it is still held after its release" if kept_out else "a second process could take it as well"
        yield Finding("lock", FAIL, said, "use a file system with working locks, or share the store by git")


def _mount(session: Session) -> Iterator[Finding]:
    """What the file system's type and options say of machines that share it."""
    mount = mount_of(read_mounts(), Path(os.path.realpath(session.root)))
    if mount is None:
        return
    shared = f"{mount.type} from {mount.source}" if mount.is_networked else f"{mount.type}, this machine's own"
    found = doubts(mount)
    if not found:
        yield Finding("mount", OK, shared)
    for doubt in found:
        yield Finding("mount", FAIL if doubt.level == REFUSED else WARN, f"{shared}: {doubt.reason}", doubt.hint)


def _space(session: Session) -> Iterator[Finding]:
    status = os.statvfs(session.root)
    free = status.f_bavail * status.f_frsize // 1024**2
    state, hint = (OK, None) if free > 100 else (WARN, "free some space")
    yield Finding("file system", state, f"{free} MB free", hint)


def _branch(session: Session) -> Iterator[Finding]:
    if (session.root / ".git").exists():
        git = session.context.git.at(session.root)
        git.require_trusted()
        recorder = GitRecorder(git, fsync=True)
        recorder.ready()
        branch = recorder.branch()
        require_own_branch(git, branch, _shared_as(session) or branch)
        yield Finding("branch", OK, branch)


def _shared_as(session: Session) -> str | None:
    with suppress(FedtasksError):
        return session.remote.theirs if session.remote else None
    return None


def _remote(session: Session) -> Iterator[Finding]:
    """Where the store is shared to, and what has not travelled yet, as far as is known without asking."""
    if not session.is_recorded:
        return
    remote = session.remote
    if remote is None:
        yield Finding("remote", OK, "none: this clone keeps its tasks to itself")
        return
    from fedtasks.git.divergence import divergence

    found = divergence(session.root, remote)
    if found.ahead is None:
        yield Finding("remote", WARN, f"{remote.name} ({found.url}): never seen", "send the store: fedtasks sync")
    else:
        yield Finding("remote", OK, f"{remote.name} ({found.url}): {found.ahead} to send, {found.behind} to take")


def _merge_driver(session: Session) -> Iterator[Finding]:
    if not (session.root / ".git").exists():
        return
    driver = session.context.git.at(session.root).line_or_none("config", "merge.fedtasks.driver")
    command = (driver or "").split(" -P -m fedtasks")[0].strip("'")
    if not driver or not (shutil.which(command) or os.access(command, os.X_OK)):
        detail = f"not found: {command}" if driver else "not configured"
        yield Finding("merge driver", FAIL, detail, "configure it again: fedtasks init")
    else:
        yield Finding("merge driver", OK, driver)
