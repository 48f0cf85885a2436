"""The fold: the same state from any order of the input, and nothing that makes it stumble."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.events import Event
from fedtasks.domain.fold import fold, steps
from fedtasks.domain.status import ACTIVE
from fedtasks.domain.task import State, Task
from tests.domain.invariants import check_invariants
from tests.strategies import TASK_ID, created, event, schema_faults, stamp, task_of, tasks, wild_histories

many = settings(deadline=None, max_examples=60)


@many
@given(wild_histories, st.randoms(use_true_random=False))
def test_any_valid_history_folds_whatever_its_order(history: list[Event], random: Random) -> None:
    task = fold(TASK_ID, history)
    check_invariants(task)
    shuffled = list(history)
    random.shuffle(shuffled)
    again = fold(TASK_ID, iter(shuffled))
    assert again == task
    assert dump_bytes(task_to_json(again)) == dump_bytes(task_to_json(task))
    assert schema_faults(task_to_json(task)) == []


@many
@given(tasks(longest=12))
def test_what_apply_lets_through_stands(task: Task) -> None:
    check_invariants(task)
    assert task.void == {}
    assert schema_faults(task_to_json(task)) == []
    if task.state.claim is not None:
        assert task.state.status in ACTIVE or task.history[0].data.get("status")
        assert task.state.claim["by"] == task.state.assignee
    if task.state.blocked is not None:
        assert task.state.status == "blocked"
    assert task.state.updated_at == max(made.at for made in task.history)


@many
@given(wild_histories)
def test_the_steps_tell_the_same_story_as_the_fold(history: list[Event]) -> None:
    task = fold(TASK_ID, history)
    told = list(steps(task))
    assert tuple(step.event for step in told) == task.history
    assert {step.event.id: step.void for step in told if step.void} == task.void
    assert told[-1].after == task.state
    assert told[0].before == State()
    for before, after in pairwise(told):
        assert before.after == after.before
    for step in told:
        if step.void:
            changed = {"updated_at", "created_at"}
            assert all(
                getattr(step.before, name) == getattr(step.after, name)
                for name in State.__slots__
                if name not in changed
            )


def test_an_event_that_stands_twice_in_a_history_counts_once() -> None:
    start = event(kinds.STATUS, 2, **{"from": "pending", "to": "in_progress"})
    once = task_of(created(), start)
    twice = task_of(created(), start, start)
    assert twice.void == {}
    assert twice == once


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_claim_shows_who_has_it(confirmed: bool) -> None:
    claim = event(kinds.CLAIMED, 2, by="ben", confirmed=confirmed, exclusive=True)
    state = task_of(created(), claim).state
    assert (state.status, state.assignee) == ("in_progress", "ben")
    expected = {"by": "ben", "since": claim.at, "token": claim.id, "confirmed": confirmed, "exclusive": True}
    assert state.claim == expected


def test_a_confirmation_confirms_its_claim_only() -> None:
    claim = event(kinds.CLAIMED, 2, by="ben", confirmed=False)
    state = task_of(created(), claim, event(kinds.CONFIRMED, 3, by="ben", claim=claim.id)).state
    assert state.claim is not None and state.claim["confirmed"] is True
    other = task_of(created(), claim, event(kinds.CONFIRMED, 3, by="ben", claim=created().id))
    assert other.state.claim is not None and other.state.claim["confirmed"] is False
    assert len(other.void) == 1


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("confirm_event", [False, True])
def test_a_confirmed_claim_beats_a_tentative_one_wherever_it_stands(late: bool, confirm_event: bool) -> None:
    tentative = event(kinds.CLAIMED, 2, by="ann", seconds=10, confirmed=False)
    sure = event(kinds.CLAIMED, 5 if late else 2, by="ben", seconds=20 if late else 5, confirmed=not confirm_event)
    history = [created(), tentative, sure]
    if confirm_event:
        history.append(event(kinds.CONFIRMED, 9, by="ben", claim=sure.id))
    task = task_of(*history)
    assert (task.state.assignee, task.state.status) == ("ben", "in_progress")
    assert list(task.void) == [tentative.id]
    assert task.state.claim is not None and task.state.claim["confirmed"] is True


def test_what_the_beaten_claimant_did_under_the_claim_is_void() -> None:
    tentative = event(kinds.CLAIMED, 2, by="ann", confirmed=False)
    done = event(kinds.STATUS, 3, by="ann", claim=tentative.id, **{"from": "in_progress", "to": "done"})
    untold = event(kinds.STATUS, 3, by="ann", name="no token", **{"from": "in_progress", "to": "in_review"})
    release = event(kinds.RELEASED, 4, by="ann", claim=tentative.id)
    edit = event(kinds.EDITED, 4, by="ann", set={"description": "found out"})
    sure = event(kinds.CLAIMED, 6, by="ben", confirmed=True)
    task = task_of(created(), tentative, done, release, edit, sure)
    assert set(task.void) == {tentative.id, done.id, release.id}
    assert (task.state.status, task.state.assignee) == ("in_progress", "ben")
    assert task.state.description == "found out"
    also = task_of(created(), tentative, untold, sure)
    assert set(also.void) == {tentative.id, untold.id}
    assert also.state.assignee == "ben"


def test_of_two_confirmed_claims_the_first_holds() -> None:
    first = event(kinds.CLAIMED, 2, by="ann", confirmed=True)
    second = event(kinds.CLAIMED, 3, by="ben", confirmed=True)
    task = task_of(created(), second, first)
    assert task.state.assignee == "ann"
    assert list(task.void) == [second.id]


def test_a_confirmed_claim_beats_a_chain_of_tentative_ones() -> None:
    claims = [event(kinds.CLAIMED, seq, by="ann" if seq % 2 else "ben", confirmed=False) for seq in range(2, 8)]
    sure = event(kinds.CLAIMED, 8, by="zoë", confirmed=True)
    task = task_of(created(), *claims, sure)
    assert task.state.assignee == "zoë"
    assert set(task.void) == {claim.id for claim in claims}


def test_of_two_creations_the_later_words_hold_and_the_first_day() -> None:
    early = created(description="old", tags=["a"], metadata={"x": 1, "y": 1})
    late = event(kinds.CREATED, 1, seconds=500, by="ben", title="Newer", tags=["b"], metadata={"x": 2})
    state = task_of(late, early).state
    assert (state.title, state.description, state.tags) == ("Newer", "old", ("a", "b"))
    assert state.metadata == {"x": 2, "y": 1}
    assert state.created_at == min(early.at, late.at)


def test_edits_set_add_remove_and_patch() -> None:
    first = created(
        due="2026-02-01", tags=["a", "b"], metadata={"x": 1, "z": 3}, files=[{"path": "a", "action": "new"}]
    )
    edit = event(
        kinds.EDITED,
        2,
        set={"due": None, "title": "Other", "metadata": {"x": None, "a": {"b": 1}}, "status": "done", "novel": 1},
        add={
            "tags": ["c", "a"],
            "depends_on": ["task-aaaaa"],
            "files": [{"path": "a", "action": "modify"}, {"path": "b"}],
        },
        remove={"tags": ["b", "not there"], "watchers": ["x"]},
    )
    state = task_of(first, edit).state
    assert (state.title, state.due, state.tags, state.depends_on) == ("Other", None, ("a", "c"), ("task-aaaaa",))
    assert list(state.metadata.items()) == [("a", {"b": 1}), ("z", 3)]
    assert state.files == ({"path": "a", "action": "modify"}, {"path": "b", "action": None})
    assert state.status == "pending"


def test_blocked_says_why_and_since_when_until_it_ends() -> None:
    start = event(kinds.STATUS, 2, **{"from": "pending", "to": "in_progress"})
    stop = event(
        kinds.STATUS, 3, reason="no access", blocked_by="task-aaaaa", **{"from": "in_progress", "to": "blocked"}
    )
    task = task_of(created(), start, stop)
    assert task.state.blocked == {"reason": "no access", "by": "task-aaaaa", "since": stop.at}
    for end in (
        event(kinds.STATUS, 4, **{"from": "blocked", "to": "in_progress"}),
        event(kinds.STATUS, 4, **{"from": "blocked", "to": "cancelled"}),
        event(kinds.RELEASED, 4),
    ):
        assert task_of(*task.history, end).state.blocked is None


@pytest.mark.parametrize(
    ("status", "legal"), [("in_progress", True), ("blocked", True), ("in_review", False), ("done", False)]
)
def test_giving_back_is_a_step_to_pending(status: str, legal: bool) -> None:
    task = task_of(created(status=status, assignee="ann"), event(kinds.RELEASED, 2))
    assert (task.state.status, task.state.assignee) == (("pending", None) if legal else (status, "ann"))
    assert bool(task.void) != legal


def test_an_assignment_to_another_ends_the_claim() -> None:
    claim = event(kinds.CLAIMED, 2, by="ann", confirmed=True)
    same = task_of(created(), claim, event(kinds.ASSIGNED, 3, assignee="ann"))
    assert same.state.claim is not None
    other = task_of(created(), claim, event(kinds.ASSIGNED, 3, assignee="ben"))
    assert (other.state.claim, other.state.assignee, other.state.status) == (None, "ben", "in_progress")
    step = event(kinds.STATUS, 4, by="ann", claim=claim.id, **{"from": "in_progress", "to": "done"})
    assert list(task_of(*other.history, step).void) == [step.id]


def test_an_unknown_kind_changes_the_last_day_only() -> None:
    known = task_of(created())
    odd = event("assigned2", 2, assignee="ben", to="done", claim="x", set={"title": "y"}, seconds=99)
    task = task_of(created(), odd)
    assert task.void == {}
    assert task.state.updated_at == stamp(99)
    assert {name for name in State.__slots__ if getattr(task.state, name) != getattr(known.state, name)} == {
        "updated_at"
    }


def test_a_long_history_of_claims_folds() -> None:
    claims = [event(kinds.CLAIMED, seq, by=f"a{seq}", confirmed=seq == 120) for seq in range(2, 121)]
    task = task_of(created(), *claims)
    assert task.state.assignee == "a120"
    assert len(task.void) == 118
