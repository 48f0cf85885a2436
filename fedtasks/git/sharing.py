"""Two heads of the store's branch become one, on commits and blobs: nothing here touches the working tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fedtasks.errors import OutOfReach
from fedtasks.git.objects import Objects, deltas, merge_bases, older_contents
from fedtasks.git.recorder import DURABLE, FAST_IMPORT, QUIET
from fedtasks.git.run import Git, GitFailed
from fedtasks.git.stream import commit_stream
from fedtasks.store.treemerge import Change, Side, merge_trees, refuse_links, refuse_unsafe

SCRATCH = "refs/fedtasks/scratch"
"""The ref that fast-import wants while it builds; it never reaches the disk."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Two commits brought together: `parents` is one commit that contains both, or both, and then `changes` is what
    the merge has that the first one has not; `unrelated` says that they have no common ancestor here."""

    parents: tuple[str, ...]
    changes: Mapping[str, Change] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unrelated: bool = False

    @property
    def merges(self) -> bool:
        """Whether a merge is needed."""
        return len(self.parents) > 1


class _Source:
    """The contents that a merge asks for."""

    def __init__(self, git: Git, objects: Objects, ours: str, theirs: str) -> None:
        self.git, self.objects = git, objects
        self.commits: dict[Side, str] = {"ours": ours, "theirs": theirs}
        self.blob = objects.blob

    def beside(self, path: str) -> bytes | None:
        """A file that either commit has."""
        asked = (self.objects.ask(f"{commit}:{path}") for commit in self.commits.values())
        return next((found.data for found in asked if found is not None), None)

    def older(self, side: Side, path: str) -> Iterator[bytes]:
        return older_contents(self.git, self.objects, self.commits[side], path)

    def text(self, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
        return merge_text(self.git, base, ours, theirs)


def join_commits(git: Git, objects: Objects, ours: str, theirs: str) -> Joined:
    """What `ours` and `theirs` make together; the files are the same with the two exchanged (see merge_trees)."""
    if ours == theirs:
        return Joined((ours,))
    bases = merge_bases(git, ours, theirs)
    if theirs in bases:
        return Joined((ours,))
    if ours in bases:
        return Joined((theirs,))
    base = bases[0] if bases else None
    mine, other = deltas(git, base, ours), deltas(git, base, theirs)
    merged = merge_trees(mine, other, _Source(git, objects, ours, theirs))
    return Joined((ours, theirs), merged.changes, merged.notes, unrelated=not bases)


def check_changes(changes: Mapping[str, Change]) -> None:
    """Raises FedtasksError for a change that must not come to the working tree: an unsafe path, a link."""
    refuse_unsafe(changes)
    refuse_links(changes)


def build(
    git: Git, commits: Sequence[tuple[Sequence[str], Mapping[str, Change], Mapping[str, Any]]], *, fsync: bool
) -> str:
    """Makes commits that no ref has yet, each upon its parents or, where it names none, upon the one before; answers
    the id of the last."""
    lines: list[bytes] = []
    for place, (parents, changes, commit) in enumerate(commits, start=1):
        lines += commit_stream(SCRATCH, changes, commit, parents=parents or [f":{place - 1}"], mark=place)
    width = len(next(parents for parents, _, _ in commits if parents)[0])
    lines.append(f"get-mark :{len(commits)}\nreset {SCRATCH}\nfrom {'0' * width}\n\ndone\n".encode())
    options = DURABLE if fsync else ("-c", "core.fsync=none")
    try:
        return git.run(*QUIET, *options, *FAST_IMPORT, input=b"".join(lines)).decode().strip()
    except GitFailed as found:
        raise OutOfReach(
            f"git could not build the commit ({found.said}); nothing was changed",
            hint="see what git says of the store: fedtasks doctor",
        ) from found


def merge_text(git: Git, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Git's merge of three texts line by line; None where both changed the same lines, or for what is no text."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="fedtasks-merge-") as folder:
        names = []
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            path = Path(folder) / name
            path.write_bytes(data)
            names.append(os.fspath(path))
        done = git.attempt("merge-file", "--stdout", "--quiet", *names)
    return done.stdout if done.returncode == 0 else None


def is_shallow(git: Git) -> bool:
    """Whether the repository was cloned without its whole history."""
    return git.line_or_none("rev-parse", "--is-shallow-repository") == "true"
