"""Members, teams and permissions through the command line."""

from __future__ import annotations

import json
from typing import Any


def test_a_member_is_changed_and_what_a_later_version_wrote_stays(world: Any) -> None:
    world.ok("member", "add", "baby", "--kind", "agent", "--role", "agent", "--skill", "php", "--skill", "php")
    path = world.root / "members" / "baby.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"keys": ["k"]}), encoding="utf-8")
    words = ("--skill", "rust", "--no-skill", "php", "--email", "b@x.org", "--permit", "cancel=never")
    member = world.ok("member", "edit", "baby", *words)["member"]
    assert (member["skills"], member["emails"], member["keys"]) == (["rust"], ["b@x.org"], ["k"])
    assert (member["permissions"], member["role"], member["kind"]) == ({"cancel": "never"}, "agent", "agent")
    assert world.ok("member", "show", "baby")["member"] == member
    before = path.read_bytes()
    world.ok("member", "edit", "baby", "--skill", "rust")
    assert path.read_bytes() == before

    id = world.add("hers", "--lead", "baby")
    world.ok("start", id, who="baby")
    error = world.fails(4, "cancel", id, who="baby")
    assert error["reason"] == "'cancel' is not for the role agent"
    error = world.fails(4, "member", "edit", "baby", "--permit", "cancel=any", who="baby")
    assert error["code"] == "not_allowed" and "ada" in error["hint"]
    world.ok("member", "edit", "baby", "--full-name", "Baby Bot", who="baby")
    world.fails(3, "member", "edit", "nobody", "--skill", "x")
    world.fails(2, "member", "edit", "baby", "--permit", "cancel=perhaps")
    world.fails(2, "member", "edit", "baby", "--member", "ada-lovelace")


def test_a_team_has_members_and_does_not_act(git_world: Any) -> None:
    git_world.ok("member", "add", "ben")
    git_world.ok("member", "add", "cleo")
    team = git_world.ok("member", "add", "backend", "--kind", "team", "--role", "owner", "--member", "ben")["member"]
    assert (team["members"], team["role"]) == (["ben"], "viewer")
    team = git_world.ok("member", "edit", "backend", "--member", "cleo", "--no-member", "ben")["member"]
    assert team["members"] == ["cleo"]
    assert "cleo" in git_world.fails(4, "add", "x", who="backend")["hint"]
    git_world.fails(2, "member", "edit", "backend", "--member", "stranger")
    git_world.assert_clean()


def test_the_settings_say_who_may_do_what(git_world: Any) -> None:
    git_world.configure("permissions:\n  developer: {edit: own, later: any}\n  agent: {create: never}\nlater: 1\n")
    found = git_world.ok("permissions")["permissions"]
    assert (found["edit"]["developer"], found["edit"]["agent"], found["create"]["agent"]) == ("own", "any", "never")
    assert "| `edit` |" in git_world.ft("permissions", "--markdown").out
    id = git_world.add("one")
    error = git_world.fails(4, "edit", id, "--title", "two", who="ben")
    assert error["reason"] == "only its lead ada-lovelace or an admin may do that"
    git_world.ok("member", "add", "bot", "--role", "agent")
    git_world.fails(4, "add", "three", who="bot")
    path = git_world.root / "fedtasks.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("own", "nobody"), encoding="utf-8")
    error = git_world.fails(6, "permissions")
    assert error["field"] == "permissions.developer.edit"


def test_a_lead_is_named_by_the_lead(git_world: Any) -> None:
    id = git_world.add("one")
    git_world.ok("assign", id, "ben")
    for who in ("ben", "cleo"):
        assert "only its lead ada-lovelace or an admin" in git_world.fails(4, "lead", id, who, who=who)["message"]
    git_world.ok("lead", id, "ben")
    git_world.ok("lead", id, "cleo", who="ben")
    assert git_world.raw(id)["lead"] == "cleo"
