"""The table of steps, through `apply`: every pair of statuses."""

from __future__ import annotations

import pytest

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.status import ACTIVE, FINISHED, OPEN, PRIORITIES, STATUSES, TRANSITIONS, allowed
from fedtasks.errors import Exit, InvalidTransition
from tests.strategies import created, event, schema_of, task_of

TABLE = {
    "pending": ["in_progress", "cancelled"],
    "in_progress": ["blocked", "in_review", "done", "pending", "cancelled"],
    "blocked": ["in_progress", "pending", "cancelled"],
    "in_review": ["in_progress", "done", "cancelled"],
    "done": ["in_progress"],
    "cancelled": ["pending"],
}
"""The table of the README, copied by hand."""

PAIRS = [(current, wanted) for current in TABLE for wanted in TABLE]
LEGAL = [(current, wanted) for current, wanted in PAIRS if wanted in TABLE[current]]
ILLEGAL = [pair for pair in PAIRS if pair not in LEGAL]


def test_the_code_has_the_table_of_the_readme() -> None:
    assert {current: list(steps) for current, steps in TRANSITIONS.items()} == TABLE
    assert (len(LEGAL), len(ILLEGAL)) == (15, 21)


def test_the_schema_knows_the_same_words() -> None:
    words = schema_of("task")["$defs"]
    assert tuple(words["status"]["enum"]) == STATUSES
    assert tuple(words["priority"]["enum"]) == PRIORITIES
    assert sorted([*OPEN, *FINISHED]) == sorted(STATUSES)
    assert set(ACTIVE) < set(OPEN)


@pytest.mark.parametrize("assignee", [None, "ann"])
@pytest.mark.parametrize(("current", "wanted"), LEGAL)
def test_a_legal_step_is_taken(current: str, wanted: str, assignee: str | None) -> None:
    task = task_of(created(status=current, assignee=assignee))
    after = apply(task, event(kinds.STATUS, 2, **{"from": current, "to": wanted}))
    assert after.state.status == wanted
    assert after.void == {}
    assert after.state.assignee == (None if wanted == "pending" else assignee)
    assert bool(after.state.blocked) == (wanted == "blocked")
    assert allowed(current, wanted)


@pytest.mark.parametrize(("current", "wanted"), ILLEGAL)
def test_an_illegal_step_is_refused_with_the_steps_that_are_legal(current: str, wanted: str) -> None:
    task = task_of(created(status=current, assignee="ann"))
    with pytest.raises(InvalidTransition) as caught:
        apply(task, event(kinds.STATUS, 2, **{"from": current, "to": wanted}))
    assert caught.value.fields == {"task": task.id, "status": current, "wanted": wanted, "allowed": TABLE[current]}
    assert caught.value.exit_code == Exit.NOT_ALLOWED
    for step in TABLE[current]:
        assert step in (caught.value.hint or "")
    assert not allowed(current, wanted)


@pytest.mark.parametrize("current", [*STATUSES, "", "on_ice"])
def test_an_unknown_status_has_no_steps(current: str) -> None:
    assert not allowed(current, "on_ice")
    assert not allowed("on_ice", current)


@pytest.mark.parametrize("current", STATUSES)
def test_from_everywhere_there_is_a_way_to_done(current: str) -> None:
    reached = {current}
    for _ in STATUSES:
        reached |= {step for status in reached for step in TRANSITIONS[status]}
    assert reached == set(STATUSES)
