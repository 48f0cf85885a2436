"""Hand edits: what a person wrote into a file becomes events, the same ones on every machine."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.canonical import compact, dump_bytes, load_bytes
from fedtasks.domain.codec import folded_from_json, task_from_json, task_to_json
from fedtasks.domain.handedit import HAND, adopt
from fedtasks.domain.merge import merge_tasks
from fedtasks.domain.status import STATUSES, TRANSITIONS
from fedtasks.domain.task import Task
from fedtasks.domain.times import milliseconds
from tests.strategies import (
    actors,
    branches,
    created,
    event,
    extras,
    field_edits,
    moves,
    play,
    schema_faults,
    stamp,
    task_of,
    tasks,
)

many = settings(deadline=None, max_examples=60)
SETS = ("tags", "depends_on", "related", "skills", "files", "watchers", "tools")


def by_hand(task: Task) -> list[str]:
    """The kinds of events that were read off the file."""
    return [made.kind for made in task.history if made.by == HAND]


def shown(value: Any, name: str) -> str:
    """A field as it is compared: sets in any order, null members of metadata left out."""
    if name in SETS:
        return compact(sorted(value or [], key=compact))
    if name == "metadata":
        return compact({key: member for key, member in (value or {}).items() if member is not None})
    return compact(value if value is not None else {"description": "", "priority": "medium"}.get(name))


edited_files = st.tuples(tasks(), field_edits(), extras).map(
    lambda parts: (parts[0], json.loads(json.dumps(task_to_json(parts[0]) | parts[1] | parts[2])), parts[1])
)


@many
@given(edited_files)
def test_what_a_person_wrote_is_what_the_task_has(edited: tuple[Task, dict, dict]) -> None:
    task, raw, changes = edited
    adopted = task_from_json(raw)
    written = task_to_json(adopted)
    for name in changes:
        assert shown(written.get(name), name) == shown(raw[name], name)
    assert adopted.history[: len(task.history)] == task.history
    made = by_hand(adopted)
    others = {"team": {kinds.ASSIGNED}, "tools": {kinds.TOOL_ADDED, kinds.TOOL_REMOVED}}
    assert set(made) <= {kinds.EDITED}.union(*(others.get(name, set()) for name in changes))
    assert made.count(kinds.EDITED) <= 1 and made.count(kinds.ASSIGNED) <= 1
    assert adopted.void == task.void
    for name in ("status", "assignee", "claim", "blocked", "created_at", "updated_at"):
        assert written.get(name) == task_to_json(task).get(name)


@many
@given(edited_files)
def test_adopting_is_idempotent_and_deterministic(edited: tuple[Task, dict, dict]) -> None:
    _, raw, _ = edited
    before = copy.deepcopy(raw)
    once = task_from_json(raw)
    assert raw == before
    assert task_from_json(copy.deepcopy(raw)) == once
    assert task_from_json(dict(reversed(raw.items()))) == once
    data = dump_bytes(task_to_json(once))
    again = task_from_json(load_bytes(data))
    assert again == once
    assert dump_bytes(task_to_json(again)) == data


@many
@given(edited_files)
def test_what_is_written_after_a_hand_edit_is_valid(edited: tuple[Task, dict, dict]) -> None:
    _, raw, _ = edited
    assert schema_faults(raw) == []
    assert schema_faults(task_to_json(task_from_json(raw))) == []


@many
@given(edited_files, st.lists(moves, max_size=4), st.lists(moves, max_size=4))
def test_the_same_hand_edit_on_two_sides_is_one_event(edited: tuple[Task, dict, dict], mine: list, yours: list) -> None:
    _, raw, _ = edited
    here, there = task_from_json(raw), task_from_json(copy.deepcopy(raw))
    assert merge_tasks(here, there) == here
    one, other = play(here, mine, "here", 100), play(there, yours, "there", 50)
    merged = merge_tasks(one, other)
    assert merged == merge_tasks(other, one)
    assert by_hand(merged) == by_hand(here)


@many
@given(tasks(), field_edits(), field_edits(), st.sampled_from(STATUSES), st.none() | actors)
def test_different_hand_edits_on_two_sides_merge(
    task: Task, mine: dict, yours: dict, status: str, assignee: str | None
) -> None:
    base = task_to_json(task)
    one, other = (
        task_from_json(json.loads(json.dumps(base | changes)))
        for changes in (mine | {"status": status}, yours | {"assignee": assignee})
    )
    merged = merge_tasks(one, other)
    assert dump_bytes(task_to_json(merged)) == dump_bytes(task_to_json(merge_tasks(other, one)))
    assert {made.id for made in merged.history} == {made.id for made in (*one.history, *other.history)}
    raw = task_to_json(merged)
    assert schema_faults(raw) == []
    assert task_from_json(raw) == merged


@many
@given(branches(2), field_edits(), st.sampled_from(STATUSES), st.none() | actors)
def test_a_hand_edit_of_a_merged_file_can_be_written(
    found: list[Task], changes: dict, status: str, assignee: str | None
) -> None:
    raw = task_to_json(merge_tasks(*found)) | changes | {"status": status, "assignee": assignee}
    raw = json.loads(json.dumps(raw))
    adopted = task_from_json(raw)
    written = task_to_json(adopted)
    assert schema_faults(written) == []
    assert task_from_json(written) == adopted
    if status in TRANSITIONS[merge_tasks(*found).state.status]:
        assert adopted.state.status == status


@many
@given(tasks())
def test_a_file_that_nobody_edited_has_no_hand_edits(task: Task) -> None:
    raw = json.loads(json.dumps(task_to_json(task)))
    assert by_hand(task_from_json(raw)) == []
    folded = folded_from_json(raw)
    assert adopt(folded, raw) == folded == task


@pytest.mark.parametrize("now", [None, "ann"])
@pytest.mark.parametrize("then", [None, "ann", "ben"])
@pytest.mark.parametrize(("status", "wanted"), [(a, b) for a in STATUSES for b in (a, *TRANSITIONS[a])])
def test_status_and_assignee_become_what_the_person_wrote(
    status: str, wanted: str, now: str | None, then: str | None
) -> None:
    raw = task_to_json(task_of(created(status=status, assignee=now))) | {"status": wanted, "assignee": then}
    adopted = task_from_json(raw)
    assert adopted.state.status == wanted
    gives_back = wanted == "pending" != status and then == now
    assert adopted.state.assignee in ((then, None) if gives_back else (then,))
    assert adopted.void == {}
    assert task_from_json(task_to_json(adopted)) == adopted


@pytest.mark.parametrize(("status", "wanted"), [(a, b) for a in STATUSES for b in STATUSES])
def test_a_step_that_the_table_does_not_have_is_kept_and_void(status: str, wanted: str) -> None:
    raw = task_to_json(task_of(created(status=status))) | {"status": wanted, "title": "Other"}
    adopted = task_from_json(raw)
    legal = wanted == status or wanted in TRANSITIONS[status]
    assert adopted.state.status == (wanted if legal else status)
    assert bool(adopted.void) != legal
    assert adopted.state.title == "Other"
    assert schema_faults(task_to_json(adopted)) == []
    assert task_from_json(task_to_json(adopted)) == adopted


def test_a_claim_written_by_hand_is_not_believed() -> None:
    """Only the fold writes claims and stamps."""
    task = task_of(created(), event(kinds.CLAIMED, 2, by="ann", confirmed=True))
    claim = {"by": "ben", "since": stamp(0), "token": created().id, "confirmed": True}
    raw = task_to_json(task) | {"claim": claim, "created_at": stamp(-9), "updated_at": stamp(9**6)}
    assert task_from_json(raw) == task


def test_giving_the_task_to_another_by_hand_ends_the_claim() -> None:
    task = task_of(created(), event(kinds.CLAIMED, 2, by="ann", confirmed=True))
    adopted = task_from_json(task_to_json(task) | {"assignee": "ben"})
    assert (adopted.state.assignee, adopted.state.claim, by_hand(adopted)) == ("ben", None, [kinds.ASSIGNED])


@pytest.mark.parametrize(
    ("old", "new"),
    [(1, True), (True, 1), (1, 1.0), (0, False), ([1], [True]), ({"a": 0}, {"a": False}), ("1", 1)],
)
def test_values_that_python_takes_for_equal_are_an_edit(old: Any, new: Any) -> None:
    raw = task_to_json(task_of(created(metadata={"n": old}))) | {"metadata": {"n": new}}
    written = task_to_json(task_from_json(raw))
    assert compact(written["metadata"]) == compact({"n": new})


def test_a_field_that_a_person_deleted_is_removed() -> None:
    task = task_of(
        created(
            due="2026-02-01", tags=["a"], description="x", metadata={"a": 1}, parent="task-aaaaa", assignee="ann",
            files=[{"path": "p"}], depends_on=["task-aaaaa"], lead="ben", estimate="2d",
        )
    )  # fmt: skip
    raw = task_to_json(task)
    for name in (
        "due",
        "tags",
        "description",
        "metadata",
        "parent",
        "assignee",
        "files",
        "depends_on",
        "lead",
        "estimate",
    ):
        del raw[name]
    adopted = task_from_json(raw)
    blank = task_of(created())
    assert {**task_to_json(adopted), "history": 0} == {**task_to_json(blank), "history": 0}
    assert by_hand(adopted) == [kinds.EDITED, kinds.ASSIGNED]


def test_an_unknown_field_of_a_file_that_was_listed_by_hand_survives() -> None:
    """Unknown fields survive a rewrite, also inside of a known one."""
    raw = task_to_json(task_of(created())) | {"files": [{"path": "a", "action": "new", "lines": 3}]}
    written = task_to_json(task_from_json(raw))
    assert "lines" in json.dumps(written)


def test_of_a_path_that_stands_twice_one_is_kept() -> None:
    raw = task_to_json(task_of(created())) | {"files": [{"path": "a", "action": "new"}, {"path": "a"}]}
    adopted = task_from_json(raw)
    assert len(adopted.state.files) == 1
    assert schema_faults(task_to_json(adopted)) == []


def test_unknown_fields_are_taken_without_an_event() -> None:
    adopted = task_from_json(task_to_json(task_of(created())) | {"onlookers": ["ben"]})
    assert adopted.extra == {"onlookers": ["ben"]}
    assert by_hand(adopted) == []


@pytest.mark.parametrize(
    "at",
    [
        "2026-02-30T00:00:00Z",
        "2025-02-29T12:00:00Z",
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_any_stamp_that_the_schema_lets_through_can_be_edited_after(at: str) -> None:
    task = task_of(created())
    raw = task_to_json(task) | {"created_at": at, "updated_at": at}
    raw["history"][0]["at"] = at
    assert schema_faults(raw) == []
    adopted = task_from_json(raw | {"title": "Other"})
    assert adopted.state.title == "Other"
    assert schema_faults(task_to_json(adopted)) == []


def test_a_stamp_is_utc_whatever_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert milliseconds("2026-01-27T16:00:00Z") == 1769529600000


def test_the_derived_event_never_changes_between_versions() -> None:
    raw = task_to_json(task_of(created())) | {"title": "Other"}
    made = task_from_json(raw).history[-1]
    assert (made.seq, made.at, made.by, made.kind) == (2, created().at, HAND, kinds.EDITED)
    assert made.data == {"set": {"title": "Other"}}
    assert made.id == "01KG02ZMK0XP2SKYVZW9KX0VCP"


def test_a_program_goes_on_after_a_hand_edit() -> None:
    adopted = task_from_json(task_to_json(task_of(created())) | {"status": "in_progress", "assignee": "ann"})
    assert by_hand(adopted) == [kinds.ASSIGNED, kinds.STATUS] or by_hand(adopted) == [kinds.STATUS, kinds.ASSIGNED]
    after = apply(adopted, event(kinds.CLAIMED, 9, by="ann", confirmed=True))
    assert after.state.claim is not None


def test_the_history_of_a_file_is_trusted_where_its_writer_knew_less() -> None:
    task = task_of(created(), event(kinds.EDITED, 2, set={"title": "Newer"}))
    raw = task_to_json(task) | {"title": "Add the login flow", "unfolded": ["edited"]}
    assert task_from_json(raw) == task
    raw["unfolded"] = ["watched"]
    assert by_hand(task_from_json(raw)) == [kinds.EDITED]


def test_what_members_logged_and_were_allowed_is_not_for_a_hand_to_write() -> None:
    task = task_of(created(), replace(event(kinds.TIME_ADDED, 2), data={"seconds": 60}))
    raw = json.loads(json.dumps(task_to_json(task)))
    raw["tracked"][0]["seconds"] = 6000
    raw["permits"] = [{"member": "bot", "action": "done", "status": "given", "by": "ann", "at": stamp(0)}]
    adopted = adopt(task, raw)
    assert adopted.state.tracked == task.state.tracked and adopted.state.permits == ()
    assert by_hand(adopted) == []
