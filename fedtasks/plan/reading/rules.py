"""The table of readers: what makes a place of a plan a task; top to bottom is precedence, each docstring a rule."""

from __future__ import annotations

from collections.abc import Callable

from fedtasks.plan.reading.inline import links, plain
from fedtasks.plan.reading.itemrules import action_item, likely_item
from fedtasks.plan.reading.kinds import WORKS, Kind, names_list
from fedtasks.plan.reading.labels import LabelKind
from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.paths import is_path, link_path, paths_in
from fedtasks.plan.reading.phaserules import prose_heading, prose_phase
from fedtasks.plan.reading.places import ASIDE, HEADINGS, Place, is_order, is_top
from fedtasks.plan.reading.saying import PLANNED, names_field, says
from fedtasks.plan.reading.survey import Survey
from fedtasks.plan.reading.tablerules import bare_table_row, table_row

STATED = (*PLANNED, "fields.action")
Rule = Callable[[Survey, Place], bool]


def checkbox(survey: Survey, place: Place) -> bool:
    """A checkbox is a task wherever it stands: `- [ ]`, `* [x]`, `1. [/]`, a ballot box, in a quote, on a heading."""
    return place.head.box is not None and place.node.form is not Form.ROW and bool(plain(place.head.rest))


def file_block(survey: Survey, place: Place) -> bool:
    """A heading, lead line or item marked `[NEW]`, `[MODIFY]`, `[DELETE]`, `[RENAME]` is a task; an item or lead line
    only if it names a file."""
    if place.head.action is None or place.zone in (Kind.VERIFICATION, Kind.SUMMARY) or _unchanged(place):
        return False
    if place.node.form is Form.HEADING:
        return True
    return place.node.form is not Form.ROW and bool(paths_in(place.head.rest)) and not survey.within_task(place)


def _unchanged(place: Place) -> bool:
    texts = (place.head.rest, *(note.text.split("\n")[0] for note in place.node.notes[:1]))
    return any(says("small.no_changes", text) for text in texts)


def file_heading(survey: Survey, place: Place) -> bool:
    """A heading in a section about work that is nothing but a path or a link to a file is a task, a bold line not where
    a task's own heading is right above it."""
    if place.node.form not in HEADINGS or place.zone not in WORKS or place.head.label or place.head.action:
        return False
    above = survey.above(place)
    if place.node.form is Form.LEAD and above is not None and _names_task(above):
        return False
    text = place.head.rest.strip("*_ :").strip()
    found = links(text)
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)):
        target = link_path(found[0].target)
        return target is not None and is_path(target)
    return is_path(text.strip("`")) and "." in text


def work_heading(survey: Survey, place: Place) -> bool:
    """A heading `Task 3: ...`, `Step 2 - ...`, `Story 2.1`, `T004 ...` or `1.2.3 ...` is a task; finer tasks below it
    are its subtasks."""
    label = place.head.label
    if place.node.form not in HEADINGS or label is None or place.zone in ASIDE:
        return False
    if survey.in_background(place) and place.node.last == place.node.index and not place.node.notes:
        return False
    if label.kind is LabelKind.ID and survey.is_only_title(place):
        return False
    return _names_task(place) and not survey.within_task(place)


def _names_task(place: Place) -> bool:
    return place.head.label is not None and place.head.label.kind in (LabelKind.TASK, LabelKind.ID)


def numbered_heading(survey: Survey, place: Place) -> bool:
    """A heading with a bare number is a task if nothing below it is one, it says more and names no section.

    It stands in a section about work; or the plan has no such section and nothing that the rules above found, and the
    numbers do not count the sections of the document: no heading of the series, nor of the one around it, names
    background, proof or work.
    """
    label = place.head.label
    if place.node.form not in HEADINGS or label is None or label.kind is not LabelKind.NUMBER:
        return False
    if survey.taken_within(place) or survey.within_task(place) or _has_headings(survey, place):
        return False
    above = survey.above(place)
    if _has_named_items(survey, place) or place.zone in ASIDE or not _has_body(place):
        return False
    if place.own is not None and not _is_part(above, place):
        return False
    if survey.has_boxes and not _says_something(survey, place):
        return False
    if (above is not None and above.zone in WORKS and not survey.is_title(above)) or _states_plan(survey, place):
        return True
    if survey.total() or survey.names_work or (above is not None and _lists_work(survey, above)):
        return False
    return not is_top(place) and _says_something(survey, place) and not _counts_sections(survey, place)


