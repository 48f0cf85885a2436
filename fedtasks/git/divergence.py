"""How far a branch and what was last seen of it at its remote are apart; with GitPython, where time is no matter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from git import Repo
from git.exc import GitError

from fedtasks.errors import OutOfReach
from fedtasks.git.network import CREDENTIALS
from fedtasks.git.remotes import Remote


@dataclass(frozen=True, slots=True)
class Divergence:
    """`url` without credentials; `ahead` and `behind` count commits, None where the remote's branch was never seen."""

    url: str
    ahead: int | None
    behind: int | None


def divergence(root: Path, remote: Remote) -> Divergence:
    """Where the store's branch stands against `remote`, without asking it; raises OutOfReach."""
    try:
        with Repo(root, expand_vars=False) as repository:
            _keep_to(repository)
            url = CREDENTIALS.sub("://", next(repository.remote(remote.name).urls))
            if remote.tracking not in {reference.path for reference in repository.references}:
                return Divergence(url, None, None)
            return Divergence(
                url,
                _count(repository, f"{remote.tracking}..{remote.branch}"),
                _count(repository, f"{remote.branch}..{remote.tracking}"),
            )
    except (GitError, ValueError, OSError) as problem:
        raise OutOfReach(f"the repository of {root} cannot be read: {problem}", hint="see: git fsck") from problem


def _count(repository: Repo, span: str) -> int:
    return sum(1 for _ in repository.iter_commits(span))


def _keep_to(repository: Repo) -> None:
    """GitPython's children inherit the environment, which inside a hook may name another repository."""
    repository.git.update_environment(
        GIT_DIR=str(repository.git_dir), GIT_COMMON_DIR=str(repository.common_dir), GIT_OPTIONAL_LOCKS="0"
    )
