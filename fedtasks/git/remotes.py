"""Which remote a store is shared through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fedtasks.errors import NotFound, UsageError


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote and the store's branch there; `branch`, `theirs` and `tracking` are full names of refs: the branch
    here, the branch there, and what was last seen of it."""

    name: str
    branch: str
    theirs: str

    @property
    def tracking(self) -> str:
        """The full name of the remote-tracking branch."""
        return f"refs/remotes/{self.name}/{self.theirs.removeprefix('refs/heads/')}"


def remote_names(config: Mapping[str, str]) -> list[str]:
    """The remotes that git's configuration has, sorted."""
    keys = (key for key in config if key.startswith("remote.") and key.endswith(".url"))
    return sorted(name for key in keys if (name := key[len("remote.") : -len(".url")]) and not name.startswith("-"))


def choose_remote(config: Mapping[str, str], branch: str, wanted: str | None = None) -> Remote | None:
    """The remote of the store's branch (a full ref name), None where it is shared through none.

    | what says so, in this order                  | the remote                                             |
    |----------------------------------------------|--------------------------------------------------------|
    | `--remote NAME`                              | that one; raises NotFound where there is none          |
    | git config `fedtasks.remote`                 | that one, likewise; an empty value: none               |
    | git config `branch.<the branch>.remote`      | that one, unless it is gone                            |
    | a remote named `origin`                      | that one                                               |
    | there is only one                            | that one                                               |
    | there are several                            | raises UsageError, which names them                    |
    """
    names = remote_names(config)
    short = branch.removeprefix("refs/heads/")
    configured = wanted if wanted is not None else config.get("fedtasks.remote")
    if configured is not None:
        if configured and configured not in names:
            raise _unknown(configured, names, "--remote" if wanted is not None else "git config fedtasks.remote")
        return Remote(configured, branch, _merged(config, short, configured)) if configured else None
    followed = config.get(f"branch.{short}.remote")
    for name in (followed, "origin", *names[: len(names) == 1]):
        if name in names:
            return Remote(str(name), branch, _merged(config, short, str(name)))
    if not names:
        return None
    raise UsageError(
        f"there are several remotes ({', '.join(names)}), and nothing says which one the tasks are shared through",
        hint=f"choose one: git config fedtasks.remote {names[0]}; or none: git config fedtasks.remote ''",
        remotes=names,
    )


def _merged(config: Mapping[str, str], short: str, name: str) -> str:
    merged = config.get(f"branch.{short}.merge", "")
    followed = config.get(f"branch.{short}.remote") == name and merged.startswith("refs/heads/")
    return merged if followed else f"refs/heads/{short}"


def _unknown(name: str, names: list[str], by: str) -> NotFound:
    return NotFound(
        f"{by} names the remote '{name}', which there is not",
        hint=f"there is: {', '.join(names)}" if names else "add one: git remote add origin URL",
        given=name,
        remotes=names,
    )
