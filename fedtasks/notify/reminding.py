"""When a notice that nobody acknowledged is told again, and when somebody else hears of it: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fedtasks.domain.times import ago, later, seconds_between, seconds_of
from fedtasks.notify.notice import Notice, make_notice

KIND = "unanswered"
MOST = 20
"""Times that a notice is told again."""

DEFAULTS = {"repeat": "1d", "escalate": "3d", "urgent_repeat": "2h", "urgent_escalate": "8h"}


@dataclass(frozen=True, slots=True)
class Terms:
    """After how many seconds a notice is told again, each time, and after how many it is escalated; 0 is never.

    | setting (`notices:` in fedtasks.yaml)   | default    | what                                                |
    |-----------------------------------------|------------|-----------------------------------------------------|
    | `repeat`, `urgent_repeat`               | `1d`, `2h` | how often it is told again until it is acknowledged |
    | `escalate`, `urgent_escalate`           | `3d`, `8h` | when the task's lead is told that nobody answers    |
    """

    repeat: int
    escalate: int
    urgent_repeat: int
    urgent_escalate: int

    def of(self, notice: Notice) -> tuple[int, int]:
        """Repetition and escalation of one notice."""
        return (self.urgent_repeat, self.urgent_escalate) if notice.urgent else (self.repeat, self.escalate)


def terms_of(settings: Mapping[str, Any]) -> Terms:
    """The terms of a store's settings."""
    return Terms(**{name: _seconds(str(settings.get(name, default))) for name, default in DEFAULTS.items()})


def _seconds(text: str) -> int:
    return 0 if text == "never" else seconds_of(text)


def reminded(notice: Notice, now: str, terms: Terms) -> Notice:
    """The notice with all times at which it had to be told again until now.

    They follow from the notice alone, so that machines which look at different moments write the same.
    """
    period = terms.of(notice)[0]
    if notice.settled or not notice.needs_ack or period <= 0:
        return notice
    count = min(seconds_between(notice.at, now) // period, MOST)
    if count <= len(notice.reminded):
        return notice
    due = {later(notice.at, period * number) for number in range(1, count + 1)}
    return replace(notice, reminded=tuple(sorted({*notice.reminded, *due})))


def is_unanswered(notice: Notice, now: str, terms: Terms) -> bool:
    """Whether it is time to tell somebody else."""
    after = terms.of(notice)[1]
    waits = notice.needs_ack and not notice.settled and notice.kind != KIND
    return waits and 0 < after <= seconds_between(notice.at, now)


def unanswered(notice: Notice, to: str, now: str) -> Notice:
    """What the lead is told of it; the same of each notice, whoever finds it."""
    return make_notice(
        to,
        KIND,
        (notice.id,),
        at=now,
        by=notice.to,
        text=f"{notice.to} has not answered since {ago(notice.at, now).removesuffix(' ago')}: {notice.text}",
        task=notice.task,
        title=notice.title,
        urgent=True,
        needs_ack=True,
        next=(f"fedtasks show {notice.task}", f"fedtasks assign {notice.task} WHO") if notice.task else (),
        data={"notice": notice.id, "member": notice.to},
    )