def _is_part(above: Place | None, place: Place) -> bool:
    """Whether a heading whose words name work or tests is a part of a phase (`6.3 Milestones` of phase 6), or orders
    one part of a section of work (`1. Change the logo, ...`)."""
    if above is not None and above.own is Kind.WORK and place.own is Kind.WEAK and is_order(place):
        return True
    phase = above.head.label if above is not None else None
    if phase is None or phase.kind is not LabelKind.PHASE or place.head.label is None:
        return False
    counted = place.head.label.number.startswith(f"{phase.number}.")
    return place.own in (Kind.WEAK, Kind.TESTING) or (counted and place.own is Kind.WORK)


def _says_something(survey: Survey, place: Place) -> bool:
    """Whether a heading orders something or names a file, or has words or items below it and not only code and further
    headings."""
    if is_order(place) or paths_in(place.head.rest):
        return True
    below = survey.places[place.node.index : place.node.last + 1]
    return any(here.node.notes or here.node.form is Form.ITEM for here in below)


def _has_named_items(survey: Survey, place: Place) -> bool:
    """Whether the items below a heading bear ids or states of their own."""
    below = survey.places[place.node.index + 1 : place.node.last + 1]
    items = [item for item in below if item.node.form is Form.ITEM and item.node.parent == place.node.index]
    named = [item for item in items if item.head.label is not None and item.head.label.kind is LabelKind.ID]
    return len(named) * 2 > len(items)


def _states_plan(survey: Survey, place: Place) -> bool:
    """Whether a heading's text states what only work has: its files, status, owner, effort."""
    below = survey.places[place.node.index + 1 : place.node.last + 1]
    items = [item.head.rest for item in below if item.node.parent == place.node.index]
    lines = [line for note in place.node.notes for line in note.text.split("\n")]
    return any(names_field(text, PLANNED) for text in (*items, *lines))


def _counts_sections(survey: Survey, place: Place) -> bool:
    """Whether the numbers around a place count the sections of a document."""
    here: Place | None = place
    while here is not None and not survey.is_title(here):
        if here.head.label is not None and survey.counts_sections(here):
            return True
        here = survey.above(here)
    return False


def _lists_work(survey: Survey, title: Place) -> bool:
    """Whether a title names a list of work, whose headings are groups."""
    return survey.is_title(title) and names_list(title.head.rest)


def _has_headings(survey: Survey, place: Place) -> bool:
    return any(
        below.node.form in HEADINGS and below.head.label is not None
        for below in survey.places[place.node.index + 1 : place.node.last + 1]
    )


def _has_body(place: Place) -> bool:
    return place.node.last > place.node.index or bool(place.node.notes) or place.node.prose


def form_heading(survey: Survey, place: Place) -> bool:
    """A heading in a section about work is a task where the list below it only states its files, action ..."""
    if place.node.form is not Form.HEADING or place.own is not None or place.head.label is not None:
        return False
    if place.zone is not Kind.WORK or survey.taken_within(place) or survey.within_task(place):
        return False
    items = survey.lists.below(place.node.index)
    fields = [names_field(item.head.rest, STATED) for item in items]
    return sum(fields) > 1 and not survey.boxed


def task_element(survey: Survey, place: Place) -> bool:
    """A `<task>` element of a plan for agents, with its `<name>`, is a task."""
    return place.node.form is Form.ELEMENT


READERS: tuple[Rule, ...] = (
    task_element,
    checkbox,
    file_block,
    file_heading,
    work_heading,
    table_row,
    numbered_heading,
    bare_table_row,
    action_item,
    form_heading,
    prose_phase,
    likely_item,
    prose_heading,
)


def decide(survey: Survey) -> None:
    """Each rule in turn takes the places that it is about and no rule before it took."""
    for rule in READERS:
        for place in survey.places:
            if not survey.verdicts[place.node.index] and rule(survey, place):
                survey.verdicts[place.node.index] = rule.__name__
        survey.count()
