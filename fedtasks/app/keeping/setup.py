"""Making a store, and joining one."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fedtasks.app.context import Context
from fedtasks.app.identity import check_name, name_from
from fedtasks.app.keeping.places import place_in_git, require_place
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain.canonical import dump_bytes
from fedtasks.errors import FedtasksError, UsageError
from fedtasks.git import worktree
from fedtasks.git.remotes import choose_remote
from fedtasks.git.repository import Repository, find_repository, remote_branch
from fedtasks.git.run import Git
from fedtasks.policy.members import Member
from fedtasks.store.config import config_text
from fedtasks.store.files import os_errors, write_durably
from fedtasks.store.layout import (
    CONFIG,
    FOLDER,
    GITATTRIBUTES,
    GITIGNORE,
    LOCAL,
    MEMBERS,
    PLANS,
    TASKS,
    is_store,
    member_path,
)


@dataclass(frozen=True, slots=True)
class Made:
    """What `init` did: `how` is created, joined or already; `notes` are remarks for the user."""

    root: Path
    kind: str
    how: str
    member: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Project name (None: the directory's) and id prefix of a new store."""

    project: str | None = None
    prefix: str = "task"


def init_git(context: Context, settings: Settings) -> Made:
    """The git store of the repository around the directory: made, or joined where the branch is here or at a remote.

    Raises FedtasksError outside a repository and in a bare one.
    """
    repository, main, root = place_in_git(context)
    git = context.git.at(main)
    if is_store(root):
        how, notes = "already", list[str]()
    else:
        if root.exists() and any(root.iterdir()):
            bring_back = f"; or bring its {CONFIG} back: git -C {shlex.quote(str(root))} restore {CONFIG}"
            raise FedtasksError(
                f"{root} exists and is no store",
                hint="move it away, then run 'fedtasks init' again" + bring_back * (root / ".git").exists(),
            )
        how, notes = _make_branch(context, settings, repository)
        worktree.check_out(git, root)
    if root != main:
        worktree.exclude(repository.common_directory)
    worktree.configure_merge(git, f"{shlex.quote(context.python)} -P -m fedtasks")
    (root / LOCAL).mkdir(exist_ok=True)
    return Made(root, "git", how, _join(context, root), tuple(notes))


def _make_branch(context: Context, settings: Settings, repository: Repository) -> tuple[str, list[str]]:
    git = context.git
    if worktree.has_branch(git):
        return "joined", []
    notes = worktree.fetch_branch(git)
    remote = remote_branch(git)
    if remote is not None:
        worktree.join_branch(git, remote)
        return "joined", notes
    assert repository.main is not None
    member = _first_member(context)
    files = _files(settings, repository.main.name, member)
    worktree.create_branch(git, files, _commit(context, "start the task store", member))
    return "created", [*notes, *_follow(git)]


def _follow(git: Git) -> list[str]:
    """A new store is shared through the repository's remote from its first claim or sync on; the remarks say so."""
    try:
        remote = choose_remote(git.config(), worktree.REF)
    except FedtasksError as found:
        return [found.message, *filter(None, [found.hint])]
    if remote is None:
        return []
    worktree.follow(git, remote.name)
    return [
        (
            f"the tasks will be shared through the remote {remote.name}, from the first claim or 'fedtasks sync' on; "
            "to keep them here: git config fedtasks.remote ''"
        )
    ]


def init_directory(context: Context, path: Path, settings: Settings, *, git: bool) -> Made:
    """A store in a plain directory, as a git repository too where `git` says so.

    Inside a git repository without a store, its configuration `fedtasks.store` is set to the path.
    """
    root = context.directory / path
    if is_store(root):
        if (root / ".git").is_dir() and not worktree.is_recorded(context.git.at(root)):
            _record_first(context, root, _first_member(context))
        return Made(root, _kind(root), "already", _join(context, root), tuple(_point_at(context, root)))
    require_place(root)
    member = _first_member(context)
    files = _files(settings, root.resolve().name, member)
    with os_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        if not all(_is_ours(entry, files) for entry in root.iterdir()):
            raise FedtasksError(f"{root} is not empty", hint="choose an empty or a new directory")
        if git:
            worktree.init_repository(context.git.at(root))
        _write_files(root, files, fsync=context.fsync)
    if git:
        _record_first(context, root, member)
    return Made(root, "directory+git" if git else "directory", "created", member.name, tuple(_point_at(context, root)))


