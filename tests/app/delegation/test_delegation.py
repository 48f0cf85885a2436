"""Delegation over three levels of real stores: a git remote, a directory, a git remote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crowd import Crowd
from tests.federation import Federation
from tests.team import files


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
    (notice,) = fed.site.ok("inbox")["notices"]
    assert (notice["kind"], notice["to"], notice["by"]) == ("delegation", "sam", "ada")
    shown = fed.site.ft("delegation", "show", notice["delegation"]).out
    assert "by friday" in shown and f"hq ({top})" in shown and "high" in shown
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
    for name, count in (("hq", 1), ("site", 1), ("crew", 0)):
        assert len(fed.site.ok("delegation", "list", "--pending", "--instance", name)["delegations"]) == count
    rejected = fed.site.ok("delegation", "reject", id, "--reason", "no time")["delegation"]
    assert (rejected["status"], rejected["reason"]) == ("rejected", "no time")
    for words in (("accept", id), ("reject", id, "--reason", "x"), ("complete", id)):
        error = fed.site.fails(4, "delegation", *words)
        assert "is rejected " in error["message"], words
    fed.hq.ok("sync")
    assert fed.hq.show(top)["delegations"][0]["reason"] == "no time"
    assert [(one["by"], one["task"]) for one in fed.hq.ok("inbox")["notices"]] == [("sam", top)]
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
    fed.hq.ok("instance", "add", "crew", "--scope", "project", "--store", fed.places["crew"])
    for type_ in ("route", "decompose"):
        assert "delegated to site already" in fed.hq.fails(4, "delegate", top, "--to=crew", "--type", type_)["message"]
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


def test_the_chain_is_told_from_every_link(fed: Any) -> None:
    """The same way from the origin wherever it is asked, and what is out of reach is told from what is known."""
    top = fed.hq.add("Ship it")
    fed.delegate(fed.hq, top, "site")
    (waits,) = fed.site.ok("chain", top)["links"][1:]
    assert (waits["task"], waits["here"], waits["delegation"]["status"]) == (None, True, "pending")
    middle = fed.accept(fed.site, top)["id"]
    given = fed.delegate(fed.site, middle, "crew", "decompose", "--part", "schema")["id"]
    fed.crew.ok("sync")
    low = fed.accept(fed.crew, given)
    fed.hq.ok("sync")
    ways = {}
    for world, id in ((fed.hq, top), (fed.site, middle), (fed.crew, low["id"])):
        links = world.ok("chain", id)["links"]
        assert [link["task"] for link in links if link["here"]] == [id]
        ways[world] = [
            (one["level"], one["instance"], one["task"], one["status"], (one["delegation"] or {}).get("status"))
            for one in links
        ]
        assert links[2]["parts"] == low["delegated_from"]["tasks"][1:]
    expected = [
        (0, "hq", top, "in_progress", None),
        (1, "site", middle, "in_progress", "accepted"),
        (2, "crew", low["id"], "in_progress", "accepted"),
    ]
    assert list(ways.values()) == [expected] * 3
    fed.top.away()
    links = fed.crew.ok("chain", given)["links"]
    assert [one["status"] for one in links] == [None, "in_progress", "in_progress"]
    assert [one["task"] for one in links] == [top, middle, low["id"]]
    assert [one["status"] for one in fed.site.ok("chain", middle, "--offline")["links"]] == [None, "in_progress", None]
    assert "crew *" in fed.crew.ft("chain", low["id"]).out
    assert fed.crew.fails(3, "chain", "nothing")


def test_the_chain_goes_on_to_an_instance_that_was_named_since_the_last_look(fed: Any) -> None:
    fed.hq.ok("instance", "remove", "site"), fed.hq.ok("sync")
    fed.crew.ok("instance", "add", "hq", "--scope", "global", "--store", fed.places["hq"])
    top = fed.crew.add("Ship it")
    fed.delegate(fed.crew, top, "hq")
    fed.hq.ok("sync")
    fed.hq.ok("instance", "add", "crew", "--scope", "orchestration", "--store", fed.places["crew"])
    fed.hq.ok("instance", "add", "site", "--scope", "project", "--store", fed.places["site"])
    middle = fed.accept(fed.hq, top)["id"]
    fed.delegate(fed.hq, middle, "site")
    low = fed.accept(fed.site, middle)["id"]
    fed.hq.ok("sync"), fed.crew.ok("sync")
    told = fed.crew.ft("chain", top, "--json")
    assert [(one["task"], one["status"]) for one in told.json["links"]][1:] == [
        (middle, "in_progress"),
        (low, "pending"),
    ]
    assert "could not be asked" not in told.err


def test_a_store_out_of_reach_is_tried_again_less_and_less_often(fed: Any) -> None:
    """The message waits in the outbox, for every clone to see; each try doubles the pause, and one try brings it."""
    away = fed.site.root.rename(fed.base / "away")
    at = {"FEDTASKS_NOW": "2026-03-01T12:00:00Z"}
    top = fed.hq.add("Ship it", env=at)
    told = fed.hq.ft("delegate", top, "--to", "site", "--type", "route", env=at)
    assert told.code == 0 and "is no store; 'fedtasks sync' tries again from 2026-03-01T12:00:0" in told.err
    (waits,) = fed.hq.ok("delegation", "list", env=at)["delegations"]
    assert (waits["waiting"], waits["status"], fed.outbox(fed.hq)) == (True, "pending", [waits["id"]])
    moment, pauses = "12:00:00", []
    for tries in range(1, 7):
        (entry,) = fed.hq.ok("sync", env={"FEDTASKS_NOW": f"2026-03-01T{moment}Z"})["waiting"]
        assert (entry["tries"], entry["to"], entry["kind"]) == (tries, "site", "delegated")
        following = entry["next_try"][11:19]
        pauses.append(seconds(following) - seconds(moment))
        moment = following
    assert all(5 * 2**n <= pause <= 6.25 * 2**n for n, pause in enumerate(pauses)), pauses
    fed.ben.ok("sync")
    assert fed.outbox(fed.ben) == [waits["id"]]
    away.rename(fed.site.root)
    (entry,) = fed.hq.ok("sync", env={"FEDTASKS_NOW": "2026-03-01T12:00:01Z"})["waiting"]
    assert entry["tries"] == 6
    assert len(fed.hq.ok("sync", "--retry", env=at)["carried"]) == 1
    assert fed.ben.ok("sync")["carried"] == [] and fed.outbox(fed.ben) == []
    assert len(fed.site.ok("delegation", "list")["delegations"]) == 1
    assert json.loads((fed.hq.root / ".local" / "pauses.json").read_text()) == {}


def test_other_stores_get_theirs_while_the_own_remote_is_away(fed: Any) -> None:
    """Exit 7 all the same, with what was brought and what waits; the remote has it once it is back."""
    top, other = fed.hq.add("Ship it"), fed.hq.add("Mend it")
    fed.delegate(fed.hq, top, "site"), fed.hq.ok("sync")
    fed.hq.ok("instance", "add", "crew", "--scope", "orchestration", "--store", fed.places["crew"])
    fed.delegate(fed.hq, other, "crew"), fed.hq.ok("sync")
    fed.top.away()
    fed.low.away()
    fed.hq.ok("cancel", top), fed.hq.ok("cancel", other)
    error = fed.hq.fails(7, "sync")
    assert [(one["to"], one["kind"]) for one in error["carried"]] == [("site", "delegation_withdrawn")]
    assert [one["to"] for one in error["waiting"]] == ["crew"] and len(fed.outbox(fed.hq)) == 1
    assert f"other stores have had what waited for them: {top} to site" in error["message"]
    (asked,) = fed.site.ok("delegation", "list", "--task", top)["delegations"]
    assert asked["status"] == "withdrawn"
    fed.top.back(), fed.low.back()
    assert [one["to"] for one in fed.hq.ok("sync", "--retry")["carried"]] == ["crew"]
    fed.ben.ok("sync")
    assert {fed.ben.show(id)["delegations"][0]["status"] for id in (top, other)} == {"withdrawn"}
    for world in (fed.hq, fed.site, fed.ben):
        world.assert_clean()


def seconds(time: str) -> int:
    hours, minutes, rest = map(int, time.split(":"))
    return hours * 3600 + minutes * 60 + rest


def test_a_message_that_comes_twice_has_one_effect(fed: Any) -> None:
    """As when a clone was killed before it could strike the message out, or two clones carried the same outbox."""
    top = fed.hq.add("Ship it")
    kept = {}
    for sender, other, step in (
        (fed.hq, "site", ("delegate", top, "--to", "site", "--type", "route")),
        (fed.site, "hq", ("delegation", "accept", top)),
        (fed.site, "hq", ("delegation", "complete", top, "--result", "42")),
    ):
        place = fed.site.root if other == "site" else fed.top.remote
        place.rename(fed.base / "away")
        sender.ok(*step)
        kept |= {path: path.read_bytes() for path in (sender.root / "outbox").glob("*.json")}
        (fed.base / "away").rename(place)
        sender.ok("sync", "--retry")
    fed.settle(), fed.top.settle()
    assert len(kept) == 3 and fed.hq.show(top)["delegations"][0]["result"] == 42
    before = {world: files(world.root) for world in (fed.hq, fed.site)}
    for path, data in kept.items():
        path.write_bytes(data)
    assert sum(len(world.ok("sync")["carried"]) for world in (fed.hq, fed.site)) == 3
    for world in (fed.hq, fed.site):
        assert files(world.root) == before[world]
    fed.settle()
    fed.top.assert_alike()


def test_the_last_parts_are_finished_in_two_clones_at_once(fed: Any) -> None:
    """Neither clone sees all parts done; the sync that brings them together completes the whole, and tells."""
    dan = fed.low.clone("dan")
    middle = fed.site.add("Ship it")
    given = fed.delegate(fed.site, middle, "crew", "decompose", "--part", "a", "--part", "b")["id"]
    fed.crew.ok("sync")
    whole, one, other = (low := fed.accept(fed.crew, given)) and low["delegated_from"]["tasks"]
    dan.ok("sync")
    for world, part in ((fed.crew, one), (dan, other)):
        world.ok("start", part, who="ada"), world.ok("done", part, who="ada")
        assert world.show(whole)["status"] == "in_progress"
    fed.crew.ok("sync"), dan.ok("sync"), fed.crew.ok("sync")
    assert fed.crew.show(whole)["status"] == dan.show(whole)["status"] == "done"
    assert fed.site.show(middle)["status"] == "done"
    fed.low.settle()
    fed.low.assert_alike()


def test_what_comes_back_goes_to_review_where_it_needs_approvals(fed: Any) -> None:
    top = fed.hq.add("Ship it")
    fed.hq.ok("review", "require", top)
    fed.delegate(fed.hq, top, "site")
    middle = fed.accept(fed.site, top)["id"]
    fed.site.ok("start", middle), fed.site.ok("done", middle)
    fed.hq.ok("sync")
    task = fed.hq.show(top)
    assert (task["status"], task["delegations"][0]["status"]) == ("in_review", "completed")
    assert fed.hq.fails(4, "done", top)["code"] == "needs_approval"
    fed.hq.ok("review", "approve", top, who="rita")
    assert fed.hq.ok("done", top)["task"]["status"] == "done"


def test_two_clones_decide_at_once(fed: Any) -> None:
    """One accepts, the other rejects: one is heard, the other is told, and who delegated hears one answer."""
    crowd = Crowd([fed.hq, fed.ben])
    try:
        for number in range(2):
            middle = fed.site.add(f"decide {number}")
            fed.delegate(fed.site, middle, "hq", "escalate")
            fed.hq.ok("sync"), fed.ben.ok("sync")
            wanted = [["delegation", "accept", middle, "--json"], ["delegation", "reject", middle, "--reason", "no"]]
            first, second = (found[0] for found in crowd.run([[words] for words in wanted]))
            assert sorted((first.code, second.code)) in ([0, 4], [0, 5]), (first, second)
            fed.settle()
            (record,) = fed.site.show(middle)["delegations"]
            assert record["status"] == ("accepted" if first.code == 0 else "rejected")
            made = [task for task in fed.ben.ok("list")["tasks"] if task["title"] == f"decide {number}"]
            assert len(made) == (first.code == 0)
    finally:
        crowd.close()
    fed.top.settle()
    fed.top.assert_alike()


def test_a_store_of_another_kind_in_its_place_is_left_alone(fed: Any, tmp_path: Path) -> None:
    """A newer format, another project, no store any more: the message waits, says why, and nothing is written."""
    fed.hq.ok("init", "--dir", str(tmp_path / "other"), "--project", "other", cwd=fed.base)
    settings = fed.site.root / "fedtasks.yaml"
    text = settings.read_text()
    top = fed.hq.add("Ship it")
    settings.write_text(text.replace("format: 1", "format: 99"))
    before = files(fed.site.root)
    assert "format 99" in fed.hq.ft("delegate", top, "--to", "site", "--type", "route").err
    assert files(fed.site.root) == before
    settings.write_text(text)
    fed.site.root.rename(fed.base / "away")
    (tmp_path / "other").rename(fed.site.root)
    before = files(fed.site.root)
    (entry,) = fed.hq.ok("sync", "--retry")["waiting"]
    assert "is the store of 'other', and site is 'site'" in entry["reason"] and files(fed.site.root) == before
    fed.site.root.rename(tmp_path / "other")
    (fed.base / "away").rename(fed.site.root)
    fed.hq.ok("sync", "--retry")

    fed.accept(fed.site, top)
    fed.top.settle()
    (fed.ben.root / "fedtasks.yaml").write_text(
        (fed.ben.root / "fedtasks.yaml").read_text().replace("format: 1", "format: 99")
    )
    fed.ben.git("commit", "-qam", "newer"), fed.ben.git("push", "-q", "origin", "fedtasks")
    head = fed.top.remote_head()
    told = fed.site.ft("delegation", "complete", top)
    assert told.code == 0 and "format 99" in told.err and fed.top.remote_head() == head
    assert len(fed.outbox(fed.site)) == 1


def test_watch_goes_on_until_nothing_waits(fed: Any) -> None:
    """A directory store has nothing else to sync."""
    top = fed.hq.add("Ship it")
    fed.delegate(fed.hq, top, "site")
    fed.top.away()
    fed.accept(fed.site, top)
    watcher = fed.site.popen("sync", "--watch", "0.1", "--retry")
    assert b"waits in the outbox" in watcher.stderr.readline()
    fed.top.back()
    out, err = watcher.communicate(timeout=60)
    assert (watcher.returncode, out.decode()) == (0, f"{top}: the yes was brought to hq\n"), err


def test_a_task_that_is_decomposed_into_two_stores_waits_for_both(fed: Any) -> None:
    fed.hq.ok("instance", "add", "crew", "--scope", "project", "--store", fed.places["crew"])
    fed.crew.ok("instance", "add", "hq", "--scope", "global", "--store", fed.places["hq"])
    top = fed.hq.add("Ship it")
    for name in ("site", "crew"):
        fed.delegate(fed.hq, top, name, "decompose", "--part", f"for {name}")
    for world in (fed.site, fed.crew):
        assert fed.hq.show(top)["status"] != "done"
        world.ok("sync")
        part = fed.accept(world, top)["delegated_from"]["tasks"][1]
        world.ok("start", part), world.ok("done", part), world.ok("sync")
        fed.hq.ok("sync")
    task = fed.hq.show(top)
    assert task["status"] == "done"
    ends = {one["target_instance"]: one["result"]["parts"][0]["title"] for one in task["delegations"]}
    assert ends == {"site": "for site", "crew": "for crew"}
    assert [one["level"] for one in fed.hq.ok("chain", top)["links"]] == [0, 1, 1]
