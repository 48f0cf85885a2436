"""What nobody wants any more is withdrawn from the stores that were asked for it, however far down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.federation import Federation


@pytest.fixture
def fed(tmp_path: Path) -> Federation:
    return Federation(tmp_path)


def go_down(fed: Federation, title: str) -> tuple[str, str, list[str]]:
    """A task of hq that site has passed on to crew: there a whole with two parts."""
    top = fed.hq.add(title)
    fed.delegate(fed.hq, top, "site")
    middle = fed.accept(fed.site, top)["id"]
    given = fed.delegate(fed.site, middle, "crew", "decompose", "--part", "schema", "--part", "form")["id"]
    fed.crew.ok("sync"), fed.accept(fed.crew, given), fed.hq.ok("sync")
    (record,) = fed.crew.ok("delegation", "list", "--task", middle)["delegations"]
    return top, middle, record["tasks"]


def statuses(fed: Federation, top: str, middle: str, low: list[str]) -> list[str]:
    """From the top to the last part."""
    fed.crew.ok("sync")
    return [fed.hq.show(top)["status"], fed.site.show(middle)["status"], *(fed.crew.show(id)["status"] for id in low)]


def test_cancelling_sinks_to_the_last_level(fed: Any) -> None:
    """Through a store that was away, too; where somebody works, that one is told and decides."""
    top, middle, low = go_down(fed, "Ship it")
    away = fed.site.root.with_name("away")
    fed.site.root.rename(away)
    fed.hq.ok("cancel", top, "--reason", "no budget")
    told = fed.hq.ok("sync", "--retry")
    assert [one["kind"] for one in told["waiting"]] == ["delegation_withdrawn"] and len(fed.outbox(fed.hq)) == 1
    assert fed.hq.show(top)["delegations"][0]["status"] == "withdrawn"
    away.rename(fed.site.root)
    told = fed.hq.ok("sync", "--retry")
    assert [(one["to"], one["kind"]) for one in told["carried"]] == [
        ("site", "delegation_withdrawn"), ("crew", "delegation_withdrawn"),
    ]  # fmt: skip
    assert statuses(fed, top, middle, low) == ["cancelled"] * 5
    assert "hq no longer wants it: no budget" in fed.site.ft("history", middle).out
    for world, id in ((fed.hq, top), (fed.site, middle), (fed.crew, low[0])):
        links = world.ok("chain", id)["links"]
        assert [(one["delegation"] or {}).get("status") for one in links] == [None, "withdrawn", "withdrawn"]
    assert not any(fed.outbox(world) for world in (fed.hq, fed.site, fed.crew))

    top, middle, low = go_down(fed, "Mend it")
    fed.crew.ok("claim", low[1])
    fed.crew.ok("sync")
    fed.hq.ok("cancel", top), fed.hq.ok("sync")
    assert statuses(fed, top, middle, low) == ["cancelled", "cancelled", "in_progress", "in_progress", "pending"]
    told = [one for one in fed.crew.ok("inbox")["notices"] if one["kind"] == "unwanted"]
    assert {one["task"] for one in told} == {low[0], low[1]} and all(one["needs_ack"] for one in told)
    assert "no longer wanted there" in fed.crew.ft("show", low[0]).out
    fed.crew.ok("done", low[1]), fed.crew.ok("cancel", low[2]), fed.crew.ok("sync")
    assert statuses(fed, top, middle, low) == ["cancelled", "cancelled", "done", "done", "cancelled"]
    (record,) = fed.site.show(middle)["delegations"]
    assert record["status"] == "completed" and len(record["result"]["parts"]) == 2, "what came of it is known"
    for world in (fed.hq, fed.site, fed.crew):
        assert world.ok("check")["problems"] == []
        world.assert_clean()


def test_what_withdraws_and_what_cannot_be_withdrawn(fed: Any) -> None:
    """By its own verb, by giving the task back, by finishing it here, by asking another store instead."""
    top = fed.hq.add("Ship it")
    id = fed.delegate(fed.hq, top, "site")["id"]
    answer = fed.hq.ok("delegation", "withdraw", id, "--reason", "we do it")
    assert [(one["status"], one["reason"]) for one in answer["delegations"]] == [("withdrawn", "we do it")]
    assert "is withdrawn and cannot" in fed.site.fails(4, "delegation", "accept", id)["message"]
    (told,) = fed.site.ok("inbox")["notices"]
    assert "no longer wants what this store was asked for (we do it)" in told["text"], "the question is settled"
    assert "no delegation that could be" in fed.hq.fails(4, "delegation", "withdraw", top)["message"]
    assert fed.hq.fails(3, "delegation", "withdraw", "nothing")["code"] == "not_found"
    fed.hq.ok("member", "add", "dev", "--role", "developer", "--email", "dev@x.org")
    again = fed.delegate(fed.hq, top, "site")["id"]
    fed.hq.fails(4, "delegation", "withdraw", again, "--as", "dev")
    middle = fed.accept(fed.site, again)["id"]
    fed.hq.ok("instance", "add", "crew", "--scope", "project", "--store", fed.places["crew"])
    assert "--instead" in fed.hq.fails(4, "delegate", top, "--to", "crew", "--type", "route")["hint"]
    fed.delegate(fed.hq, top, "crew", "route", "--instead")
    assert fed.site.show(middle)["status"] == "cancelled"
    fed.hq.ok("sync")
    assert [one["status"] for one in fed.hq.show(top)["delegations"]] == ["withdrawn", "withdrawn", "pending"]
    fed.hq.ok("release", top, "--reason", "later"), fed.hq.ok("sync"), fed.crew.ok("sync")
    (asked,) = fed.crew.ok("delegation", "list", "--task", top)["delegations"]
    assert (asked["status"], asked["reason"], fed.hq.show(top)["assignee"]) == ("withdrawn", "later", None)
    fed.delegate(fed.hq, top, "site")
    fed.hq.ok("start", top), fed.hq.ok("done", top), fed.hq.ok("sync")
    assert fed.site.ok("delegation", "list", "--task", top, "--pending")["delegations"] == []


def test_two_decide_at_once(fed: Any) -> None:
    """Withdrawn here while it is accepted there; cancelled in one clone while the other delegates it."""
    top = fed.hq.add("Ship it")
    fed.delegate(fed.hq, top, "site")
    fed.hq.ok("cancel", top)
    middle = fed.accept(fed.site, top)["id"]
    fed.settle()
    (record,) = fed.hq.show(top)["delegations"]
    assert (record["status"], record["tasks"]) == ("withdrawn", [middle])
    assert fed.site.show(middle)["status"] == "cancelled"

    other = fed.hq.add("Mend it")
    fed.hq.ok("sync"), fed.ben.ok("sync")
    fed.hq.ok("start", other), fed.hq.ok("cancel", other)
    fed.ben.ok("delegate", other, "--to", "site", "--type", "route", "--offline", "--as", "ada")
    fed.settle(), fed.hq.ok("sync")
    for world in (fed.hq, fed.ben):
        task = world.show(other)
        assert (task["status"], task["delegations"][0]["status"]) == ("cancelled", "withdrawn")
    assert fed.site.ok("delegation", "list", "--pending")["delegations"] == []
