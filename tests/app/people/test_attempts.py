"""Attempts: begun and ended with branch and commits, several at once, one following another."""

from __future__ import annotations

from typing import Any


def test_an_attempt_has_its_commits_and_its_outcome(git_world: Any) -> None:
    world = git_world
    world.ok("member", "add", "baby", "--kind", "agent")
    id = world.add("Rotate the keys")
    world.ok("claim", id, who="baby")
    before = world.git("rev-parse", "HEAD", cwd=world.project)
    begun = world.ok("attempt", "start", id, "--config", "model=large", "--note", "with a cache", who="baby")["attempt"]
    assert {name: begun[name] for name in ("by", "agent", "config", "branch", "before", "note")} == {
        "by": "baby", "agent": "baby", "config": {"model": "large"}, "branch": "main", "before": before,
        "note": "with a cache",
    }  # fmt: skip
    made = [world.commit("one.txt"), world.commit("two.txt")]
    ended = world.ok("attempt", "finish", id, "--outcome", "failed", "--reason", "times out", who="baby")["attempt"]
    assert (ended["outcome"], ended["reason"], ended["after"], ended["commits"]) == (
        "failed",
        "times out",
        made[1],
        made,
    )
    again = world.ok("attempt", "start", id, "--parent", begun["id"][-6:].lower(), who="baby")["attempt"]
    assert again["parent"] == begun["id"]
    world.git("switch", "-qc", "fix", cwd=world.project)
    last = world.commit("three.txt")
    task = world.ok("attempt", "finish", id, "--outcome", "success", who="baby")["task"]
    assert (task["attempts"][1]["branch"], task["attempts"][1]["commits"]) == ("fix", [last])
    assert (task["status"], task["id"]) == ("in_progress", id)
    lines = world.ft("attempt", "list", id).out.splitlines()
    assert "failed" in lines[0] and "2 commits" in lines[0] and "times out" in lines[0]
    assert lines[1].startswith(f"  {again['id'][-8:]}") and "success" in lines[1]
    shown = world.ft("show", id).out
    assert "attempts" in shown and f"  {lines[0]}" in shown.splitlines()
    assert world.ok("attempt", "list", id)["attempts"] == task["attempts"]
    assert "failed; on main at" in world.ft("history", id).out
    world.assert_clean()


def test_several_at_once_and_whose_they_are(dir_world: Any) -> None:
    world = dir_world
    id = world.add(who="lea")
    world.ok("claim", id, who="ben")
    mine, second = (world.ok("attempt", "start", id, who="ben")["attempt"]["id"] for _ in range(2))
    other = world.ok("attempt", "start", id, "--agent", "coder", who="carl")["attempt"]["id"]
    error = world.fails(3, "attempt", "finish", id, "--outcome", "success", who="ben")
    assert (error["code"], sorted(error["candidates"])) == ("ambiguous_id", sorted([mine, second]))
    world.ok("attempt", "finish", id, mine, "--outcome", "abandoned", who="ben")
    world.ok("attempt", "finish", id, "--outcome", "success", who="ben")
    assert world.fails(4, "attempt", "finish", id, mine, "--outcome", "failed", who="ben")["task"] == id
    assert world.fails(4, "attempt", "finish", id, other, "--outcome", "failed", who="dan")["code"] == "not_allowed"
    world.ok("attempt", "finish", id, other, "--outcome", "failed", who="lea")
    assert world.fails(4, "attempt", "finish", id, "--outcome", "failed", who="ben")["hint"]
    assert world.fails(3, "attempt", "start", id, "--parent", "zzz", who="ben")["code"] == "not_found"
    assert world.fails(2, "attempt", "start", id, "--config", "x", who="ben")["code"] == "usage"
    assert [entry.get("outcome") for entry in world.show(id)["attempts"]] == ["abandoned", "success", "failed"]
    world.assert_clean()
