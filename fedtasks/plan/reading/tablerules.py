"""The rules about tables: which of their rows are work."""

from __future__ import annotations

from fedtasks.plan.reading.kinds import Kind
from fedtasks.plan.reading.outline import Form
from fedtasks.plan.reading.places import Place
from fedtasks.plan.reading.survey import Survey
from fedtasks.plan.reading.tables import has_progress, is_boxed, is_counted, is_sum_row, is_work_table, names_work


def table_row(survey: Survey, place: Place) -> bool:
    """A row of a table whose header names work and at least one column that plans it is a task; not where the table
    only repeats what headings say, nor in a summary or background section of a plan that lists its work elsewhere. A
    row with a checkbox for a cell is one as well."""
    if place.node.form is not Form.ROW or place.zone is Kind.VERIFICATION or survey.within_task(place):
        return False
    if is_boxed(place.node) and not is_sum_row(place.node):
        return True
    if not is_work_table(place.node.header) or is_sum_row(place.node) or place.node.table in survey.repeating:
        return False
    return place.zone not in (Kind.SUMMARY, Kind.BACKGROUND) or (
        survey.total() == 0 and not survey.names_work and has_progress(place.node.header)
    )


def bare_table_row(survey: Survey, place: Place) -> bool:
    """Where a plan has nothing stricter, a row of a table that names work or phases is a task in a section of work,
    though no column plans it; where the section's name says nothing, if the row is counted (`M1 Walls`)."""
    if place.node.form is not Form.ROW or survey.total():
        return False
    if place.zone is not Kind.WORK and (place.zone is not None or not is_counted(place.node)):
        return False
    known = names_work(place.node.header) and place.node.table not in survey.repeating
    return known and not is_sum_row(place.node)
