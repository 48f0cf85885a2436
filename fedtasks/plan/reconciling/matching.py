"""Which item of a plan is which known task: stages from sure to likely, each over what the ones before left open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from fedtasks.domain.status import DONE
from fedtasks.plan.model import Item
from fedtasks.plan.reconciling.align import CLOSER, UNCHANGED, Signature, align, look_of_item, look_of_known
from fedtasks.plan.reconciling.known import Known
from fedtasks.plan.reconciling.seen import text_hash
from fedtasks.plan.reconciling.titles import FINISHED, Side, alike, likeness, normal

T = TypeVar("T")

TWIN = re.compile(r"~\d+$")
RENUMBERED = 2
"""So many titles that stand, in their old order, under other explicit ids mean that the ids were given anew."""


def match(
    items: Sequence[Item], known: Sequence[Known], derived: Callable[[str], str] = lambda key: ""
) -> dict[str, Known]:
    """The known task of each item that has one, by the item's key; no task twice.

    | stage | an item is the task                                                                           |
    |-------|-----------------------------------------------------------------------------------------------|
    | 1     | of its explicit id; where ids were given anew, of its title                                   |
    | 2     | of its key; keys told apart by `~2` only: the one that it looks like, then in order           |
    | 3     | that once stood at its key, or that has the id derived from it                                |
    | 4     | that changes the same single file in the same way                                             |
    | 5     | with the same description                                                                     |
    | 6     | with the same title: of the same parent or group first, then in order                         |
    | 7     | with the most similar title: in the same group sooner than in another, near sooner than far   |

    A task that the last parse saw removed comes back by stages 1 to 3, and by 6 unless it was finished. `derived`
    gives the id derived from a key.
    """
    matcher = _Matcher(items, known)
    matcher.by_renumbering()
    matcher.by_external_id()
    matcher.by_key()
    matcher.by_alias(derived)
    matcher.by_content(_one_file)
    matcher.by_content(_description)
    matcher.by_title(live=True)
    matcher.by_title(live=False)
    matcher.by_likeness()
    return matcher.found


def _one_file(item: Item | Known) -> object:
    files = (item.base if isinstance(item, Known) else item).files
    return (files[0].path, files[0].action) if len(files) == 1 else None


def _description(item: Item | Known) -> object:
    if isinstance(item, Known):
        return item.base.description_sha256
    return text_hash(item.description) if item.description else None


def _stem(key: str) -> str:
    return TWIN.sub("", key)


def _around(titles: Sequence[str]) -> list[tuple[str, str]]:
    padded = ["", *titles, ""]
    return list(zip(padded, padded[2:], strict=False))


class _Matcher:
    """`found` grows stage by stage; `free` are the tasks that no item has yet."""

    def __init__(self, items: Sequence[Item], known: Sequence[Known]) -> None:
        self.items = {item.key: item for item in items}
        self.free = {one.id: one for one in known}
        self.found: dict[str, Known] = {}
        live = sorted((one for one in known if one.live), key=lambda one: (one.line, one.key))
        titles = _around([normal(one.base.title) for one in live])
        self.around_known = {one.id: pair for one, pair in zip(live, titles, strict=True)}
        pairs = _around([normal(item.title) for item in items])
        self.around_item = {item.key: pair for item, pair in zip(items, pairs, strict=True)}
        self.renamed: dict[str | None, str | None] = {}

    def take(self, item: Item, known: Known) -> None:
        self.found[item.key] = self.free.pop(known.id)

    def open(self) -> list[Item]:
        return [item for item in self.items.values() if item.key not in self.found]

    def live(self) -> list[Known]:
        return [one for one in self.free.values() if one.live]

    def by_renumbering(self) -> None:
        old, new = _single(self.live(), _known_title), _single(self.open(), _item_title)
        pairs = [(item, old[title]) for title, item in new.items() if title in old]
        moved = [(item, one) for item, one in pairs if _renumbered(item, one)]
        lines = [one.line for _, one in moved]
        if len(moved) >= RENUMBERED and all(a < b for a, b in pairwise(lines)):
            for item, one in pairs:
                self.take(item, one)

    def by_external_id(self) -> None:
        new = _single(self.open(), lambda item: item.external_id)
        for known in (self.live(), list(self.free.values())):
            old = _single(known, lambda one: one.base.external_id)
            for id, item in new.items():
                if id in old and item.key not in self.found:
                    self.take(item, old[id])

    def by_key(self) -> None:
        families: dict[str, list[Known]] = {}
        for one in self.free.values():
            families.setdefault(_stem(one.key), []).append(one)
        siblings: dict[str, list[Item]] = {}
        for item in self.open():
            siblings.setdefault(_stem(item.key), []).append(item)
        for stem, some in siblings.items():
            self._family(families.get(stem, []), some)

    def _family(self, known: Sequence[Known], items: Sequence[Item]) -> None:
        live = [one for one in known if one.live]
        if len(live) == len(items):
            self.pair(live, items, UNCHANGED)
        self.pair(live, items, CLOSER)
        gone = [one for one in known if not one.live]
        self.pair(gone, items, CLOSER)

    def by_alias(self, derived: Callable[[str], str]) -> None:
        aliases = {alias: one for one in self.free.values() for alias in (*one.aliases, one.id)}
        for item in self.open():
            one = aliases.get(item.key) or aliases.get(derived(item.key))
            if one is not None and one.id in self.free:
                self.take(item, one)

    def by_content(self, mark: Callable[[Item | Known], object]) -> None:
        old = _single(self.live(), mark)
        for content, item in _single(self.open(), mark).items():
            one = old.get(content)
            if one is not None and (not _closed(item, one) or likeness(item.title, one.base.title) >= FINISHED):
                self.take(item, one)

    def by_title(self, *, live: bool) -> None:
        old: dict[str, list[Known]] = {}
        for one in self.free.values():
            if one.live is live:
                old.setdefault(normal(one.base.title), []).append(one)
        new: dict[str, list[Item]] = {}
        for item in self.open():
            new.setdefault(normal(item.title), []).append(item)
        single = [(new[title][0], some[0]) for title, some in old.items() if len(some) == len(new.get(title, [])) == 1]
        self.learn_groups([*((self.items[key], one) for key, one in self.found.items()), *single])
        for title, items in new.items():
            known = old.get(title, [])
            if not live:
                known = [one for one in known if not any(_closed(item, one) for item in items)]
            self.pair(known, items, CLOSER)

    def by_likeness(self) -> None:
        self.learn_groups((self.items[key], one) for key, one in self.found.items())
        old = {one.id: self._side(one) for one in self.live()}
        new = {
            item.key: Side(item.title, item.group, item.line, item.status != DONE, item.external_id)
            for item in self.open()
        }
        for id, key in alike(old, new):
            self.take(self.items[key], self.free[id])

    def _side(self, one: Known) -> Side:
        base = one.base
        return Side(base.title, self.group_now(base.group), one.line, one.finished, base.external_id)

    def pair(self, known: Iterable[Known], items: Iterable[Item], signatures: Sequence[Signature]) -> None:
        """Takes the pairs of those, of both, that are still open."""
        ours = [one for one in known if one.id in self.free]
        theirs = [item for item in items if item.key not in self.found]
        if not ours or not theirs:
            return
        if len(ours) == len(theirs) == 1 and signatures is CLOSER:
            self.take(theirs[0], ours[0])
            return
        old = [
            look_of_known(one, self.group_now(one.base.group), self.around_known.get(one.id, ("", ""))) for one in ours
        ]
        new = [look_of_item(item, self.parent(item), self.around_item[item.key]) for item in theirs]
        for left, right in align(old, new, signatures):
            self.take(theirs[right], ours[left])

    def parent(self, item: Item) -> str | None:
        known = self.found.get(item.parent) if item.parent else None
        return known.id if known else None

    def learn_groups(self, pairs: Iterable[tuple[Item, Known]]) -> None:
        """Where most of a group's items stand under another heading now, the group was renamed."""
        votes = Counter((one.base.group, item.group) for item, one in pairs)
        self.renamed = {}
        for (old, new), _ in sorted(votes.items(), key=lambda vote: (-vote[1], str(vote[0]))):
            self.renamed.setdefault(old, new)

    def group_now(self, group: str | None) -> str | None:
        return self.renamed.get(group, group)


def _known_title(one: Known) -> str | None:
    return normal(one.base.title) if one.base.external_id else None


def _item_title(item: Item) -> str | None:
    return normal(item.title) if item.external_id else None


def _renumbered(item: Item, one: Known) -> bool:
    return item.external_id != one.base.external_id


def _closed(item: Item, one: Known) -> bool:
    return one.finished and item.status != DONE


def _single(values: Iterable[T], mark: Callable[[T], object]) -> dict[object, T]:
    """The values whose mark no other has; None is no mark."""
    seen: dict[object, T | None] = {}
    for value in values:
        found = mark(value)
        if found is not None:
            seen[found] = None if found in seen else value
    return {found: value for found, value in seen.items() if value is not None}
