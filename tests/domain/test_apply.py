"""`apply`: the door that refuses what would be void, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.merge import merge_tasks
from fedtasks.domain.status import FINISHED, STATUSES
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, Held, InvalidTransition, LostClaim, NotAllowed
from tests.strategies import Move, branches, created, event, moves, stamp, task_of, tasks, wanted

many = settings(deadline=None, max_examples=60)


@many
@given(branches(), moves)
def test_apply_adds_one_event_or_refuses_with_its_own_error(found: list[Task], move: Move) -> None:
    task = merge_tasks(*found)
    data = wanted(task, move) or {}
    if move.kind == kinds.CONFIRMED and "claim" not in data:
        return
    made = Event("01KJ" + "0" * 22, next_seq(task.history), stamp(9000), move.by, move.kind, data)
    try:
        after = apply(task, made)
    except InvalidTransition as refused:
        assert refused.fields["wanted"] not in refused.fields["allowed"], refused.message
        assert refused.hint
    except (Held, NotAllowed) as refused:
        assert refused.hint
        assert task.id in refused.message
    else:
        assert after.history == (*task.history, made)
        assert after.extra == task.extra
        assert set(after.void) <= set(task.void)


@many
@given(tasks())
def test_apply_leaves_its_task_alone(task: Task) -> None:
    before = (task.state, task.history, dict(task.void), dict(task.extra))
    after = apply(task, event(kinds.EDITED, 99, set={"title": "Other"}, add={"tags": ["zz"]}))
    assert (task.state, task.history, dict(task.void), dict(task.extra)) == before
    assert (after.state.title, after.id) == ("Other", task.id)


@pytest.mark.parametrize("confirmed", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_a_held_task_names_its_holder(first: bool, confirmed: bool) -> None:
    claim = event(kinds.CLAIMED, 2, by="ann", confirmed=first)
    task = apply(task_of(created()), claim)
    with pytest.raises(Held) as caught:
        apply(task, event(kinds.CLAIMED, 3, by="ben", confirmed=confirmed))
    assert caught.value.fields == {"task": task.id, "holder": "ann", "since": claim.at}


def test_a_task_assigned_to_me_can_be_claimed_by_me_only() -> None:
    task = task_of(created(assignee="ann"))
    with pytest.raises(Held) as caught:
        apply(task, event(kinds.CLAIMED, 2, by="ben", confirmed=True))
    assert caught.value.fields["since"] is None
    assert apply(task, event(kinds.CLAIMED, 2, by="ann", confirmed=True)).state.status == "in_progress"


@pytest.mark.parametrize("status", [status for status in STATUSES if status not in ("pending", "in_progress")])
def test_a_claim_of_a_task_in_no_state_for_it_does_not_contradict_itself(status: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        apply(task_of(created(status=status)), event(kinds.CLAIMED, 2, confirmed=True))
    assert caught.value.fields.get("wanted") not in caught.value.fields.get("allowed", []), caught.value.hint


@pytest.mark.parametrize("stale", STATUSES)
def test_a_step_from_a_status_already_left_does_not_contradict_itself(stale: str) -> None:
    current = "blocked" if stale != "blocked" else "done"
    with pytest.raises(NotAllowed) as caught:
        apply(task_of(created(status=current)), event(kinds.STATUS, 2, **{"from": stale, "to": "in_progress"}))
    assert caught.value.fields.get("wanted") not in caught.value.fields.get("allowed", []), caught.value.hint


def test_a_step_under_a_claim_that_is_gone_is_refused_whatever_the_status() -> None:
    claim = event(kinds.CLAIMED, 2, by="ann", confirmed=True)
    task = task_of(created(), claim, event(kinds.ASSIGNED, 3, assignee="ben"))
    for kind, data in ((kinds.STATUS, {"from": "in_progress", "to": "done"}), (kinds.RELEASED, {})):
        with pytest.raises(LostClaim, match="no longer holds") as caught:
            apply(task, event(kind, 4, claim=claim.id, **data))
        assert (caught.value.fields["holder"], caught.value.fields["token"]) == ("ben", claim.id)


def test_giving_back_what_nobody_has_is_refused() -> None:
    with pytest.raises(NotAllowed):
        apply(task_of(created()), event(kinds.RELEASED, 2))


def test_confirming_a_claim_that_does_not_hold_is_refused() -> None:
    with pytest.raises(NotAllowed):
        apply(task_of(created()), event(kinds.CONFIRMED, 2, claim=created().id))


@pytest.mark.parametrize("worked", [False, True])
def test_confirming_the_lost_claim_does_not_undo_the_one_that_holds(worked: bool) -> None:
    """Whether the holder has already made a step must not change the answer."""
    holds = event(kinds.CLAIMED, 2, by="ann", seconds=1, confirmed=False)
    lost = event(kinds.CLAIMED, 2, by="ben", seconds=2, confirmed=False)
    step = event(kinds.STATUS, 3, by="ann", claim=holds.id, **{"from": "in_progress", "to": "in_review"})
    task = task_of(created(), holds, lost, *([step] if worked else []))
    assert list(task.void) == [lost.id]
    with pytest.raises(FedtasksError):
        apply(task, event(kinds.CONFIRMED, 4, by="ben", claim=lost.id))


def test_an_event_of_the_past_that_would_undo_one_that_stands_is_refused() -> None:
    task = task_of(created(), event(kinds.STATUS, 5, **{"from": "pending", "to": "in_progress"}))
    with pytest.raises(NotAllowed):
        apply(task, event(kinds.STATUS, 2, **{"from": "pending", "to": "cancelled"}))


@pytest.mark.parametrize("finished", FINISHED)
def test_a_finished_task_has_no_claim_and_can_be_taken_up_again(finished: str) -> None:
    task = apply(task_of(created()), event(kinds.CLAIMED, 2, by="ann", confirmed=True))
    token = task.history[-1].id
    task = apply(task, event(kinds.STATUS, 3, by="ann", claim=token, **{"from": "in_progress", "to": finished}))
    assert (task.state.status, task.state.assignee, task.state.claim) == (finished, "ann", None)
    back = "in_progress" if finished == "done" else "pending"
    task = apply(task, event(kinds.STATUS, 4, by="ben", **{"from": finished, "to": back}))
    if finished == "done":  # it stays with who had it, who may take it up again
        with pytest.raises(Held) as caught:
            apply(task, event(kinds.CLAIMED, 5, by="ben", confirmed=True))
        assert caught.value.fields["holder"] == "ann"
        assert apply(task, event(kinds.CLAIMED, 5, by="ann", confirmed=True)).state.claim is not None
        task = apply(task, event(kinds.RELEASED, 5, by="ann"))
    for who in ("ann", "ben"):
        taken = apply(task, event(kinds.CLAIMED, 6, by=who, confirmed=True))
        assert (taken.state.status, taken.state.assignee) == ("in_progress", who)
        assert taken.state.claim is not None


def test_a_newer_format_stays_newer() -> None:
    """`put` refuses to write a newer format by `schema`; `apply` must not hide it."""
    newer = replace(task_of(created()), schema=2)
    assert apply(newer, event(kinds.EDITED, 2, set={"title": "Other"})).schema == 2


def test_the_same_event_is_not_taken_twice() -> None:
    edit = event(kinds.EDITED, 2, set={"title": "Other"})
    task = apply(task_of(created()), edit)
    try:
        again = apply(task, edit)
    except FedtasksError:
        return
    assert again == task


def test_the_unknown_is_let_through() -> None:
    task = task_of(created(), **{"x-tool": {"b": [1], "a": None}})
    after = apply(task, event("watched", 2, by="zoë", watcher="zoë"))
    assert after.extra == {"x-tool": {"b": [1], "a": None}}
    assert after.history[-1].data == {"watcher": "zoë"}
