"""Leave for what agents may not do unasked, through the command line."""

from __future__ import annotations

from typing import Any


def test_an_agent_asks_and_a_person_answers(git_world: Any) -> None:
    git_world.ok("member", "add", "ben")
    git_world.ok("member", "add", "baby", "--kind", "agent", "--role", "agent")
    git_world.configure("agents:\n  need_approval: [done]\n")
    assert git_world.ok("permissions")["need_approval"] == ["done"]
    assert git_world.ft("permissions").out.endswith("\nagents need approval for: done\n")
    id = git_world.add("one", "--lead", "ben")
    git_world.ok("claim", id, who="baby")
    error = git_world.fails(4, "done", id, who="baby")
    assert error["reason"] == f"an agent needs approval for 'done': ask for it with 'fedtasks ask {id} done'"
    git_world.ok("ask", id, "done", "--reason", "all tests pass", who="baby")
    waiting = git_world.ok("permits")["permits"]
    assert [(one["task"], one["member"], one["action"], one["reason"]) for one in waiting] == [
        (id, "baby", "done", "all tests pass")
    ]
    assert "all tests pass" in git_world.ft("permits").out
    assert "leave      baby done: asked (all tests pass)" in git_world.ft("show", id).out

    told = git_world.ok("inbox", who="ben")["notices"]
    assert [(one["kind"], one["next"][0]) for one in told if one["kind"] == "asks_leave"] == [
        ("asks_leave", f"fedtasks permits {id}")
    ]
    told = git_world.ft("permits", id, who="ben").out
    assert told.splitlines()[-1] == f"  answer: fedtasks permit {id} baby done [--refuse]"
    git_world.fails(4, "permit", id, "baby", "done", who="baby")
    git_world.ok("permit", id, "baby", "done", "--refuse", "--reason", "not yet", who="ben")
    git_world.fails(4, "done", id, who="baby")
    git_world.ok("permit", id, "baby", "done")
    assert git_world.ft("permits").out == "nobody waits for leave\n"
    git_world.fails(4, "ask", id, "done", who="baby")
    git_world.ok("done", id, who="baby")
    kinds = [entry["kind"] for entry in git_world.ok("history", id)["history"]]
    assert kinds[-4:] == ["permit_asked", "permit_refused", "permit_given", "status"]
    assert git_world.subjects()[-2] == f"permit {id} baby done: one"

    other = git_world.add("two")
    assert "needs no approval" in git_world.fails(4, "ask", other, "done")["message"]
    git_world.fails(2, "ask", other, "create", who="baby")
    assert {problem["path"] for problem in git_world.ok("check")["problems"]} == {"fedtasks.yaml"}, "not committed"


def test_leave_ends(git_world: Any) -> None:
    """By its use, at its time, or by a refusal; what is used up can be asked for again."""
    git_world.ok("member", "add", "baby", "--kind", "agent", "--role", "agent")
    git_world.ok("member", "edit", "baby", "--need-approval", "done")
    id = git_world.add("one")
    git_world.ok("claim", id, who="baby")
    git_world.ok("permit", id, "baby", "done")
    assert "leave      baby done: given by ada-lovelace once" in git_world.ft("show", id).out
    git_world.ok("done", id, who="baby")
    assert "leave      baby done: used by ada-lovelace" in git_world.ft("show", id).out
    git_world.ok("reopen", id)
    error = git_world.fails(4, "done", id, who="baby")
    assert "ask for it" in error["reason"], "it held once"
    git_world.ok("permit", id, "baby", "done", "--until", "2h")
    end = git_world.show(id)["permits"][0]["until"]
    assert f"given by ada-lovelace until {end}" in git_world.ft("permits", id).out
    for _ in range(2):
        git_world.ok("done", id, who="baby")
        git_world.ok("reopen", id)
    late = {"FEDTASKS_NOW": "2999-01-01T00:00:00Z"}
    git_world.env |= late
    git_world.fails(4, "done", id, who="baby")
    git_world.ok("ask", id, "done", who="baby")
    git_world.env.pop("FEDTASKS_NOW")
    git_world.ok("permit", id, "baby", "done", "--standing")
    git_world.ok("done", id, who="baby"), git_world.ok("reopen", id), git_world.ok("done", id, who="baby")
    for words in (
        ("--until", "yesterday"),
        ("--until", "2020-01-01"),
        ("--until", "2999-02-31"),
        ("--until=2h", "--refuse"),
    ):
        git_world.fails(2, "permit", id, "baby", "done", *words)


def test_one_agent_has_a_list_of_its_own(git_world: Any) -> None:
    git_world.ok("member", "add", "baby", "--kind", "agent", "--role", "agent")
    git_world.ok("member", "add", "tim", "--kind", "agent", "--role", "agent")
    git_world.ok("member", "edit", "baby", "--need-approval", "cancel", "--fallback", "tim", "--away", "2026-12-24")
    member = git_world.ok("member", "show", "baby")["member"]
    assert (member["need_approval"], member["fallbacks"], member["away"]) == (["cancel"], ["tim"], "2026-12-24")
    hers, his = (git_world.add(who, "--lead", who) for who in ("baby", "tim"))
    git_world.fails(4, "cancel", hers, who="baby")
    git_world.ok("cancel", his, who="tim")
    git_world.fails(4, "member", "edit", "baby", "--no-need-approval", "cancel", who="baby")
    git_world.ok("member", "edit", "baby", "--back", who="baby")
    git_world.ok("member", "edit", "baby", "--no-need-approval", "cancel", "--no-fallback", "tim")
    assert set(git_world.ok("member", "show", "baby")["member"]) == {
        "schema", "name", "kind", "role", "emails", "skills",
    }  # fmt: skip
    git_world.ok("cancel", hers, who="baby")
    git_world.fails(2, "member", "edit", "baby", "--need-approval", "everything")
    git_world.fails(2, "member", "edit", "baby", "--fallback", "stranger")
