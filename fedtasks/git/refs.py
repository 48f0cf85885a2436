"""Where a branch stands, read from the repository's files: a change of a task need not wait for one more git."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from fedtasks.store.files import revalidate_directory

COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


def git_directory(worktree: Path) -> Path:
    """The git directory of a working tree: `.git` itself, or the one that a linked worktree's `.git` file names."""
    entry = worktree / ".git"
    if entry.is_file():
        named = entry.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("gitdir:").strip()
        return worktree / named
    return entry


def shared_directory(folder: Path) -> Path:
    """What a git directory shares with those of the repository's other working trees: refs and objects."""
    with suppress(FileNotFoundError):
        return folder / (folder / "commondir").read_text(encoding="utf-8").strip()
    return folder


def named_head(folder: Path) -> str:
    """The branch in a git directory's HEAD file; empty where only git itself can say (detached, reftable)."""
    with suppress(OSError, UnicodeDecodeError):
        kind, _, name = (folder / "HEAD").read_text(encoding="utf-8").partition(": ")
        if kind == "ref" and not name.endswith(".invalid\n"):
            return name.strip()
    return ""


def read_branch(folder: Path, name: str) -> str | None:
    """The commit that a branch (a full ref name) is at; None where only git itself can say.

    Over NFS a file that another machine has replaced is seen once its directory was opened.
    """
    shared = shared_directory(folder)
    with suppress(OSError):
        revalidate_directory((shared / name).parent)
    found = None
    try:
        found = (shared / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        found = _packed(shared, name)
    except (OSError, UnicodeDecodeError):
        return None
    return found if found is not None and COMMIT.fullmatch(found) else None


def _packed(shared: Path, name: str) -> str | None:
    with suppress(OSError):
        ends = f" {name}\n".encode("utf-8", "surrogateescape")
        with (shared / "packed-refs").open("rb") as file:
            return next((line[: -len(ends)].decode("ascii", "replace") for line in file if line.endswith(ends)), None)
    return None
