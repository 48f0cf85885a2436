"""Leases: they expire, work renews them, what expired can be taken over, and who lost a claim cannot act under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def at(time: str, **more: str) -> dict[str, str]:
    """The environment in which it is so late on that day."""
    return {"FEDTASKS_NOW": f"2026-01-27T{time}:00Z", **more}


@pytest.fixture
def team_world(dir_world: Any) -> Any:
    for name in ("baby", "bot"):
        dir_world.ok("member", "add", name, "--kind", "agent")
    return dir_world


def test_an_agents_claim_expires_unless_it_works(team_world: Any) -> None:
    world = team_world
    id = world.add("Rotate the keys", env=at("10:00"))
    claim = world.ok("claim", id, who="baby", env=at("10:00"))["task"]["claim"]
    assert (claim["lease"], claim["expires"]) == (7200, "2026-01-27T12:00:00Z")
    assert "until 2026-01-27T12:00:00Z" in world.ft("show", id).out
    early = world.ok("heartbeat", who="baby", env=at("10:29"))["task"]
    assert (early["claim"], len(early["history"])) == (claim, 2)
    renewed = world.ok("heartbeat", id, who="baby", env=at("10:30"))["task"]
    assert renewed["claim"]["expires"] == "2026-01-27T12:30:00Z"
    assert [event["kind"] for event in renewed["history"]] == ["created", "claimed", "renewed"]
    blocked = world.ok("block", id, "--reason", "no access", who="baby", env=at("12:20"))["task"]
    assert blocked["claim"]["expires"] == "2026-01-27T14:20:00Z"
    error = world.fails(5, "claim", id, "--takeover", who="bot", env=at("14:20"))
    assert (error["code"], error["holder"], error["expires"]) == ("held", "baby", "2026-01-27T14:20:00Z")
    assert "--takeover" in error["hint"]
    world.assert_clean()


def test_what_expired_is_taken_over_as_a_handoff(team_world: Any) -> None:
    world = team_world
    id = world.add(env=at("10:00"))
    token = world.ok("claim", id, who="baby", env=at("10:00"))["task"]["claim"]["token"]
    assert world.ok("list", "--expired", env=at("11:59"))["tasks"] == []
    assert [task["id"] for task in world.ok("list", "--expired", env=at("12:01"))["tasks"]] == [id]
    assert world.ok("board", env=at("12:01"))["lease_expired"] == [id]
    assert "lease over since 2026-01-27T12:00:00Z" in world.ft("board", env=at("12:01")).out
    assert world.fails(5, "claim", id, who="bot", env=at("12:01"))["code"] == "held"
    taken = world.ok("claim", id, "--takeover", "--reason", "baby is silent", who="bot", env=at("12:01"))["task"]
    assert (taken["status"], taken["assignee"], taken["claim"]["by"]) == ("in_progress", "bot", "bot")
    (handoff,) = taken["handoffs"]
    assert (handoff["from"], handoff["to"], handoff["how"]) == ("baby", "bot", "takeover")
    assert (handoff["reason"], handoff["at"]) == ("baby is silent", "2026-01-27T12:01:00Z")
    before = world.path(id).read_bytes()
    for words in (("done", id), ("heartbeat", id), ("release", id), ("block", id, "--reason", "x")):
        for extra in ((), ("--token", token)):
            error = world.fails(5, *words, *extra, who="baby", env=at("12:02"))
            assert (error["code"], error["holder"]) == ("lost_claim", "bot"), words
    assert world.fails(5, "done", id, who="baby", env=at("12:02", FEDTASKS_TOKEN=token))["token"] == token
    assert world.path(id).read_bytes() == before
    assert (
        world.ok("done", id, "--token", taken["claim"]["token"], who="bot", env=at("12:03"))["task"]["status"] == "done"
    )
    world.assert_clean()


def test_two_processes_of_one_name_are_told_apart_by_the_token(team_world: Any) -> None:
    world = team_world
    id, other = world.add(), world.add("another")
    first = world.ok("claim", id, who="bot", env=at("10:00"))["task"]["claim"]["token"]
    second = world.ok("claim", id, "--takeover", who="bot", env=at("13:00"))["task"]["claim"]["token"]
    assert first != second and "handoffs" not in world.raw(id)
    assert world.fails(5, "done", id, who="bot", env=at("13:01", FEDTASKS_TOKEN=first))["token"] == first
    world.ok("claim", other, who="bot", env=at("13:01", FEDTASKS_TOKEN=second))
    assert world.ok("done", id, who="bot", env=at("13:02", FEDTASKS_TOKEN=second))["task"]["status"] == "done"


def test_the_settings_say_how_long(team_world: Any) -> None:
    world = team_world
    config = world.root / "fedtasks.yaml"
    text = config.read_text()
    config.write_text(text + "claim: {lease: none, human_lease: 1h 30m}\n")
    id = world.add()
    claim = world.ok("claim", id, env=at("10:00"))["task"]["claim"]
    assert (claim["lease"], claim["expires"]) == (5400, "2026-01-27T11:30:00Z")
    assert world.ok("claim", id, "--takeover", who="baby", env=at("11:31"))["task"]["claim"].keys() == {
        "by", "since", "token", "confirmed",
    }  # fmt: skip
    error = world.fails(5, "claim", id, "--takeover", who="bot", env=at("23:00"))
    assert "no lease" in error["hint"]
    config.write_text(text + "claim: {lease: soon}\n")
    assert world.fails(6, "claim", id, who="bot")["field"] == "claim.lease"


def test_the_settings_name_the_lead_of_new_tasks(team_world: Any) -> None:
    world = team_world
    world.configure("lead: taichi")
    (world.project / "plan.md").write_text("- [ ] One thing\n")
    world.ok("parse", "plan.md")
    world.add("another", "--lead", "lea")
    world.add("a third")
    found = {task["title"]: task["lead"] for task in world.ok("list")["tasks"]}
    assert found == {"One thing": "taichi", "another": "lea", "a third": "taichi"}


def test_a_lease_that_is_not_ones_own_is_not_renewed(team_world: Any) -> None:
    world = team_world
    id = world.add()
    assert world.fails(4, "heartbeat", id, who="bot")["code"] == "not_allowed"
    assert world.fails(2, "heartbeat", who="bot")["code"] == "usage"
    world.ok("claim", id, who="baby")
    assert world.fails(4, "heartbeat", id, who="bot")["code"] == "not_allowed"


def test_one_of_two_clones_takes_over_and_the_old_holder_has_lost(make_team: Callable[..., Any]) -> None:
    """The old holder finishes the task unseen in a clone that has not heard of the takeover: that is void."""
    team = make_team(3)
    ada, ben, cleo = team.all
    for name in ("baby", "bot"):
        ada.ok("member", "add", name, "--kind", "agent")
    id = ada.add(env=at("10:00"))
    team.settle()
    ben.ok("claim", id, who="baby", env=at("10:00"))
    assert cleo.ok("claim", id, "--takeover", who="bot", env=at("13:00"))["task"]["assignee"] == "bot"
    assert ada.fails(5, "claim", id, "--takeover", env=at("13:00"))["holder"] == "bot"
    ben.ok("done", id, who="baby", env=at("13:01"))
    team.settle()
    task = ada.show(id)
    assert (task["status"], task["assignee"], task["claim"]["by"]) == ("in_progress", "bot", "bot")
    voided = [entry for entry in ben.ok("history", id)["history"] if entry.get("void")]
    assert [(entry["by"], entry["kind"]) for entry in voided] == [("baby", "status")]
    assert ben.fails(5, "done", id, who="baby", env=at("13:02"))["code"] == "lost_claim"
    team.assert_alike()
