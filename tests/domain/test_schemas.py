"""The schemas: sound, open for what is not known yet, and read alike by both validators."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from fedtasks.domain.codec import task_to_json
from fedtasks.domain.task import ALWAYS, FIELDS, SCALARS, SEGMENT, SETS, Task
from fedtasks.store.accepting import quick
from fedtasks.store.schemas import QUICK
from tests.strategies import (
    SCHEMAS,
    TASK_VALIDATOR,
    created,
    event,
    json_values,
    schema_of,
    stamp,
    task_of,
    tasks,
    wild_histories,
)

NAMES = sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.json"))
OPEN = {"$defs", "properties"}
"""Keywords whose members are named by us, not by JSON Schema."""

DELEGATED = {"task": "task-aaaaa", "source_instance": "hq", "target_instance": "site", "type": "route"}

SMALLEST: dict[str, dict[str, Any]] = {
    "delegation": {
        "schema": 1,
        "id": event("delegated", 1).id,
        **DELEGATED,
        "status": "pending",
        "delegated_at": stamp(0),
        "delegated_by": "ann",
        "history": [event("delegated", 1, **DELEGATED).to_json()],
    },
    "message": {
        "schema": 1,
        "id": event("delegated", 1).id,
        "to": "site",
        "task": "task-aaaaa",
        "delegation": event("delegated", 1).id,
        "event": event("delegated", 1, **DELEGATED).to_json(),
    },
    "config": {"format": 1},
    "member": {"schema": 1, "name": "ann", "kind": "human", "role": "developer"},
    "notice": {
        "schema": 1,
        "id": "7k3q2m9x7k3q2m9x",
        "to": "ann",
        "kind": "assigned",
        "at": stamp(0),
        "by": "ben",
        "text": "ben assigned you the task",
    },
    "segment": {
        "schema": 1,
        "task": "task-aaaaa",
        "before": None,
        "events": [event("commented", seq, text="t", type="note").to_json() for seq in range(1, SEGMENT + 1)],
    },
    "presence": {"schema": 1, "name": "ann", "task": "task-aaaaa", "at": stamp(0)},
    "plan": {
        "schema": 1,
        "id": "roadmap",
        "path": "p.md",
        "at": stamp(0),
        "items": {"k": {"task": "t", "at": stamp(0)}},
    },
    "task": {
        "schema": 1,
        "id": "task-aaaaa",
        "title": "T",
        "status": "pending",
        "created_at": stamp(0),
        "updated_at": stamp(0),
        "history": [created().to_json()],
    },
}


def subschemas(schema: Any, where: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object schema below, with its place."""
    if isinstance(schema, list):
        for number, member in enumerate(schema):
            yield from subschemas(member, f"{where}/{number}")
    if isinstance(schema, dict):
        yield where, schema
        for name, member in schema.items():
            if name in OPEN:
                for key, inner in member.items():
                    yield from subschemas(inner, f"{where}/{name}/{key}")
            elif name not in ("enum", "const", "required"):
                yield from subschemas(member, f"{where}/{name}")


def test_there_is_a_smallest_file_for_every_schema() -> None:
    assert sorted(SMALLEST) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"].startswith(f"urn:fedtasks:schema:{name}:")


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_lets_unknown_fields_through_everywhere(name: str) -> None:
    for where, schema in subschemas(schema_of(name)):
        assert schema.get("additionalProperties") is not False, where
        assert "unevaluatedProperties" not in schema, where
        assert "propertyNames" not in schema, where
        assert "maxProperties" not in schema, where
        if "additionalProperties" in schema:
            assert "properties" not in schema, f"{where}: a map of names that people choose has no fixed fields"


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_leads_somewhere_and_every_definition_is_used(name: str) -> None:
    schema = schema_of(name)
    used = {inner["$ref"] for _, inner in subschemas(schema) if "$ref" in inner}
    assert used == {f"#/$defs/{key}" for key in schema.get("$defs", {})}


