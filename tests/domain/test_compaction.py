"""Compaction: the same segments on every machine, nothing lost, and merges that hold for any of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import dump_bytes, load_bytes
from fedtasks.domain.codec import task_from_json, task_to_json
from fedtasks.domain.compaction import KEPT, Older, Segment, compact, digest_of, extended
from fedtasks.domain.fold import fold
from fedtasks.domain.merge import merge_tasks
from fedtasks.domain.task import SEGMENT, Task
from tests.strategies import TASK_ID, created, event, task_of

LONG = 2 * SEGMENT + KEPT
EVERY = [created(), *(event(kinds.COMMENTED, seq, text=f"remark {seq}", type="note") for seq in range(2, LONG + 200))]


def talked(count: int) -> Task:
    """A task with so many events."""
    return task_of(*EVERY[:count])


def older(segments: dict[str, bytes], last: str | None) -> Older:
    """The events of a row of segments, read back one by one."""
    found: list[dict[str, Any]] = []
    names: list[str] = []
    while last is not None:
        segment = load_bytes(segments[last])
        found, names, last = [*segment["events"], *found], [last, *names], segment["before"]
    return Older(tuple(found), tuple(names))


def reread(task: Task, segments: dict[str, bytes]) -> Task:
    """The task of its file and its segments."""
    raw = load_bytes(dump_bytes(task_to_json(task)))
    return task_from_json(raw, older(segments, raw.get("compacted", {}).get("segment")))


def test_a_short_history_stays_in_its_file() -> None:
    task = talked(SEGMENT + KEPT - 1)
    assert compact(task) == (task, ())


def test_all_but_the_latest_events_move_and_come_back() -> None:
    task = talked(LONG)
    short, segments = compact(task)
    raw = task_to_json(short)
    assert raw["compacted"] == {"events": 2 * SEGMENT, "segment": segments[-1].digest}
    assert [made["seq"] for made in raw["history"]] == [made.seq for made in task.history[-KEPT:]]
    assert [digest_of(segment.data) for segment in segments] == [segment.digest for segment in segments]
    assert reread(short, dict(segments)) == short
    assert replace(short, compacted=()) == task
    assert compact(short) == (short, ())


def test_a_longer_history_goes_on_where_a_shorter_one_ended() -> None:
    first, made = compact(talked(SEGMENT + KEPT))
    grown = extended(first, EVERY[SEGMENT + KEPT : LONG])
    assert grown.compacted == first.compacted
    second, more = compact(grown)
    assert (*made, *more) == compact(talked(LONG))[1]
    assert second.compacted[:1] == first.compacted


def test_an_event_that_sorts_into_a_segment_brings_that_part_back_into_the_file() -> None:
    short, segments = compact(talked(LONG))
    late = event(kinds.COMMENTED, SEGMENT + 5, by="ben", text="late", type="note")
    found = extended(short, [late])
    assert found.compacted == (segments[0].digest,) and len(found.history) == LONG + 1
    assert len(task_to_json(found)["history"]) == LONG + 1 - SEGMENT
    assert reread(found, dict(segments)) == found


Side = tuple[Task, tuple[Segment, ...]]


@st.composite
def sides(draw: st.DrawFn) -> Side:
    """A machine that knew the history up to some event, perhaps compacted it, and wrote some more at any place."""
    known = talked(draw(st.integers(SEGMENT - 3, LONG + 150)))
    made: tuple[Segment, ...] = ()
    if draw(st.booleans()):
        known, made = compact(known)
    seqs = draw(st.lists(st.one_of(st.integers(2, LONG), st.just(len(known.history) + 1)), max_size=2))
    more = [
        event(kinds.COMMENTED, seq, by="ben", name=str(draw(st.integers(0, 9))), text="x", type="note") for seq in seqs
    ]
    return extended(known, more), made


def written(task: Task) -> bytes:
    return dump_bytes(task_to_json(task))


@settings(deadline=None, max_examples=40)
@given(sides(), sides(), sides())
def test_any_merge_of_compacted_histories_is_one_and_loses_nothing(one: Side, two: Side, three: Side) -> None:
    (a, made_a), (b, made_b), (c, made_c) = one, two, three
    merged = merge_tasks(merge_tasks(a, b), c)
    assert written(merge_tasks(merge_tasks(c, b), a)) == written(merged)
    assert written(merge_tasks(b, merge_tasks(c, a))) == written(merged)
    assert written(merge_tasks(merged, a)) == written(merged)
    ids = {made.id for side in (a, b, c) for made in side.history}
    assert {made.id for made in merged.history} == ids and len(merged.history) == len(ids)
    segments = dict((*made_a, *made_b, *made_c))
    assert set(merged.compacted) <= segments.keys()
    assert reread(merged, segments) == merged
    assert replace(merged, compacted=()) == fold(TASK_ID, merged.history)
