"""Canonical JSON: what is refused, and that the rest comes back byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain.canonical import DuplicateKey, compact, dump_bytes, load_bytes, ordered
from fedtasks.domain.canonical import same as alike
from tests.strategies import json_values

many = settings(deadline=None, max_examples=100)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON; Python's == takes 1, 1.0 and true for one."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@many
@given(json_values)
def test_a_value_comes_back_and_its_bytes_are_stable(value: Any) -> None:
    data = dump_bytes(value)
    assert same(load_bytes(data), value)
    assert dump_bytes(load_bytes(data)) == data
    assert data.endswith(b"\n") and not data.endswith(b"\n\n")
    assert b"\r" not in data
    assert same(load_bytes(compact(value).encode()), json.loads(json.dumps(value, sort_keys=True)))
    assert "\n" not in compact(value)


def reversed_keys(value: Any) -> Any:
    """The same JSON value with the keys of its objects the other way round."""
    if isinstance(value, dict):
        return {name: reversed_keys(value[name]) for name in reversed(value)}
    return [reversed_keys(member) for member in value] if isinstance(value, list) else value


@many
@given(json_values)
def test_the_same_value_gives_the_same_bytes(value: Any) -> None:
    assert dump_bytes(ordered(reversed_keys(value))) == dump_bytes(ordered(value))
    assert same(ordered(value), value)
    assert json.dumps(ordered(ordered(value))) == json.dumps(ordered(value))


def test_the_form() -> None:
    assert dump_bytes({"b": ["ü", {}], "a": []}) == '{\n  "b": [\n    "ü",\n    {}\n  ],\n  "a": []\n}\n'.encode()
    assert compact({"b": 1, "a": {"d": [1, 2], "c": "ü"}}) == '{"a":{"c":"ü","d":[1,2]},"b":1}'


def test_known_keys_come_first_in_the_order_in_which_they_are_read() -> None:
    """What a task is, then what it belongs to, then its history; the same in events."""
    shown = ["schema", "id", "title", "status", "priority", "lead", "assignee", "depends_on", "files", "source"]
    shown += ["created_at", "updated_at", "history", "metadata", "a-new-field", "x"]
    assert list(ordered(dict.fromkeys(sorted(shown)))) == shown
    event = ["id", "seq", "at", "by", "kind", "title"]
    assert list(ordered({"history": [dict.fromkeys(sorted(event))]})["history"][0]) == event


@many
@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values), st.randoms(use_true_random=False)
)
def test_compact_does_not_care_about_the_order_of_keys(value: dict, random: Any) -> None:
    names = list(value)
    random.shuffle(names)
    assert compact({name: value[name] for name in names}) == compact(value)


near = st.sampled_from([0, 0.0, -0.0, 1, 1.0, True, False, None, "", "1"])


@many
@given(st.one_of(st.tuples(near, near), st.tuples(json_values, json_values), json_values.map(lambda one: (one, one))))
def test_values_are_the_same_where_they_are_written_alike(pair: tuple[Any, Any]) -> None:
    for one, other in (pair, ([pair[0], {"key": pair[0]}], [pair[0], {"key": pair[1]}])):
        assert alike(one, json.loads(json.dumps(other))) == (compact(one) == compact(other))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a": 1, "a": 1}', "a"),
        ('{"x": [{"b": 1, "c": 2, "b": 3}]}', "b"),
        ('{"\\u0061": 1, "a": 2}', "a"),
        ('{"": 1, "": 2}', ""),
    ],
)
def test_a_key_that_stands_twice_is_named(text: str, key: str) -> None:
    with pytest.raises(DuplicateKey) as caught:
        load_bytes(text.encode())
    assert caught.value.key == key
    assert repr(key) in str(caught.value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '{"a": [NaN]}'])
def test_what_is_no_json_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not JSON"):
        load_bytes(text.encode())


@pytest.mark.parametrize("text", ["1e999", "-1e999", '{"a": [1E400]}', "1" + "0" * 400 + ".0"])
def test_a_number_beyond_floats_is_refused_or_comes_back(text: str) -> None:
    """It must not be read as something that can never be written again."""
    try:
        value = load_bytes(text.encode())
    except ValueError:
        return
    assert same(load_bytes(dump_bytes(value)), value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_what_is_no_json_is_never_written(value: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_bytes(value)


@pytest.mark.parametrize("value", [10**18, 2**63, 2**64, -(2**64), 10**100, 10**4000])
def test_big_whole_numbers_come_back(value: int) -> None:
    assert load_bytes(dump_bytes({"n": value})) == {"n": value}


def test_a_number_too_long_to_read_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="integer string conversion"):
        load_bytes(b"9" * 5000)


@pytest.mark.parametrize("text", ["0", "-0.0", "1.0", "1e-320", "0.1", "5e-324", "1.7976931348623157e308"])
def test_floats_come_back(text: str) -> None:
    value = load_bytes(text.encode())
    assert same(load_bytes(dump_bytes(value)), value)
    assert dump_bytes(load_bytes(dump_bytes(value))) == dump_bytes(value)


@pytest.mark.parametrize(
    "text",
    [
        '"\\ud800"',
        '"x\\udfffy"',
        '{"\\ud800": 1}',
        '["\\udc00\\ud800", "\\ud83d\\ude00"]',
        '{"note": "\\\\ud800"}',
        '["\\ud83d", "\\ude00"]',
        '{"a": "\\uD83D"}',
    ],
)
def test_lone_surrogates_are_refused_as_a_whole_or_come_back(text: str) -> None:
    """UTF-8 has no bytes for them: what was read must not fail when it is written."""
    try:
        value = load_bytes(text.encode())
    except ValueError:
        return
    data = dump_bytes(value)
    assert same(load_bytes(data), value)
    assert dump_bytes(load_bytes(data)) == data
    data.decode("utf-8")


@pytest.mark.parametrize(
    ("text", "value"), [('"\\ud83d\\ude00"', "\U0001f600"), ('"\\\\ud800"', "\\ud800"), ('"\\u00fc"', "ü")]
)
def test_escapes_of_characters_are_read(text: str, value: str) -> None:
    assert load_bytes(text.encode()) == value
    assert load_bytes(dump_bytes(value)) == value


def _down(depth: int, call: Callable[[], Any]) -> Any:
    return _down(depth - 1, call) if depth else call()


@pytest.mark.parametrize("depth", [10, 100, 400, 800, 930, 950, 970, 985, 1500, 4000, 20_000, 200_000])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_what_is_nested_too_deep_is_refused_and_the_rest_can_be_written(
    depth: int, opens: bytes, closes: bytes
) -> None:
    """Whoever writes may stand deeper in the stack than who read."""
    data = opens * depth + b"1" + closes * depth
    try:
        value = load_bytes(data)
    except ValueError:
        assert depth > 100
        return
    try:
        written = _down(60, lambda: (dump_bytes(value), compact(value)))
    except RecursionError:
        written = None
    assert written is not None, f"{depth} levels can be read and not be written"
    assert written[1].encode() == data
    assert load_bytes(written[0]) is not None


def test_a_byte_order_mark_is_let_through_once() -> None:
    assert load_bytes(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert dump_bytes(load_bytes(b"\xef\xbb\xbf[]")) == b"[]\n"
    with pytest.raises(ValueError, match="BOM"):
        load_bytes(b"\xef\xbb\xbf\xef\xbb\xbf{}")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b'{"a": 1,}',
        b"[1] [2]",
        b"{'a': 1}",
        b"// x\n{}",
        b'"a\nb"',
        b'"\x01"',
        b"\xff\xfe{\x00}\x00",
        b'"\xed\xa0\x80"',
        b'"\xc0\x80"',
        b"01",
        b"\x00",
        b"<<<<<<< ours\n{}\n",
    ],
)
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        load_bytes(data)


@many
@given(
    st.binary(max_size=40)
    | json_values.map(dump_bytes).flatmap(
        lambda data: st.tuples(st.integers(0, len(data)), st.binary(max_size=2)).map(
            lambda cut: data[: cut[0]] + cut[1] + data[cut[0] + 1 :]
        )
    )
)
def test_any_bytes_are_read_or_are_a_value_error(data: bytes) -> None:
    try:
        value = load_bytes(data)
    except ValueError:
        return
    assert same(load_bytes(json.dumps(value).encode()), value)