@pytest.mark.parametrize("name", NAMES)
def test_the_smallest_file_is_valid_with_and_without_unknown_fields(name: str) -> None:
    validator = Draft202012Validator(schema_of(name))
    assert validator.is_valid(SMALLEST[name])
    for value in (None, 1, "x", [1], {"a": {"b": None}}):
        assert validator.is_valid({**SMALLEST[name], "x-new": value})
        if name == "plan":
            inner = {key: {**item, "x-new": value} for key, item in SMALLEST[name]["items"].items()}
            assert validator.is_valid({**SMALLEST[name], "items": inner})


@pytest.mark.parametrize("name", NAMES)
def test_every_required_field_is_missed(name: str) -> None:
    schema = schema_of(name)
    validator = Draft202012Validator(schema)
    for field in schema["required"]:
        assert not validator.is_valid({key: value for key, value in SMALLEST[name].items() if key != field})
    for value in (None, [], "x", 1, True):
        assert not validator.is_valid(value)


@pytest.mark.parametrize("name", NAMES)
def test_a_newer_format_number_is_no_fault_of_the_schema(name: str) -> None:
    validator = Draft202012Validator(schema_of(name))
    number = "format" if name == "config" else "schema"
    assert validator.is_valid({**SMALLEST[name], number: 2})
    for wrong in (0, -1, "1", 1.5, True, None):
        assert not validator.is_valid({**SMALLEST[name], number: wrong}), wrong


def test_the_schema_and_the_code_name_the_same_fields() -> None:
    schema = schema_of("task")
    assert set(schema["properties"]) == {*FIELDS, "unfolded"}
    assert set(schema["required"]) <= ALWAYS
    assert set(schema["$defs"]["edit"]["properties"]) == {*SCALARS, "metadata"}
    assert set(schema["$defs"]["members"]["properties"]) == set(SETS)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("title", ""),
        ("title", " "),
        ("title", "a\nb"),
        ("title", "a\n"),
        ("title", "x" * 1001),
        ("id", "task-aaaa"),
        ("id", "task-aaaai"),
        ("id", "Task-aaaaa"),
        ("id", "../task-aaaaa"),
        ("id", "task-aaaaa\n"),
        ("status", "Done"),
        ("priority", None),
        ("assignee", "a b"),
        ("assignee", "../x"),
        ("assignee", ""),
        ("assignee", "a\\b"),
        ("assignee", ["ann", "ben"]),
        ("tags", ["a", "a"]),
        ("tags", ["a b"]),
        ("depends_on", ["task-aaaaa", "task-aaaaa"]),
        ("files", [{"action": "new"}]),
        ("files", [{"path": "a\0b"}]),
        ("due", "2026-2-1"),
        ("due", "2026-13-01"),
        ("created_at", "2026-01-27T16:00:00"),
        ("created_at", "2026-01-27T16:00:00+00:00"),
        ("created_at", "2026-01-27T24:00:00Z"),
        ("created_at", "2026-01-27T16:00:00Z\n"),
        ("claim", {"by": "ann"}),
        ("history", []),
        ("history", [{"id": "x"}]),
        ("metadata", []),
        ("source", {"plan": "p"}),
    ],
)
def test_what_is_wrong_is_refused(place: str, value: Any) -> None:
    assert not TASK_VALIDATOR.is_valid({**SMALLEST["task"], place: value})


@pytest.mark.parametrize(
    "wrong",
    [
        event("status", 2, to="done"),
        event("status", 2, to="done", **{"from": "ready"}),
        event("claimed", 2),
        event("claimed", 2, confirmed="yes"),
        event("confirmed", 2),
        event("confirmed", 2, claim="abc"),
        event("assigned", 2),
        event("assigned", 2, assignee="a b"),
        event("edited", 2, set={"title": None}),
        event("edited", 2, set={"priority": "urgent"}),
        event("edited", 2, add={"tags": "a"}),
        event("edited", 2, add={"depends_on": ["x"]}),
        event("edited", 2, remove={"tags": [1]}),
        event("edited", 2, remove={"watchers": "x"}),
        event("released", 2, claim=None),
        event("created", 2),
        event("", 2),
        event("edited", 0, seconds=1),
    ],
    ids=lambda made: f"{made.kind} {sorted(made.data)}",
)
def test_a_wrong_event_is_refused(wrong: Any) -> None:
    raw = {**SMALLEST["task"], "history": [created().to_json(), wrong.to_json()]}
    assert not TASK_VALIDATOR.is_valid(raw)


