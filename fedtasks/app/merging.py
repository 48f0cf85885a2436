"""What git asks of a merge driver: two versions of one file of the store become one."""

from __future__ import annotations

from pathlib import Path

from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.merge import merge_plans, merge_tasks
from fedtasks.store.layout import PLANS
from fedtasks.store.reading import parse_object, parse_task


def merge_files(ours: Path, theirs: Path, path: str) -> None:
    """Writes the merge of both files over `ours`; `path` is the file's name in the store. Raises InvalidData."""
    merged = merge_bytes(ours.read_bytes(), theirs.read_bytes(), path)
    ours.write_bytes(merged)


def merge_bytes(ours: bytes, theirs: bytes, path: str) -> bytes:
    """The merge of two versions of a task or plan file."""
    if ours == theirs:
        return ours
    if path.startswith(f"{PLANS}/"):
        return dump_bytes(merge_plans(parse_object(path, ours), parse_object(path, theirs)))
    return dump_bytes(task_to_json(merge_tasks(parse_task(path, ours), parse_task(path, theirs))))