def _is_ours(entry: Path, files: Mapping[str, bytes]) -> bool:
    """Whether an entry is what an `init` that was killed leaves behind."""
    if entry.name in (LOCAL, TASKS, PLANS, MEMBERS, ".git"):
        return True
    wanted = files.get(entry.name)
    return wanted is not None and entry.is_file() and wanted == entry.read_bytes()


def _record_first(context: Context, root: Path, member: Member) -> None:
    git = context.git.at(root)
    worktree.first_commit_here(git, _commit(context, "start the task store", member))
    worktree.configure_merge(git, f"{shlex.quote(context.python)} -P -m fedtasks")


def _kind(root: Path) -> str:
    return "directory+git" if (root / ".git").exists() else "directory"


def _write_files(root: Path, files: dict[str, bytes], *, fsync: bool) -> None:
    for folder in (LOCAL, TASKS, PLANS, MEMBERS):
        (root / folder).mkdir(exist_ok=True)
    temporary = root / LOCAL / "init"
    for name, data in sorted(files.items(), key=lambda pair: pair[0] == CONFIG):
        temporary.unlink(missing_ok=True)
        write_durably(temporary, data, fsync=fsync)
        temporary.rename(root / name)


def _files(settings: Settings, folder: str, member: Member) -> dict[str, bytes]:
    return {
        ".gitattributes": GITATTRIBUTES.encode(),
        ".gitignore": GITIGNORE.encode(),
        CONFIG: config_text(settings.project or _readable(folder) or "project", settings.prefix).encode(),
        member_path(member.name): dump_bytes(member.to_json()),
    }


def _readable(folder: str) -> str:
    """A directory's name as a project's: what is not UTF-8, or no sign on one line, replaced."""
    text = os.fsencode(folder).decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def _first_member(context: Context, role: str = "owner") -> Member:
    config = context.git.config()
    email = context.environ.get("GIT_AUTHOR_EMAIL") or config.get("user.email", "")
    full_name = context.environ.get("GIT_AUTHOR_NAME") or config.get("user.name", "")
    named = context.actor or context.environ.get("FEDTASKS_ACTOR") or config.get("fedtasks.actor")
    name = check_name(named) if named else name_from(full_name, email)
    return Member(name, "human", role, "" if named else full_name, (email,) if email and not named else ())


def _commit(context: Context, subject: str, member: Member) -> dict[str, object]:
    email = member.emails[0] if member.emails else f"{member.name}@fedtasks.invalid"
    trailers = [["Fedtasks-Actor", member.name]]
    name = member.full_name or member.name
    return {"subject": subject, "trailers": trailers, "name": name, "email": email, "at": context.now()}


def _join(context: Context, root: Path) -> str | None:
    """Adds git's user to the members of an existing store, where that is possible and not done yet."""
    session = Session(_at_store(context, root), "init")
    try:
        newcomer = _first_member(context, "developer")
    except UsageError:
        return None
    emails = {email.casefold() for member in session.members for email in member.emails}
    names = {member.name for member in session.members}
    if newcomer.name in names or (newcomer.emails and newcomer.emails[0].casefold() in emails):
        return session.actor.name
    if session.config.members != "open":
        return None
    if not session.members:
        newcomer = _first_member(context)
    with writing(session) as change:
        change.transaction.put_object("member", member_path(newcomer.name), newcomer.to_json())
        change.title(f"join {newcomer.name}")
    return newcomer.name


def _at_store(context: Context, root: Path) -> Context:

    return context._replace(store=os.fspath(root))


def _point_at(context: Context, root: Path) -> list[str]:
    repository = find_repository(context.git)
    main = (repository.main or repository.top) if repository else None
    if main is None or main.resolve() == root.resolve():
        return []
    git = context.git.at(main)
    known = git.config().get("fedtasks.store")
    if known or is_store(main / FOLDER):
        return []
    git.run("config", "fedtasks.store", str(root.resolve()))
    return [f"git config fedtasks.store = {root.resolve()} in {main}"]
