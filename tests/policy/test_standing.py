"""How tasks stand: progress of parts, due dates, blocks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fedtasks.domain.status import STATUSES
from fedtasks.policy.standing import Part, Progress, blocked_seconds, is_overdue, progress

NAMES = [f"task-{sign}" for sign in "abcdefg"]
forests = st.lists(st.builds(Part, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(STATUSES)),
                   unique_by=lambda part: part.id)  # fmt: skip


def test_parts_of_parts_count_all_the_way_down() -> None:
    parts = [
        Part("a", "top", "done"),
        Part("b", "top", "in_progress"),
        Part("b1", "b", "done"),
        Part("b2", "b", "pending"),
        Part("b3", "b", "cancelled"),
        Part("c", "top", "done"),
        Part("c1", "c", "pending"),
        Part("d", "top", "cancelled"),
        Part("d1", "d", "done"),
    ]
    found = progress(parts)
    assert (found["top"], found["b"], found["c"]) == (Progress(3, 4), Progress(1, 2), Progress(0, 1))
    assert found["top"].words() == "3 of 4 done"


def test_a_chain_of_any_depth_is_counted() -> None:
    found = progress([Part(f"p{depth + 1}", f"p{depth}", "pending") for depth in range(50_000)])
    assert found["p0"] == Progress(0, 1) and len(found) == 50_000


@given(forests)
def test_no_forest_and_no_circle_confuses_the_count(parts: list[Part]) -> None:
    found = progress(parts)
    assert all(0 <= one.done <= one.parts <= len(parts) for one in found.values())
    assert set(found) == {part.parent for part in parts if part.status != "cancelled"}


@given(forests, st.randoms(use_true_random=False))
def test_trees_count_alike_in_any_order(parts: list[Part], random: object) -> None:
    trees = [part for part in parts if part.parent < part.id]
    shuffled = list(trees)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert progress(trees) == progress(shuffled)


def test_a_day_has_to_pass_before_a_task_is_overdue() -> None:
    now = "2026-11-21T09:00:00Z"
    assert is_overdue("2026-11-20", "in_progress", now)
    assert not is_overdue("2026-11-21", "pending", now)
    assert not is_overdue("2026-11-20", "done", now)
    assert not is_overdue(None, "pending", now)


def test_a_block_is_too_long_from_its_limit_on() -> None:
    blocked = {"reason": "no access", "since": "2026-11-19T09:00:00Z"}
    assert blocked_seconds(blocked, "2026-11-21T09:00:00Z", "2d") == 172_800
    assert blocked_seconds(blocked, "2026-11-21T08:59:59Z", "2d") is None
    assert blocked_seconds(None, "2026-11-21T09:00:00Z", "2d") is None
