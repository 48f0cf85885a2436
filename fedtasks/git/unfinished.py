"""What somebody has begun with git in a working tree and not ended: a merge, a rebase and their like."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import NamedTuple

from fedtasks.git.refs import git_directory

UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
"""The files that git keeps meanwhile, each with the verb that goes on."""


class Unfinished(NamedTuple):
    """What is under way, and how it ends."""

    message: str
    hint: str


def unfinished(worktree: Path) -> Unfinished | None:
    """What is under way in a working tree, None where nothing is."""
    folder = git_directory(worktree)
    for name, word in UNDER_WAY.items():
        if (folder / name).exists():
            end = ", and ends it" if word == "merge" else f", then: git -C {quote(str(worktree))} {word} --continue"
            return Unfinished(
                f"is in the middle of a {word} ({name})",
                f"'fedtasks check --fix' resolves what is in conflict{end}",
            )
    return None
