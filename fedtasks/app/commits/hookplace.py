"""Where the hooks of a repository stand and remember."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fedtasks.app.context import Context
from fedtasks.errors import FedtasksError
from fedtasks.git import hooks
from fedtasks.git.hookstate import HookState
from fedtasks.git.repository import find_repository
from fedtasks.git.run import Git
from fedtasks.store.layout import is_store


@dataclass(frozen=True, slots=True)
class HookPlace:
    """Where a repository's hooks stand and remember: `git` runs where git would run them."""

    git: Git
    common: Path
    folder: Path
    bare: bool

    @property
    def state(self) -> HookState:
        """What the hooks remember of this repository."""
        return HookState(self.common)

    @property
    def names(self) -> tuple[str, ...]:
        """The hooks that belong here: a server's in a bare repository, else a clone's."""
        return hooks.SERVER if self.bare else hooks.CLIENT


def find_hook_place(context: Context) -> HookPlace:
    """The repository around the working directory; raises FedtasksError outside of one."""
    repository = find_repository(context.git)
    if repository is None:
        raise FedtasksError(
            f"{context.directory} is not in a git repository, so there is nothing to hook into",
            hint="change to the code repository",
        )
    bare = repository.main is None and repository.top is None
    top = repository.top or repository.common_directory
    if repository.main is not None and is_store(top):
        top = repository.main
    git = context.git.at(top)
    return HookPlace(git, repository.common_directory, hooks.hooks_folder(git), bare)
