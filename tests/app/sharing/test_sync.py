"""`fedtasks sync` between real clones of a real remote: everything arrives, and nobody resolves anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.team import Team, events, files


@pytest.fixture
def team(make_team: Any) -> Team:
    """Ada and Ben, and a task that both know: `team.id`."""
    return make_team(2).share("--tag", "old")


def test_a_clone_and_init_are_all_that_a_colleague_needs(team: Any) -> None:
    cleo = team.clone("cleo")
    assert [task["id"] for task in cleo.ok("board")["tasks"]] == [team.id]
    assert cleo.ok("claim", team.id)["task"]["assignee"] == "cleo"
    team.settle()
    assert team.ada.raw(team.id)["assignee"] == "cleo"
    team.assert_alike()


def test_changes_of_both_sides_arrive_on_both(team: Any) -> None:
    team.ada.ok("tag", team.id, "from-ada"), team.ben.ok("tag", team.id, "from-ben")
    new = team.ben.add("ben's own")
    sent = team.ben.ok("sync")
    assert (sent["schema"], sent["remote"], sent["pulled"], sent["pushed"]) == ("fedtasks.sync/1", "origin", 0, 2)
    got = team.ada.ok("sync")
    assert {task["id"] for task in got["tasks"]} == {team.id, new} and got["pulled"] == 2
    assert {(change["task"], change["by"], change["kind"]) for change in got["changes"]} == {
        (team.id, "ben", "edited"), (new, "ben", "created"),
    }  # fmt: skip
    assert all("history" not in task for task in got["tasks"])
    team.settle()
    assert team.ben.raw(team.id)["tags"] == ["from-ada", "from-ben", "old"]
    team.assert_alike()


def test_a_merge_has_two_parents_and_says_so(team: Any) -> None:
    team.ada.ok("tag", team.id, "a"), team.ben.ok("tag", team.id, "b")
    team.ada.ok("sync"), team.ben.ok("sync")
    said = team.ben.git("log", "-1", "--format=%P%n%s%n%(trailers:key=Fedtasks-Actor,valueonly)").splitlines()
    assert len(said[0].split()) == 2 and said[1:3] == ["merge origin/fedtasks", "ben"]


def test_text_has_one_line_a_change(team: Any) -> None:
    team.ben.ok("claim", team.id), team.ben.ok("block", team.id, "--reason", "no key")
    team.ben.ok("sync")
    done = team.ada.ft("sync")
    assert done.code == 0 and done.out.splitlines() == [
        f"{team.id}: ben claimed it (shared)",
        f"{team.id}: ben blocked it: no key (shared)",
        "origin: 2 pulled",
    ]
    assert team.ada.ft("sync").out == "origin: up to date\n"


def test_dry_run_changes_nothing(team: Any) -> None:
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync"), team.ada.ok("tag", team.id, "a")
    (team.ada.root / "tasks" / f"{team.id}.json").touch()
    before, head, remote = files(team.ada.root), team.ada.git("rev-parse", "HEAD"), team.remote_head()
    said = team.ada.ok("sync", "--dry-run")
    assert (said["pulled"], said["pushed"], [task["id"] for task in said["tasks"]]) == (1, 1, [team.id])
    assert said["tasks"][0]["tags"] == ["a", "b", "old"]
    assert (files(team.ada.root), team.ada.git("rev-parse", "HEAD"), team.remote_head()) == (before, head, remote)
    assert team.ada.ft("sync", "--dry-run").out.splitlines()[-1] == "origin: 1 to pull, 1 to push"


def test_from_refs_follows_a_fetch_of_gits_own(team: Any) -> None:
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    assert team.ada.ok("sync", "--from-refs")["pulled"] == 0
    team.ada.git("fetch", "--quiet", cwd=team.ada.project)
    team.away()
    assert team.ada.ok("sync", "--from-refs")["pulled"] == 1
    assert team.ada.raw(team.id)["tags"] == ["b", "old"]


def test_without_a_remote_sync_says_so(make_world: Any, store_kind: str) -> None:
    world = make_world(store_kind)
    done = world.ft("sync", "--json")
    assert done.code == 0 and done.json["remote"] is None
    assert ("no remote" if store_kind != "dir" else "directory") in done.err


def test_a_circle_that_two_clones_made_together_is_named(team: Any) -> None:
    other = team.ada.add("other")
    team.settle()
    team.ada.ok("depend", team.id, other), team.ben.ok("depend", other, team.id)
    team.ada.ok("sync")
    done = team.ben.ft("sync")
    assert done.code == 0 and "circle" in done.err and f"fedtasks depend {min(team.id, other)} --no" in done.err


# --- what was edited by hand ---------------------------------------------------------------------------------------


def test_hand_edits_are_taken_in_and_shared(team: Any) -> None:
    team.ada.rewrite(team.id, title="by hand")
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    team.ada.ok("sync")
    assert team.ada.raw(team.id)["title"] == "by hand" and team.ada.raw(team.id)["tags"] == ["b", "old"]
    assert ("edited", "hand-edit") in events(team.ada, team.id)
    team.settle()
    assert team.ben.raw(team.id)["title"] == "by hand"
    team.assert_alike()


def test_a_hand_edit_of_the_task_that_a_claim_brings_is_kept(team: Any) -> None:
    other = team.ada.add("other")
    team.settle()
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    team.ada.rewrite(team.id, title="by hand")
    team.ada.rewrite(other, description="by hand, too")
    team.ada.ok("claim", other)
    assert team.ada.raw(other)["description"] == "by hand, too"
    assert team.ada.raw(team.id)["title"] == "by hand" and team.ada.raw(team.id)["tags"] == ["b", "old"]
    team.settle()
    team.assert_alike()


def test_a_broken_file_that_would_be_overwritten_stops_the_sync(team: Any) -> None:
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    data = b'{"half": '
    team.ada.path(team.id).write_bytes(data)
    head = team.ada.git("rev-parse", "HEAD")
    error = team.ada.fails(6, "sync")
    assert f"tasks/{team.id}.json:1" in error["message"]
    assert team.ada.path(team.id).read_bytes() == data and team.ada.git("rev-parse", "HEAD") == head


def test_a_broken_file_that_nobody_else_changed_stops_nobody(team: Any) -> None:
    other = team.ada.add("other")
    team.settle()
    team.ada.path(other).write_bytes(b"{ broken")
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    done = team.ada.ft("sync")
    assert done.code == 0 and f"tasks/{other}.json" in done.err
    assert team.ada.raw(team.id)["tags"] == ["b", "old"] and team.ada.path(other).read_bytes() == b"{ broken"


def test_a_file_deleted_by_hand_and_not_committed_comes_back_when_it_changes(team: Any) -> None:
    team.ada.path(team.id).unlink()
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    team.ada.ok("sync")
    assert team.ada.raw(team.id)["tags"] == ["b", "old"]


def test_settings_and_members_travel(team: Any) -> None:
    team.ada.configure("sync: always")
    team.ben.ok("member", "add", "robot", "--kind", "agent", "--as", "ada")
    team.settle()
    assert "sync: always" in (team.ben.root / "fedtasks.yaml").read_text(encoding="utf-8")
    assert (team.ada.root / "members" / "robot.json").is_file()
    team.assert_alike()


# --- deletions -----------------------------------------------------------------------------------------------------


def test_a_removal_travels_where_nobody_changed_the_task(team: Any) -> None:
    team.ada.git("rm", "--quiet", f"tasks/{team.id}.json"), team.ada.git("commit", "--quiet", "-m", "remove")
    other = team.ben.add("other")
    team.settle()
    assert team.ben.ids() == team.ada.ids() == [other]
    team.assert_alike()


def test_a_changed_task_survives_its_removal(team: Any) -> None:
    team.ada.git("rm", "--quiet", f"tasks/{team.id}.json"), team.ada.git("commit", "--quiet", "-m", "remove")
    team.ben.ok("tag", team.id, "b")
    team.settle()
    assert team.ada.raw(team.id)["tags"] == ["b", "old"]
    team.assert_alike()


# --- always --------------------------------------------------------------------------------------------------------


def test_sync_always_pushes_each_change(team: Any) -> None:
    team.ada.configure("sync: {when: always, timeout: 20}")
    team.settle()
    team.ben.ok("tag", team.id, "b")
    assert team.remote_head() == team.ben.git("rev-parse", "HEAD")
    team.away()
    done = team.ben.ft("tag", team.id, "c", "--json")
    assert done.code == 0 and "not pushed" in done.err and json.loads(done.out)["task"]["tags"] == ["b", "c", "old"]
    team.back()
    team.settle()
    team.assert_alike()


# --- watching ------------------------------------------------------------------------------------------------------


def test_watch_tells_each_change_and_ends_cleanly(team: Any) -> None:
    import signal

    watcher = team.ada.popen("sync", "--watch", "0.1")
    team.ben.ok("claim", team.id)
    assert watcher.stdout.readline().decode() == f"{team.id}: ben claimed it (shared)\n"
    watcher.send_signal(signal.SIGINT)
    out, err = watcher.communicate(timeout=30)
    assert watcher.returncode in (0, 130) and b"Traceback" not in out + err
    team.ada.assert_clean()
