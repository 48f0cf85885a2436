"""Notices that nobody acknowledges: told again, then told to somebody else, alike on every machine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedtasks.domain.notices import merge_notices
from fedtasks.notify.notice import from_json, make_notice
from fedtasks.notify.reminding import MOST, is_unanswered, reminded, terms_of, unanswered
from tests.strategies import stamp

HOUR, DAY = 3600, 86400
TERMS = terms_of({})


def asking(**fields: Any) -> Any:
    return make_notice("ben", "assigned", ("e",), at=stamp(0), by="ann", text="ann did", needs_ack=True, **fields)


@pytest.mark.parametrize(
    ("settings", "urgent", "after", "times", "escalated"),
    [
        ({}, False, DAY - 1, 0, False),
        ({}, False, DAY, 1, False),
        ({}, False, 3 * DAY, 3, True),
        ({}, True, 2 * HOUR, 1, False),
        ({}, True, 8 * HOUR, 4, True),
        ({}, False, 400 * DAY, MOST, True),
        ({}, False, -DAY, 0, False),
        ({"repeat": "30m", "escalate": "never"}, False, DAY, MOST, False),
        ({"repeat": "never", "escalate": "1h"}, False, DAY, 0, True),
    ],
)
def test_the_terms(settings: dict[str, str], urgent: bool, after: int, times: int, escalated: bool) -> None:
    terms, now = terms_of(settings), stamp(after)
    notice = asking(urgent=urgent)
    assert len(reminded(notice, now, terms).reminded) == times
    assert is_unanswered(notice, now, terms) is escalated
    for quiet in (notice.acked(stamp(1)), from_json(notice.to_json() | {"needs_ack": False})):
        assert reminded(quiet, now, terms) == quiet and not is_unanswered(quiet, now, terms)


@given(st.integers(0, 30 * DAY), st.integers(0, 30 * DAY))
def test_machines_that_look_at_different_times_write_the_same(one: int, other: int) -> None:
    notice = asking()
    first, second = reminded(notice, stamp(one), TERMS), reminded(notice, stamp(other), TERMS)
    last = reminded(notice, stamp(max(one, other)), TERMS)
    assert from_json(merge_notices(first.to_json(), second.to_json())) == last
    assert reminded(first, stamp(max(one, other)), TERMS) == last


def test_an_escalation_is_one_notice_and_is_not_escalated_itself() -> None:
    notice = asking(task="task-aaaaa", title="T")
    told = unanswered(notice, "lea", stamp(3 * DAY))
    assert told.id == unanswered(notice, "lea", stamp(9 * DAY)).id
    assert told.text == "ben has not answered since 3 d: ann did" and told.urgent and told.task == "task-aaaaa"
    assert not is_unanswered(told, stamp(90 * DAY), TERMS)


def on(day: int, hour: int = 8) -> dict[str, Any]:
    return {"env": {"FEDTASKS_NOW": f"2026-05-{day:02}T{hour:02}:00:00Z"}}


def test_the_lead_hears_of_silence(dir_world: Any) -> None:
    """From the command line: told again each day, to the lead on the third, until it is acknowledged."""
    world = dir_world
    id = world.add("one", "--lead", "ann", who="ann", **on(1))
    world.ok("assign", id, "ben", who="ann", **on(1))

    def inbox(who: str, day: int, hour: int = 9) -> list[dict[str, Any]]:
        return list(world.ok("inbox", who=who, **on(day, hour))["notices"])

    assert "reminded" not in inbox("ben", 1)[0]
    (notice,) = inbox("ben", 3)
    assert notice["reminded"] == ["2026-05-02T08:00:00Z", "2026-05-03T08:00:00Z"]
    assert "[told 3 times]" in world.ft("inbox", who="ben", **on(3)).out
    assert inbox("ann", 3, 10) == []
    (told,) = inbox("ann", 4)
    assert told["kind"] == "unanswered" and told["member"] == "ben" and told["task"] == id
    assert inbox("ann", 5)[0]["id"] == told["id"]
    assert len(inbox("ben", 6)[0]["reminded"]) == 5
    world.ok("ack", id, who="ben", **on(7))
    assert inbox("ben", 9) == []
    found = json.loads(next((world.root / "inbox" / "ben").iterdir()).read_text())
    assert len(found["reminded"]) == 5 and found["acked_at"] == "2026-05-07T08:00:00Z"
    world.assert_clean()


def test_where_the_lead_is_silent_the_owners_hear_and_of_what_is_over_nobody(dir_world: Any) -> None:
    world = dir_world
    first, second = (world.add(title, "--lead", "lea", who="ann", **on(1)) for title in ("one", "two"))
    for id in (first, second):
        world.ok("claim", id, who="ben", **on(1))
        world.ok("block", id, "--reason", "no net", who="ben", **on(1))
    world.ok("unblock", second, who="ben", **on(1))
    world.ok("done", second, who="ben", **on(1))
    told = world.ok("inbox", **on(2))["notices"]
    assert [(notice["kind"], notice["member"], notice["task"]) for notice in told] == [("unanswered", "lea", first)]
    for notice in world.ok("inbox", "--all", who="lea", **on(2))["notices"]:
        assert ("reminded" in notice) is (notice["task"] == first and notice["kind"] == "blocked")


def test_nobody_waits_for_a_reminder(dir_world: Any) -> None:
    """Where somebody else is writing, an inbox is shown as it is; the next look reminds."""
    from pathlib import Path

    from fedtasks.store.lock import StoreLock

    world = dir_world
    world.ok("assign", world.add("one", who="ann", **on(1)), "ben", who="ann", **on(1))
    with StoreLock(Path(world.root), 0.0, {"host": "h", "pid": 1, "what": "test"}):
        (notice,) = world.ok("inbox", "--lock-timeout", "60", who="ben", **on(3))["notices"]
    assert "reminded" not in notice
    assert len(world.ok("inbox", who="ben", **on(3, 9))["notices"][0]["reminded"]) == 2
