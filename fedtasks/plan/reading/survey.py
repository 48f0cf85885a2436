"""What the readers look at: each place of the outline with its head, the kind of section it stands in, and verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from fedtasks.plan.reading.heads import Head, read_head
from fedtasks.plan.reading.hints import hint
from fedtasks.plan.reading.kinds import WORKS, Kind, names_list, names_plan
from fedtasks.plan.reading.labels import LabelKind
from fedtasks.plan.reading.lists import Lists
from fedtasks.plan.reading.outline import Form, Node
from fedtasks.plan.reading.paths import paths_in
from fedtasks.plan.reading.places import (
    HEADINGS,
    LEADS,
    STICKY,
    Place,
    is_order,
    is_title,
    is_top,
    label_words,
    repeating,
)
from fedtasks.plan.reading.saying import is_question, names_field, names_tasks
from fedtasks.plan.reading.statuses import COLOURS, colours_levels
from fedtasks.plan.reading.zones import inherited, own_kind, zone_of

ASIDE_HINT = -1.5
"""From which hint on the words of a numbered heading sound like background."""
FIRST_ID = re.compile(r"[*_`(\[]*([A-Z]{1,10}-?\d[\d.]*(?<!\.))")
LOOSE = ("action_item", "likely_item", "prose_phase")
"""The rules that take what no form marks as a task."""


class Survey:
    """All places, and which rule has taken each of them so far."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.places: list[Place] = []
        for node, head in zip(nodes, _heads(nodes), strict=True):
            self.places.append(self._place(node, head))
        self.lists = Lists(self.places)
        self.title = next((place for place in self.places if is_top(place)), None)
        self.repeating = repeating(self.places)
        self.names_work = any(place.own is Kind.WORK and not self.is_title(place) for place in self.places)
        self._listing = frozenset(
            place.node.parent
            for place in self.places
            if place.node.form in (Form.LEAD, Form.LABEL)
            and place.node.last > place.node.index
            and names_tasks(place.head.rest)
        )
        self._coloured = any(colours_levels(place.node.text) for place in self.places)
        self._worked = frozenset(
            _place_of_list(self.places, place) for place in self.places if _is_work_item(self.places, place)
        )
        self.says_work = any(_says_work(place) for place in self.places)
        self.is_plan = not any(place.node.form in HEADINGS for place in self.places) or (
            self.title is not None and self.title.zone is Kind.WORK
        )
        self._numbered: dict[int, int] = {}
        for place in self.places:
            if place.node.number is not None:
                self._numbered.setdefault(place.node.parent, place.node.index)
        self.verdicts: list[str] = [""] * len(nodes)
        self.has_boxes = any(
            place.head.box is not None and place.zone is not Kind.VERIFICATION for place in self.places
        )
        boxed = [place for place in self.places if place.head.box is not None and place.zone not in STICKY]
        self.boxed = frozenset(above.node.index for place in boxed if (above := self.phase(place)) is not None)
        self.count()

    def _place(self, node: Node, head: Head) -> Place:
        above = self.places[node.parent] if node.parent >= 0 else None
        own = own_kind(head) if node.form in LEADS else None
        zone = zone_of(own, inherited(above, node), head)
        if node.form is Form.HEADING and node.level == 1 and above is None:
            zone = Kind.WORK if names_list(head.rest) or names_plan(head.rest) else None
        section = node.index if node.form in HEADINGS else above.section if above else -1
        titled = zone in WORKS and own is None and (above is None or above.titled or is_title(above))
        return Place(node, head, own, zone, section, titled)

    def count(self) -> None:
        """Counts the verdicts anew, after a rule has been through."""
        self._sums = [0, *accumulate(1 if verdict else 0 for verdict in self.verdicts)]
        self.strict = any(verdict not in ("", *LOOSE) for verdict in self.verdicts)
        self.leanings: dict[int, int] = {}
        taken = (place.head.label for place in self.places if self.verdicts[place.node.index] not in ("", *LOOSE))
        self._ids = frozenset(label.id for label in taken if label is not None and label.id)

        self.__dict__.pop("_worked_labels", None)

    @cached_property
    def _worked_labels(self) -> Counter[tuple[str, str]]:
        """How many headings with each label hold tasks."""
        return Counter(
            label_words(place) for place in self.places if place.node.form in HEADINGS and self.taken_within(place)
        )

    def worked_elsewhere(self, place: Place) -> bool:
        """Whether another heading that bears the same label (`Sprint 1`) holds tasks."""
        return self._worked_labels[label_words(place)] > (1 if self.taken_within(place) else 0)

    def total(self) -> int:
        """How many places the rules before this one have taken."""
        return self._sums[-1]

    @cached_property
    def _outline(self) -> frozenset[tuple[int, int]]:
        """Where numbered headings stand of which one names a section or sounds like one."""
        series: dict[tuple[int, int], list[Place]] = {}
        for place in self.places:
            if place.head.label is not None and place.head.label.kind is LabelKind.NUMBER:
                series.setdefault((place.node.parent, place.node.level), []).append(place)
        return frozenset(where for where, places in series.items() if _name_sections(places))

    def counts_sections(self, place: Place) -> bool:
        """Whether one of the numbered headings beside this one names a section and no work."""
        return (place.node.parent, place.node.level) in self._outline

    def beside_tasks(self, place: Place) -> bool:
        """Whether an item stands in a section with a list of its own for the tasks (`**Tasks:**`), and not in that."""
        above = self.above(place)
        if above is None or (above.own is not None and above.node.form is not Form.HEADING):
            return False
        return (above.node.index if above.node.form is Form.HEADING else above.node.parent) in self._listing

    def beside_work(self, place: Place) -> bool:
        """Whether an item is a deliverable of a phase that lists its work as well."""
        return place.zone is Kind.DELIVERABLES and _place_of_list(self.places, place) in self._worked

    def signs(self, text: str) -> str:
        """A text as far as its signs state a status: in a plan with orange or blue dots, dots are levels of something
        else."""
        return text.translate(COLOURS) if self._coloured else text

    def speaks_of_task(self, place: Place) -> bool:
        """Whether an item begins with the id of a task that stricter rules have found: `T003, T004 in parallel`."""
        first = FIRST_ID.match(place.node.text)
        return first is not None and first[1] in self._ids

    def follows_number(self, place: Place) -> bool:
        """Whether a numbered item stands before this one, right in the same place."""
        return self._numbered.get(place.node.parent, place.node.index) < place.node.index

    def taken_within(self, place: Place) -> int:
        """How many places below this one are tasks."""
        return self._sums[place.node.last + 1] - self._sums[place.node.index + 1]

    def above(self, place: Place) -> Place | None:
        """The place that this one stands in."""
        return self.places[place.node.parent] if place.node.parent >= 0 else None

    def section(self, place: Place) -> Place | None:
        """The nearest heading or lead line above an item."""
        return self.places[place.section] if place.section >= 0 else None

    def is_title(self, place: Place) -> bool:
        """Whether a place is the heading of the first level that opens the document."""
        return is_title(place)

    def is_only_title(self, place: Place) -> bool:
        """Whether a place is the one heading of the first level; its id (`# ADR-16: ...`) is the document's."""
        return place is self.title and not any(map(is_top, self.places[place.node.index + 1 :]))

    def in_background(self, place: Place) -> bool:
        """Whether a heading or lead above says background or summary, whatever stands between."""
        above = self.above(place)
        while above is not None:
            if above.own in (Kind.BACKGROUND, Kind.SUMMARY):
                return True
            above = self.above(above)
        return False

    def within_task(self, place: Place) -> bool:
        """Whether a place above is a task; a title that is one (`# Issue 7: ...`) leaves the plan below it as it is."""
        above = self.above(place)
        while above is not None:
            if self.verdicts[above.node.index] and not self.is_title(above):
                return True
            above = self.above(above)
        return False

    def phase(self, place: Place) -> Place | None:
        """The nearest place above (or itself) that bears a phase's label, else the outermost section of work."""
        here: Place | None = place
        found = None
        while here is not None:
            if here.node.form in HEADINGS and not self.is_title(here) and (here.zone in WORKS or found is None):
                found = here
            if here.head.label is not None and here.head.label.kind is LabelKind.PHASE:
                return here
            here = self.above(here)
        return found


