"""What `doctor` says of the remote: how far the two are apart, without asking it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.team import Team


@pytest.fixture
def team(make_team: Any) -> Team:
    made = make_team(2)
    made.settle()
    return made


def remote(world: Any, **more: Any) -> dict[str, Any]:
    return {found["name"]: found for found in world.ft("doctor", "--json", **more).json["findings"]}["remote"]


def test_what_is_to_send_and_to_take(team: Team) -> None:
    assert remote(team.ada)["detail"].endswith(": 0 to send, 0 to take")
    team.ben.add("one"), team.ben.ok("sync")
    team.ada.add("two"), team.ada.add("three")
    assert remote(team.ada)["detail"].endswith(": 2 to send, 0 to take")
    team.ada.git("fetch", "--quiet", "origin")
    assert remote(team.ada)["detail"].endswith(": 2 to send, 1 to take")
    foreign = {"GIT_DIR": str(team.ben.root / ".git"), "GIT_INDEX_FILE": "/nonexistent"}
    assert remote(team.ada, env=foreign)["detail"].endswith(": 2 to send, 1 to take")


def test_a_remote_that_was_never_seen(git_world: Any) -> None:
    assert remote(git_world)["detail"] == "none: this clone keeps its tasks to itself"
    git_world.git("remote", "add", "origin", "https://ada:secret@example.org/tasks.git")
    found = remote(git_world)
    assert found["state"] == "warn" and "fedtasks sync" in found["hint"]
    assert found["detail"] == "origin (https://example.org/tasks.git): never seen"
