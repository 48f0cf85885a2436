"""What git asks of a merge driver: two versions of one file of the store become one."""

from __future__ import annotations

from pathlib import Path

from fedtasks.git.objects import Objects, content_anywhere
from fedtasks.git.run import Git
from fedtasks.store.merging import merge_bytes
from fedtasks.store.reading import beside


def merge_files(git: Git, ours: Path, theirs: Path, path: str) -> None:
    """Writes the merge of both files over `ours`; `path` is the file's name in the store. Raises InvalidData.

    Git stands at the top of the working tree, which may not have the other side's segments yet.
    """
    here = beside(git.directory)
    with Objects(git) as objects:

        def find(name: str) -> bytes | None:
            return here(name) or content_anywhere(git, objects, name)

        merged = merge_bytes(ours.read_bytes(), theirs.read_bytes(), path, find)
    ours.write_bytes(merged)
