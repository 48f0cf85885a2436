"""How the working tree stands: branch, commit, what is not committed or not pushed."""

from __future__ import annotations

from dataclasses import dataclass

from fedtasks.git.run import Git


@dataclass(frozen=True, slots=True)
class Working:
    """`branch` is None for a detached head, `commit` for a branch without commits; `dirty` counts changed files."""

    branch: str | None
    commit: str | None
    dirty: int
    pushed: bool


def working(git: Git) -> Working | None:
    """The working tree that `git.directory` stands in, None where it stands in none.

    A commit counts as pushed where a remote's branch, as last fetched, has it; without any remote there is nowhere to
    push it to, and it counts as pushed, too.
    """
    done = git.attempt("status", "--porcelain=v2", "--branch")
    if done.returncode != 0:
        return None
    lines = done.stdout.decode("utf-8", "surrogateescape").splitlines()
    heads = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# "))
    commit, branch = heads.get("branch.oid"), heads.get("branch.head")
    commit = None if commit in (None, "(initial)") else commit
    return Working(
        None if branch in (None, "(detached)") else branch,
        commit,
        sum(not line.startswith("#") for line in lines),
        commit is None or is_pushed(git, commit),
    )


def is_pushed(git: Git, commit: str) -> bool:
    """Whether others can fetch a commit: a remote has it, or there is none."""
    if not git.line_or_none("remote"):
        return True
    return bool(git.line_or_none("for-each-ref", "--count=1", f"--contains={commit}", "refs/remotes"))


def resolve_commit(git: Git, given: str) -> str | None:
    """The full id of a commit, None where the repository has no such one."""
    return git.line_or_none("rev-parse", "--verify", "--quiet", "--end-of-options", f"{given}^{{commit}}")


def changed_between(git: Git, before: str, after: str) -> list[str] | None:
    """The paths that differ between two commits, both names of what was renamed; None where one is not here."""
    done = git.attempt("diff", "--name-only", "--no-renames", "-z", before, after, "--")
    if done.returncode != 0:
        return None
    return done.stdout.decode("utf-8", "surrogateescape").strip("\0").split("\0")


def commits_between(git: Git, before: str, after: str, most: int = 200) -> list[str]:
    """The commits that lead from one to another, the oldest first."""
    listed = git.attempt("rev-list", "--reverse", f"--max-count={most}", f"{before}..{after}", "--")
    return listed.stdout.decode().split() if listed.returncode == 0 else []
