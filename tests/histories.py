"""Long histories, made at once: what years of talk would leave in a task's file."""

from __future__ import annotations

from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import dump_bytes, load_bytes
from fedtasks.domain.codec import task_from_json, task_to_json
from fedtasks.domain.compaction import extended
from fedtasks.domain.task import SEGMENT
from tests.strategies import event

LENGTH = 2 * SEGMENT + 100


def lengthen(world: Any, id: str, length: int = LENGTH) -> list[str]:
    """Makes the history of a task long, as years of talk would, and records it; answers the ids of its events."""
    task = task_from_json(load_bytes(world.path(id).read_bytes()))
    seqs = range(len(task.history) + 1, length + 1)
    talked = extended(task, [event(kinds.COMMENTED, seq, text=f"remark {seq}", type="note") for seq in seqs])
    world.path(id).write_bytes(dump_bytes(task_to_json(talked)))
    if world.recorded:
        world.git("commit", "--quiet", "-am", "years of talk")
    return [made.id for made in talked.history]
