"""A copy of another repository's branch: made when it is first needed, a cache that can be removed at any time."""

from __future__ import annotations

import shutil
from pathlib import Path

from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.git.network import words
from fedtasks.git.run import Git
from fedtasks.store.layout import CONFIG, is_store

REMOTE = "origin"


def make_copy(git: Git, place: Path, url: str, branch: str, unique: str, seconds: float) -> None:
    """A clone of one branch at `place`, whole or not at all; `unique` tells the processes apart that try it at once.

    Raises OutOfReach where the branch cannot be fetched or is no store.
    """
    making = place.with_name(f"{place.name}.{unique}")
    making.mkdir(parents=True)
    try:
        _fetch(git.at(making), url, branch, seconds)
        if not is_store(place):
            making.rename(place)
    except OSError as found:
        if not is_store(place):
            raise OutOfReach(f"{place}: {found.strerror}", hint="this cache must be writable") from found
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _fetch(git: Git, url: str, branch: str, seconds: float) -> None:
    ref, tracking = f"refs/heads/{branch}", f"refs/remotes/{REMOTE}/{branch}"
    git.run("init", "--quiet", f"--initial-branch={branch}")
    git.run("config", f"remote.{REMOTE}.url", url)
    git.run("config", f"remote.{REMOTE}.fetch", f"+{ref}:{tracking}")
    git.run("config", f"branch.{branch}.remote", REMOTE)
    git.run("config", f"branch.{branch}.merge", ref)
    done = git.attempt("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", REMOTE, timeout=seconds)
    if done.returncode != 0:
        said = words(done.stderr.decode("utf-8", "replace"))
        raise OutOfReach(f"it cannot be reached: {said}", hint=f"see what git says: git ls-remote {words(url)}")
    if git.line_or_none("cat-file", "-t", f"{tracking}:{CONFIG}") != "blob":
        raise FedtasksError(f"the branch {branch} there is no task store", hint="is it the right branch?")
    git.run("update-ref", ref, tracking)
    git.run("-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "reset", "--quiet", "--hard")