def _name_sections(places: Sequence[Place]) -> bool:
    """Whether one of these headings names a section, or, where most order nothing, asks something, or, where none names
    a file, sounds like background."""
    if any(place.own is not None for place in places):
        return True
    if sum(map(is_order, places)) * 2 <= len(places) and any(is_question(place.head.rest) for place in places):
        return True
    return not any(paths_in(place.head.rest) for place in places) and any(
        hint(place.head.rest) <= ASIDE_HINT for place in places
    )


def _is_work_item(places: Sequence[Place], place: Place) -> bool:
    """Whether an item is work for sure: right below a heading, or below a line that says so."""
    if place.node.form is not Form.ITEM or place.zone not in (Kind.WORK, Kind.WEAK) or place.node.parent < 0:
        return False
    above = places[place.node.parent]
    said = above.node.form is Form.HEADING or above.own in (Kind.WORK, Kind.WEAK)
    return said and not names_field(place.head.rest)


def _place_of_list(places: Sequence[Place], place: Place) -> int:
    """The heading that a list stands in, bold lines and labels aside."""
    at = place.node.parent
    while at >= 0 and places[at].node.form is not Form.HEADING:
        at = places[at].node.parent
    return at


def _says_work(place: Place) -> bool:
    """Whether a heading calls its section work by words, `Phase 1` too; the number of a version does not."""
    version = place.head.label is not None and place.head.label.number[:1] in ("v", "Q")
    return place.own is Kind.WORK and not version and place.head.action is None and not is_title(place)


def _heads(nodes: tuple[Node, ...]) -> list[Head]:
    """The head of each node. A prefix of ids such as `TASK-12` counts where it stands at least twice at the start of a
    line: a numbering, no accident."""
    heads = [read_head(node.text, heading=node.form in LEADS) for node in nodes]
    counts = Counter(head.label.prefix for head in heads if head.label is not None and head.label.prefix)
    series = frozenset(prefix for prefix, count in counts.items() if count > 1)
    for at, head in enumerate(heads):
        if head.label is not None and head.label.prefix and head.label.prefix not in series:
            heads[at] = read_head(nodes[at].text, heading=nodes[at].form in LEADS, series=series)
    return heads
