"""The life of a delegation: its table, its file, and the merge of two versions of that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedtasks.domain import delegation as rules
from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.events import Event
from fedtasks.errors import NotAllowed
from tests.strategies import created, event, event_id, stamp, task_of

BEGIN = {"task": "task-aaaaa", "source_instance": "hq", "target_instance": "site", "type": "route"}
WORDS = {
    "accept": (kinds.DELEGATION_ACCEPTED, {"tasks": ["task-bbbbb"]}),
    "reject": (kinds.DELEGATION_REJECTED, {"reason": "no time"}),
    "complete": (kinds.DELEGATION_COMPLETED, {"result": {"version": 3}}),
    "withdraw": (kinds.DELEGATION_WITHDRAWN, {"reason": "cancelled"}),
}
AFTER = {
    (): "pending",
    ("accept",): "accepted",
    ("reject",): "rejected",
    ("withdraw",): "withdrawn",
    ("accept", "complete"): "completed",
    ("accept", "withdraw"): "withdrawn",
    ("reject", "withdraw"): "withdrawn",
    ("withdraw", "accept"): "withdrawn",
    ("withdraw", "complete"): "completed",
    ("accept", "withdraw", "complete"): "completed",
    ("withdraw", "accept", "complete"): "completed",
    ("reject", "withdraw", "accept"): "withdrawn",
    ("reject", "withdraw", "complete"): "completed",
}
"""What is legal, and what it makes of a delegation."""


def first(**more: Any) -> Event:
    return event(kinds.DELEGATED, 2, **BEGIN, **more)


def step(word: str, seq: int, id: str) -> Event:
    kind, data = WORDS[word]
    return event(kind, seq, name=word, delegation=id, **data)


@pytest.mark.parametrize("begin", sorted(way for way in AFTER if len(way) < 3))
@pytest.mark.parametrize("word", sorted(WORDS))
def test_only_the_steps_of_the_table_are_taken(begin: tuple[str, ...], word: str) -> None:
    """Whatever the table does not have is refused with the reason."""
    task = apply(task_of(created()), first())
    id = task.state.delegations[0]["id"]
    for number, one in enumerate(begin):
        task = apply(task, step(one, 3 + number, id))
    was = task.state.delegations[0]["status"]
    if word in begin:
        return
    if (*begin, word) in AFTER:
        after = apply(task, step(word, 9, id)).state.delegations[0]
        assert after["status"] == AFTER[(*begin, word)]
    else:
        with pytest.raises(NotAllowed, match=f"the delegation is {was} already"):
            apply(task, step(word, 9, id))


def test_the_record_of_a_delegation() -> None:
    """Its fields are there from the beginning."""
    task = task_of(created(), first(notes="by friday", parts=["a", "b"]))
    (record,) = task.state.delegations
    assert record == BEGIN | {
        "id": first().id, "status": "pending", "delegated_at": first().at, "delegated_by": "ann",
        "notes": "by friday", "parts": ["a", "b"], "completed_at": None, "result": None,
    }  # fmt: skip
    assert task.state.assignee == "ann"
    for number, word in enumerate(("accept", "complete")):
        task = apply(task, step(word, 3 + number, record["id"]))
    (record,) = task.state.delegations
    assert (record["result"], record["tasks"], record["completed_by"]) == ({"version": 3}, ["task-bbbbb"], "ann")
    assert record["completed_at"] == stamp(4 * 60)


def test_a_task_is_made_for_one_delegation() -> None:
    link = {"delegation": first().id, "chain": [], "tasks": ["task-7k3q2m9x"], **BEGIN}
    task = apply(task_of(created()), event(kinds.DELEGATION_ACCEPTED, 2, **link))
    assert task.state.delegated_from is not None and task.state.delegated_from["source_instance"] == "hq"
    with pytest.raises(NotAllowed, match="made for the delegation"):
        apply(task, event(kinds.DELEGATION_ACCEPTED, 3, **link))
    with pytest.raises(NotAllowed, match="there is no delegation"):
        apply(task, step("complete", 3, event_id("another")))
    task = apply(task, step("complete", 3, first().id))
    assert task.state.delegated_from["result"] == {"version": 3}
    with pytest.raises(NotAllowed, match="completed already"):
        apply(task, step("complete", 4, first().id))


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        (["withdraw", "accept"], ["accept", "withdraw"], "withdrawn"),
        (["withdraw", "reject"], ["reject", "withdraw"], "withdrawn"),
        (["withdraw", "accept", "complete"], ["accept", "complete", "withdraw"], "completed"),
        (["accept", "withdraw", "complete"], ["accept", "complete", "withdraw"], "completed"),
    ],
)
def test_both_stores_tell_the_same_of_a_withdrawal(one: list[str], other: list[str], status: str) -> None:
    """Each learns of the other's step after its own; what was made, and what came of it, is known to both."""
    records = [
        rules.fold_record([first(), *(step(word, 3 + number, first().id) for number, word in enumerate(words))])
        for words in (one, other)
    ]
    for name in ("status", "tasks", "result"):
        assert records[0].get(name) == records[1].get(name), name
    assert records[0]["status"] == status


steps = st.lists(st.builds(step, st.sampled_from(sorted(WORDS)), st.integers(3, 6), st.just(first().id)), max_size=4)


@given(steps, steps, st.dictionaries(st.sampled_from(["x-a", "x-b"]), st.integers()))
def test_files_merge_alike_in_any_order(one: list[Event], other: list[Event], extra: dict[str, int]) -> None:
    ours = rules.fold_record([first(offer={"title": "T"}), *one]) | extra
    theirs = rules.fold_record([first(offer={"title": "T"}), *other])
    merged = rules.merge_records(ours, theirs)
    assert merged == rules.merge_records(theirs, ours)
    assert merged == rules.merge_records(merged, ours)
    assert {e["id"] for e in merged["history"]} == {e["id"] for e in ours["history"] + theirs["history"]}
    assert merged["status"] in rules.STATUSES and extra.items() <= merged.items()


@pytest.mark.parametrize(
    ("chain", "target", "found"),
    [
        ([], "site", None),
        ([], "hq", ["hq", "hq"]),
        (["top"], "top", ["top", "hq", "top"]),
        (["top", "mid"], "mid", ["mid", "hq", "mid"]),
        (["top", "mid"], "site", None),
    ],
)
def test_a_circle_is_seen(chain: list[str], target: str, found: list[str] | None) -> None:
    links = [rules.link(name, "task-aaaaa", "T", first().id, "route") for name in chain]
    assert rules.circle(links, "hq", target) == found
