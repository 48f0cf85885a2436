"""Which channels carry a notice to a member, and when: rules as values, decisions pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fedtasks.domain.status import PRIORITIES
from fedtasks.domain.times import later, seconds_between, seconds_of
from fedtasks.notify.notice import Notice

FIRST_PAUSE = 60
LONGEST_PAUSE = 6 * 3600


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to a member: its name, its type, and what the type needs; nothing in it is secret."""

    name: str
    type: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which notices go through which channels, and how often.

    | field      | it fits, or means                                                                               |
    |------------|-------------------------------------------------------------------------------------------------|
    | `on`       | notices of these kinds; empty: of all                                                           |
    | `priority` | those about a task of this priority or a higher one, and urgent ones; none: all                 |
    | `urgent`   | urgent ones only                                                                                |
    | `throttle` | at most one message in so many seconds; it carries all that waited. 0: one message a notice     |
    | `quiet`    | (from, to) in the member's time: nothing is sent then but what is urgent                        |
    """

    channels: tuple[str, ...]
    on: tuple[str, ...] = ()
    priority: str | None = None
    urgent: bool = False
    throttle: int = 0
    quiet: tuple[str, str] | None = None

    def fits(self, notice: Notice, priority: str) -> bool:
        """Whether the rule takes this notice, of a task of this priority."""
        if self.on and notice.kind not in self.on:
            return False
        if notice.urgent:
            return True
        if self.urgent:
            return False
        return self.priority is None or PRIORITIES.index(priority) <= PRIORITIES.index(self.priority)


@dataclass(frozen=True, slots=True)
class Profile:
    """How a member wants to be told: channels by name, rules in order, time zone (IANA)."""

    channels: Mapping[str, Channel]
    rules: tuple[Rule, ...]
    zone: str = "UTC"

    def ways(self, notice: Notice, priority: str) -> dict[str, Rule]:
        """The channels that carry a notice, each with the first rule that sends it there."""
        found: dict[str, Rule] = {}
        for rule in self.rules:
            if rule.fits(notice, priority):
                for name in rule.channels:
                    if name in self.channels:
                        found.setdefault(name, rule)
        return found


def profile_of(raw: Mapping[str, Any]) -> Profile:
    """The profile of a member's `notify` field, which the schema has accepted."""
    channels = {
        name: Channel(name, str(entry["type"]), {key: value for key, value in entry.items() if key != "type"})
        for name, entry in (raw.get("channels") or {}).items()
    }
    return Profile(channels, tuple(map(_rule, raw.get("rules") or ())), str(raw.get("timezone") or "UTC"))


def _rule(raw: Mapping[str, Any]) -> Rule:
    begin, _, end = str(raw.get("quiet") or "").partition("-")
    return Rule(
        tuple(raw["channels"]),
        tuple(raw.get("on", ())),
        raw.get("priority"),
        bool(raw.get("urgent")),
        seconds_of(raw["throttle"]) if raw.get("throttle") else 0,
        (begin, end) if begin else None,
    )


def told_at(notice: Notice) -> str:
    """When a notice was told last: when it came, or was repeated."""
    return max([notice.at, *notice.reminded])


def is_due(notice: Notice, sent: Iterable[str]) -> bool:
    """Whether a channel that carried it at these times has to carry it (again)."""
    return not notice.settled and all(at < told_at(notice) for at in sent)


def held_until(rule: Rule, notices: Iterable[Notice], last: str | None, now: str, zone: str) -> str | None:
    """Until when a message has to wait, and None where it may go: the throttle first, then the quiet hours."""
    if rule.throttle and last is not None and 0 <= seconds_between(last, now) < rule.throttle:
        return later(last, rule.throttle)
    if rule.quiet is not None and not any(notice.urgent for notice in notices):
        return _quiet_until(rule.quiet, now, zone)
    return None


def _quiet_until(quiet: tuple[str, str], now: str, zone: str) -> str | None:
    """The end of the quiet hours that `now` lies in, over midnight, too."""
    from zoneinfo import ZoneInfo

    local = datetime.fromisoformat(now).astimezone(ZoneInfo(zone))
    minute, (begin, end) = local.hour * 60 + local.minute, map(_minutes, quiet)
    inside = begin <= minute < end if begin <= end else minute >= begin or minute < end
    return later(now, ((end - minute) % 1440) * 60 - local.second) if inside else None


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def next_try(now: str, tries: int) -> str:
    """When a message that failed so many times is tried again: the pause doubles up to six hours."""
    return later(now, min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE))
