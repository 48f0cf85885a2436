"""Review through the command line: asked for, given, contradicted, lifted, overridden, and fallen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_task_is_done_only_with_its_approvals(git_world: Any) -> None:
    world = git_world
    id = world.add("Rotate the keys", "--file", "keys.sh", who="lea")
    assert world.fails(4, "review", "require", id, who="ben")["code"] == "not_allowed"
    assert world.fails(2, "review", "require", id, "--reviewer", "a/b", who="lea")["code"] == "usage"
    world.ok("review", "require", id, "--min", "2", who="lea")
    world.ok("claim", id, who="ben")
    assert world.fails(4, "review", "require", id, "--no", who="ben")["code"] == "not_allowed"
    assert world.fails(4, "review", "approve", id, who="ann")["code"] == "not_allowed"
    error = world.fails(4, "done", id, who="ben")
    assert (error["code"], error["needed"], error["approvals"]) == ("needs_approval", 2, [])
    head = world.commit("keys.sh")
    task = world.ok("review", "request", id, "--note", "have a look", who="ben")["task"]
    assert (task["status"], task["review"]["commit"], task["review"]["branch"]) == ("in_review", head, "main")
    assert [one["id"] for one in world.ok("review", "list", who="ann")["tasks"]] == [id]
    assert world.ok("review", "list", who="ben")["tasks"] == []
    assert "own work" in world.fails(4, "review", "approve", id, who="ben")["message"]
    assert world.fails(4, "review", "approve", id, "--commit", "HEAD~1", who="ann")["commit"] == head
    world.ok("review", "approve", id, "--commit", "HEAD", who="ann")
    assert world.ok("review", "list", who="ann")["tasks"] == []
    assert world.fails(4, "done", id, who="ben")["approvals"] == ["ann"]
    world.ok("review", "changes", id, "--reason", "a test, please", who="carl")
    assert world.show(id)["status"] == "in_progress"
    world.ok("review", "approve", id, who="dan")
    error = world.fails(4, "done", id, who="ben")
    assert error["blocking"] == [{"by": "carl", "verdict": "changes"}] and error["needed"] == 0
    standing = world.ok("review", "show", id)["review"]
    assert (standing["approvals"], standing["missing"], standing["clear"]) == (["ann", "dan"], 0, False)
    assert "approval   needs 2; ann approves; carl asks for changes; dan approves" in world.ft("show", id).out
    shown = world.ft("review", "show", id).out
    assert "carl asks for changes: a test, please" in shown and "2 of 2 approvals, by anybody" in shown
    assert "in the way: carl" in shown
    assert world.fails(4, "review", "lift", id, "carl", "--reason", "x", who="ben")["code"] == "not_allowed"
    assert world.fails(2, "review", "lift", id, "carl", who="lea")["code"] == "usage"
    world.ok("review", "lift", id, "carl", "--reason", "it has one", who="lea")
    assert "lifted by lea: it has one" in world.ft("review", "show", id).out
    assert world.ok("done", id, who="ben")["task"]["status"] == "done"
    shown = world.ft("history", id).out
    assert "approve; at" in shown and "changes by carl; it has one" in shown
    assert world.ok("reopen", id, who="ben")["task"]["reviews"][0]["outdated"] is True
    world.assert_clean()


def test_an_approval_falls_when_the_work_changes(git_world: Any) -> None:
    world = git_world
    id = world.add("Rotate the keys", "--file", "keys.sh", who="lea")
    world.ok("review", "require", id, who="lea")
    world.ok("claim", id, who="ben")
    world.commit("keys.sh")
    world.ok("review", "request", id, who="ben")
    world.ok("review", "approve", id, who="ann")
    world.commit("other.sh")
    world.git("tag", "ok", cwd=world.project)
    (world.project / "keys.sh").write_text("changed")
    world.git("commit", "-qam", "one more", cwd=world.project)
    assert "keys.sh changed" in world.fails(4, "done", id, who="ben")["message"]
    world.git("reset", "-q", "--hard", "ok", cwd=world.project)
    world.ok("edit", id, "--description", "and the old ones", who="ben")
    assert world.fails(4, "done", id, who="ben")["code"] == "needs_approval"
    assert "does not count: what it was for has changed" in world.ft("review", "show", id).out
    assert world.ok("review", "list", who="ann")["tasks"][0]["id"] == id
    world.ok("review", "approve", id, who="ann")
    assert world.ok("done", id, who="ben")["task"]["status"] == "done"


def test_a_lead_overrides_and_settings_ask(dir_world: Any) -> None:
    world = dir_world
    world.configure("review: {rules: [{tag: security}], agents_approve_agents: false}")
    for name in ("bot", "baby"):
        world.ok("member", "add", name, "--kind", "agent")
    id, free = world.add("a", "--tag", "security", who="lea"), world.add("b", who="lea")
    for one in (id, free):
        world.ok("claim", one, who="bot")
    world.ok("done", free, "--override", "not needed", who="bot")
    assert "override" not in world.raw(free)["history"][-1]
    world.ok("review", "request", id, who="bot")
    assert "agents do not approve" in world.fails(4, "review", "approve", id, who="baby")["message"]
    world.ok("review", "request", id, "--reviewer", "ann", who="bot")
    assert "its reviewers are ann" in world.fails(4, "review", "approve", id, who="carl")["message"]
    world.ok("member", "add", "rita")
    world.ok("member", "add", "crew", "--kind", "team", "--member", "rita")
    world.ok("review", "require", id, "--reviewer", "crew", who="lea")
    assert [task["id"] for task in world.ok("review", "list", who="rita")["tasks"]] == [id]
    assert world.ok("review", "list", who="carl")["tasks"] == []
    assert world.fails(2, "review", "reject", id, who="ann")["code"] == "usage"
    world.ok("review", "reject", id, "--reason", "no", who="ann")
    assert world.fails(4, "done", id, "--override", "in a hurry", who="bot")["code"] == "not_allowed"
    task = world.ok("done", id, "--override", "in a hurry", who="lea")["task"]
    assert (task["status"], task["history"][-1]["override"]) == ("done", "in a hurry")
    world.assert_clean()


def test_approvals_are_published_first(make_team: Callable[..., Any]) -> None:
    """Who finishes a task sees a rejection at the remote; who approves sees what was handed in anew."""
    team = make_team(2)
    ada, ben = team.all
    id = ada.add("a", "--file", "a.txt")
    ada.ok("review", "require", id)
    team.settle()
    ben.ok("claim", id)
    first = ben.commit("a.txt")
    ben.git("push", "-q", "origin", "main", cwd=ben.project)
    ben.ok("review", "request", id)
    team.settle()
    second = ben.commit("b.txt")
    assert "not pushed" in ben.ft("review", "request", id).err
    ben.ok("sync")
    assert ada.fails(4, "review", "approve", id, "--commit", first, who="cleo")["commit"] == second
    ada.ok("review", "approve", id, who="cleo")
    ada.ok("review", "reject", id, "--reason", "wait")
    ada.ok("sync")
    assert ben.fails(4, "done", id)["blocking"] == [{"by": "ada", "verdict": "reject"}]
    ada.ok("review", "lift", id)
    ada.ok("sync")
    assert ben.ok("done", id)["task"]["status"] == "done"
    team.settle()
    team.assert_alike()


def test_a_plan_does_not_finish_what_lacks_its_approvals(dir_world: Any) -> None:
    world = dir_world
    plan = world.project / "plan.md"
    plan.write_text("- [ ] One thing\n- [ ] Another\n")
    first, second = (task["id"] for task in world.ok("parse", "plan.md")["tasks"])
    world.ok("review", "require", first)
    plan.write_text("- [x] One thing\n- [x] Another\n")
    told = world.ft("parse", "plan.md")
    assert told.code == 0 and f"{first}: needs 1 approval and has 0" in told.told
    assert (world.show(first)["status"], world.show(second)["status"]) == ("in_progress", "done")
    world.assert_clean()
