"""Time and tools of a task through the command line."""

from __future__ import annotations

import json
from typing import Any


def at(stamp: str) -> dict[str, str | None]:
    return {"FEDTASKS_NOW": f"2026-11-21T{stamp}Z"}


def test_each_member_logs_time_of_their_own(git_world: Any) -> None:
    id, other = git_world.add("one", "--estimate", "2h"), git_world.add("two")
    git_world.ok("track", "start", id, env=at("09:00:00"))
    assert "timer runs already" in git_world.fails(4, "track", "start", id)["reason"]
    git_world.ok("track", "start", id, who="ben", env=at("09:30:00"))
    assert "and since 2026-11-21T09:30:00Z" in git_world.ft("show", id).out
    task = git_world.ok("track", "stop", env=at("10:30:00"))["task"]
    assert task["tracked"] == [
        {"by": "ada-lovelace", "seconds": 5400},
        {"by": "ben", "seconds": 0, "since": "2026-11-21T09:30:00Z"},
    ]
    git_world.ok("track", "stop", id, "--at", "20m", who="ben")
    told = git_world.ft("track", "add", id, "15m", "--note", "reading")
    assert told.out == f"1h 45m of 2h 5m in all on {id}: one\n"
    git_world.ok("track", "add", id, "5m", "--less")
    assert "tracked    2h (ada-lovelace 1h 40m, ben 20m)" in git_world.ft("show", id).out
    assert "tracked -ada-lovelace 1h 30m +ada-lovelace 1h 45m  (reading)" in git_world.ft("history", id).out

    git_world.fails(3, "track", "stop")
    git_world.fails(4, "track", "add", id, "3h", "--less")
    for wrong in ("soon", "", "1x", "0m", "99999999h"):
        git_world.fails(2, "track", "add", id, wrong)
    git_world.ok("track", "start", id)
    git_world.ok("track", "start", other)
    assert other in git_world.fails(2, "track", "stop")["message"]
    git_world.ok("claim", id, env=at("11:00:00"))
    ended = git_world.ok("done", id, env=at("11:00:30"))["task"]["tracked"]
    assert all("since" not in one for one in ended), "a finished task has no timers"
    git_world.ok("member", "add", "guest", "--role", "viewer")
    git_world.fails(4, "track", "start", id, who="guest")
    git_world.assert_clean()


def test_tools_are_attached_to_a_task(git_world: Any) -> None:
    id = git_world.add("one")
    config = {"command": "mcp-browser", "args": ["--größe", "1"]}
    words = ("--purpose", "look at pages", "--auto", "--config", json.dumps(config))
    git_world.ok("tool", "add", id, "browser", *words)
    git_world.ok("tool", "add", id, "postgres")
    assert (
        git_world.ok("tool", "list", id)["tools"]
        == git_world.show(id)["tools"]
        == [
            {"name": "browser", "purpose": "look at pages", "auto_invoke": True, "config": config},
            {"name": "postgres", "purpose": "", "auto_invoke": False, "config": {}},
        ]
    )
    assert "tool       browser (look at pages; may be called unasked)" in git_world.ft("show", id).out
    git_world.ok("tool", "add", id, "browser", "--purpose", "read")
    git_world.ok("tool", "remove", id, "postgres")
    assert [tool["purpose"] for tool in git_world.show(id)["tools"]] == ["read"]
    assert "browser" in git_world.fails(3, "tool", "remove", id, "postgres")["hint"]
    for wrong in ("{", "[]", "[" * 100_000):
        git_world.fails(2, "tool", "add", id, "browser", "--config", wrong)
    assert git_world.fails(2, "tool", "add", id, "a\x1b[31m")["message"].endswith("cannot be a tool's name")
    assert git_world.fails(4, "tool", "add", id, "browser", who="ben")["reason"].startswith("only its lead")
    git_world.assert_clean()
