"""Ids: shape, promises about clashes, and finding one by a part of it."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain.ids import (
    CROCKFORD,
    SHORTEST,
    TASK_ID,
    base32,
    derived_task_id,
    derived_ulid,
    digest,
    id_length,
    match_id,
    random_task_id,
    ulid,
)
from fedtasks.errors import AmbiguousId, Exit, NotFound
from tests.strategies import schema_of, task_ids, texts

PATTERNS = schema_of("task")["$defs"]
IDS = ["task-7k3q2", "task-7k3x9", "task-q2abc", "web-ui-7m0n1"]


@pytest.mark.parametrize(
    ("given_id", "found"),
    [
        ("task-7k3q2", "task-7k3q2"),
        ("TASK-7K3Q2", "task-7k3q2"),
        ("task-7k3q", "task-7k3q2"),
        ("task-q", "task-q2abc"),
        ("w", "web-ui-7m0n1"),
        ("7k3q", "task-7k3q2"),
        ("7K3Q", "task-7k3q2"),
        ("7m", "web-ui-7m0n1"),
        ("x9", "task-7k3x9"),
        ("ui-7m0n1", "web-ui-7m0n1"),
        ("-7m0n1", "web-ui-7m0n1"),
    ],
)
def test_a_part_that_fits_one_id_finds_it(given_id: str, found: str) -> None:
    assert match_id(given_id, IDS) == found
    assert match_id(given_id, iter(reversed(IDS))) == found


@pytest.mark.parametrize(
    ("given_id", "candidates"),
    [
        ("task-7k3", ["task-7k3q2", "task-7k3x9"]),
        ("7k3", ["task-7k3q2", "task-7k3x9"]),
        ("q2", ["task-7k3q2", "task-q2abc"]),
        ("task", ["task-7k3q2", "task-7k3x9", "task-q2abc"]),
    ],
)
def test_a_part_that_fits_several_ids_names_them(given_id: str, candidates: list[str]) -> None:
    with pytest.raises(AmbiguousId) as caught:
        match_id(given_id, IDS)
    assert caught.value.fields == {"given": given_id, "candidates": candidates}
    assert caught.value.exit_code == Exit.NOT_FOUND


@pytest.mark.parametrize("given_id", ["task-zzzzz", "k3q", "task-7k3q22", "ui", "7k3q2-", " ", "*", "\ud800"])
def test_what_fits_no_id_is_not_found(given_id: str) -> None:
    with pytest.raises(NotFound) as caught:
        match_id(given_id, IDS)
    assert not isinstance(caught.value, AmbiguousId)


@pytest.mark.parametrize("ids", [[], IDS[:1], IDS])
def test_the_empty_string_is_no_id_however_many_tasks_there_are(ids: list[str]) -> None:
    with pytest.raises(NotFound) as caught:
        match_id("", ids)
    assert not isinstance(caught.value, AmbiguousId)


def test_an_exact_id_wins_over_longer_ones_that_begin_with_it() -> None:
    assert match_id("task-7k3q2", ["task-7k3q2m", "a-task-7k3q2", "task-7k3q2"]) == "task-7k3q2"


@settings(deadline=None, max_examples=100)
@given(st.lists(task_ids, min_size=1, max_size=12, unique=True), st.data())
def test_any_piece_finds_its_id_or_says_who_else_fits(ids: list[str], data: st.DataObject) -> None:
    id = data.draw(st.sampled_from(ids))
    cut = data.draw(st.integers(1, len(id)))
    piece = data.draw(st.sampled_from([id[:cut], id[-cut:], id.rpartition("-")[2][:cut]]))
    try:
        assert match_id(piece, ids) == id or piece in ids
    except AmbiguousId as found:
        assert id in found.fields["candidates"]
        assert len(found.fields["candidates"]) > 1


@pytest.mark.parametrize("existing", [0, 1, 999, 1000, 9_999, 10_000, 10_010, 58_000, 100_000, 10**6, 10**7, 10**9])
def test_id_length_keeps_its_promise_and_no_more(existing: int) -> None:
    each = max(1000, existing // 10)
    length = id_length(existing)
    assert length >= SHORTEST
    # the union bound over all pairs of one machine's ids and the other's is above the true chance
    assert each * each / 32**length < 1e-6
    assert length == SHORTEST or each * each / 32 ** (length - 1) > 1e-6


def test_ids_grow_with_the_store_only() -> None:
    lengths = [id_length(10**power) for power in range(12)]
    assert lengths == sorted(lengths)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["task", "t", "web-ui2"]), st.integers(0, 10**7), st.integers(0, 2**32))
def test_random_ids_fit_the_schema(prefix: str, existing: int, seed: int) -> None:
    id = random_task_id(prefix, existing, Random(seed).randbytes)
    assert TASK_ID.fullmatch(id)
    assert re.search(PATTERNS["task_id"]["pattern"], id)
    assert len(id) == len(prefix) + 1 + id_length(existing)


def test_random_ids_use_every_bit_that_they_show() -> None:
    assert random_task_id("task", 0, lambda count: b"\xff" * count) == "task-" + "z" * id_length(0)
    assert random_task_id("task", 0, lambda count: b"\x00" * count) == "task-" + "0" * id_length(0)
    random = Random(1)
    made = [random_task_id("task", 0, random.randbytes)[5:] for _ in range(3000)]
    assert len(set(made)) == len(made)
    for place in range(id_length(0)):
        assert {id[place] for id in made} == set(CROCKFORD)


@settings(deadline=None, max_examples=100)
@given(texts, texts)
def test_derived_ids_are_the_same_on_every_machine_and_fit_the_schema(plan: str, key: str) -> None:
    id = derived_task_id("task", plan, key)
    assert id == derived_task_id("task", plan, key)
    assert TASK_ID.fullmatch(id)
    assert re.search(PATTERNS["task_id"]["pattern"], id)
    if "\0" not in plan + key:
        assert derived_task_id("task", plan + "x", key) != id
        assert derived_task_id("task", plan, key + "x") != id


def test_derived_ids_tell_apart_where_the_plan_ends() -> None:
    assert derived_task_id("task", "ab", "c") != derived_task_id("task", "a", "bc")
    assert digest("ab") != digest("a", "b") != digest("a", "b", "")


def test_derived_ids_never_change_between_versions() -> None:
    assert derived_task_id("task", "implementation-plan", "phase-2-api/add-the-oauth2-login-flow") == "task-gqz84vb6"
    assert base32(int.from_bytes(digest("a", "b")), 8) == derived_task_id("task", "a", "b")[5:]


@settings(deadline=None, max_examples=100)
@given(
    st.one_of(
        st.from_regex(TASK_ID, fullmatch=True),
        st.from_regex(re.compile(PATTERNS["task_id"]["pattern"].replace("(?!\\n)", ""))),
        st.text("abz09-_iloA\n", max_size=14),
        task_ids,
    ).filter(lambda text: len(text) <= 100)
)
def test_the_code_and_the_schema_have_one_idea_of_a_task_id(text: str) -> None:
    assert bool(TASK_ID.fullmatch(text)) == bool(re.search(PATTERNS["task_id"]["pattern"], text))


def test_a_ulid_follows_the_spec() -> None:
    made = ulid(1469918176385, bytes(10))
    assert made == "01ARYZ6S41" + "0" * 16
    assert ulid(0, b"\xff" * 10) == "0" * 10 + "Z" * 16
    assert ulid(2**48 - 1, b"\xff" * 12) == "7" + "Z" * 25


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=32))
def test_ulids_sort_by_time(early: int, late: int, tail: bytes) -> None:
    first, second = ulid(early, tail), ulid(late, tail)
    assert (first < second) == (early < late)
    assert re.search(PATTERNS["ulid"]["pattern"], first)


def test_a_derived_ulid_depends_on_every_part() -> None:
    parts = ("task-7k3q2", "[]", "edited", "{}")
    made = {derived_ulid(1000, *parts[:place], "other", *parts[place + 1 :]) for place in range(4)}
    assert len(made | {derived_ulid(1000, *parts), derived_ulid(2000, *parts)}) == 6
    assert derived_ulid(1000, *parts) == derived_ulid(1000, *parts)
