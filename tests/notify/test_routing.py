"""Which channel carries which notice, and when: tables, and time zones."""

from __future__ import annotations

from typing import Any

import pytest

from fedtasks.domain.times import later, seconds_between
from fedtasks.notify.message import Message
from fedtasks.notify.notice import make_notice
from fedtasks.notify.routing import LONGEST_PAUSE, Rule, held_until, is_due, next_try, profile_of
from tests.strategies import stamp


def notice(kind: str = "assigned", **fields: Any) -> Any:
    return make_notice("ben", kind, ("e",), at=stamp(0), by="ann", text="ann did it", **fields)


@pytest.mark.parametrize(
    ("rule", "kind", "urgent", "priority", "fits"),
    [
        ({}, "assigned", False, "low", True),
        ({"on": ("review", "assigned")}, "assigned", False, "low", True),
        ({"on": ("review",)}, "assigned", True, "critical", False),
        ({"priority": "high"}, "assigned", False, "critical", True),
        ({"priority": "high"}, "assigned", False, "high", True),
        ({"priority": "high"}, "assigned", False, "medium", False),
        ({"priority": "high"}, "assigned", True, "low", True),
        ({"urgent": True}, "assigned", False, "critical", False),
        ({"urgent": True}, "assigned", True, "low", True),
    ],
)
def test_a_rule(rule: dict[str, Any], kind: str, urgent: bool, priority: str, fits: bool) -> None:
    assert Rule(("c",), **rule).fits(notice(kind, urgent=urgent), priority) is fits


def test_the_first_rule_of_a_channel_counts() -> None:
    profile = profile_of({
        "channels": {"mail": {"type": "email", "to": "x@y"}, "desk": {"type": "desktop"}},
        "rules": [{"channels": ["mail"], "on": ["review"]}, {"channels": ["desk", "gone"], "throttle": "10m"},
                  {"channels": ["mail", "desk"], "quiet": "22:00-07:00"}],
    })  # fmt: skip
    assert profile.channels["mail"].settings == {"to": "x@y"}
    ways = profile.ways(notice(), "low")
    assert (ways["desk"].throttle, ways["mail"].quiet, set(ways)) == (600, ("22:00", "07:00"), {"desk", "mail"})
    assert profile.ways(notice("review"), "low")["mail"].on == ("review",)
    assert profile_of({}).ways(notice(), "low") == {}


@pytest.mark.parametrize(
    ("quiet", "now", "zone", "until"),
    [
        (("22:00", "07:00"), "2026-01-15T23:30:10Z", "UTC", "2026-01-16T07:00:00Z"),
        (("22:00", "07:00"), "2026-01-15T06:59:59Z", "UTC", "2026-01-15T07:00:00Z"),
        (("22:00", "07:00"), "2026-01-15T07:00:00Z", "UTC", None),
        (("22:00", "07:00"), "2026-01-15T21:30:00Z", "Europe/Berlin", "2026-01-16T06:00:00Z"),
        (("22:00", "07:00"), "2026-07-15T20:30:00Z", "Europe/Berlin", "2026-07-16T05:00:00Z"),
        (("12:00", "13:00"), "2026-07-15T12:15:00Z", "UTC", "2026-07-15T13:00:00Z"),
        (("12:00", "13:00"), "2026-07-15T13:00:00Z", "UTC", None),
    ],
)
def test_quiet_hours(quiet: tuple[str, str], now: str, zone: str, until: str | None) -> None:
    rule = Rule(("c",), quiet=quiet)
    assert held_until(rule, [notice()], None, now, zone) == until
    assert held_until(rule, [notice(), notice(urgent=True)], None, now, zone) is None


def test_the_throttle_and_the_back_off() -> None:
    rule = Rule(("c",), throttle=600)
    assert held_until(rule, [notice()], None, stamp(0), "UTC") is None
    assert held_until(rule, [notice()], stamp(0), stamp(599), "UTC") == stamp(600)
    assert held_until(rule, [notice()], stamp(0), stamp(600), "UTC") is None
    assert held_until(rule, [notice()], later(stamp(0), 9999), stamp(0), "UTC") is None, "a clock that was set back"
    pauses = [seconds_between(stamp(0), next_try(stamp(0), tries)) for tries in range(1, 40)]
    assert pauses[:4] == [60, 120, 240, 480] and pauses == sorted(pauses) and pauses[-1] == LONGEST_PAUSE


def test_what_was_sent_is_due_again_when_it_is_told_again() -> None:
    one = notice(needs_ack=True)
    assert is_due(one, []) and not is_due(one, [stamp(0)]) and not is_due(one.acked(stamp(1)), [])
    again = make_notice("ben", "assigned", ("e",), at=stamp(0), by="ann", text="x", reminded=(stamp(100),))
    assert is_due(again, [stamp(0)]) and not is_due(again, [stamp(0), stamp(100)])


def test_the_words_of_a_message_are_safe() -> None:
    """No line of a header, and no control sequence, can come from a title."""
    bad = notice(title="x\r\nBcc: all@example.org\x1b[2J", task="task-aaaaa", needs_ack=True, next=("fedtasks show x",))
    message = Message("ben", None, "p\nq", [bad])
    assert "\n" not in message.title and "\x1b" not in message.body and "\r" not in message.body
    assert message.body.splitlines()[1] == "task-aaaaa: x Bcc: all@example.org [2J"
    assert message.body.endswith(f"  fedtasks ack {bad.id}")
    assert Message("ben", None, "p", [bad, notice("b", urgent=True)]).title == "urgent: 2 notices in p"
    assert message.key == Message("ben", None, "other", [bad]).key
