"""Notices: what a file of the inbox holds, how two versions of it merge, and that one thing is told once."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.notices import merge_notices
from fedtasks.notify.notice import Notice, from_json, make_notice, notice_id
from fedtasks.store.merging import kind_of, merge_bytes
from fedtasks.store.reading import nowhere
from fedtasks.store.schemas import first_error
from tests.strategies import json_values, stamp

AT = stamp(0)
times = st.integers(0, 5).map(stamp)
notices = st.fixed_dictionaries(
    {"schema": st.just(1), "id": st.just("7k3q2m9x7k3q2m9x"), "to": st.just("ann"), "kind": st.just("commits")}
    | {"at": times, "by": st.sampled_from(["ben", "cleo"]), "text": st.sampled_from(["a", "b"])},
    optional={
        "urgent": st.booleans(),
        "needs_ack": st.booleans(),
        "read_at": times | st.none(),
        "acked_at": times | st.none(),
        "paths": st.lists(st.sampled_from("abc"), unique=True),
        "commits": st.lists(st.sampled_from([{"id": "1"}, {"id": "2"}]), unique_by=str),
        "delivered": st.dictionaries(st.sampled_from(["email", "webhook"]), times),
        "later": json_values,
    },
)


def bytes_of(raw: dict[str, Any]) -> str:
    return json.dumps(raw, sort_keys=True)


@given(notices, notices, notices)
def test_the_merge_is_one_and_the_same_in_any_order(one: Any, two: Any, three: Any) -> None:
    assert bytes_of(merge_notices(one, two)) == bytes_of(merge_notices(two, one))
    assert bytes_of(merge_notices(one, one)) == bytes_of(one)
    left = merge_notices(merge_notices(one, two), three)
    assert bytes_of(left) == bytes_of(merge_notices(one, merge_notices(two, three)))
    assert first_error("notice", left) is None
    assert bytes_of(merge_notices(left, one)) == bytes_of(left)


@given(notices, notices)
def test_nothing_that_was_told_read_or_acknowledged_is_lost(one: Any, two: Any) -> None:
    merged = merge_notices(one, two)
    for side in (one, two):
        assert set(side) <= set(merged)
        assert set(side.get("paths", ())) <= set(merged.get("paths", ()))
        for name in ("read_at", "acked_at"):
            if side.get(name):
                assert merged[name] <= side[name]
    path = "inbox/ann/7k3q2m9x7k3q2m9x.json"
    assert merge_bytes(dump_bytes(one), dump_bytes(two), path, nowhere) == merge_bytes(
        dump_bytes(two), dump_bytes(one), path, nowhere
    )


@given(notices)
def test_a_notice_comes_back_from_its_json(raw: Any) -> None:
    again = from_json(raw).to_json()
    assert first_error("notice", again) is None
    assert from_json(again) == from_json(raw)
    assert {name: value for name, value in raw.items() if value} == {n: v for n, v in again.items() if n in raw and v}


def test_the_id_says_what_and_to_whom() -> None:
    ids = {notice_id(*words) for words in (("ann", "k", "x"), ("ben", "k", "x"), ("ann", "k2", "x"), ("ann", "k", "y"))}
    assert len(ids) == 4
    assert notice_id("ann", "k", "x", "y") != notice_id("ann", "k", "xy")


def test_what_asks_for_an_acknowledgement_waits_for_it() -> None:
    plain = make_notice("ann", "assigned", ("e",), at=AT, by="ben", text="t")
    asking = make_notice("ann", "assigned", ("e",), at=AT, by="ben", text="t", needs_ack=True)
    assert [plain.settled, plain.read(AT).settled, plain.acked(AT).settled] == [False, True, True]
    assert [asking.settled, asking.read(AT).settled, asking.acked(AT).settled] == [False, False, True]
    assert asking.acked(stamp(1)).acked(stamp(2)).acked_at == stamp(1)


def test_which_files_are_notices() -> None:
    assert kind_of("inbox/ann/x.json") == "notice"
    for path in ("inbox/x.json", "inbox/ann/.x.json", "inbox/ann/b/x.json", "inbox/ann/x.txt", "tasks/ann/x.json"):
        assert kind_of(path) == "other", path


def deliver(world: Any, *notices: Notice) -> list[bool]:
    """Delivers in a change of its own, as any use-case does."""
    from pathlib import Path
    from time import time_ns

    from fedtasks.app.context import Context

    context = Context(Path(world.project), world.env, time_ns, bytes, actor="ada")
    with writing(Session(context, "test")) as change:
        told = [change.deliver(notice) for notice in notices]
        change.title("tell")
    return told


def test_a_notice_is_told_once(world: Any) -> None:
    one = make_notice("ann", "assigned", ("e1",), at=AT, by="ben", text="ben assigned it", task="task-aaaaa")
    two = make_notice("ann", "assigned", ("e2",), at=AT, by="ben", text="ben assigned another")
    assert deliver(world, one, two, one) == [True, True, False]
    place = world.root / "inbox" / "ann" / f"{one.id}.json"
    assert from_json(json.loads(place.read_text())) == one
    world.assert_clean()
    place.write_bytes(dump_bytes(one.acked(AT).to_json()))
    assert deliver(world, one) == [False]
    assert json.loads(place.read_text())["acked_at"] == AT


def test_a_broken_notice_is_named(dir_world: Any) -> None:
    one = make_notice("ann", "assigned", ("e1",), at=AT, by="ben", text="ben assigned it")
    deliver(dir_world, one)
    place = dir_world.root / "inbox" / "ann" / f"{one.id}.json"
    place.rename(place.with_name("0000000000000000.json"))
    found = dir_world.ft("check", "--json").json["problems"]
    assert [problem["path"] for problem in found] == ["inbox/ann/0000000000000000.json"]
    place.with_name("0000000000000000.json").write_text("{")
    assert "not JSON" in dir_world.ft("check").told


def test_two_clones_tell_and_settle_alike(make_team: Any) -> None:
    team = make_team(2)
    ada, ben = team.all
    one = make_notice("cleo", "commits", ("c1",), at=AT, by="dan", text="t", data={"paths": ["a"]})
    assert deliver(ada, one) == [True]
    later = make_notice("cleo", "commits", ("c1",), at=stamp(9), by="dan", text="t", data={"paths": ["b"]})
    assert deliver(ben, later.read(stamp(9))) == [True]
    team.settle()
    team.assert_alike()
    found = json.loads((ada.root / "inbox" / "cleo" / f"{one.id}.json").read_text())
    assert (found["at"], found["read_at"], found["paths"]) == (AT, stamp(9), ["a", "b"])
