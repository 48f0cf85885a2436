"""The record of a parse: canonical, complete, and kind to fields of newer versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from fedtasks.domain.merge import merge_plans
from fedtasks.plan.model import PlanFile
from fedtasks.plan.reconciling.seen import Seen, SeenItem, seen_from_json, stamped, text_hash

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))
AT = "2026-01-27T16:00:00Z"

words = st.text("abcé中", min_size=1, max_size=6)
maybe = st.none() | words
items = st.builds(
    SeenItem,
    task=words,
    at=st.just(AT),
    line=st.none() | st.integers(1, 99),
    removed=st.booleans(),
    title=words,
    status=st.sampled_from(["pending", "done"]),
    priority=maybe,
    assignee=maybe,
    lead=maybe,
    due=maybe,
    estimate=maybe,
    tags=st.lists(words).map(tuple),
    files=st.lists(st.builds(PlanFile, words, st.none() | st.just("new"))).map(tuple),
    depends_on=st.lists(words).map(tuple),
    parent=maybe,
    group=maybe,
    description_sha256=maybe,
    external_id=maybe,
    extra=st.dictionaries(words.map("x-{}".format), st.integers()),
)
records = st.builds(
    Seen, words, maybe, words, st.just(AT), words, st.dictionaries(words, items, max_size=4),
    st.dictionaries(words.map("x-{}".format), st.integers()),
)  # fmt: skip


@given(records)
def test_a_record_comes_back_as_it_was(seen: Seen) -> None:
    raw = seen.to_json()
    Draft202012Validator(SCHEMA).validate(raw)
    assert seen_from_json(json.loads(json.dumps(raw))) == seen
    assert list(raw["items"]) == sorted(raw["items"])


@given(records)
def test_a_merge_with_itself_changes_nothing(seen: Seen) -> None:
    raw = seen.to_json()
    assert merge_plans(raw, raw) == raw


def test_empty_fields_are_left_out_in_a_fixed_order() -> None:
    item = SeenItem("task-1", AT, 3, title="Build", status="pending", files=(PlanFile("a.py"),), extra={"z": 1, "b": 2})
    assert json.dumps(item.to_json()) == (
        '{"task": "task-1", "at": "2026-01-27T16:00:00Z", "line": 3, "title": "Build", "status": "pending", '
        '"files": [{"path": "a.py"}], "b": 2, "z": 1}'
    )


def test_a_record_with_the_least_that_the_schema_wants_is_read() -> None:
    raw: dict[str, Any] = {"schema": 1, "id": "p", "path": "p.md", "at": AT, "items": {"k": {"task": "t", "at": AT}}}
    seen = seen_from_json(raw)
    assert seen.items["k"] == SeenItem("t", AT)
    assert seen.to_json() == raw


def test_the_stamp_changes_only_with_the_item() -> None:
    before = SeenItem("task-1", AT, 3, title="Build")
    assert stamped(SeenItem("task-1", "", 3, title="Build"), before, "later") is before
    assert stamped(SeenItem("task-1", "", 4, title="Build"), before, "later").at == "later"


def test_a_text_is_hashed_to_sixteen_hex_digits() -> None:
    assert text_hash("") == "e3b0c44298fc1c14"
