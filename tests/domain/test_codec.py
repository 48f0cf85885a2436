"""From the bytes of a task file to a Task and back: not a byte is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact, dump_bytes, load_bytes
from fedtasks.domain.codec import UNFOLDED, folded_from_json, task_from_json, task_to_json
from fedtasks.domain.effects import EFFECTS
from fedtasks.domain.task import ALWAYS, FIELDS, Task
from tests.strategies import created, event, schema_faults, task_of, tasks, wild_histories

many = settings(deadline=None, max_examples=60)


@many
@given(tasks())
def test_a_canonical_file_comes_back_byte_for_byte(task: Task) -> None:
    data = dump_bytes(task_to_json(task))
    read = task_from_json(load_bytes(data))
    assert dump_bytes(task_to_json(read)) == data
    assert read == task
    assert folded_from_json(load_bytes(data)) == read


@many
@given(wild_histories)
def test_a_history_full_of_void_events_comes_back_too(history: list) -> None:
    data = dump_bytes(task_to_json(task_of(*history)))
    read = task_from_json(load_bytes(data))
    assert dump_bytes(task_to_json(read)) == data
    assert read.void == task_of(*history).void


@many
@given(tasks())
def test_what_is_written_is_valid_and_in_order(task: Task) -> None:
    raw = task_to_json(task)
    assert schema_faults(raw) == []
    assert set(raw) >= ALWAYS
    known = [name for name in raw if name in FIELDS]
    assert known == [name for name in FIELDS if name in raw]
    unknown = sorted({*task.extra, *([UNFOLDED] if UNFOLDED in raw else [])})
    assert list(raw) == known + unknown
    strange = {made.kind for made in task.history} - set(EFFECTS)
    assert raw.get(UNFOLDED, []) == sorted(strange)


@many
@given(tasks(), st.randoms(use_true_random=False))
def test_the_order_of_keys_and_events_in_a_file_does_not_matter(task: Task, random: Any) -> None:
    raw = json.loads(json.dumps(task_to_json(task)))
    names = list(raw)
    random.shuffle(names)
    random.shuffle(raw["history"])
    read = task_from_json({name: raw[name] for name in names})
    assert dump_bytes(task_to_json(read)) == dump_bytes(task_to_json(task))


def test_a_file_may_leave_out_what_has_a_default() -> None:
    raw = task_to_json(task_of(created()))
    needed = ("schema", "id", "title", "status", "created_at", "updated_at", "history")
    short = {name: raw[name] for name in needed}
    assert schema_faults(short) == []
    assert task_to_json(task_from_json(short)) == raw


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", ""),
        ("estimate", ""),
        ("estimate", None),
        ("due", None),
        ("parent", None),
        ("lead", None),
        ("source", None),
        ("metadata", {}),
        ("metadata", {"a": "", "b": [], "c": {}, "d": 0, "e": False}),
        ("tags", []),
        ("files", [{"path": "a"}]),
    ],
)
def test_an_empty_value_is_no_hand_edit(field: str, value: Any) -> None:
    """A field that is left out of the file must read as what it was."""
    task = task_of(created(**{field: value}))
    assert task_from_json(task_to_json(task)) == task


def test_a_file_of_today_reads_as_it_was_written() -> None:
    """Bytes fixed here, so that no later version reads them otherwise."""
    claim = "01KG031F60G9M8S1MBJA4N1BPT"
    text = f"""{{
  "schema": 1,
  "id": "task-7k3q2",
  "title": "Add the login flow",
  "status": "in_progress",
  "priority": "high",
  "lead": null,
  "assignee": "ben",
  "claim": {{
    "by": "ben",
    "since": "2026-01-27T18:20:00Z",
    "token": "{claim}",
    "confirmed": true
  }},
  "depends_on": [],
  "files": [],
  "created_at": "2026-01-27T16:00:00Z",
  "updated_at": "2026-01-27T18:20:00Z",
  "history": [
    {{
      "id": "01KG02ZMK06DGPT1ZJQHXHZ0P2",
      "seq": 1,
      "at": "2026-01-27T16:00:00Z",
      "by": "ann",
      "kind": "created",
      "title": "Add the login flow",
      "priority": "high"
    }},
    {{
      "id": "{claim}",
      "seq": 2,
      "at": "2026-01-27T18:20:00Z",
      "by": "ben",
      "kind": "claimed",
      "confirmed": true
    }}
  ],
  "metadata": {{}},
  "x-later": {{
    "z": [
      1.5
    ]
  }}
}}
"""
    task = task_from_json(load_bytes(text.encode()))
    assert len(task.history) == 2
    assert dump_bytes(task_to_json(task)).decode() == text


@pytest.mark.parametrize(
    "value",
    ["\U0001f600", {"\uffff": ["é", "é"]}, 10**80, 1e300, -0.0, [[[[]]]], "\u2028\x00\x7f\ufeff", None, ""],
    ids=["astral", "combining", "big int", "big float", "minus zero", "lists", "controls", "null", "empty"],
)
@pytest.mark.parametrize("place", ["top", "event", "metadata", "description"])
def test_odd_values_survive_a_rewrite(place: str, value: Any) -> None:
    if place == "description" and not isinstance(value, str):
        pytest.skip("a description is text")
    data = {"metadata": {"odd": value}} if place == "metadata" else {}
    data |= {"description": value} if place == "description" else {}
    history = [created(**data)] + ([event("watched", 2, odd=value)] if place == "event" else [])
    task = task_of(*history, **({"odd": value} if place == "top" else {}))
    bytes_ = json.dumps(task_to_json(task), indent=1).encode()
    read = task_from_json(load_bytes(bytes_))
    assert read == task
    written = dump_bytes(task_to_json(read))
    assert compact(load_bytes(written)) == compact(task_to_json(task))
    assert dump_bytes(task_to_json(task_from_json(load_bytes(written)))) == written


def test_kinds_that_are_not_known_here_are_named() -> None:
    task = task_of(created(), event("zz", 2), event("watched", 3), event("zz", 4))
    assert task_to_json(task)[UNFOLDED] == ["watched", "zz"]
    assert UNFOLDED not in task_to_json(task_of(created()))
    assert UNFOLDED not in task_from_json(task_to_json(task)).extra


def test_fields_of_a_file_whose_writer_knew_less_than_we_are_not_trusted() -> None:
    """An older version kept the claim in the history, but could not fold it."""
    task = task_of(created(), event(kinds.CLAIMED, 2, by="ben", confirmed=True))
    raw = task_to_json(task) | {"status": "pending", "assignee": None, "claim": None, UNFOLDED: ["claimed"]}
    assert task_from_json(raw) == task
    assert UNFOLDED not in task_to_json(task_from_json(raw))
