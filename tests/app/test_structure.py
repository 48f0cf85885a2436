"""What tasks belong to and have to do with, through the command line."""

from __future__ import annotations

from typing import Any


def test_a_team_is_assigned_and_one_of_it_claims(git_world: Any) -> None:
    for name in ("ben", "cleo", "dora"):
        git_world.ok("member", "add", name)
    git_world.ok("team", "add", "backend", "ben")
    git_world.ok("team", "add", "everybody", "backend", "dora")
    team = git_world.ok("team", "join", "backend", "cleo")["member"]
    assert (team["members"], team["kind"]) == (["ben", "cleo"], "team")
    assert [one["people"] for one in git_world.ok("team", "list")["teams"]] == [
        ["ben", "cleo"],
        ["ben", "cleo", "dora"],
    ]
    id = git_world.add("one")
    told = git_world.ft("assign", id, "backend")
    assert told.out == f"{id} is the team backend's: one\n" and told.err == ""
    assert (git_world.show(id)["assignee"], git_world.show(id)["team"]) == (None, "backend")
    assert "team       backend" in git_world.ft("show", id).out
    assert "an admin" in git_world.fails(4, "claim", id, who="dora")["reason"]
    git_world.ok("claim", id, who="cleo")
    git_world.fails(5, "claim", id, who="ben")
    git_world.ok("release", id, who="cleo")
    git_world.fails(4, "claim", id, who="dora")
    git_world.ok("assign", id, "dora")
    assert (git_world.show(id)["assignee"], git_world.show(id)["team"]) == ("dora", "backend")
    git_world.ok("assign", id, "--nobody")
    assert "team" not in git_world.show(id)
    git_world.ok("team", "leave", "backend", "ben", "cleo")
    assert "backend    -" in git_world.ft("team", "list").out
    git_world.fails(2, "team", "join", "backend", "stranger")
    git_world.fails(2, "team", "join", "ben", "cleo")
    git_world.fails(3, "team", "join", "nobody", "ben")
    git_world.fails(4, "team", "join", "backend", "ben", who="ben")
    git_world.assert_clean()


def test_relations_hold_on_both_sides(git_world: Any) -> None:
    one = git_world.add("one", "--skill", "rust", "--due", "2026-12-24", "--estimate", "2d")
    two = git_world.add("two", "--related", one, "--skill", "sql", "--skill", "rust")
    assert (git_world.show(one)["related"], git_world.show(two)["related"]) == ([two], [one])
    assert git_world.show(two)["skills"] == ["rust", "sql"]
    told = git_world.ft("show", two).out
    assert "needs      rust, sql" in told and f"related    {one}" in told
    git_world.ok("edit", one, "--no-related", two[-6:], "--no-skill", "rust", "--clear", "due", "--clear", "estimate")
    for id in (one, two):
        assert "related" not in git_world.show(id)
    assert not {"skills", "due", "estimate"} & set(git_world.show(one))
    git_world.ok("edit", one, "--related", two)
    assert git_world.show(two)["related"] == [one]
    git_world.fails(2, "edit", one, "--related", one)
    git_world.fails(3, "edit", one, "--related", "task-nothere")
    git_world.fails(3, "edit", one, "--no-related", "task-nothere")
    git_world.assert_clean()
