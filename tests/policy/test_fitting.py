"""Who fits a task, and who takes over for whom."""

from __future__ import annotations

from typing import Any

import pytest

from fedtasks.domain.task import State
from fedtasks.policy.fitting import stand_ins, suggestions
from fedtasks.policy.members import Member

TODAY = "2026-11-21"
ANN = Member("ann", skills=("Rust", "sql"))
BEN = Member("ben", skills=("rust",))
BOT = Member("bot", kind="agent", role="agent", skills=("rust", "sql"))
EVE = Member("eve", skills=("rust", "sql"), away=TODAY, fallbacks=("crew", "bot"))
CREW = Member("crew", kind="team", role="viewer", members=("ben", "gus"))
GUS = Member("gus", away="2026-11-22", fallbacks=("ann",))
OTHERS = (Member("guest", role="viewer", skills=("rust", "sql")), Member("cron", kind="system"))
ALL = (ANN, BEN, BOT, EVE, CREW, GUS, *OTHERS)


@pytest.mark.parametrize(("state", "active", "names"), [
    (State(skills=("rust", "SQL")), {}, ["ann", "bot", "ben", "eve", "gus"]),
    (State(skills=("rust", "SQL")), {"ann": 3, "bot": 2}, ["bot", "ann", "ben", "eve", "gus"]),
    (State(), {"ann": 1}, ["ben", "bot", "ann", "eve", "gus"]),
    (State(team="crew", skills=("sql",)), {}, ["ben", "gus"]),
    (State(assignee="gus", skills=("rust",)), {"ann": 5}, ["ann", "ben", "bot", "eve", "gus"]),
    (State(team="nobody"), {}, []),
])  # fmt: skip
def test_the_best_is_suggested_first(state: State, active: dict[str, int], names: list[str]) -> None:
    """Viewers, teams and the system are never suggested; `ann` takes over for `gus` in the fifth row."""
    assert [fit.member.name for fit in suggestions(state, ALL, active, [], TODAY)] == names


def test_what_a_member_lacks_is_said_as_the_task_says_it() -> None:
    fits = {fit.member.name: fit for fit in suggestions(State(skills=("RUST", "sql")), ALL, {"ben": 2}, [], TODAY)}
    assert (fits["ann"].has, fits["ben"].lacks, fits["ben"].active) == (("RUST", "sql"), ("sql",), 2)
    assert (fits["eve"].away, fits["ann"].away) == (TODAY, None)


@pytest.mark.parametrize(("name", "default", "expected"), [
    ("eve", [], ["ben", "ann", "bot"]),
    ("eve", ["guest"], ["ben", "ann", "guest", "bot"]),
    ("ann", ["eve", "ann"], ["ben", "bot"]),
    ("gus", ["eve", "gus"], ["ann", "ben", "bot"]),
    ("ben", [], []),
    ("stranger", ["bot"], ["bot"]),
])  # fmt: skip
def test_who_takes_over(name: str, default: list[Any], expected: list[str]) -> None:
    """In place of one who is away those who take over for that one; nobody twice, nobody for oneself."""
    assert stand_ins(name, ALL, default, TODAY) == expected
