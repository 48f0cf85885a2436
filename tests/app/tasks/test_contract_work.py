"""The verbs that move a task, on every kind of store."""

from __future__ import annotations

from typing import Any

import pytest

ADA = "ada-lovelace"
STATUSES = ("pending", "in_progress", "blocked", "in_review", "done", "cancelled")
STEPS = {
    "pending": ("in_progress", "cancelled"),
    "in_progress": ("blocked", "in_review", "done", "pending", "cancelled"),
    "blocked": ("in_progress", "pending", "cancelled"),
    "in_review": ("in_progress", "done", "cancelled"),
    "done": ("in_progress",),
    "cancelled": ("pending",),
}
WAY = {
    "pending": (),
    "in_progress": ("in_progress",),
    "blocked": ("in_progress", "blocked"),
    "in_review": ("in_progress", "in_review"),
    "done": ("in_progress", "done"),
    "cancelled": ("cancelled",),
}


def test_a_task_goes_from_pending_to_done(world: Any) -> None:
    id = world.add("Rotate the keys")
    claimed = world.ok("claim", id)["task"]
    assert (claimed["status"], claimed["assignee"]) == ("in_progress", ADA)
    assert claimed["claim"] == {
        "by": ADA,
        "since": claimed["history"][1]["at"],
        "token": claimed["history"][1]["id"],
        "confirmed": True,
    }
    blocked = world.ok("block", id, "--reason", "no access")["task"]
    assert (blocked["status"], blocked["blocked"]["reason"]) == ("blocked", "no access")
    going = world.ok("unblock", id)["task"]
    assert going["status"] == "in_progress" and "blocked" not in going
    done = world.ok("done", id)["task"]
    assert (done["status"], done["assignee"]) == ("done", ADA)
    assert [event["kind"] for event in done["history"]] == ["created", "claimed", "status", "status", "status"]
    assert [event["seq"] for event in done["history"]] == [1, 2, 3, 4, 5]
    assert world.raw(id) == done
    again = world.ok("reopen", id, "--reason", "the bug is back")["task"]
    assert again["status"] == "in_progress"
    world.assert_clean()


def test_a_second_claim_names_the_holder(world: Any) -> None:
    id = world.add()
    since = world.ok("claim", id, who="baby")["task"]["claim"]["since"]
    before = world.path(id).read_bytes()
    error = world.fails(5, "claim", id, who="ben")
    assert (error["code"], error["holder"], error["since"], error["task"]) == ("held", "baby", since, id)
    assert "baby" in error["message"] and since in error["message"]
    assert world.path(id).read_bytes() == before
    world.assert_clean()


def test_a_released_task_can_be_claimed_by_another(world: Any) -> None:
    id = world.add()
    world.ok("claim", id, who="baby")
    free = world.ok("release", id, "--reason", "no time", who="baby")["task"]
    assert (free["status"], free["assignee"]) == ("pending", None) and "claim" not in free
    assert free["history"][-1]["reason"] == "no time"
    assert world.ok("claim", id, who="ben")["task"]["assignee"] == "ben"
    world.assert_clean()


def test_only_holder_and_lead_may_release(world: Any) -> None:
    id = world.add()
    world.ok("claim", id, who="baby")
    error = world.fails(4, "release", id, who="ben")
    assert error["code"] == "not_allowed" and "baby" in error["message"] and error["actor"] == "ben"
    world.ok("release", id)
    world.assert_clean()


def test_releasing_what_nobody_holds_is_refused(world: Any) -> None:
    assert "nobody held it" in world.fails(4, "release", world.add())["message"]


def test_assign_and_take_back(world: Any) -> None:
    id = world.add()
    done = world.ft("assign", id, "baby", "--json")
    assert done.code == 0 and "baby is no member" in done.err
    assert done.json["task"]["assignee"] == "baby" and done.json["task"]["status"] == "pending"
    assert world.ids("--assignee", "baby") == [id]
    assert world.fails(5, "claim", id, who="ben")["holder"] == "baby"
    assert world.ok("start", id, who="baby")["task"]["status"] == "in_progress"
    freed = world.ok("assign", id, "--nobody")["task"]
    assert (freed["assignee"], freed["status"]) == (None, "pending") and "claim" not in freed
    assert [task["id"] for task in world.ok("ready")["tasks"]] == [id]
    assert world.fails(2, "assign", id)["code"] == "usage"
    assert world.fails(2, "assign", id, "baby", "--nobody")["code"] == "usage"
    assert world.fails(2, "assign", id, "a/b")["code"] == "usage"


def test_assigning_another_ends_the_claim(world: Any) -> None:
    id = world.add()
    world.ok("claim", id, who="baby")
    moved = world.ok("assign", id, "ben", "--reason", "baby is away")["task"]
    assert moved["assignee"] == "ben" and "claim" not in moved and moved["status"] == "in_progress"
    world.fails(4, "done", id, who="baby")
    assert world.ok("done", id, who="ben")["task"]["status"] == "done"
    world.assert_clean()


def test_start_of_a_free_task_is_a_claim(world: Any) -> None:
    id = world.add()
    assert world.ok("start", id, who="baby")["task"]["claim"]["by"] == "baby"


