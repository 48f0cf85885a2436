"""Long histories: all but the latest events move into segments, files of their own that never change.

In memory a task always has its whole history; only its file is short. A segment holds the next `SEGMENT` events of the
ordered history and names the segment before it, and it is named by the SHA-256 of its content: a name stands for
everything up to there, as a commit's does in git. Segments begin and end at fixed places, so two machines that compact
one history make the same ones, and a merge never has to make one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from fedtasks.domain.canonical import dump_bytes, ordered
from fedtasks.domain.events import Event
from fedtasks.domain.fold import fold
from fedtasks.domain.task import SEGMENT, Task

Json = Any

KEPT = 64
"""Events that stay in the task's file at least: what others write meanwhile mostly sorts among these."""


class Segment(NamedTuple):
    """The content of a segment, and its name."""

    digest: str
    data: bytes


class Older(NamedTuple):
    """The events that a task's file has in segments, oldest first, and the names of these."""

    events: tuple[Mapping[str, Json], ...] = ()
    digests: tuple[str, ...] = ()


NOTHING_OLDER = Older()


def digest_of(data: bytes) -> str:
    """The name of a segment."""
    from hashlib import sha256

    return sha256(data).hexdigest()


def compact(task: Task) -> tuple[Task, tuple[Segment, ...]]:
    """The task with as many events in segments as can be, and the segments that it did not have yet."""
    made: list[Segment] = []
    digests = list(task.compacted)
    for events in _blocks(task.history)[len(digests) : max(0, len(task.history) - KEPT) // SEGMENT]:
        before = digests[-1] if digests else None
        rows = [event.to_json() for event in events]
        data = dump_bytes(ordered({"schema": task.schema, "task": task.id, "before": before, "events": rows}))
        made.append(Segment(digest_of(data), data))
        digests.append(made[-1].digest)
    return replace(task, compacted=tuple(digests)), tuple(made)


def extended(task: Task, events: Iterable[Event]) -> Task:
    """The task with more events in its history, folded again."""
    after = fold(task.id, (*task.history, *events), task.extra)
    return replace(after, schema=task.schema, compacted=standing(after.history, task))


def standing(history: tuple[Event, ...], task: Task) -> tuple[str, ...]:
    """The segments of a task that still are the beginning of a history: up to the first that got an event more."""
    if not task.compacted:
        return ()
    pairs = zip(_blocks(history), _blocks(task.history), task.compacted, strict=False)
    return tuple(_alike(pairs))


def longest_standing(history: tuple[Event, ...], *tasks: Task) -> tuple[str, ...]:
    """The longest beginning of a history that one of the tasks has in segments; all others are beginnings of it."""
    return max((standing(history, task) for task in tasks), key=len)


def _alike(pairs: Iterable[tuple[Sequence[Event], Sequence[Event], str]]) -> Iterator[str]:
    for ours, theirs, digest in pairs:
        if ours != theirs:
            return
        yield digest


def _blocks(history: tuple[Event, ...]) -> list[tuple[Event, ...]]:
    return [history[begin : begin + SEGMENT] for begin in range(0, len(history), SEGMENT)]
