"""Where a repository is, and the store's branch in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fedtasks.git.run import Git

BRANCH = "fedtasks"


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository around a directory; `main` is its main working tree, None for a bare one."""

    common_directory: Path
    top: Path | None
    main: Path | None


def find_repository(git: Git) -> Repository | None:
    """The repository that `git.directory` stands in, None where it stands in none."""
    answer = git.line_or_none("rev-parse", "--path-format=absolute", "--git-common-dir", "--is-bare-repository")
    if answer is None:
        return None
    common = Path(answer.split("\n")[0])
    top = git.line_or_none("rev-parse", "--path-format=absolute", "--show-toplevel")
    return Repository(common, Path(top) if top else None, _main_worktree(git, common, top))


def _main_worktree(git: Git, common: Path, top: str | None) -> Path | None:
    """The main working tree; for a submodule or a separate git directory git lists that directory instead of it."""
    entries = worktrees(git)
    if not entries or "bare" in entries[0][1]:
        return None
    if entries[0][0] != common:
        return entries[0][0]
    configured = git.line_or_none("--git-dir", str(common), "config", "core.worktree")
    if configured:
        return (common / configured).resolve()
    own = git.line_or_none("rev-parse", "--path-format=absolute", "--git-dir")
    return Path(top) if top and own and Path(own) == common else None


def git_directory(directory: Path) -> Path | None:
    """The git directory of the working tree around a directory, a linked one's own; found without asking git."""
    for folder in (directory, *directory.parents):
        entry = folder / ".git"
        if entry.is_dir():
            return entry
        if entry.is_file():
            text = entry.read_text(encoding="utf-8", errors="surrogateescape").strip()
            return (folder / text.removeprefix("gitdir:").strip()).resolve() if text.startswith("gitdir:") else None
    return None


def common_directory(directory: Path) -> Path | None:
    """What all working trees of the repository around a directory share; found without asking git."""
    own = git_directory(directory)
    if own is None:
        return None
    try:
        return (own / (own / "commondir").read_text(encoding="utf-8").strip()).resolve()
    except OSError:
        return own


def worktrees(git: Git) -> list[tuple[Path, list[str]]]:
    """All working trees, the main one first: path, and git's lines about it (`branch refs/heads/x`, `bare`, ...)."""
    text = git.run("worktree", "list", "--porcelain").decode("utf-8", "surrogateescape")
    entries = (entry.split("\n") for entry in text.strip("\n").split("\n\n"))
    return [(Path(lines[0].removeprefix("worktree ")), lines[1:]) for lines in entries if lines[0]]


def branch_head(git: Git, ref: str) -> str | None:
    """The commit that a full ref name points at, None where there is no such ref."""
    return git.line_or_none("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")


def first_commit(git: Git) -> str | None:
    """The commit that the current branch began with, alike in all clones; None for no commit, or a shallow clone."""
    if git.line_or_none("rev-parse", "--is-shallow-repository") != "false":
        return None
    found = git.line_or_none("rev-list", "--max-parents=0", "--first-parent", "HEAD")
    return found.split("\n")[-1] if found else None


def remote_branch(git: Git) -> str | None:
    """The remote-tracking ref that has the store's branch: origin's, else the only remote's, None without one."""
    listed = git.run("for-each-ref", "--format=%(refname)", f"refs/remotes/*/{BRANCH}").decode().split()
    preferred = [ref for ref in listed if ref == f"refs/remotes/origin/{BRANCH}"]
    return next(iter(preferred or listed), None)


def top_level(git: Git) -> Path | None:
    """The top of the working tree around the directory, None outside of one."""
    top = git.line_or_none("rev-parse", "--path-format=absolute", "--show-toplevel")
    return Path(top).resolve() if top else None