def test_an_exclusive_claim_says_so(world: Any) -> None:
    assert world.ok("claim", world.add(), "--exclusive")["task"]["claim"]["exclusive"] is True


def test_block_wants_a_reason_or_a_task(world: Any) -> None:
    id, other = world.add(), world.add("other")
    world.ok("claim", id)
    assert "needs a reason" in world.fails(2, "block", id)["message"]
    assert world.ok("block", id, "--by", other)["task"]["blocked"]["by"] == other
    world.ok("unblock", id)
    assert "itself" in world.fails(2, "block", id, "--by", id)["message"]
    assert world.fails(3, "block", id, "--by", "zzzzz")["code"] == "not_found"
    world.assert_clean()


def test_unblock_and_reopen_only_where_they_fit(world: Any) -> None:
    id = world.add()
    assert "not blocked" in world.fails(4, "unblock", id)["message"]
    assert "needs no reopening" in world.fails(4, "reopen", id)["message"]
    world.ok("cancel", id, "--reason", "not needed")
    assert world.ok("reopen", id)["task"]["status"] == "pending"


@pytest.mark.parametrize("current", STATUSES)
def test_every_step_of_the_table(make_world: Any, current: str) -> None:
    world = make_world("dir")
    for wanted in STATUSES:
        id = world.add(f"{current} to {wanted}")
        for step in WAY[current]:
            world.ok("status", id, step, "--reason", "because")
        before = world.path(id).read_bytes()
        if wanted in STEPS[current]:
            assert world.ok("status", id, wanted, "--reason", "because")["task"]["status"] == wanted
            continue
        done = world.ft("status", id, wanted, "--reason", "because", "--json")
        assert done.code != 0, (current, wanted)
        assert world.path(id).read_bytes() == before
    world.assert_clean()


def test_an_impossible_step_lists_the_possible_ones(world: Any) -> None:
    id = world.add()
    error = world.fails(4, "done", id)
    assert error["code"] == "invalid_transition"
    assert error["allowed"] == ["in_progress", "cancelled"]
    assert (error["task"], error["status"], error["wanted"]) == (id, "pending", "done")
    assert "in_progress, cancelled" in error["hint"]
    assert world.show(id)["status"] == "pending"


def test_claiming_what_is_finished_names_the_status(world: Any) -> None:
    done, cancelled = world.add(), world.add()
    world.ok("claim", done), world.ok("done", done), world.ok("cancel", cancelled)
    for id, status in ((done, "done"), (cancelled, "cancelled")):
        error = world.fails(4, "claim", id, who="ben")
        assert error["code"] == "invalid_transition" and error["status"] == status


def test_unmet_dependencies_are_named(world: Any) -> None:
    first, second = world.add("dig"), world.add("build")
    world.ok("depend", second, first)
    for verb in ("claim", "start"):
        error = world.fails(4, verb, second)
        assert error["code"] == "unmet_dependencies"
        assert error["waits_for"] == [{"id": first, "status": "pending", "title": "dig"}]
        assert first in error["message"] and "dig" in error["message"]
    assert world.show(second)["status"] == "pending"
    world.ok("claim", first), world.ok("done", first)
    assert world.ok("claim", second)["task"]["status"] == "in_progress"


def test_a_lead_overrides_with_a_reason(world: Any) -> None:
    first, second = world.add("dig"), world.add("build")
    world.ok("depend", second, first)
    world.ok("lead", second, "taichi")
    assert world.fails(4, "claim", second, "--override", "hurry", who="ben")["code"] == "not_allowed"
    task = world.ok("claim", second, "--override", "the customer waits", who="taichi")["task"]
    assert task["history"][-1]["override"] == "the customer waits"
    assert "the customer waits" in world.ft("history", second).out
    world.assert_clean()


def test_a_dependency_that_does_not_exist_is_missing(world: Any) -> None:
    first, second = world.add("dig"), world.add("build")
    world.ok("depend", second, first)
    world.path(first).unlink()
    assert world.fails(4, "claim", second)["waits_for"][0]["status"] == "missing"


def test_status_shows_and_changes(world: Any) -> None:
    id = world.add()
    assert world.ok("status", id)["task"]["status"] == "pending"
    assert world.ft("status", id).out == f"{id} is pending: a task\n"
    assert world.ok("status", id, "in_progress")["task"]["assignee"] == ADA
    assert world.ok("status", id, "in_review")["task"]["status"] == "in_review"
    assert world.ok("status", id, "in_progress")["task"]["status"] == "in_progress"
    assert world.ok("status", id, "pending")["task"]["assignee"] is None
    assert world.fails(2, "status", id, "finished")["code"] == "usage"


def test_a_viewer_may_only_look(world: Any) -> None:
    world.ok("member", "add", "vera", "--role", "viewer")
    id = world.add()
    for words in (("claim", id), ("edit", id, "--title", "x"), ("add", "x"), ("assign", id, "vera"), ("tag", id, "x")):
        assert "viewer" in world.fails(4, *words, who="vera")["message"]
    assert world.ok("show", id, who="vera")["task"]["id"] == id
    world.assert_clean()
