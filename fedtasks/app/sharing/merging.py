"""What git asks of a merge driver: two versions of one file of the store become one."""

from __future__ import annotations

from pathlib import Path

from fedtasks.store.merging import merge_bytes


def merge_files(ours: Path, theirs: Path, path: str) -> None:
    """Writes the merge of both files over `ours`; `path` is the file's name in the store. Raises InvalidData."""
    merged = merge_bytes(ours.read_bytes(), theirs.read_bytes(), path)
    ours.write_bytes(merged)
