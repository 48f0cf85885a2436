"""Whether a section whose name says nothing is about work: what its list and the plan around it show.

A list adds up the weights of the signs that it shows; from ENOUGH on it is work.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fedtasks.plan.reading.hints import hint
from fedtasks.plan.reading.inline import plain
from fedtasks.plan.reading.labels import LabelKind, read_label
from fedtasks.plan.reading.places import Place, is_order
from fedtasks.plan.reading.saying import explains
from fedtasks.plan.reading.statuses import stated_status
from fedtasks.plan.reading.survey import Survey

LINK = re.compile(r"\[[^\[\]]+\]\([^()]+\)")


@dataclass(frozen=True, slots=True)
class Listed:
    """The items of the first level below one heading, bold line or label."""

    survey: Survey
    lead: int
    items: tuple[Place, ...]

    @property
    def hint(self) -> float:
        """What the words of its heading hint at."""
        lead = self.survey.places[self.lead] if self.lead >= 0 else None
        return hint(lead.head.rest) if lead is not None and not self.survey.is_title(lead) else 0.0

    def most(self, sign: Callable[[Place], bool]) -> bool:
        """Whether more than half of the items show a sign."""
        return sum(map(sign, self.items)) * 2 > len(self.items)


Sign = Callable[[Listed], bool]


def numbered(listed: Listed) -> bool:
    """The items are counted: steps have an order, facts have none."""
    return listed.items[0].node.number is not None or phased(listed)


def phased(listed: Listed) -> bool:
    """Most items begin with the name of a phase: `Week 1`, `Phase 2`."""
    return listed.most(opens_phase)


def opens_phase(item: Place) -> bool:
    """Whether an item begins with a phase's word and number."""
    label = read_label(plain(item.head.rest).strip(), heading=True)
    return label is not None and label.kind is LabelKind.PHASE


def several(listed: Listed) -> bool:
    """There are three items or more."""
    return len(listed.items) > 2


def orders_one(listed: Listed) -> bool:
    """An item begins with a verb of work."""
    return any(map(is_order, listed.items))


def orders_most(listed: Listed) -> bool:
    """Most items begin with a verb of work."""
    return listed.most(is_order)


def tracked(listed: Listed) -> bool:
    """An item bears an id or a sign of its state."""
    return any(stated_status(listed.survey.signs(item.node.text)) or _has_id(item) for item in listed.items)


def _has_id(item: Place) -> bool:
    return item.head.label is not None and item.head.label.kind is LabelKind.ID


def asks(listed: Listed) -> bool:
    """Most items are questions."""
    return listed.most(lambda item: any(mark in plain(item.head.rest) for mark in "?？"))


def points(listed: Listed) -> bool:
    """Most items are nothing but a link: a list of documents."""
    return listed.most(lambda item: LINK.fullmatch(item.head.rest.strip(" *_.")) is not None)


def has_other_work(listed: Listed) -> bool:
    """Other sections of the plan hold work."""
    return listed.survey.total() > 0


def is_plan(listed: Listed) -> bool:
    """The document calls itself a plan or a list of work."""
    return listed.survey.is_plan


def listed_better(listed: Listed) -> bool:
    """The plan keeps its tasks in a stricter form: checkboxes, marked files, numbered headings, tables."""
    return listed.survey.strict


def alone(listed: Listed) -> bool:
    """No other list of the document is counted: what counts once counts its steps."""
    return numbered(listed) and listed.survey.lists.counted == 1


def concludes(listed: Listed) -> bool:
    """The plan has no task so far, other lists stand before this one and none behind it but of background and proof:
    plans end in steps."""
    lists = listed.survey.lists.firsts
    return not listed.survey.total() and len(lists) > 1 and lists[-1] is listed.items[0]


def names(listed: Listed) -> bool:
    """Most items are a name with its explanation (`Cache: entries live an hour`), and not counted."""
    return not numbered(listed) and listed.most(lambda item: explains(item.head.rest))


def hints_at_work(listed: Listed) -> bool:
    """The words of its heading stand more often in names of work (`Rollout order`)."""
    return listed.hint >= 0.8


def hints_aside(listed: Listed) -> bool:
    """The words of its heading stand more often in names of background and proof (`Architecture of the cache`)."""
    return listed.hint <= -1.5


SIGNS: tuple[tuple[int, Sign], ...] = (
    (+2, numbered),
    (+2, phased),
    (+1, several),
    (+2, orders_one),
    (+2, orders_most),
    (+2, tracked),
    (+1, is_plan),
    (+1, alone),
    (+1, concludes),
    (+3, hints_at_work),
    (-2, hints_aside),
    (-1, names),
    (-3, asks),
    (-3, points),
    (-1, has_other_work),
    (-5, listed_better),
)
ENOUGH = 5


def leaning(survey: Survey, lead: int) -> int:
    """The weights of all signs that the items right below a lead (-1: in none) show together."""
    listed = Listed(survey, lead, survey.lists.below(lead))
    return sum(weight for weight, sign in SIGNS if sign(listed)) if listed.items else 0


def is_likely(survey: Survey, item: Place) -> bool:
    """Whether the signs of the list that an item of the first level stands in say that it is work."""
    lead = survey.lists.lead_of(item)
    if lead not in survey.leanings:
        survey.leanings[lead] = leaning(survey, lead)
    return survey.leanings[lead] >= ENOUGH
