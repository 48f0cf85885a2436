"""Merge: the same on every machine, from any side, in any order, and nothing lost."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact, dump_bytes, load_bytes
from fedtasks.domain.codec import task_from_json, task_to_json
from fedtasks.domain.merge import join, merge_plans, merge_tasks
from fedtasks.domain.task import Task
from tests.domain.invariants import check_invariants
from tests.strategies import (
    TASK_ID,
    branches,
    created,
    event,
    extras,
    json_values,
    schema_faults,
    stamp,
    task_of,
    tasks,
    texts,
    wild_histories,
)

many = settings(deadline=None, max_examples=60)
some = settings(deadline=None, max_examples=35)


def written(task: Task) -> bytes:
    """The file of a task."""
    return dump_bytes(task_to_json(task))


def reversed_keys(value: Any) -> Any:
    """The same JSON value with the keys of its inner objects the other way round."""
    if isinstance(value, dict):
        return {name: reversed_keys(value[name]) for name in reversed(value)}
    return [reversed_keys(member) for member in value] if isinstance(value, list) else value


@many
@given(branches(2))
def test_merge_commutes_and_loses_nothing(found: list[Task]) -> None:
    ours, theirs = found
    merged = merge_tasks(ours, theirs)
    assert written(merge_tasks(theirs, ours)) == written(merged)
    assert merge_tasks(theirs, ours) == merged
    assert [made.id for made in merged.history] == sorted(
        {made.id for side in found for made in side.history},
        key=lambda id: next(made.order for side in found for made in side.history if made.id == id),
    )
    assert {made.id: made for side in found for made in side.history} == {made.id: made for made in merged.history}
    assert set(merged.extra) == {*ours.extra, *theirs.extra}
    assert all(made.id not in merged.void for made in merged.history if made.kind not in VOIDABLE)
    check_invariants(merged)


VOIDABLE = (
    kinds.CLAIMED,
    kinds.CONFIRMED,
    kinds.RELEASED,
    kinds.STATUS,
    kinds.RENEWED,
    kinds.TAKEN_OVER,
    kinds.HANDOFF_OFFERED,
    kinds.HANDOFF_ACCEPTED,
    kinds.HANDOFF_DECLINED,
    kinds.ATTEMPT_FINISHED,
    kinds.REVIEW_REQUESTED,
    kinds.REVIEWED,
    kinds.REVIEW_LIFTED,
    kinds.ARCHIVED,
    kinds.DELEGATION_ACCEPTED,
    kinds.DELEGATION_REJECTED,
    kinds.DELEGATION_COMPLETED,
    kinds.DELEGATION_WITHDRAWN,
)


@many
@given(branches(2))
def test_a_merged_task_is_a_valid_file_that_reads_back(found: list[Task]) -> None:
    merged = merge_tasks(*found)
    raw = task_to_json(merged)
    assert schema_faults(raw) == []
    assert task_from_json(load_bytes(dump_bytes(raw))) == merged


@some
@given(branches(3, longest=5))
def test_merge_is_associative_in_any_order(found: list[Task]) -> None:
    results = {written(merge_tasks(merge_tasks(a, b), c)) for a, b, c in permutations(found)}
    results |= {written(merge_tasks(a, merge_tasks(b, c))) for a, b, c in permutations(found)}
    assert len(results) == 1


@many
@given(branches(2))
def test_merge_is_idempotent(found: list[Task]) -> None:
    ours, theirs = found
    merged = merge_tasks(ours, theirs)
    assert written(merge_tasks(ours, ours)) == written(ours)
    for side in (ours, theirs, merged):
        assert merge_tasks(merged, side) == merged
        assert written(merge_tasks(side, merged)) == written(merged)


@many
@given(wild_histories, wild_histories)
def test_histories_that_no_program_wrote_merge_too(ours: list, theirs: list) -> None:
    """The ids overlap, so that one id stands for two contents on the two sides."""
    one, other = task_of(*ours), task_of(*theirs)
    merged = merge_tasks(one, other)
    assert written(merged) == written(merge_tasks(other, one))
    assert written(merge_tasks(merged, one)) == written(merged)
    assert {made.id for made in merged.history} == {made.id for made in (*ours, *theirs)}
    assert schema_faults(task_to_json(merged)) == []
    check_invariants(merged)


@some
@given(wild_histories, wild_histories, wild_histories)
def test_one_id_with_three_contents_is_associative(first: list, second: list, third: list) -> None:
    sides = [task_of(*history) for history in (first, second, third)]
    results = {written(merge_tasks(merge_tasks(a, b), c)) for a, b, c in permutations(sides)}
    assert len(results) == 1


@many
@given(tasks(), st.data())
def test_a_branch_that_is_behind_adds_nothing(task: Task, data: st.DataObject) -> None:
    known = data.draw(st.integers(1, len(task.history)))
    behind = task_of(*task.history[:known], **task.extra)
    assert merge_tasks(task, behind) == task
    assert merge_tasks(behind, task) == task


# the table of merge_tasks


def test_an_event_on_one_side_and_one_on_both() -> None:
    mine = event(kinds.EDITED, 2, by="ann", add={"tags": ["a"]})
    theirs = event(kinds.EDITED, 2, by="ben", add={"tags": ["b"]})
    merged = merge_tasks(task_of(created(), mine), task_of(created(), theirs))
    assert sorted(made.id for made in merged.history) == sorted([created().id, mine.id, theirs.id])
    assert merged.state.tags == ("a", "b")
    assert merged.void == {}


@pytest.mark.parametrize(
    ("change", "lesser"),
    [({"seq": 3}, 0), ({"at": stamp(0)}, 1), ({"by": "aaa"}, 1), ({"by": "zzz"}, 0), ({"data": {"title": "Zz"}}, 0)],
)
def test_one_id_with_two_contents_keeps_the_lesser(change: dict[str, Any], lesser: int) -> None:
    here = created()
    there = replace(here, **change)
    for sides in ((here, there), (there, here)):
        merged = merge_tasks(*[task_of(side) for side in sides])
        assert merged.history == ((here, there)[lesser],)


def test_a_second_claim_is_kept_and_void() -> None:
    first = event(kinds.CLAIMED, 2, by="ben", seconds=10, confirmed=False)
    second = event(kinds.CLAIMED, 2, by="ann", seconds=11, confirmed=False)
    merged = merge_tasks(task_of(created(), second), task_of(created(), first))
    assert (merged.state.assignee, list(merged.void)) == ("ben", [second.id])
    assert len(merged.history) == 3


def test_a_step_out_of_a_status_already_left_is_kept_and_void() -> None:
    start = event(kinds.STATUS, 2, **{"from": "pending", "to": "in_progress"})
    done = event(kinds.STATUS, 3, seconds=10, **{"from": "in_progress", "to": "done"})
    back = event(kinds.STATUS, 3, seconds=20, by="ben", **{"from": "in_progress", "to": "pending"})
    merged = merge_tasks(task_of(created(), start, back), task_of(created(), start, done))
    assert (merged.state.status, list(merged.void)) == ("done", [back.id])
    assert merged.void[back.id]


@pytest.mark.parametrize("tentative_first", [True, False])
@pytest.mark.parametrize("later", [0, 3])
def test_a_confirmed_claim_beats_a_tentative_one_in_either_order(tentative_first: bool, later: int) -> None:
    tentative = event(kinds.CLAIMED, 2, by="ann", seconds=10 if tentative_first else 99, confirmed=False)
    edits = [event(kinds.EDITED, seq, by="ben", set={"title": f"T{seq}"}) for seq in range(2, 2 + later)]
    sure = event(kinds.CLAIMED, 2 + later, by="ben", seconds=50, confirmed=True)
    one, other = task_of(created(), tentative), task_of(created(), *edits, sure)
    for merged in (merge_tasks(one, other), merge_tasks(other, one)):
        assert merged.state.assignee == "ben"
        assert list(merged.void) == [tentative.id]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=4))
def test_of_any_claims_one_wins_a_confirmed_one_where_there_is_one(claims: list[tuple[bool, int, int]]) -> None:
    sides, made = [], []
    for number, (confirmed, before, seconds) in enumerate(claims):
        edits = [event(kinds.EDITED, 2 + step, name=f"{number}") for step in range(before)]
        claim = event(kinds.CLAIMED, 2 + before, by=f"m{number}", seconds=seconds, confirmed=confirmed)
        made.append(claim)
        sides.append(task_of(created(), *edits, claim))
    results = []
    for order in permutations(sides):
        merged = order[0]
        for side in order[1:]:
            merged = merge_tasks(merged, side)
        results.append(merged)
    assert len({written(merged) for merged in results}) == 1
    winner = min([claim for claim in made if claim.data["confirmed"]] or made, key=lambda claim: claim.order)
    assert results[0].state.assignee == winner.by
    assert set(results[0].void) == {claim.id for claim in made} - {winner.id}


def test_unknown_fields_join() -> None:
    ours = task_of(created(), both=1, differ={"a": 1}, mine=None)
    theirs = task_of(created(), both=1, differ={"a": 2}, theirs=[1])
    expected = {"both": 1, "differ": {"a": 2}, "mine": None, "theirs": [1]}
    assert merge_tasks(ours, theirs).extra == merge_tasks(theirs, ours).extra == expected


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0, False), (0.0, -0.0), ([1], [True])])
def test_values_that_python_takes_for_equal_merge_alike_from_both_sides(one: Any, other: Any) -> None:
    sides = [task_of(created(metadata={"n": value}), x=value) for value in (one, other)]
    assert written(merge_tasks(*sides)) == written(merge_tasks(*reversed(sides)))


def test_the_newer_format_stays() -> None:
    newer = replace(task_of(created()), schema=2)
    assert merge_tasks(newer, task_of(created())).schema == merge_tasks(task_of(created()), newer).schema == 2


@pytest.mark.parametrize("place", ["extra", "event", "metadata"])
def test_the_order_of_keys_in_inner_objects_does_not_depend_on_the_side(place: str) -> None:
    """The canonical form promises the same bytes for the same task."""
    inner = {"b": 1, "a": {"d": 1, "c": 2}}
    sides = []
    for value in (inner, reversed_keys(inner)):
        data = {"metadata": {"m": value}} if place == "metadata" else {}
        history = [created(**data)] + ([event("watched", 2, note=value)] if place == "event" else [])
        sides.append(task_of(*history, **({"x": value} if place == "extra" else {})))
    assert written(merge_tasks(*sides)) == written(merge_tasks(*reversed(sides)))


def test_a_merge_leaves_both_sides_alone() -> None:
    ours = task_of(created(metadata={"a": [1]}), event(kinds.EDITED, 2, set={"metadata": {"b": {}}}), x=[1])
    theirs = task_of(created(metadata={"a": [1]}), event(kinds.CLAIMED, 2, confirmed=True), x=[2])
    before = copy.deepcopy((task_to_json(ours), task_to_json(theirs)))
    merge_tasks(ours, theirs)
    assert (task_to_json(ours), task_to_json(theirs)) == before


def test_merge_keeps_an_event_that_stands_twice_on_one_side_once() -> None:
    twice = task_of(created(), event(kinds.EDITED, 2, add={"tags": ["a"]}), event(kinds.EDITED, 2, add={"tags": ["a"]}))
    once = task_of(created(), event(kinds.EDITED, 2, add={"tags": ["a"]}))
    assert merge_tasks(twice, once) == merge_tasks(once, twice) == once


def test_one_file_with_two_contents_of_one_id_merges_alike_from_both_sides() -> None:
    odd = [created(), replace(created(), by="aaa"), replace(created(), by="bbb")]
    sides = [task_of(*odd), task_of(created())]
    assert merge_tasks(*sides) == merge_tasks(*reversed(sides))


@many
@given(extras, extras, extras)
def test_join_is_the_same_from_everywhere(a: dict, b: dict, c: dict) -> None:
    assert compact(join(a, b)) == compact(join(b, a))
    assert compact(join(join(a, b), c)) == compact(join(a, join(b, c)))
    assert compact(join(a, a)) == compact(a)
    assert set(join(a, b)) == {*a, *b}


def test_the_id_is_kept() -> None:
    assert merge_tasks(task_of(created()), task_of(created())).id == TASK_ID


# plans

times = st.sampled_from([stamp(0), stamp(5), stamp(86400)])
items = st.dictionaries(
    st.sampled_from(["a", "b", "phase/c"]),
    st.fixed_dictionaries(
        {"task": st.sampled_from(["task-aaaaa", "task-bbbbb"]), "at": times},
        optional={"line": st.integers(1, 9), "removed": st.booleans(), "more": json_values},
    ),
    max_size=3,
)
plans = st.fixed_dictionaries(
    {
        "schema": st.just(1),
        "id": st.just("roadmap"),
        "path": st.sampled_from(["p.md", "q.md"]),
        "at": times,
        "items": items,
    },
    optional={"title": st.none() | texts, "unknown": json_values},
)


@many
@given(plans, plans, plans)
def test_plans_merge_the_same_from_everywhere(a: dict, b: dict, c: dict) -> None:
    merged = merge_plans(a, b)
    assert compact(merged) == compact(merge_plans(b, a))
    assert compact(merge_plans(merged, c)) == compact(merge_plans(a, merge_plans(b, c)))
    assert compact(merge_plans(a, a)) == compact(a)
    for side in (a, b, merged):
        assert compact(merge_plans(merged, side)) == compact(merged)
    assert set(merged["items"]) == {*a["items"], *b["items"]}
    assert merged["at"] == max(a["at"], b["at"])
    for key, item in merged["items"].items():
        sides = [side["items"][key] for side in (a, b) if key in side["items"]]
        assert item in sides
        assert item["at"] == max(side["at"] for side in sides)


def test_plans_merge_to_the_same_bytes_from_both_sides() -> None:
    ours = {
        "schema": 1,
        "id": "p",
        "path": "p.md",
        "at": stamp(0),
        "items": {"k": {"task": "task-aaaaa", "at": stamp(0)}},
    }
    theirs = reversed_keys(ours)
    assert dump_bytes(merge_plans(ours, theirs)) == dump_bytes(merge_plans(theirs, ours))


def test_the_table_of_merge_plans() -> None:
    gone = {"task": "task-aaaaa", "at": stamp(9), "removed": True}
    kept = {"task": "task-aaaaa", "at": stamp(3), "line": 4}
    ours = {"at": stamp(3), "path": "old.md", "x": 1, "items": {"a": kept, "b": {"task": "t", "at": stamp(0)}}}
    theirs = {"at": stamp(9), "path": "new.md", "items": {"a": gone, "c": {"task": "u", "at": stamp(0)}}}
    merged = merge_plans(ours, theirs)
    assert merged == merge_plans(theirs, ours)
    assert merged["items"] == {"a": gone, "b": ours["items"]["b"], "c": theirs["items"]["c"]}  # type: ignore[index]
    assert (merged["at"], merged["path"]) == (stamp(9), "new.md")
    assert "x" not in merged
    tie = merge_plans(
        {"at": stamp(0), "items": {"a": {"task": "t", "at": ""}}}, {"at": stamp(0), "items": {"a": {"task": "u"}}}
    )
    assert tie["items"]["a"] == {"task": "u"}
