"""The lists of a plan: the items of the first level below one heading, bold line or label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.places import ASIDE, LEADS, Place
from fedtasks.plan.reading.saying import label_of


class Lists:
    """Each list by the index of its lead (-1: it has none)."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places

    @cached_property
    def all(self) -> dict[int, tuple[Place, ...]]:
        """The items of each list."""
        found: dict[int, list[Place]] = {}
        for place in self.places:
            above = self.places[place.node.parent] if place.node.parent >= 0 else None
            if place.node.form is Form.ITEM and (above is None or above.node.form in LEADS):
                found.setdefault(place.node.parent, []).append(place)
        return {lead: tuple(items) for lead, items in found.items()}

    def below(self, lead: int) -> tuple[Place, ...]:
        """The items right below a lead."""
        return self.all.get(lead, ())

    def lead_of(self, item: Place) -> int:
        """The lead that an item stands below."""
        at = item.node.parent
        while at >= 0 and self.places[at].node.form is Form.ITEM:
            at = self.places[at].node.parent
        return at

    @cached_property
    def counted(self) -> int:
        """How many lists are numbered."""
        return sum(items[0].node.number is not None for items in self.all.values())

    @cached_property
    def firsts(self) -> tuple[Place, ...]:
        """The first item of each list that is in no section of background or proof."""
        return tuple(items[0] for items in self.all.values() if items[0].zone not in ASIDE)

    @cached_property
    def forms(self) -> frozenset[int]:
        """The lists that fill in one form: most of their items, two or more, bear labels that two other lists bear too,
        or the only other one beside it."""
        labels = {
            lead: {label for item in items if (label := label_of(item.head.rest))} for lead, items in self.all.items()
        }
        counts = Counter(label for found in labels.values() for label in found)
        beside = Counter(self._around(lead) for lead in labels)
        shared = {
            lead: sum(counts[label] >= min(3, max(2, beside[self._around(lead)])) for label in found)
            for lead, found in labels.items()
        }
        return frozenset(lead for lead, items in self.all.items() if shared[lead] > 1 and shared[lead] * 2 > len(items))

    def _around(self, lead: int) -> int:
        """What the lead of a list stands in."""
        return self.places[lead].node.parent if lead >= 0 else -1

    def fills_form(self, item: Place) -> bool:
        """Whether an item fills in a field of a form that the sections of the plan share: goal, outcome, proof."""
        return item.node.parent in self.forms and bool(label_of(item.head.rest))
