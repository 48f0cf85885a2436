"""Which titles are alike: words first, so that few pairs are compared letter by letter."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

WORD = re.compile(r"\w+")
NUMBER = re.compile(r"\d+")
SAME_GROUP = 0.6
OTHER_GROUP = 0.75
FINISHED = 0.8
"""How alike titles must be: within a group, between groups, and where the task is finished but the item is not."""

COMMON = 40
NEAREST = 3
COMPARED = 10
"""Bounds of the search: a word in more titles than COMMON finds none; so many neighbours, so many comparisons."""

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Side:
    """One title that has no partner yet; `closed`: what is finished on the store's side, or open on the plan's."""

    title: str
    group: str | None
    line: int
    closed: bool = False
    external_id: str | None = None


@lru_cache(maxsize=20_000)
def normal(title: str) -> str:
    """The title's words, without case and punctuation; a title without words as it is."""
    return " ".join(WORD.findall(title.casefold())) or title.strip()


def words(title: str) -> set[str]:
    """Words, and pairs of characters where a script writes without spaces between words."""
    found: set[str] = set()
    for word in normal(title).split():
        wide = len(word) > 1 and max(word) >= "\u0e00"
        found.update((word[i : i + 2] for i in range(len(word) - 1)) if wide else (word,))
    return found


def likeness(one: str, other: str) -> float:
    """From 0 to 1; titles that differ in their numbers are less alike than their letters say."""
    mine, its = normal(one)[:LONGEST], normal(other)[:LONGEST]
    matcher = SequenceMatcher(None, mine, its, autojunk=False)
    penalty = 0.0 if NUMBER.findall(mine) == NUMBER.findall(its) else 0.3
    if matcher.real_quick_ratio() - penalty < SAME_GROUP or matcher.quick_ratio() - penalty < SAME_GROUP:
        return 0.0
    return matcher.ratio() - penalty


def alike(old: Mapping[str, Side], new: Mapping[str, Side]) -> list[tuple[str, str]]:
    """Pairs (old, new) of names, the most alike first taken; same group before other group, near before far."""
    found: list[tuple[float, int, str, str]] = []
    search = _Search(old)
    for name, side in new.items():
        for candidate in search.near(side):
            ratio = _ratio(old[candidate], side)
            if ratio:
                found.append((-ratio, abs(old[candidate].line - side.line), candidate, name))
    pairs: list[tuple[str, str]] = []
    taken: set[str] = set()
    used: set[str] = set()
    for _, _, candidate, name in sorted(found):
        if candidate not in taken and name not in used:
            taken.add(candidate)
            used.add(name)
            pairs.append((candidate, name))
    return pairs


def _ratio(old: Side, new: Side) -> float:
    """How alike, a little more within a group; 0 where it is too little."""
    if old.external_id and new.external_id and old.external_id != new.external_id:
        return 0.0
    near = old.group == new.group
    least = max(SAME_GROUP if near else OTHER_GROUP, FINISHED if old.closed and new.closed else 0.0)
    ratio = likeness(old.title, new.title)
    return ratio + (0.1 if near else 0.0) if ratio >= least else 0.0


class _Search:
    """Finds the few old titles that a new one is compared with."""

    def __init__(self, old: Mapping[str, Side]) -> None:
        self.by_word: dict[str, list[str]] = {}
        self.by_group: dict[str | None, list[tuple[int, str]]] = {}
        for name, side in old.items():
            self.by_group.setdefault(side.group, []).append((side.line, name))
            for word in words(side.title):
                self.by_word.setdefault(word, []).append(name)
        for members in self.by_group.values():
            members.sort()

    def near(self, side: Side) -> Iterable[str]:
        """Those that share the most words with it, and its nearest neighbours in the group."""
        lists = (self.by_word.get(word, ()) for word in words(side.title))
        shared = Counter(name for names in lists if len(names) <= COMMON for name in names)
        best = [name for name, _ in sorted(shared.items(), key=lambda entry: (-entry[1], entry[0]))[:COMPARED]]
        return dict.fromkeys([*best, *self._neighbours(self.by_group.get(side.group, ()), side.line)])

    @staticmethod
    def _neighbours(members: Sequence[tuple[int, str]], line: int) -> list[str]:
        place = bisect_left(members, (line, ""))
        return [name for _, name in members[max(0, place - NEAREST) : place + NEAREST]]
