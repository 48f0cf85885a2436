"""Which of many tasks can touch the same files: each is compared only with those that its names lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

from fedtasks.policy.matching import ANYWHERE, Checkout, Entry, Files, Meeting, entries, meetings

Names = tuple[str, ...]


@dataclass(slots=True)
class Ground:
    """The files of tasks, to ask which tasks others can meet on them; tasks may be added all the time."""

    tasks: Mapping[str, Files] = field(default_factory=dict)
    place: Checkout = ANYWHERE
    _entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    _at: dict[Names, dict[str, None]] = field(default_factory=dict)
    _below: dict[Names, dict[str, None]] = field(default_factory=dict)
    _wild: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id, files in self.tasks.items():
            self.add(id, files)

    def add(self, id: str, files: Files) -> None:
        """Puts a task on the ground."""
        self._entries[id] = entries(files, self.place)
        for names in _all_names(self._entries[id]):
            if names is None:
                self._wild[id] = None
                continue
            self._at.setdefault(names, {})[id] = None
            for above in _prefixes(names):
                self._below.setdefault(above, {})[id] = None

    def met_by(self, files: Files) -> dict[str, list[Meeting]]:
        """The tasks whose files can be among these, and where, in the order in which they were added."""
        mine = entries(files, self.place)
        near = self._near(mine)
        found = ((id, meetings(mine, theirs)) for id, theirs in self._entries.items() if id in near)
        return {id: where for id, where in found if where}

    def pairs(self) -> Iterator[tuple[str, str, list[Meeting]]]:
        """All pairs that can meet, each once."""
        order = {id: place for place, id in enumerate(self._entries)}
        for id, mine in self._entries.items():
            for other in sorted(
                (other for other in self._near(mine) if order[other] > order[id]), key=order.__getitem__
            ):
                where = meetings(mine, self._entries[other])
                if where:
                    yield id, other, where

    def _near(self, mine: Iterable[Entry]) -> Mapping[str, None]:
        """Those that a meeting is possible with, by the names alone; patterns with wildcards lead anywhere."""
        found = dict(self._wild)
        for names in _all_names(mine):
            if names is None:
                return self._entries.fromkeys(self._entries)
            found |= self._below.get(names, {})
            for above in _prefixes(names):
                found |= self._at.get(above, {})
        return found


def _all_names(mine: Iterable[Entry]) -> Iterator[Names | None]:
    """The names of each pattern, None for one with wildcards; what takes paths away is left out."""
    return (glob.literal for entry in mine if not entry.negated for glob in entry.globs)


def _prefixes(names: Names) -> Iterator[Names]:
    return accumulate((name,) for name in names)
