"""Handing a task over: offered, accepted, declined; who had it when, and what the next one needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ADA = "ada-lovelace"


def test_an_offer_is_accepted_with_what_the_next_one_needs(world: Any) -> None:
    id = world.add("Rotate the keys")
    world.ok("member", "add", "ben")
    world.ok("claim", id)
    told = world.ft("handoff", id, "--to", "ben", "--reason", "on leave", "--next", "the tests of login.py fail")
    assert told.code == 0 and "offered to ben" in told.out
    task = world.show(id)
    assert (task["assignee"], task["status"]) == (ADA, "in_progress")
    (offer,) = task["handoffs"]
    head = world.git("rev-parse", "HEAD", cwd=world.project)
    assert offer | {"id": 0, "at": 0} == {
        "id": 0, "at": 0, "from": ADA, "to": "ben", "reason": "on leave", "how": "offered", "status": "offered",
        "branch": "main", "commit": head, "next": "the tests of login.py fail",
    }  # fmt: skip
    assert "to ben by ada-lovelace: on leave" in world.ft("show", id).out
    (waiting,) = world.ok("handoffs", who="ben")["handoffs"]
    assert (waiting["task"], waiting["id"]) == (id, offer["id"])
    assert world.ok("handoffs")["handoffs"] == []
    assert f"fedtasks accept {id}" in world.ft("handoffs", who="ben").out
    assert "ben" in world.fails(4, "accept", id, who="carl")["message"]
    assert [notice["kind"] for notice in world.ok("inbox", who="ben")["notices"]] == ["handoff"]
    taken = world.ft("accept", id, who="ben")
    assert taken.code == 0 and "next: the tests of login.py fail" in taken.out and f"main at {head[:10]}" in taken.out
    assert world.ok("inbox", who="ben")["notices"] == [], "answered is acknowledged"
    task = world.show(id)
    assert (task["assignee"], task["status"], task["claim"]["by"]) == ("ben", "in_progress", "ben")
    assert (task["handoffs"][0]["status"], world.ok("done", id, who="ben")["task"]["status"]) == ("accepted", "done")
    lines = world.ft("handoffs", id).out.splitlines()
    assert "ada-lovelace → ben  accepted  on leave" in lines[0]
    shown = world.ft("history", id).out
    assert "to ben; on main at" in shown and "ada-lovelace → ben, accepted" in shown
    world.assert_clean()


def test_an_offer_is_declined_or_withdrawn_or_lapses(dir_world: Any) -> None:
    world = dir_world
    id = world.add()
    assert world.fails(4, "handoff", id, "--to", "ben", "--reason", "x")["code"] == "not_allowed"
    world.ok("claim", id)
    world.ok("handoff", id, "--to", "ben", "--reason", "on leave")
    world.ok("decline", id, "--reason", "no time", who="ben")
    assert world.ok("inbox", who="ben")["notices"] == []
    assert world.fails(4, "decline", id, who="ben")["task"] == id
    assert world.fails(4, "accept", id, who="ben")["task"] == id
    world.ok("handoff", id, "--to", "carl", "--reason", "on leave")
    assert world.fails(4, "decline", id, "--reason", "mine", who="ben")["code"] == "not_allowed"
    world.ok("decline", id)
    world.ok("handoff", id, "--to", "ben", "--reason", "please")
    world.ok("handoff", id, "--to", "carl", "--reason", "or you")
    world.ok("release", id)
    found = world.ok("handoffs", id)["handoffs"]
    assert [(entry["to"], entry["status"]) for entry in found] == [
        ("ben", "declined"), ("carl", "withdrawn"), ("ben", "lapsed"), ("carl", "lapsed"),
    ]  # fmt: skip
    assert found[0]["answer"] == "no time"
    assert "answer: no time" in world.ft("handoffs", id).out
    world.assert_clean()


def test_only_owner_lead_and_admin_hand_a_task_over(dir_world: Any) -> None:
    world = dir_world
    id = world.add(who="lea")
    world.ok("claim", id, who="ben")
    assert world.fails(4, "handoff", id, "--to", "carl", "--reason", "mine", who="carl")["actor"] == "carl"
    offer = world.ok("handoff", id, "--to", "carl", "--reason", "ben is ill", who="lea")["task"]["handoffs"][0]
    assert (offer["from"], offer["by"], offer["to"]) == ("ben", "lea", "carl")
    assert world.ok("accept", id, who="carl")["task"]["assignee"] == "carl"
    assert world.fails(4, "done", id, who="ben")["code"] == "not_allowed"
    world.ok("assign", id, "dan", "--reason", "carl is ill too", who="lea")
    last = world.ok("handoffs", id)["handoffs"][-1]
    assert (last["from"], last["to"], last["how"], last["reason"]) == ("carl", "dan", "assigned", "carl is ill too")
    world.ok("member", "add", "ben")
    world.ok("member", "add", "backend", "--kind", "team", "--member", "ben")
    assert "team" in world.fails(2, "handoff", id, "--to", "backend", "--reason", "x", who="dan")["message"]
    assert world.fails(2, "handoff", id, "--to", "ben", "--reason", " ", who="dan")["code"] == "usage"
    assert world.fails(3, "handoff", id, "--to", "ben", "--reason", "x", "--commit", "nope", who="dan")["hint"]


def test_work_that_the_receiver_cannot_fetch_is_remarked(make_team: Callable[..., Any]) -> None:
    team = make_team(2)
    ada, ben = team.all
    id = ada.add()
    ada.ok("claim", id)
    (ada.project / "new.txt").write_text("x")
    said = ada.ft("handoff", id, "--to", "ben", "--reason", "x").err
    assert "1 changed file here is not committed: ben will not see it" in said and "not pushed" not in said
    ada.git("add", "new.txt", cwd=ada.project)
    ada.git("commit", "-qm", "work", cwd=ada.project)
    head = ada.git("rev-parse", "HEAD", cwd=ada.project)
    said = ada.ft("handoff", id, "--to", "ben", "--reason", "x").err
    assert f"commit {head[:10]} is not pushed: ben cannot fetch it" in said and "committed" not in said
    ada.git("push", "--quiet", "origin", "main", cwd=ada.project)
    assert "fetch" not in ada.ft("handoff", id, "--to", "ben", "--reason", "x").err
    ada.ok("sync")
    assert ben.ok("accept", id)["task"]["assignee"] == "ben"
    assert team.remote_head() == ben.git("rev-parse", "fedtasks")
    assert ada.fails(5, "claim", id)["holder"] == "ben"
    ada.ok("sync")
    team.assert_alike()


def test_a_lead_assigns_a_title_and_so_makes_the_task(world: Any) -> None:
    world.ok("member", "add", "baby")
    made = world.ok("assign", "Rotate the keys", "baby", "--subtask", "Find them", "--subtask", "Replace them")
    task, parts = made["task"], made["subtasks"]
    assert (task["title"], task["assignee"], task["status"], task["lead"]) == (
        "Rotate the keys",
        "baby",
        "pending",
        ADA,
    )
    assert [(part["title"], part["parent"], part["assignee"]) for part in parts] == [
        ("Find them", task["id"], "baby"), ("Replace them", task["id"], "baby"),
    ]  # fmt: skip
    ids = {task["id"], *(part["id"] for part in parts)}
    assert {
        one["id"] for one in world.ok("list", "--owner", "baby", "--lead", ADA, "--status", "pending")["tasks"]
    } == ids
    assert {one["id"] for one in world.ok("list", "--mine", who="baby")["tasks"]} == ids
    assert world.ok("list", "--mine")["tasks"] == []
    assert [notice["kind"] for notice in world.ok("inbox", who="baby")["notices"]] == ["assigned"] * 3
    world.ok("claim", task["id"], who="baby")
    assert world.ok("assign", "Keys", "baby", "--new")["task"]["title"] == "Keys"
    assert world.fails(3, "assign", "Keys", "baby")["code"] == "not_found"
    assert world.fails(2, "assign", task["id"], "baby", "--subtask", "x")["code"] == "usage"
    assert world.fails(2, "assign", "Nobody's task", "--nobody")["code"] == "usage"
    world.assert_clean()


def test_several_work_on_one_task_that_one_of_them_owns(dir_world: Any) -> None:
    world = dir_world
    id = world.add("Port it", "--helper", "baby")
    world.ok("claim", id)
    assert world.ok("edit", id, "--helper", "bot", "--no-helper", "baby")["task"]["helpers"] == ["bot"]
    assert "helped by  bot" in world.ft("show", id).out
    world.ok("attempt", "start", id, who="bot")
    assert world.fails(4, "done", id, who="bot")["code"] == "not_allowed"
    world.ok("block", id, "--reason", "no access")
    assert "watched" in [notice["kind"] for notice in world.ok("inbox", who="bot")["notices"]]
    assert world.fails(2, "edit", id, "--helper", "a/b")["code"] == "usage"
    world.assert_clean()
