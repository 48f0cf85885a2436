"""How tasks stand beyond their status: how far their parts are, what is overdue, what is blocked for too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fedtasks.domain.status import CANCELLED, DONE, FINISHED


class Part(NamedTuple):
    """A task that is a part of another one."""

    id: str
    parent: str
    status: str


class Progress(NamedTuple):
    """How many of the tasks below one are done."""

    done: int
    parts: int

    def words(self) -> str:
        """`3 of 5 done`."""
        return f"{self.done} of {self.parts} done"


def progress(parts: Iterable[Part]) -> dict[str, Progress]:
    """For each task with parts how far they are.

    | a part                      | counts as                                                    |
    |-----------------------------|--------------------------------------------------------------|
    | without parts of its own    | one                                                          |
    | with parts of its own       | those, all the way down; all of them done where it is done   |
    | cancelled                   | nothing                                                      |
    | of itself, through others   | nothing (clones can merge to such a circle)                  |
    """
    below: dict[str, list[Part]] = {}
    for part in parts:
        if part.status != CANCELLED:
            below.setdefault(part.parent, []).append(part)
    found: dict[str, Progress] = {}
    for parent in below:
        for id in _deepest_first(parent, below, found):
            found[id] = _sum(below[id], found, below)
    return found


def _deepest_first(start: str, below: Mapping[str, list[Part]], known: Mapping[str, Any]) -> list[str]:
    """The task and those below it that have parts and are not known yet; no recursion: parts may go deep."""
    order, seen, waiting = list[str](), {start}, [start] if start not in known else []
    while waiting:
        id = waiting.pop()
        order.append(id)
        inner = [part.id for part in below[id] if part.id in below and part.id not in known and part.id not in seen]
        seen.update(inner)
        waiting += inner
    return order[::-1]


def _sum(parts: Iterable[Part], found: Mapping[str, Progress], below: Mapping[str, Any]) -> Progress:
    done = total = 0
    for part in parts:
        inner = found.get(part.id, Progress(0, 0)) if part.id in below else Progress(part.status == DONE, 1)
        done += inner.parts if part.status == DONE else inner.done
        total += inner.parts
    return Progress(done, total)


def is_overdue(due: str | None, status: str, now: str) -> bool:
    """Whether its day has passed while it is not finished."""
    return due is not None and status not in FINISHED and due < now[:10]


def blocked_seconds(blocked: Mapping[str, Any] | None, now: str, limit: str) -> int | None:
    """How long a task has been blocked, where that is too long; None otherwise."""
    if not blocked:
        return None
    from fedtasks.domain.times import seconds_between, seconds_of

    seconds = seconds_between(blocked["since"], now)
    return seconds if seconds >= seconds_of(limit) else None
