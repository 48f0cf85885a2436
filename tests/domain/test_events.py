"""Events: their order, their JSON, the next sequence number."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain.events import HEAD, event_from_json, next_seq
from tests.strategies import created, event, wild_events, wild_histories


@settings(deadline=None, max_examples=100)
@given(wild_events)
def test_an_event_survives_json(made: object) -> None:
    raw = made.to_json()  # type: ignore[attr-defined]
    assert event_from_json(raw) == made
    assert tuple(raw)[: len(HEAD)] == HEAD
    assert list(raw)[len(HEAD) :] == sorted(set(raw) - set(HEAD))


def test_fields_of_an_unknown_kind_are_kept() -> None:
    raw = event("watched", 3, zeta={"b": 1, "a": [None]}, alpha="x").to_json()
    assert event_from_json(raw).to_json() == raw
    assert raw["zeta"] == {"b": 1, "a": [None]}


def test_the_order_is_sequence_then_time_then_id() -> None:
    later_clock = event("edited", 2, seconds=900, name="a")
    early_clock = event("edited", 3, seconds=5)
    same = sorted([event("edited", 2, seconds=900, name=name) for name in "abcdef"], key=lambda made: made.order)
    assert sorted([early_clock, later_clock], key=lambda made: made.order) == [later_clock, early_clock]
    assert [made.id for made in same] == sorted(made.id for made in same)


@settings(deadline=None, max_examples=50)
@given(wild_histories, st.randoms(use_true_random=False))
def test_the_next_sequence_is_above_all(history: list, random: object) -> None:
    random.shuffle(history)  # type: ignore[attr-defined]
    assert next_seq(history) == max(made.seq for made in history) + 1
    assert next_seq(iter(history)) == next_seq(history)


def test_the_first_sequence_is_one() -> None:
    assert next_seq(()) == 1


def test_an_event_is_never_altered() -> None:
    with pytest.raises(FrozenInstanceError):
        created().seq = 7  # type: ignore[misc]
