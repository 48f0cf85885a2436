"""The next record of a plan: what this parse saw, with tombstones for what it no longer sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import count

from fedtasks.plan.reconciling.known import Known
from fedtasks.plan.reconciling.seen import Seen, SeenItem, stamped


def record(before: Seen | None, now: Seen, gone: Iterable[Known]) -> Seen:
    """`now` with tombstones; `before` itself where nothing is new.

    | an item of `before`                  | becomes                                                     |
    |--------------------------------------|-------------------------------------------------------------|
    | seen again as it was                 | itself                                                      |
    | not seen, its task stands elsewhere  | a short tombstone, so that a merge does not bring it back   |
    | not seen, its task neither           | a tombstone with all that it said                           |
    | key taken by another item, task gone | such a tombstone at the next free `key~2`                   |
    """
    old = before.items if before else {}
    items = {key: stamped(item, old.get(key), now.at) for key, item in now.items.items()}
    standing = {item.task for item in now.items.values()}
    items |= {key: _tombstone(item, now.at, standing) for key, item in old.items() if key not in items}
    named = {item.task for item in items.values()}
    for one in gone:
        if one.id not in named:
            key = _free(one.key, items)
            items[key] = stamped(replace(one.base, removed=True), old.get(key), now.at)
    after = replace(now, items=items)
    if before is not None:
        after = replace(after, repository=before.repository, extra=before.extra)
    if before is not None and replace(after, at=before.at, by=before.by) == before:
        return before
    return after


def _tombstone(item: SeenItem, at: str, standing: set[str]) -> SeenItem:
    if item.removed:
        return item
    if item.task in standing:
        return SeenItem(item.task, at, removed=True)
    return replace(item, removed=True, at=at)


def _free(key: str, items: Mapping[str, SeenItem]) -> str:
    if key not in items:
        return key
    return next(other for number in count(2) if (other := f"{key}~{number}") not in items)


def without(now: Seen, before: Seen | None, refused: Collection[str]) -> Seen:
    """The record where these tasks' actions could not be carried out: the next parse decides about them again."""
    old = sorted((before.items if before else {}).values(), key=lambda item: (not item.removed, item.at))
    bases = {item.task: item for item in old}
    standing = before.items if before else {}
    items = dict(now.items)
    for key, item in now.items.items():
        if item.task not in refused:
            continue
        if item.task in bases:
            base = bases[item.task]
            items[key] = stamped(replace(base, line=item.line or base.line), standing.get(key), now.at)
        else:
            del items[key]
    return replace(now, items=items)
