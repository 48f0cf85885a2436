"""What the readers look at: each place of the outline with its head, the kind of section it stands in, and verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from fedtasks.plan.reading.heads import Head, read_head
from fedtasks.plan.reading.inline import BOLD, plain
from fedtasks.plan.reading.kinds import WORKS, Kind, kind_of, names_list, names_plan
from fedtasks.plan.reading.labels import LabelKind
from fedtasks.plan.reading.outline import Form, Node
from fedtasks.plan.reading.paths import is_path
from fedtasks.plan.reading.saying import names_tasks
from fedtasks.plan.reading.tables import cell_of, is_work_table
from fedtasks.plan.reading.words import any_in, fold, tokens

BLANK = re.compile(" ")
VERBS = ("verbs.new", "verbs.modify", "verbs.delete", "verbs.rename", "small.work_verbs")
HEADINGS = (Form.HEADING, Form.LEAD)
LEADS = (Form.HEADING, Form.LEAD, Form.LABEL)
STICKY = (Kind.VERIFICATION, Kind.OPTIONAL)
"""What stands below them stays what they are, whatever its own heading says."""


@dataclass(frozen=True, slots=True)
class Place:
    """One node with what was read of its line; `own` is what its words say, `zone` what it stands in."""

    node: Node
    head: Head
    own: Kind | None
    zone: Kind | None
    section: int
    """Index of the nearest heading or lead above it; its own where it is one."""


class Survey:
    """All places, and which rule has taken each of them so far."""

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.places: list[Place] = []
        for node, head in zip(nodes, _heads(nodes), strict=True):
            self.places.append(self._place(node, head))
        self.title = next((place for place in self.places if _is_top(place)), None)
        self.repeating = _repeating(self.places)
        self.names_work = any(place.own is Kind.WORK and not self.is_title(place) for place in self.places)
        self._listing = frozenset(
            place.node.parent
            for place in self.places
            if place.node.form in (Form.LEAD, Form.LABEL)
            and place.node.last > place.node.index
            and names_tasks(place.head.rest)
        )
        self._outline = frozenset(
            (place.node.parent, place.node.level)
            for place in self.places
            if place.head.label is not None and place.head.label.kind is LabelKind.NUMBER and place.own is not None
        )
        self.is_plan = self.title is not None and self.title.zone is Kind.WORK
        self.verdicts: list[str] = [""] * len(nodes)
        self.has_boxes = any(place.head.box is not None for place in self.places)
        boxed = [place for place in self.places if place.head.box is not None and place.zone not in STICKY]
        self.boxed = frozenset(above.node.index for place in boxed if (above := self.phase(place)) is not None)
        self.count()

    def _place(self, node: Node, head: Head) -> Place:
        above = self.places[node.parent] if node.parent >= 0 else None
        own = _own_kind(node, head) if node.form in LEADS else None
        zone = _zone(own, _inherited(above, node))
        if node.form is Form.HEADING and node.level == 1 and above is None:
            zone = Kind.WORK if names_list(head.rest) or names_plan(head.rest) else None
        section = node.index if node.form in HEADINGS else above.section if above else -1
        return Place(node, head, own, zone, section)

    def count(self) -> None:
        """Counts the verdicts anew, after a rule has been through."""
        self._sums = [0, *accumulate(1 if verdict else 0 for verdict in self.verdicts)]

    def total(self) -> int:
        """How many places the rules before this one have taken."""
        return self._sums[-1]

    def counts_sections(self, place: Place) -> bool:
        """Whether one of the numbered headings beside this one names a section and no work."""
        return (place.node.parent, place.node.level) in self._outline

    @cached_property
    def _orders(self) -> dict[int, tuple[int, int]]:
        return _orders(self.places)

    def commands(self, section: int) -> bool:
        """Whether most items right in a section (-1: in none) begin with a verb of work."""
        items, verbs = self._orders.get(section, (0, 0))
        return verbs * 2 > items

    def beside_tasks(self, place: Place) -> bool:
        """Whether an item stands in a section with a list of its own for the tasks (`**Tasks:**`), and not in that."""
        above = self.above(place)
        if above is None or (above.own is not None and above.node.form is not Form.HEADING):
            return False
        return (above.node.index if above.node.form is Form.HEADING else above.node.parent) in self._listing

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
        return _is_top(place) and place.node.parent < 0

    def in_background(self, place: Place) -> bool:
        """Whether a heading or lead above says background or summary, whatever stands between."""
        above = self.above(place)
        while above is not None:
            if above.own in (Kind.BACKGROUND, Kind.SUMMARY):
                return True
            above = self.above(above)
        return False

    def within_task(self, place: Place) -> bool:
        """Whether a place above is a task."""
        above = self.above(place)
        while above is not None:
            if self.verdicts[above.node.index]:
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


def _is_top(place: Place) -> bool:
    return place.node.form is Form.HEADING and place.node.level == 1


def _own_kind(node: Node, head: Head) -> Kind | None:
    bold = BOLD.match(head.rest)
    kind = kind_of(bold[2] if bold else head.rest)
    if head.label is not None and head.label.kind is not LabelKind.NUMBER:
        return kind if kind in STICKY and head.label.kind is LabelKind.PHASE else Kind.WORK
    if head.action is not None:
        return Kind.WORK
    return kind


def _inherited(above: Place | None, node: Node) -> Kind | None:
    """What a place takes over from where it stands: a title makes its sections work only if it names a list."""
    if above is None:
        return None
    title = _is_top(above) and above.node.parent < 0
    return None if title and node.form in HEADINGS and not names_list(above.head.rest) else above.zone


def _zone(own: Kind | None, above: Kind | None) -> Kind | None:
    """Verification and optional sections stay so all the way down; else its own words, else what it stands in."""
    if above in STICKY:
        return above
    if own is None:
        return above
    if above in (Kind.BACKGROUND, Kind.SUMMARY) and own is Kind.WEAK:
        return above
    return own


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


def _orders(places: Sequence[Place]) -> dict[int, tuple[int, int]]:
    """For each section the items of the first level, and how many of them begin with a verb of work."""
    found: dict[int, tuple[int, int]] = {}
    for place in places:
        above = places[place.node.parent] if place.node.parent >= 0 else None
        if place.node.form is Form.ITEM and (above is None or above.node.form in LEADS):
            items, verbs = found.get(place.section, (0, 0))
            found[place.section] = (items + 1, verbs + _is_order(place))
    return found


def _is_order(place: Place) -> bool:
    first = tokens(fold(plain(place.head.rest)))[:1]
    return any(any_in(name, first) for name in VERBS)


def _repeating(places: Sequence[Place]) -> frozenset[int]:
    """The lines of tables most of whose rows name what headings name, or files: a summary of the plan, no work."""
    named = {fold(plain(place.head.rest)).strip(" .:") for place in places if place.node.form in HEADINGS}
    openings = {name[: blank.start()] for name in named for blank in BLANK.finditer(name)}
    counts: dict[int, list[int]] = {}
    for place in places:
        if place.node.form is Form.ROW and is_work_table(place.node.header):
            title = fold(plain(cell_of(place.node, "title"))).strip(" .:")
            count = counts.setdefault(place.node.table, [0, 0])
            count[0] += 1
            count[1] += bool(title) and (title in named or title in openings or is_path(title.strip("`")))
    return frozenset(table for table, (rows, repeated) in counts.items() if repeated * 2 > rows)
