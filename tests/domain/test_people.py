"""What holds of owners, handoffs, leases, attempts and reviews, however histories part and merge."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hypothesis import event as note
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.fold import steps
from fedtasks.domain.merge import merge_tasks
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.policy.may import may
from fedtasks.policy.members import Member
from tests.strategies import (
    ACTORS,
    Move,
    actors,
    branches,
    created,
    event_id,
    moves,
    people,
    play,
    schema_faults,
    stamp,
    task_of,
    tasks,
    wanted,
)

many = settings(deadline=None, max_examples=60)


OWNING: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    kinds.CLAIMED: st.fixed_dictionaries({"confirmed": st.booleans()}, optional={"lease": st.just(60)}),
    kinds.ASSIGNED: st.fixed_dictionaries({"assignee": actors}),
    kinds.RELEASED: st.just({}),
    kinds.STATUS: st.just({}),
    **{kind: people[kind] for kind in (kinds.TAKEN_OVER, kinds.HANDOFF_OFFERED, kinds.HANDOFF_ACCEPTED)},
}
owning_moves = st.sampled_from(sorted(OWNING)).flatmap(
    lambda kind: st.builds(
        Move, st.just(kind), actors, st.integers(0, 99), OWNING[kind], st.integers(0, 4), st.booleans()
    )
)


@st.composite
def owned(draw: st.DrawFn) -> list[Task]:
    """Two histories of a task that somebody has, in which it goes from hand to hand."""
    base = play(task_of(created(by="ann", lead="ann", assignee=draw(actors))), draw(st.lists(owning_moves)), "base", 0)
    sides = [draw(st.lists(owning_moves, max_size=6)) for _ in range(2)]
    return [play(base, side, f"side {number}", draw(st.integers(0, 500))) for number, side in enumerate(sides)]


def check_people(task: Task) -> None:
    """One owner, whose claim it is; at most one open offer, by the owner; one verdict a reviewer; attempts end once."""
    state = task.state
    if state.claim is not None:
        assert state.claim["by"] == state.assignee
        assert ("lease" in state.claim) == ("expires" in state.claim)
        assert state.claim.get("expires", state.claim["since"]) >= state.claim["since"]
    open_offers = [entry for entry in state.handoffs if entry["status"] == "offered"]
    assert len(open_offers) <= 1 and all(entry["from"] == state.assignee != entry["to"] for entry in open_offers)
    assert all(("outcome" in entry) == ("finished_at" in entry) for entry in state.attempts)
    assert len({entry["by"] for entry in state.reviews}) == len(state.reviews)
    for entries in (state.handoffs, state.attempts, state.reviews):
        assert {entry["id"] for entry in entries} <= {made.id for made in task.history} - set(task.void)


@many
@given(branches(3))
def test_however_histories_merge_there_is_one_owner(found: list[Task]) -> None:
    merged = reduce(merge_tasks, found)
    for task in (*found, merged):
        check_people(task)
        assert schema_faults(task_to_json(task)) == []


@many
@given(owned())
def test_every_change_of_owner_is_a_handoff(found: list[Task]) -> None:
    """From one owner to another; taking a free task and giving one back change nobody's."""
    merged = merge_tasks(*found)
    assert merged == merge_tasks(*found[::-1])
    check_people(merged)
    changes = 0
    for step in steps(merged):
        giver, taker = step.before.assignee, step.after.assignee
        if giver and taker and giver != taker:
            changes += 1
            id = step.event.data.get("handoff", step.event.id)
            (entry,) = (entry for entry in step.after.handoffs if entry["id"] == id)
            assert (entry["from"], entry["to"], entry["status"]) == (giver, taker, "accepted")
            assert entry["reason"] is not None and entry["at"]
    note(f"{min(changes, 2)} changes of owner")


TAKES = {kinds.CLAIMED, kinds.ASSIGNED, kinds.TAKEN_OVER, kinds.HANDOFF_ACCEPTED}
TALKS = {kinds.COMMENTED, kinds.REACTED, kinds.RESOLVED}
MAY_EDIT = {kinds.CREATED, kinds.EDITED}


@settings(deadline=None, max_examples=120)
@given(tasks(longest=6), moves, st.sampled_from(["viewer", "agent", "developer"]))
def test_nobody_without_permission_changes_a_task(task: Task, move: Any, role: str) -> None:
    """A stranger, who is neither its assignee nor its lead: what `may` lets them do moves nothing."""
    data = wanted(task, move)
    lead, assignee = task.state.lead, task.state.assignee
    strangers = [name for name in ACTORS if name not in (lead, assignee)]
    if data is None or not strangers or (lead is None and assignee is None):
        return
    name = strangers[0]
    made = Event(event_id("stranger"), next_seq(task.history), stamp(10**6), name, move.kind, data)
    refused = may(Member(name, role=role), made, task)
    note("refused" if refused else f"allowed: {made.kind}")
    if role == "viewer":
        assert refused or made.kind in TALKS
    if refused:
        return
    try:
        after = apply(task, made).state
    except FedtasksError:
        return
    assert after.lead == lead
    if made.kind in TAKES:
        assert after.assignee == name and (assignee is None or made.kind in (kinds.TAKEN_OVER, kinds.HANDOFF_ACCEPTED))
    elif made.kind == kinds.REVIEWED and data["verdict"] != "approve":
        assert (after.assignee, after.status) == (assignee, "in_progress")
    elif made.kind not in MAY_EDIT:
        assert (after.assignee, after.status, after.title) == (assignee, task.state.status, task.state.title)
