"""Delegation over three levels of real stores: a git remote, a directory, a git remote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.federation import Federation


@pytest.fixture
def fed(tmp_path: Path) -> Federation:
    return Federation(tmp_path)


def test_a_task_goes_down_two_levels_and_its_result_comes_back(fed: Any) -> None:
    """Route, then decompose: parts are made, and the last one that is done completes everything above it."""
    top = fed.hq.add("Ship it", "--priority", "high", "--tag", "v2")
    given = fed.delegate(fed.hq, top, "site", "route", "--notes", "by friday")
    assert (given["task"], given["source_instance"], given["target_instance"]) == (top, "hq", "site")
    assert (given["status"], given["delegated_by"], given["notes"]) == ("pending", "ada", "by friday")
    assert (given["completed_at"], given["result"]) == (None, None)
    assert fed.outbox(fed.hq) == [] and top not in fed.hq.ids("--status", "done")

    (asked,) = fed.site.ok("delegation", "list", "--pending")["delegations"]
    assert (asked["id"], asked["title"], asked["direction"]) == (given["id"], "Ship it", "in")
    middle = fed.accept(fed.site, top)
    assert (middle["title"], middle["priority"], middle["tags"], middle["lead"]) == ("Ship it", "high", ["v2"], "sam")
    assert middle["delegated_from"]["source_instance"] == "hq" and middle["id"] != top
    fed.hq.ok("sync")
    task = fed.hq.show(top)
    assert (task["status"], task["delegations"][0]["status"]) == ("in_progress", "accepted")
    assert task["delegations"][0]["tasks"] == [middle["id"]]

    fed.delegate(fed.site, middle["id"], "crew", "decompose", "--part", "schema", "--part", "form")
    fed.crew.ok("sync")
    low = fed.accept(fed.crew, middle["id"])
    parts = [task["id"] for task in fed.crew.ok("list")["tasks"] if task.get("parent") == low["id"]]
    assert len(parts) == 2 and low["status"] == "in_progress"
    assert "before its parts are" in fed.crew.fails(4, "delegation", "complete", low["id"])["message"]
    fed.crew.ok("start", parts[0]), fed.crew.ok("done", parts[0]), fed.crew.ok("cancel", parts[1])
    assert fed.crew.show(low["id"])["status"] == "done"
    carried = fed.crew.ok("sync")["carried"]
    assert {one["kind"] for one in carried} == {"delegation_completed"}
    assert [one["to"] for one in carried] == ["site", "hq"]
    fed.hq.ok("sync"), fed.ben.ok("sync")
    for world, id in ((fed.site, middle["id"]), (fed.hq, top), (fed.ben, top)):
        task = world.show(id)
        (record,) = task["delegations"]
        assert (task["status"], record["status"]) == ("done", "completed")
        assert sorted(part["status"] for part in record["result"]["parts"]) == ["cancelled", "done"]
        world.assert_clean()
    assert "delegated  to site (route): completed" in fed.hq.ft("show", top).out
    assert f"made for   hq: {top} (route)" in fed.site.ft("show", middle["id"]).out
    fed.crew.assert_clean()


def test_a_rejection_comes_back_and_another_instance_may_be_asked(fed: Any) -> None:
    top = fed.hq.add("Ship it")
    id = fed.delegate(fed.hq, top, "site")["id"]
    assert fed.hq.fails(4, "delegate", top, "--to", "site", "--type", "route")["delegation"] == id
    rejected = fed.site.ok("delegation", "reject", id, "--reason", "no time")["delegation"]
    assert (rejected["status"], rejected["reason"]) == ("rejected", "no time")
    for words in (("accept", id), ("reject", id, "--reason", "x"), ("complete", id)):
        error = fed.site.fails(4, "delegation", *words)
        assert "is rejected and cannot" in error["message"], words
    fed.hq.ok("sync")
    assert fed.hq.show(top)["delegations"][0]["reason"] == "no time"
    again = fed.delegate(fed.hq, top, "site")["id"]
    task = fed.accept(fed.site, again)
    assert fed.site.fails(5, "delegation", "accept", again)["holder"] == "sam"
    assert "is accepted and cannot" in fed.site.fails(4, "delegation", "reject", again, "--reason", "x")["message"]
    assert "not JSON" in fed.site.fails(2, "delegation", "complete", again, "--result", "{v: 2}")["message"]
    done = fed.site.ok("delegation", "complete", task["id"], "--result", '{"version": "2.1"}')
    assert (done["task"]["status"], done["delegation"]["result"]) == ("done", {"version": "2.1"})
    fed.hq.ok("sync")
    task = fed.hq.show(top)
    assert (task["status"], task["delegations"][-1]["result"]) == ("done", {"version": "2.1"})
    assert [one["status"] for one in task["delegations"]] == ["rejected", "completed"]


def test_what_is_refused_changes_nothing(fed: Any) -> None:
    top = fed.hq.add("Ship it")
    route = ("--type", "route")
    for code, words, said in [
        (3, (top, "--to", "mars", *route), "no instance 'mars'"),
        (3, ("nothing", "--to", "site", *route), "no task"),
        (4, (top, "--to", "hq", *route), "in a circle: hq -> hq"),
        (4, (top, "--to", "site", "--type", "escalate"), "is not above hq"),
        (2, (top, "--to", "site", *route, "--part", "x"), "decomposed"),
    ]:
        assert said in fed.hq.fails(code, "delegate", *words)["message"], words
    fed.delegate(fed.hq, top, "site")
    middle = fed.accept(fed.site, top)["id"]
    error = fed.site.fails(4, "delegate", middle, "--to", "hq", "--type", "escalate")
    assert error["circle"] == ["hq", "site", "hq"]
    fed.site.ok("instance", "remove", "hq")
    fed.site.ok("instance", "add", "boss", "--scope", "global", "--store", fed.places["hq"])
    fed.hq.ok("sync")
    fed.delegate(fed.site, middle, "boss", "escalate")
    fed.hq.ok("sync")
    error = fed.hq.fails(4, "delegation", "accept", middle)
    assert "in a circle: hq -> site -> hq" in error["message"]
    fed.hq.ok("delegation", "reject", middle, "--reason", "it came from here")
