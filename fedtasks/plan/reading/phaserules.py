"""The rules about phases and headings in prose: which of them are work."""

from __future__ import annotations

from fedtasks.plan.reading.kinds import WORKS, Kind
from fedtasks.plan.reading.labels import LabelKind
from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.places import ASIDE, HEADINGS, STICKY, Place, is_order
from fedtasks.plan.reading.saying import names_field, names_files
from fedtasks.plan.reading.survey import Survey


def prose_phase(survey: Survey, place: Place) -> bool:
    """A phase that is one paragraph and no list is itself the task, unless it titles a document of several sections or
    only speaks of a phase whose work stands elsewhere."""
    if (survey.is_only_title(place) and _has_sections(survey, place)) or survey.worked_elsewhere(place):
        return False
    if place.node.form not in HEADINGS or _worked_within(survey, place) or survey.within_task(place):
        return False
    if place.head.label is None or place.head.label.kind is not LabelKind.PHASE or place.zone in ASIDE:
        return False
    if survey.boxed and survey.in_background(place):
        return False
    return bool(place.node.notes) or _has_fields(survey, place)


def prose_heading(survey: Survey, place: Place) -> bool:
    """Where a plan has nothing else, a heading without a label that has words of its own is a task if it stands in a
    section that calls itself work; where the section's name is a weak one (`Components`), only if it orders something.
    """
    above = survey.above(place)
    if survey.total() or place.node.form is not Form.HEADING or place.own is not None or place.head.label is not None:
        return False
    if above is None or above.zone not in WORKS or survey.is_title(above):
        return False
    called = above.own is Kind.WORK or (above.own is Kind.WEAK and is_order(place))
    return called and bool(place.node.notes) and not _has_sections(survey, place)


def _worked_within(survey: Survey, place: Place) -> bool:
    """Whether there is work below a phase, its proof aside."""
    if not survey.taken_within(place):
        return False
    below = survey.places[place.node.index + 1 : place.node.last + 1]
    return any(survey.verdicts[task.node.index] and task.zone not in STICKY for task in below)


def _has_fields(survey: Survey, place: Place) -> bool:
    """Whether the lists or headings of a phase only state its fields: `- **Goal**: ...`, `### Files to modify`."""
    below = survey.places[place.node.index + 1 : place.node.last + 1]
    if any(here.node.form is Form.HEADING and names_files(here.head.rest) for here in below):
        return True
    return any(
        item.node.form is Form.ITEM and (names_field(item.head.rest) or survey.lists.fills_form(item)) for item in below
    )


def _has_sections(survey: Survey, place: Place) -> bool:
    return any(below.node.form is Form.HEADING for below in survey.places[place.node.index + 1 : place.node.last + 1])
