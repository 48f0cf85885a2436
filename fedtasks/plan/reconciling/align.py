"""Items and tasks that look alike are told apart by what stands in them, around them, and by their order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from fedtasks.plan.model import Item
from fedtasks.plan.reconciling.known import Known
from fedtasks.plan.reconciling.seen import text_hash


@dataclass(frozen=True, slots=True)
class Look:
    """What an item and a known task are compared by; `parent` is a task id, `before` and `after` are titles."""

    key: str
    line: int
    title: str
    status: str
    group: str | None
    parent: str | None
    content: Hashable
    before: str
    after: str


Signature = Callable[[Look], Hashable]

UNCHANGED: tuple[Signature, ...] = (lambda look: (look.key, look.parent, look.content),)
"""For families of the same size: who is where it was, as it was."""

CLOSER: tuple[Signature, ...] = (
    lambda look: (look.parent, look.group, look.content, look.status, look.before, look.after),
    lambda look: (look.parent, look.group, look.content, look.status),
    lambda look: (look.parent, look.group, look.content),
    lambda look: look.content,
    lambda look: (look.parent, look.group),
    lambda look: look.group,
    lambda look: None,
)
"""From the surest likeness to none but the order."""


def look_of_item(item: Item, parent: str | None, around: tuple[str, str]) -> Look:
    """How an item looks now."""
    described = text_hash(item.description) if item.description else None
    content = (described, _paths(item), frozenset(item.tags))
    return Look(item.key, item.line, item.title, item.status, item.group, parent, content, *around)


def look_of_known(known: Known, group: str | None, around: tuple[str, str]) -> Look:
    """How a task's item looked at the last parse, its group by the name that it has now."""
    base = known.base
    content = (base.description_sha256, _paths(base), frozenset(base.tags))
    return Look(known.key, known.line, base.title, base.status, group, base.parent, content, *around)


def _paths(of: object) -> frozenset[tuple[str, str | None]]:
    return frozenset((file.path, file.action) for file in getattr(of, "files", ()))


def align(old: Sequence[Look], new: Sequence[Look], signatures: Sequence[Signature]) -> list[tuple[int, int]]:
    """Pairs (index in `old`, index in `new`), each index at most once, by the first signature that fits."""
    left, right = list(range(len(old))), list(range(len(new)))
    pairs: list[tuple[int, int]] = []
    for signature in signatures:
        if not left or not right:
            break
        ours, theirs = _buckets(old, left, signature), _buckets(new, right, signature)
        fresh = [pair for mark, some in ours.items() for pair in _in_order(old, some, new, theirs.get(mark, []))]
        gone_left, gone_right = {pair[0] for pair in fresh}, {pair[1] for pair in fresh}
        left = [index for index in left if index not in gone_left]
        right = [index for index in right if index not in gone_right]
        pairs += fresh
    return pairs


def _buckets(looks: Sequence[Look], indexes: Sequence[int], signature: Signature) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for index in sorted(indexes, key=lambda index: looks[index].line):
        found.setdefault(signature(looks[index]), []).append(index)
    return found


def _in_order(
    old: Sequence[Look], ours: list[int], new: Sequence[Look], theirs: list[int]
) -> Iterator[tuple[int, int]]:
    """Pairs in document order; where one side has more, each of the other takes the nearest line still open to it."""
    if len(ours) > len(theirs):
        yield from ((mine, other) for other, mine in _in_order(new, theirs, old, ours))
        return
    start = 0
    for place, mine in enumerate(ours):
        last = len(theirs) - (len(ours) - place)
        best = start
        while best < last and _apart(old[mine], new[theirs[best + 1]]) < _apart(old[mine], new[theirs[best]]):
            best += 1
        yield mine, theirs[best]
        start = best + 1


def _apart(one: Look, other: Look) -> int:
    return abs(one.line - other.line)
