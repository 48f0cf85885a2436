"""What a merge without the driver left behind: unmerged entries of git's index, and conflict markers in files."""

from __future__ import annotations

import re

from fedtasks.git.recorder import QUIET
from fedtasks.git.refs import git_directory
from fedtasks.git.run import Git
from fedtasks.store.treemerge import Entry

MARK = re.compile(rb"(<<<<<<<|\|\|\|\|\|\|\||=======|>>>>>>>)(?: .*)?\r?\n?")

Stages = dict[int, Entry]
"""1 is the common base, 2 ours, 3 theirs; a side that removed the file is missing."""


def unmerged(git: Git) -> dict[str, Stages]:
    """The paths that a merge left to be resolved, each with its versions."""
    found: dict[str, Stages] = {}
    for entry in git.run("ls-files", "--unmerged", "-z").decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = entry.partition("\t")
        if path:
            mode, oid, stage = head.split(" ")
            found.setdefault(path, {})[int(stage)] = Entry(mode, oid)
    return found


def mark_resolved(git: Git, paths: list[str]) -> None:
    """Tells git's index that these files are merged."""
    listed = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    git.run(*QUIET, "update-index", "--add", "--remove", "-z", "--stdin", input=listed)


def conclude(git: Git) -> bool:
    """Commits a merge that has nothing left to be resolved; False where no plain merge is under way."""
    if not (git_directory(git.directory) / "MERGE_HEAD").exists() or unmerged(git):
        return False
    git.run(*QUIET, "commit", "--quiet", "--no-edit", "--no-verify", "--no-gpg-sign")
    return True


def sides(data: bytes) -> tuple[bytes, bytes] | None:
    """The two versions that a file with conflict markers was made of; None where it has none, or they do not pair.

    Between `<<<<<<<` and `=======` stands ours (up to `|||||||`, where the base begins), then theirs up to `>>>>>>>`;
    what stands outside belongs to both.
    """
    ours: list[bytes] = []
    theirs: list[bytes] = []
    place, found = "both", False
    expected = {"<<<<<<<": ("both",), "|||||||": ("ours",), "=======": ("ours", "base"), ">>>>>>>": ("theirs",)}
    after = {"<<<<<<<": "ours", "|||||||": "base", "=======": "theirs", ">>>>>>>": "both"}
    for line in data.splitlines(keepends=True):
        mark = MARK.fullmatch(line)
        if mark is not None:
            word = mark.group(1).decode()
            if place not in expected[word]:
                return None
            place, found = after[word], True
            continue
        ours += [line] * (place in ("both", "ours"))
        theirs += [line] * (place in ("both", "theirs"))
    return (b"".join(ours), b"".join(theirs)) if found and place == "both" else None
