"""One place of the outline with what was read of its line, and what the places of a plan have in common."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from fedtasks.plan.reading.heads import Head, read_head
from fedtasks.plan.reading.inline import plain
from fedtasks.plan.reading.kinds import Kind
from fedtasks.plan.reading.labels import LabelKind
from fedtasks.plan.reading.outline import Form, Node
from fedtasks.plan.reading.paths import is_path
from fedtasks.plan.reading.tables import cell_of, names_work, stage_of
from fedtasks.plan.reading.words import UNSPACED, any_in, fold, tokens, unspaced

BLANK = re.compile(" ")
VERBS = ("verbs.new", "verbs.modify", "verbs.delete", "verbs.rename", "small.work_verbs")
HEADINGS = (Form.HEADING, Form.LEAD)
LEADS = (Form.HEADING, Form.LEAD, Form.LABEL)
ASIDE = (Kind.BACKGROUND, Kind.SUMMARY, Kind.VERIFICATION, Kind.OPTIONAL)
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
    titled: bool = False
    """Whether nothing but the document's title says that this is work."""


def is_title(place: Place) -> bool:
    """Whether it is the document's title: a top heading under no other."""
    return is_top(place) and place.node.parent < 0


def is_top(place: Place) -> bool:
    """Whether it is a heading of the first level."""
    return place.node.form is Form.HEADING and place.node.level == 1


def label_words(place: Place) -> tuple[str, str]:
    """The word and number of a place's label: `sprint`, `1`."""
    opening = tokens(fold(plain(place.node.text)))[:1]
    return "".join(opening), place.head.label.number if place.head.label is not None else ""


def unadorned(place: Place) -> str:
    """The text of a heading that may state a status; a sign in front of a section's name (`🏗 Phases`) adorns."""
    return place.head.rest if place.own is not None and place.head.label is None else place.node.text


def is_order(place: Place) -> bool:
    """Whether a place begins with a verb of work, or ends in one in a language whose verbs stand last."""
    folded = fold(plain(place.head.rest)).strip(" .:;!。；！：")
    if UNSPACED.search(folded) is not None:
        return folded.startswith(_opening_verbs()) or folded.endswith(_closing_verbs())
    found = tokens(folded)
    opening = (*found[:1], " ".join(found[:2]))
    return any(any_in(name, opening) for name in VERBS) or any_in("small.final_verbs", found[-1:])


@cache
def _opening_verbs() -> tuple[str, ...]:
    return tuple(verb for name in VERBS for verb in unspaced(name))


@cache
def _closing_verbs() -> tuple[str, ...]:
    return unspaced("small.final_verbs")


def repeating(places: Sequence[Place]) -> frozenset[int]:
    """The lines of tables most of whose rows name what headings name, or files: a summary of the plan, no work."""
    named = {fold(plain(place.head.rest)).strip(" .:") for place in places if place.node.form in HEADINGS}
    labels = {_phase(place.head) for place in places if place.node.form in HEADINGS} - {None}
    openings = {name[: blank.start()] for name in named for blank in BLANK.finditer(name)}
    counts: dict[int, list[int]] = {}
    stages: dict[int, list[str]] = {}
    for place in places:
        if place.node.form is Form.ROW and names_work(place.node.header):
            title = fold(plain(cell_of(place.node, "title"))).strip(" .:")
            count = counts.setdefault(place.node.table, [0, 0])
            stages.setdefault(place.node.table, []).append(stage_of(place.node))
            count[0] += 1
            known = title in named or title in openings or _phase(read_head(title, heading=True)) in labels
            count[1] += bool(title) and (known or is_path(title.strip("`")))
    retold = {table for table, found in stages.items() if len(found) > 1 and _are_all(found, labels)}
    return frozenset(table for table, (rows, repeated) in counts.items() if repeated * 2 > rows) | retold


def _are_all(found: Sequence[str], labels: Collection[str | None]) -> bool:
    """Whether these are numbers of phases, each once."""
    return len(set(found)) == len(found) and all(stage in labels for stage in found)


def _phase(head: Head) -> str | None:
    """The number of a phase."""
    return head.label.number if head.label is not None and head.label.kind is LabelKind.PHASE else None