# both validators


@pytest.fixture(scope="module")
def fast() -> Any:
    """The compiled task schema of jsonschema_rs."""
    rs = pytest.importorskip("jsonschema_rs")
    return rs.Draft202012Validator(schema_of("task"))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all that stands in a JSON value."""
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in members:
        yield from places(inner, (*path, key))


@st.composite
def spoilt(draw: st.DrawFn, whole: st.SearchStrategy[Any]) -> dict[str, Any]:
    """An object in which some values are others, gone, or double."""
    raw: dict[str, Any] = json.loads(json.dumps(draw(whole)))
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(raw))
        *way, last = draw(st.sampled_from(found))
        holder: Any = raw
        for step in way:
            holder = holder[step]
        action = draw(st.sampled_from(["set", "odd", "odd", "drop", "double"]))
        if action == "drop":
            del holder[last]
        elif action == "double" and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            holder[last] = copy.deepcopy(draw(json_values if action == "set" else st.sampled_from(ODD)))
        if not raw:
            break
    return raw


class Exotic(dict[str, Any]):
    """An object, and not quite."""


ODD = (
    "", " ", "a", "a\n", "task-aaaaa", "ann", "ann ", "2026-02-01", stamp(0), "done", "x" * 101, "ü" * 100, "😀" * 64,
    0, 1, 1.0, 2**70, -1, 1.5, True, False, None, [], {}, ["a"], ["a", "a"], "٣", "\x85", "\ufeff", "\u2028",
)  # fmt: skip


def test_the_validators_agree_on_valid_tasks(fast: Any) -> None:
    @settings(deadline=None, max_examples=50)
    @given(tasks())
    def agree(task: Task) -> None:
        raw = task_to_json(task)
        assert TASK_VALIDATOR.is_valid(raw)
        assert fast.is_valid(raw)

    agree()


def test_the_validators_agree_on_spoilt_tasks(fast: Any) -> None:
    @settings(deadline=None, max_examples=120)
    @given(spoilt(tasks(longest=4).map(task_to_json)))
    def agree(raw: dict[str, Any]) -> None:
        assert fast.is_valid(raw) == TASK_VALIDATOR.is_valid(raw)
        if not fast.is_valid(raw):
            assert {tuple(error.instance_path) for error in fast.iter_errors(raw)} == {
                tuple(error.absolute_path) for error in TASK_VALIDATOR.iter_errors(raw)
            }

    agree()


# the quick yes


wild_tasks = wild_histories.map(lambda events: task_of(*events))
SAID_YES = quick(schema_of("task"))


@settings(deadline=None, max_examples=100)
@given(tasks() | wild_tasks)
def test_a_quick_yes_is_said_to_tasks(task: Task) -> None:
    assert SAID_YES(json.loads(json.dumps(task_to_json(task))))


@pytest.mark.parametrize("name", sorted(QUICK))
def test_a_quick_yes_is_said_to_all_kinds_of_files(name: str) -> None:
    yes = quick(schema_of(name))
    assert yes(SMALLEST[name] | {"x-new": [None, {"a": 1.5}]})
    for field in SMALLEST[name]:
        assert not yes({**SMALLEST[name], field: object()})


@pytest.mark.parametrize("name", sorted(QUICK))
def test_a_quick_yes_is_never_wrong(name: str) -> None:
    yes, validator = quick(schema_of(name)), Draft202012Validator(schema_of(name))
    whole = wild_tasks.map(task_to_json) if name == "task" else st.just(SMALLEST[name])
    said = Counter[bool]()

    @settings(deadline=None, max_examples=200 if name == "task" else 40)
    @given(spoilt(whole))
    def agree(raw: dict[str, Any]) -> None:
        said[yes(raw)] += 1
        assert not yes(raw) or validator.is_valid(raw)

    agree()
    assert name != "task" or (said[True] and said[False])


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"type": "integer", "minimum": 2, "maximum": 4}, [1, 2, 4, 5, 2.0, 2.5, True, "3"]),
        ({"multipleOf": 3}, [0, 3, 4, 3.0, -6, True, "x"]),
        ({"exclusiveMinimum": 2}, [2, 3, 2.5, "1", None]),
        ({"type": ["number", "null"]}, [1, 1.5, None, "1", True]),
        ({"enum": ["a", None]}, ["a", "b", None, 0, [], ["a"]]),
        ({"const": "a"}, ["a", "b", None]),
        ({"const": 1}, [1, True, 1.0]),
        ({"items": {"type": "string"}, "minItems": 1, "uniqueItems": True}, [[], ["a"], ["a", "a"], [1], "x", {}]),
        ({"uniqueItems": True}, [[1, True], [[], []], ["a", 1]]),
        ({"contains": {"const": "a"}}, [[], ["b"], ["b", "a"], "b"]),
        ({"minProperties": 1, "additionalProperties": {"type": "null"}}, [{}, {"a": None}, {"a": 1}, []]),
        ({"properties": {"a": {}}, "additionalProperties": False}, [{}, {"a": 1}, {"b": 1}]),
        ({"oneOf": [{"type": "string", "minLength": 2}, {"type": "null"}]}, ["a", "ab", None, 1]),
        ({"oneOf": [{"minLength": 2}, {"maxLength": 3}]}, ["a", "ab", "abcd", 1]),
        ({"anyOf": [{"type": "string"}]}, ["a", 1]),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, [{}, {"a": 1}, {"a": 1, "b": 2}, 3]),
        ({"if": {"type": "string"}, "then": {"minLength": 2}}, ["a", "ab", 1]),
        ({"if": {"required": ["a"]}, "then": {}, "else": {"required": ["b"]}}, [{}, {"a": 1}]),
        ({"allOf": [{"type": "string"}, {"pattern": "a$"}]}, ["a", "b", 1]),
        (
            {"allOf": [{"if": {"properties": {"k": {"const": "a"}}}, "then": {"required": ["b"]}}]},
            [{}, {"k": "a"}, {"k": []}],
        ),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}, ["a", 1]),
        ({"$ref": "#/properties/a", "properties": {"a": {}}}, ["a", {}]),
    ],
    ids=str,
)
def test_each_keyword_is_understood_or_left_to_the_validator(schema: dict[str, Any], values: list[Any]) -> None:
    yes, validator = quick(schema), Draft202012Validator(schema)
    for value in [*values, (1,), Exotic(a="x")]:
        assert not yes(value) or validator.is_valid(value), value


BLANKS = [chr(code) for code in (*range(33), 0x7F, 0x85, 0xA0, 0x1680, 0x180E, *range(0x2000, 0x2010), 0x2028, 0x2029)]
BLANKS += [chr(code) for code in (0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF, 0x1F600)]


@pytest.mark.parametrize("place", ["title", "tags", "assignee", "files", "due", "id"])
def test_the_validators_agree_on_blanks_and_controls(fast: Any, place: str) -> None:
    differ = []
    for blank in BLANKS:
        for text in (blank, f"a{blank}", f"{blank}a", f"a{blank}b", f"2026-02-01{blank}", f"task-aaaaa{blank}"):
            value: Any = {"tags": [text], "files": [{"path": text}]}.get(place, text)
            raw = {**SMALLEST["task"], place: value}
            if fast.is_valid(raw) != TASK_VALIDATOR.is_valid(raw):
                differ.append(text)
    assert differ == []


@pytest.mark.parametrize("value", [2**63, 2**64, 10**40, -(10**40), 1.0, 1e300, 0, -1, True, "1"])
def test_the_validators_agree_on_numbers(fast: Any, value: Any) -> None:
    for raw in ({**SMALLEST["task"], "schema": value}, {**SMALLEST["task"], "x": {"n": value}}):
        assert fast.is_valid(raw) == TASK_VALIDATOR.is_valid(raw)


def test_the_validators_agree_on_all_kinds_of_events(fast: Any) -> None:
    task = task_of(created(), event("watched", 2, claim=1, to=None), event("edited", 3, set={"novel": 1}, add={"x": 1}))
    assert fast.is_valid(task_to_json(task))
    assert TASK_VALIDATOR.is_valid(task_to_json(task))
