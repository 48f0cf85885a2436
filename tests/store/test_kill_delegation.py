"""Delegation over three levels of stores, killed at each step: what is done again is done once.

Each run takes every sixtieth point from a random one on, before changes or after git commands by chance; both are
printed. KILL_STEP=1 takes all points, KILL_HOW says which way.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import World
from tests.federation import Federation

MOST = 400
STEP = int(os.environ.get("KILL_STEP", "60"))
HOWS = {
    "after a git command": lambda kills, number, *words: kills.at_git(number, "after", *words),
    "before a change": lambda kills, number, *words: kills.at_change(number, *words),
}


def numbers() -> range:
    first = random.Random().randint(1, STEP)
    print(f"points from {first} by {STEP}")
    return range(first, MOST + STEP, STEP)


class Killing:
    """One federation, and the way from one killed command to the end."""

    def __init__(self, base: Path, killer: Callable[..., Any], how: str) -> None:
        self.fed, self.killer, self.how = Federation(base), killer, how
        self.kills: Any = None

    def kill(self, world: World, number: int, *words: str) -> bool:
        """Runs a command that is killed at a point; whether it came to its end."""
        self.kills = self.kills or self.killer(world)
        return HOWS[self.how](self.kills, number, *words) == 0

    def again(self, world: World, already: int, *words: str) -> None:
        """What a person does after a crash: the same again, and a sync."""
        done = world.ft(*words, "--json")
        assert done.code in (0, already), done
        world.ok("sync", "--retry")

    def middle(self, top: str) -> str:
        """The task of the directory store that a delegated one has led to."""
        return self.fed.site.ok("delegation", "list", "--task", top)["delegations"][0]["tasks"][0]


@pytest.fixture
def killing(tmp_path: Path, killer: Callable[..., Any]) -> Killing:
    """Kills in one of the two ways: KILL_HOW, else by chance."""
    how = os.environ.get("KILL_HOW") or random.choice(list(HOWS))
    print(f"killed {how}")
    return Killing(tmp_path / "fed", killer, how)


def kinds(world: World, id: str) -> Counter[str]:
    return Counter(event["kind"] for event in world.raw(id)["history"])


def test_a_killed_offer_arrives_once(killing: Killing) -> None:
    fed = killing.fed
    for number in numbers():
        top = fed.hq.add(f"task {number}")
        words = ("delegate", top, "--to", "site", "--type", "route")
        ended = killing.kill(fed.hq, number, *words)
        killing.again(fed.hq, 4, *words)
        (asked,) = fed.site.ok("delegation", "list", "--task", top)["delegations"]
        assert asked["status"] == "pending" and fed.outbox(fed.hq) == []
        assert kinds(fed.hq, top) == {"created": 1, "delegated": 1}
        assert fed.hq.raw(top)["delegations"][0]["id"] == asked["id"]
        if ended:
            fed.hq.assert_clean(), fed.site.assert_clean()
            return
    raise AssertionError("it never ended")


def test_a_killed_answer_of_a_directory_arrives_once(killing: Killing) -> None:
    """Accepted in the directory, told to a git remote."""
    fed = killing.fed
    for number in numbers():
        top = fed.hq.add(f"task {number}")
        fed.delegate(fed.hq, top, "site")
        words = ("delegation", "accept", top)
        ended = killing.kill(fed.site, number, *words)
        killing.again(fed.site, 5, *words)
        middle = killing.middle(top)
        assert kinds(fed.site, middle) == {"created": 1, "delegation_accepted": 1}
        fed.hq.ok("sync")
        assert kinds(fed.hq, top) == {"created": 1, "delegated": 1, "delegation_accepted": 1, "status": 1}
        assert fed.hq.raw(top)["delegations"][0]["tasks"] == [middle]
        if ended:
            assert len(fed.site.ids()) == len(fed.hq.ids()) and fed.outbox(fed.site) == []
            fed.hq.assert_clean(), fed.site.assert_clean()
            return
    raise AssertionError("it never ended")


def test_a_killed_withdrawal_sinks_through_all_levels_once(killing: Killing) -> None:
    """Cancelled in a clone of a git remote, told to the directory, and from there to the other remote."""
    fed = killing.fed
    for number in numbers():
        top = fed.hq.add(f"task {number}")
        fed.delegate(fed.hq, top, "site")
        middle = fed.accept(fed.site, top)["id"]
        low = fed.delegate(fed.site, middle, "crew")["id"]
        fed.crew.ok("sync"), fed.accept(fed.crew, low), fed.hq.ok("sync")
        ended = killing.kill(fed.hq, number // 2, "cancel", top)
        killing.again(fed.hq, 4, "cancel", top)
        ended = killing.kill(fed.hq, number, "sync") and ended
        killing.again(fed.hq, 0, "sync")
        fed.site.ok("sync", "--retry"), fed.crew.ok("sync")
        ends = {"delegation_withdrawn": 1}
        for world, id in ((fed.hq, top), (fed.site, middle)):
            found, task = kinds(world, id), world.raw(id)
            assert (task["status"], task["delegations"][0]["status"]) == ("cancelled", "withdrawn")
            assert found["delegation_withdrawn"] == (1 if world is fed.hq else 2)
        bottom = fed.crew.ok("delegation", "list", "--task", middle)["delegations"][0]["tasks"][0]
        assert kinds(fed.crew, bottom) == {"created": 1, "delegation_accepted": 1, "status": 1} | ends
        assert fed.crew.raw(bottom)["status"] == "cancelled"
        if ended:
            assert not any(map(fed.outbox, (fed.hq, fed.site, fed.crew)))
            for world in (fed.hq, fed.site, fed.crew):
                world.assert_clean()
            return
    raise AssertionError("it never ended")


@pytest.mark.parametrize("last", ["accept", "sync"])
def test_a_killed_answer_of_a_clone_rises_through_all_levels_once(killing: Killing, last: str) -> None:
    """Accepted, or completed, in a clone of a git remote, told to the directory, and from there to the other remote.

    `chain` keeps the copy of the other remote up to date, so that a command has as many points each time.
    """
    fed = killing.fed
    for number in numbers():
        top = fed.hq.add(f"task {number}")
        fed.delegate(fed.hq, top, "site")
        middle = fed.accept(fed.site, top)["id"]
        given = fed.delegate(fed.site, middle, "crew", "decompose", "--part", "a")["id"]
        fed.crew.ok("sync")
        if last == "accept":
            ended = killing.kill(fed.crew, number, "delegation", "accept", given)
            killing.again(fed.crew, 5, "delegation", "accept", given)
        else:
            fed.accept(fed.crew, given)
        (record,) = fed.crew.ok("delegation", "list", "--task", middle)["delegations"]
        whole, part = record["tasks"]
        fed.crew.ok("start", part), fed.crew.ok("done", part)
        fed.crew.ok("chain", whole)
        if last == "sync":
            ended = killing.kill(fed.crew, number, "sync")
        killing.again(fed.crew, 0, "sync")
        fed.site.ok("sync", "--retry"), fed.hq.ok("sync")
        for world, id, ends in ((fed.hq, top, 1), (fed.site, middle, 2)):
            found = kinds(world, id)
            assert (found["delegated"], found["delegation_completed"], world.raw(id)["status"]) == (1, ends, "done")
            assert world.raw(id)["delegations"][0]["result"]["parts"][0]["task"] == part
        assert kinds(fed.crew, whole) == {
            "created": 1, "delegation_accepted": 1, "delegation_completed": 1, "status": 1,
        }  # fmt: skip
        if ended:
            assert not any(map(fed.outbox, (fed.hq, fed.site, fed.crew)))
            for world in (fed.hq, fed.site, fed.crew):
                world.assert_clean()
            return
    raise AssertionError("it never ended")
