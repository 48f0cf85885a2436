"""Making and joining the git store: an orphan branch, checked out in a linked working tree."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.git.recorder import first_commit
from fedtasks.git.refs import git_directory
from fedtasks.git.repository import BRANCH, branch_head, worktrees
from fedtasks.git.run import Git
from fedtasks.store.layout import FOLDER

REF = f"refs/heads/{BRANCH}"
REMOTE_SECONDS = 30.0


def create_branch(git: Git, files: Mapping[str, bytes], commit: Mapping[str, Any]) -> None:
    """Makes the orphan branch with one commit of these files; the working tree and the index stay as they are."""
    first_commit(git, REF, files, commit)


def join_branch(git: Git, remote_ref: str) -> None:
    """Makes the local branch at the remote's, following it, so that `git fetch` and `git pull` bring it along."""
    remote = remote_ref.removeprefix("refs/remotes/").removesuffix(f"/{BRANCH}")
    git.run("update-ref", REF, remote_ref, "")
    follow(git, remote)


def follow(git: Git, remote: str) -> None:
    """Makes the local branch follow the remote's of the same name, and git's own fetch bring it along."""
    git.run("config", f"branch.{BRANCH}.remote", remote)
    git.run("config", f"branch.{BRANCH}.merge", REF)
    patterns = (git.line_or_none("config", "--get-all", f"remote.{remote}.fetch") or "").split("\n")
    if not any("refs/heads/*:" in pattern or pattern.lstrip("+").startswith(f"{REF}:") for pattern in patterns):
        git.run("config", "--add", f"remote.{remote}.fetch", f"+{REF}:refs/remotes/{remote}/{BRANCH}")


def fetch_branch(git: Git) -> list[str]:
    """Asks each remote not known to have the store's branch for it; answers remarks about those out of reach."""
    notes = []
    for remote in git.run("remote").decode("utf-8", "surrogateescape").split():
        tracking = f"refs/remotes/{remote}/{BRANCH}"
        if branch_head(git, tracking) is not None:
            continue
        try:
            if git.run("ls-remote", remote, REF, timeout=REMOTE_SECONDS):
                git.run("fetch", "--quiet", "--no-tags", remote, f"+{REF}:{tracking}", timeout=REMOTE_SECONDS)
        except FedtasksError as found:
            notes.append(f"the remote {remote} could not be asked for the branch {BRANCH}: {found.message}")
    return notes


def init_repository(git: Git) -> None:
    """Makes the directory a git repository on the store's branch, unless it is one already."""
    if not (git.directory / ".git").exists():
        git.run("init", "--quiet", f"--initial-branch={BRANCH}")


def first_commit_here(git: Git, commit: Mapping[str, Any]) -> None:
    """Commits all files of a new directory store."""
    branch = git.line("symbolic-ref", "HEAD")
    paths = git.run("ls-files", "-z", "--others", "--exclude-standard").decode("utf-8", "surrogateescape").split("\0")
    files = {path: (git.directory / path).read_bytes() for path in paths if path}
    if branch_head(git, "HEAD") is None:
        first_commit(git, branch, files, commit)
    git.run("read-tree", "HEAD")
    with suppress(FedtasksError):
        git.run("update-index", "-q", "--refresh")


def is_recorded(git: Git) -> bool:
    """Whether a directory store's first commit is there, and its index."""
    return (git.directory / ".git" / "index").exists() and branch_head(git, "HEAD") is not None


def check_out(git: Git, root: Path) -> None:
    """Checks the store's branch out at `root`; raises FedtasksError where it is checked out elsewhere."""
    git.run("worktree", "prune")
    elsewhere = checked_out_at(git)
    if elsewhere is not None:
        raise FedtasksError(
            f"the branch {BRANCH} is checked out at {elsewhere} already",
            hint=f"use that store: --store {elsewhere}",
            path=str(elsewhere),
        )
    git.run("-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", str(root), BRANCH)


def checked_out_at(git: Git) -> Path | None:
    """The working tree that has the store's branch checked out."""
    return next((path for path, lines in worktrees(git) if f"branch {REF}" in lines), None)


def require_own_branch(git: Git, branch: str, theirs: str) -> None:
    """Raises OutOfReach where the store's linked working tree has another branch checked out than the store's own.

    `branch` is what it has, `theirs` what that one is shared as. A clone of its own may name its branch as it likes.
    """
    root = git.directory
    if REF in (branch, theirs) or not (git_directory(root) / "commondir").is_file() or branch_head(git, REF) is None:
        return
    there, name = shlex.quote(str(root)), branch.removeprefix("refs/heads/")
    raise OutOfReach(
        f"the store {root} has the branch {name} checked out instead of {BRANCH}, which the others share",
        hint=f"git -C {there} switch {BRANCH}; what was changed meanwhile: git -C {there} merge {shlex.quote(name)}",
        branch=name,
    )


def exclude(common_directory: Path) -> None:
    """Keeps the store's folder out of the code branches through `info/exclude`."""
    path = common_directory / "info" / "exclude"
    line = f"/{FOLDER}/"
    text = path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else ""
    if line in text.splitlines():
        return
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        text + ("" if not text or text.endswith("\n") else "\n") + line + "\n",
        encoding="utf-8",
        errors="surrogateescape",
    )


def configure_merge(git: Git, command: str) -> None:
    """Names the merge driver that .gitattributes asks for, in the repository's own configuration.

    `command` is the shell command that runs this fedtasks.
    """
    git.run("config", "merge.fedtasks.name", "fedtasks: union of two histories of a task")
    git.run("config", "merge.fedtasks.driver", f"{command} merge-driver %O %A %B %P")


def has_branch(git: Git) -> bool:
    """Whether the store's branch is here."""
    return branch_head(git, REF) is not None
