"""Claims and syncs through a remote, killed at every point: the remote's branch says what happened, and all agree.

Each run takes every fourth point from a random one on, which is printed; KILL_STEP=1 takes them all.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

MOST = 60
STEP = int(os.environ.get("KILL_STEP", "4"))
STEPS = {
    "before a git command": lambda kills, number, *words: kills.at_git(number, "before", *words),
    "after a git command": lambda kills, number, *words: kills.at_git(number, "after", *words),
    "before a change": lambda kills, number, *words: kills.at_change(number, *words),
}


def numbers() -> range:
    first = random.Random().randint(1, STEP)
    print(f"points from {first} by {STEP}")
    return range(first, MOST + STEP, STEP)


def forget_the_remote(world: Any) -> None:
    """The next claim asks the remote again, so that a command has the same points each time."""
    (world.root / ".local" / "heard").unlink(missing_ok=True)


def last(team: Any) -> str:
    return team.git("log", "-1", "--format=%s", "fedtasks")


@pytest.mark.parametrize("how", list(STEPS))
@pytest.mark.parametrize("diverged", [False, True], ids=["alone", "diverged"])
def test_a_killed_claim_is_whole_or_nothing(team: Any, killer: Callable[..., Any], how: str, diverged: bool) -> None:
    """Whatever the remote took is the claim; whoever asks next is told the same."""
    kills, seen = killer(team.ada), []
    for number in numbers():
        id = team.ben.add(f"task {number}")
        team.ben.ok("sync"), team.ada.ok("sync")
        if diverged:
            team.ada.ok("tag", id, "a"), team.ben.ok("tag", id, "b"), team.ben.ok("sync")
        forget_the_remote(team.ada)
        code = STEPS[how](kills, number, "claim", id)
        taken = last(team) == f"claim {id}: task {number}"
        team.ada.assert_clean()
        seen.append(taken)
        answer = team.ben.ft("claim", id, "--json")
        assert answer.code == (5 if taken else 0), (number, answer)
        team.ada.ok("sync")
        assert team.ada.raw(id)["assignee"] == ("ada" if taken else "ben")
        assert [event["kind"] for event in team.ada.raw(id)["history"]].count("claimed") == 1
        if code == 0:
            assert taken
            assert how == "after a git command" or seen == sorted(seen)
            team.settle()
            team.assert_alike()
            return
    raise AssertionError("the claim never ended")


def test_a_claim_that_only_the_remote_knows_is_yours_already(team: Any, killer: Callable[..., Any]) -> None:
    """Killed between the push and the move: claiming again says so kindly, and the store knows it then."""
    kills = killer(team.ada)
    for number in range(1, MOST):
        forget_the_remote(team.ada)
        kills.at_git(number, "before", "claim", team.id)
        if last(team).startswith("claim"):
            break
    assert team.ada.raw(team.id)["status"] == "pending"
    assert "yours already" in team.ada.fails(5, "claim", team.id)["message"]
    assert team.ada.raw(team.id)["assignee"] == "ada"
    team.ada.assert_clean()


@pytest.mark.parametrize("how", list(STEPS))
def test_a_killed_sync_can_be_repeated(team: Any, killer: Callable[..., Any], how: str) -> None:
    """Incoming changes, a merge, a hand edit and a tentative claim: nothing is lost wherever it was killed."""
    kills = killer(team.ada)
    for count, number in enumerate(numbers(), start=1):
        other = team.ada.add(f"offline {number}")
        team.ada.ok("tag", team.id, f"a{number}"), team.ada.ok("claim", other, "--offline")
        team.ada.rewrite(team.id, description=f"by hand {number}")
        team.ben.ok("tag", team.id, f"b{number}"), team.ben.ok("sync")
        code = STEPS[how](kills, number, "sync")
        assert team.ada.ok("check")["problems"] == [] or code != 0
        team.ada.ok("sync")
        task = team.ada.raw(team.id)
        assert len(task["tags"]) == 2 * count and task["description"] == f"by hand {number}"
        assert team.ada.raw(other)["claim"]["confirmed"] is True
        team.ada.assert_clean()
        if code == 0:
            team.settle()
            team.assert_alike()
            return
    raise AssertionError("the sync never ended")
