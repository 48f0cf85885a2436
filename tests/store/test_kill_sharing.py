"""Claims and syncs through a remote, killed at every point: the remote's branch says what happened, and all agree."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

MOST = 200
STEPS = {
    "after a git command": lambda kills, number, *words: kills.at_git(number, "after", *words),
    "before a change": lambda kills, number, *words: kills.at_change(number, *words),
}
"""The start of a git command is such a change, too."""


class Kept:
    """All machines of a team and the remote, as they are now, to be put back before each kill."""

    def __init__(self, team: Any) -> None:
        self.base: Path = team.base
        self.copy = self.base.with_name("kept")
        self._copy(self.base, self.copy)

    def points(self) -> Iterator[int]:
        """1, 2, ...: with each of them the team is what it was."""
        for number in range(1, MOST):
            shutil.rmtree(self.base)
            self._copy(self.copy, self.base)
            yield number
        raise AssertionError("the command never ended")

    def _copy(self, one: Path, other: Path) -> None:
        subprocess.run(["cp", "-a", str(one), str(other)], check=True)


def forget_the_remote(world: Any) -> None:
    """The next claim asks the remote again, so that a command has the same points each time."""
    (world.root / ".local" / "heard").unlink(missing_ok=True)


def last(team: Any) -> str:
    return team.git("log", "-1", "--format=%s", "fedtasks")


@pytest.mark.parametrize("how", list(STEPS))
@pytest.mark.parametrize("diverged", [False, True], ids=["alone", "diverged"])
def test_a_killed_claim_is_whole_or_nothing(team: Any, killer: Callable[..., Any], how: str, diverged: bool) -> None:
    """Whatever the remote took is the claim; whoever asks next is told the same."""
    kills, seen, id = killer(team.ada), [], team.id
    if diverged:
        team.ada.ok("tag", id, "a"), team.ben.ok("tag", id, "b"), team.ben.ok("sync")
    forget_the_remote(team.ada)
    for number in Kept(team).points():
        code = STEPS[how](kills, number, "claim", id)
        taken = last(team) == f"claim {id}: shared"
        team.ada.assert_clean()
        seen.append(taken)
        answer = team.ben.ft("claim", id, "--json")
        assert answer.code == (5 if taken else 0), (number, answer)
        team.ada.ok("sync")
        assert team.ada.raw(id)["assignee"] == ("ada" if taken else "ben")
        assert [event["kind"] for event in team.ada.raw(id)["history"]].count("claimed") == 1
        if code == 0:
            assert taken and len(seen) > 4
            assert how == "after a git command" or seen == sorted(seen)
            team.settle()
            team.assert_alike()
            return


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
    kills, other = killer(team.ada), team.ada.add("offline")
    team.ada.ok("tag", team.id, "a"), team.ada.ok("claim", other, "--offline")
    team.ada.rewrite(team.id, description="by hand")
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    for number in Kept(team).points():
        code = STEPS[how](kills, number, "sync")
        assert team.ada.ok("check")["problems"] == [] or code != 0
        team.ada.ok("sync")
        task = team.ada.raw(team.id)
        assert sorted(task["tags"]) == ["a", "b"] and task["description"] == "by hand", number
        assert team.ada.raw(other)["claim"]["confirmed"] is True
        team.ada.assert_clean()
        if code == 0:
            assert number > 4
            team.settle()
            team.assert_alike()
            return
