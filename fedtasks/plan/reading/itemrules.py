"""The rules about items of lists: which of them are work."""

from __future__ import annotations

import re

from fedtasks.plan.reading.evidence import is_likely, opens_phase
from fedtasks.plan.reading.inline import CODE, plain
from fedtasks.plan.reading.kinds import WORKS, Kind
from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.paths import is_path
from fedtasks.plan.reading.places import ASIDE, LEADS, Place
from fedtasks.plan.reading.saying import names_field, names_tasks, says
from fedtasks.plan.reading.statuses import word_status
from fedtasks.plan.reading.survey import Survey

LEGEND = re.compile(r"`\[.?\]`\s*[-–—:=]\s*(?P<word>[^\W\d_][\w ]{2,30})$")


def action_item(survey: Survey, place: Place) -> bool:
    """In a group about work where the rules above found nothing, an item of the first level is a task."""
    if not _is_top_item(survey, place) or place.zone not in WORKS or survey.within_task(place):
        return False
    if (
        not plain(place.head.rest)
        or names_field(place.head.rest)
        or survey.lists.fills_form(place)
        or survey.beside_tasks(place)
        or survey.beside_work(place)
    ):
        return False
    if _lists_below(survey, place) or _is_name(place.head.rest) or _is_detail(survey, place):
        return False
    if survey.speaks_of_task(place):
        return False
    if survey.has_boxes and place.zone is Kind.WEAK:
        return False
    if survey.says_work and _lists_parts(survey, place):
        return False
    if place.titled and (survey.says_work or survey.strict) and not is_likely(survey, place):
        return False
    if survey.strict and survey.in_background(place):
        return False
    if survey.boxed and (survey.in_background(place) or _phase_has_boxes(survey, place)):
        return False
    return not _finer(survey, place)


def _phase_has_boxes(survey: Survey, place: Place) -> bool:
    """Whether the phase around has checkboxes, unless the item stands in a section of its own that names work."""
    phase, section = survey.phase(place), survey.section(place)
    if section is not None and section.own is Kind.WORK and section is not phase:
        return False
    return phase is not None and phase.node.index in survey.boxed


def _is_top_item(survey: Survey, place: Place) -> bool:
    above = survey.above(place)
    if place.node.form is not Form.ITEM or place.node.quoted:
        return False
    return above is None or above.node.form in LEADS or (_lists_below(survey, above) and _is_top_item(survey, above))


def _lists_parts(survey: Survey, place: Place) -> bool:
    """Whether an item stands in a section that by its name lists what there is: `Features`, `Scope`."""
    here = survey.above(place)
    while here is not None and here.own is None:
        here = survey.above(here)
    if here is None or here.node.form is not Form.HEADING:
        return False
    return here.own is Kind.WEAK and says("small.parts", here.head.rest)


def _is_detail(survey: Survey, place: Place) -> bool:
    """Whether a bullet belongs to the numbered item in front of it, though it is not indented: a label above its own
    list (`1. Sow`, `- Seeds:`)."""
    below = place.node.index + 1
    if place.node.number is not None or place.node.last < below or not plain(place.head.rest).endswith((":", "：")):
        return False
    return survey.follows_number(place)


def _is_name(text: str) -> bool:
    """Whether an item is nothing but a name or command in code, and no path of a file; or says what a mark means."""
    if (mark := LEGEND.match(text)) and word_status(mark["word"], whole=True):
        return True
    found = CODE.fullmatch(text.strip(" .;:,"))
    return found is not None and "`" not in found[2] and not is_path(found[2])


def _lists_below(survey: Survey, place: Place) -> bool:
    """Whether an item only says that the work is listed below it: `- **Tasks**:`."""
    below = place.node.index + 1
    return (
        place.node.form is Form.ITEM
        and place.node.last >= below
        and survey.places[below].node.form is Form.ITEM
        and names_tasks(place.head.rest)
    )


def _finer(survey: Survey, place: Place) -> bool:
    section = survey.section(place)
    if section is None:
        return any(survey.verdicts)
    return any(
        survey.verdicts[below.node.index] not in ("", "action_item", "table_row")
        for below in survey.places[section.node.index + 1 : section.node.last + 1]
    )


def likely_item(survey: Survey, place: Place) -> bool:
    """Where the names of the sections around say nothing, an item of the first level is a task if what its list and the
    plan show adds up to work (`evidence`); so is one of a schedule by phases in a plan without other work."""
    aside = (place.zone in (*ASIDE, Kind.TESTING, *WORKS) and not place.titled) or survey.in_background(place)
    if aside and not (place.zone is Kind.SUMMARY and not survey.total() and opens_phase(place)):
        return False
    if survey.within_task(place) or names_field(place.head.rest) or not plain(place.head.rest):
        return False
    return not survey.speaks_of_task(place) and _is_top_item(survey, place) and is_likely(survey, place)
