"""Compacting: the older events of long histories move into files of their own, and none is lost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain.compaction import KEPT, compact
from fedtasks.domain.task import SEGMENT, Task
from fedtasks.errors import FedtasksError
from fedtasks.store.layout import ARCHIVE, TASKS, segment_path, task_id_of

AT_ONCE = 20
"""Tasks a transaction: each of them may be large."""

SMALLEST = 90
"""Bytes that an event has at least; a file below so many for a segment is not looked into."""


class Compacted(NamedTuple):
    """A task whose history is shorter in its file: how many of its events moved now, and how many it has in all."""

    task: Task
    moved: int
    events: int


def compact_named(session: Session, given: Sequence[str], *, dry_run: bool = False) -> list[Compacted]:
    """Compacts the histories of these tasks, as far as they are long enough."""
    return _compact(session, [session.reader.resolve(part) for part in given], dry_run)


def compact_long(session: Session, *, dry_run: bool = False) -> list[Compacted]:
    """Compacts every long history, archived tasks' too; what cannot be read is left alone; `check` names it."""
    found: list[Compacted] = []
    batch: list[str] = []
    for id in _candidates(session.root, session.reader.years()):
        with suppress(FedtasksError):
            batch += [id] if compact(session.reader.task(id))[1] else []
        if len(batch) == AT_ONCE:
            found += _compact(session, batch, dry_run)
            batch = []
    return found + _compact(session, batch, dry_run)


def _candidates(root: Path, years: Iterable[str]) -> Iterator[str]:
    for folder in (TASKS, *(f"{ARCHIVE}/{year}" for year in years)):
        found: list[tuple[str | None, int]] = []
        with suppress(FileNotFoundError), os.scandir(root / folder) as entries:
            found = sorted((task_id_of(entry.name), entry.stat().st_size) for entry in entries if _is_task(entry))
        yield from (str(id) for id, size in found if size >= SMALLEST * (SEGMENT + KEPT))


def _is_task(entry: os.DirEntry[str]) -> bool:
    return task_id_of(entry.name) is not None and entry.is_file()


def _compact(session: Session, ids: Sequence[str], dry_run: bool) -> list[Compacted]:
    if dry_run:
        made = [(task, compact(task)[1]) for task in map(session.reader.task, dict.fromkeys(ids))]
        return [_told(task, len(segments)) for task, segments in made if segments]
    if not ids:
        return []
    found = []
    with writing(session) as change:
        for id in dict.fromkeys(ids):
            task, segments = compact(change.task(id))
            if not segments:
                continue
            for segment in segments:
                change.transaction.put_bytes(segment_path(id, segment.digest), segment.data)
            change.transaction.put(task)
            found.append(_told(task, len(segments)))
        if found:
            one = f" of {found[0].task.id}: {found[0].task.state.title}"
            change.title("compact the history" + (one if len(found) == 1 else f" of {len(found)} tasks"))
    return found


def _told(task: Task, segments: int) -> Compacted:
    return Compacted(task, segments * SEGMENT, len(task.history))
