"""Histories that went strange ways: unrelated, rewritten, lost, shallow. Nothing is lost, and all end alike."""

from __future__ import annotations

import json
from typing import Any

import pytest


def test_two_stores_made_before_either_was_pushed_become_one(make_team: Any) -> None:
    team = make_team(1, init=False)
    (ada,) = team.all
    ben = team.machine("ben")
    ben.git("clone", "--quiet", str(team.remote), str(ben.project), cwd=ben.base)
    ada.init("--project", "one"), ben.init("--project", "two")
    one, two = ada.add("ada's"), ben.add("ben's")
    team.settle()
    assert set(ada.ids()) == set(ben.ids()) == {one, two}
    assert {path.stem for path in (ada.root / "members").iterdir()} == {"ada", "ben"}
    assert "project: two" in (ada.root / "fedtasks.yaml").read_text(encoding="utf-8")
    team.assert_alike()


def test_a_first_claim_in_unrelated_stores_publishes_both(make_team: Any) -> None:
    team = make_team(1, init=False)
    (ada,) = team.all
    ben = team.machine("ben")
    ben.git("clone", "--quiet", str(team.remote), str(ben.project), cwd=ben.base)
    ada.init(), ben.init()
    one, two = ada.add("ada's"), ben.add("ben's")
    ada.ok("claim", one), ben.ok("claim", two)
    assert ben.fails(5, "claim", one)["holder"] == "ada"
    team.settle()
    team.assert_alike()


def test_init_says_that_the_tasks_will_be_shared(make_team: Any) -> None:
    team = make_team(1, init=False)
    (ada,) = team.all
    done = ada.ft("init")
    assert done.code == 0 and "shared through the remote origin" in done.err
    assert ada.git("config", "branch.fedtasks.remote") == "origin"
    ada.ok("sync")
    assert team.remote_head() == ada.git("rev-parse", "HEAD")


@pytest.mark.parametrize("verb", ["sync", "claim"])
def test_a_branch_that_is_no_store_is_refused(make_team: Any, verb: str) -> None:
    team = make_team(1, init=False)
    (ada,) = team.all
    ada.init()
    id = ada.add("x")
    ada.git("push", "--quiet", "origin", "main:refs/heads/fedtasks", cwd=ada.project)
    before = team.remote_head()
    error = ada.fails(1, *(("sync",) if verb == "sync" else ("claim", id)))
    assert "no task store" in error["message"] and team.remote_head() == before
    ada.assert_clean()


@pytest.mark.parametrize("verb", ["sync", "claim"])
def test_a_force_pushed_branch_loses_nothing(team: Any, verb: str) -> None:
    lost = team.ben.add("only pushed by ben")
    team.ben.ok("sync"), team.ada.ok("sync")
    team.ada.ok("tag", team.id, "mine")
    team.git("update-ref", "refs/heads/fedtasks", f"{team.remote_head()}~2")
    team.ada.ok(*(("sync",) if verb == "sync" else ("claim", team.id)))
    team.settle()
    for clone in team.all:
        assert set(clone.ids()) == {team.id, lost} and clone.raw(team.id)["tags"] == ["mine"]
    team.assert_alike()


def test_a_branch_rewritten_from_scratch_is_merged(team: Any) -> None:
    tree = team.git("rev-parse", "fedtasks^{tree}")
    fresh = team.git("-c", "user.name=x", "-c", "user.email=x@x", "commit-tree", "-m", "squashed", tree)
    team.git("update-ref", "refs/heads/fedtasks", fresh)
    team.ada.ok("tag", team.id, "mine"), team.ben.ok("tag", team.id, "his")
    team.settle()
    assert team.ada.raw(team.id)["tags"] == ["his", "mine"]
    team.assert_alike()


@pytest.mark.parametrize("verb", ["sync", "claim"])
def test_a_remote_that_lost_the_branch_gets_it_again(team: Any, verb: str) -> None:
    team.git("update-ref", "-d", "refs/heads/fedtasks")
    team.ada.ok(*(("sync",) if verb == "sync" else ("claim", team.id)))
    assert team.remote_head() == team.ada.git("rev-parse", "HEAD")
    team.settle()
    team.assert_alike()


@pytest.mark.parametrize("options", [("--depth=1",), ("--depth=1", "--no-single-branch")])
def test_a_shallow_clone_joins_and_shares(team: Any, options: tuple[str, ...]) -> None:
    for number in range(3):
        team.ada.ok("tag", team.id, f"t{number}")
    team.ada.ok("sync")
    cleo = team.machine("cleo")
    cleo.git("clone", "--quiet", *options, f"file://{team.remote}", str(cleo.project), cwd=cleo.base)
    cleo.init()
    cleo.ok("tag", team.id, "cleo"), team.ben.ok("tag", team.id, "ben"), team.ben.ok("sync")
    cleo.ok("claim", team.id)
    team.settle()
    assert cleo.raw(team.id)["tags"] == ["ben", "cleo", "t0", "t1", "t2"]
    team.assert_alike()


def test_a_shallow_clone_without_the_common_past_asks_for_it(team: Any) -> None:
    team.ben.ok("tag", team.id, "last"), team.ben.ok("sync")
    cleo = team.machine("cleo")
    options = ("--depth=1", "--no-single-branch")
    cleo.git("clone", "--quiet", *options, f"file://{team.remote}", str(cleo.project), cwd=cleo.base)
    cleo.init()
    cleo.ok("tag", team.id, "cleo")
    old = team.ben.git("rev-parse", "HEAD~1")
    team.ben.git("reset", "--quiet", "--hard", old)
    team.ben.ok("tag", team.id, "ben")
    team.git("fetch", "--quiet", str(team.ben.project), "+fedtasks:fedtasks")
    cleo.ok("sync")
    assert cleo.raw(team.id)["tags"] == ["ben", "cleo", "last"]
    assert len([event for event in cleo.raw(team.id)["history"] if event["kind"] == "created"]) == 1
    team.settle()
    team.assert_alike()


def test_a_broken_commit_of_a_colleague_harms_no_other_task(team: Any) -> None:
    """What that side did before it broke the file is kept; the merge names the file."""
    team.ben.ok("tag", team.id, "before")
    team.ben.path(team.id).write_text("{ broken", encoding="utf-8")
    team.ben.git("commit", "--quiet", "--all", "-m", "oops"), team.ben.git("push", "--quiet", "origin", "fedtasks")
    team.ada.ok("tag", team.id, "ada")
    done = team.ada.ft("sync", "--json")
    assert done.code == 0 and f"tasks/{team.id}.json" in done.err and "left out" in done.err
    assert team.ada.raw(team.id)["tags"] == ["ada", "before"]
    team.settle()
    team.assert_alike()


def test_an_incoming_link_is_refused(team: Any) -> None:
    (team.ben.root / "tasks" / "task-zzzzz.json").symlink_to("/etc/passwd")
    team.ben.git("add", "."), team.ben.git("commit", "--quiet", "-m", "evil")
    team.ben.git("push", "--quiet", "origin", "fedtasks")
    head = team.ada.git("rev-parse", "HEAD")
    assert "link" in team.ada.fails(1, "sync")["message"]
    assert team.ada.git("rev-parse", "HEAD") == head
    team.ada.assert_clean()


def test_a_linked_folder_is_not_written_through(team: Any) -> None:
    outside = team.base / "outside"
    (team.ada.root / "members").rename(outside)
    (team.ada.root / "members").symlink_to(outside)
    before = sorted(outside.iterdir())
    team.ben.ok("member", "add", "robot", "--as", "ada"), team.ben.ok("sync")
    team.ada.ft("sync")
    assert sorted(outside.iterdir()) == before


def test_an_older_version_keeps_what_a_newer_one_wrote(team: Any) -> None:
    """Unknown fields and kinds of events survive a merge with this version's changes."""

    def newer(raw: dict[str, Any]) -> None:
        event = {"id": "01KJ0000000000000000000000", "seq": 9, "at": "2027-01-01T00:00:00Z", "by": "ben"}
        raw["history"].append(event | {"kind": "blessed", "x_how": ["much"]})
        raw |= {"x_karma": 7, "unfolded": [], "updated_at": "2027-01-01T00:00:00Z"}

    team.ben.rewrite(team.id, newer)
    team.ben.git("commit", "--quiet", "--all", "-m", "newer")
    team.ada.ok("tag", team.id, "ada")
    team.settle()
    raw = team.ada.raw(team.id)
    assert raw["x_karma"] == 7 and raw["tags"] == ["ada"]
    assert [event["x_how"] for event in raw["history"] if event["kind"] == "blessed"] == [["much"]]
    assert raw == team.ben.raw(team.id)


def test_a_store_of_a_newer_format_is_not_merged(team: Any) -> None:
    settings = team.ben.root / "fedtasks.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("format: 1", "format: 2"), encoding="utf-8")
    team.ben.git("commit", "--quiet", "--all", "-m", "newer"), team.ben.git("push", "--quiet", "origin", "fedtasks")
    team.ada.ok("tag", team.id, "ada")
    head = team.ada.git("rev-parse", "HEAD")
    assert "upgrade" in team.ada.fails(6, "sync")["hint"]
    assert "upgrade" in team.ada.fails(6, "claim", team.id)["hint"]
    assert team.ada.git("rev-parse", "HEAD") == head


def test_the_merge_is_the_same_by_sync_and_by_plain_git(team: Any) -> None:
    """Ada syncs, Ben pulls with git: the same bytes."""
    for world, tag in ((team.ada, "a"), (team.ben, "b")):
        world.ok("tag", team.id, tag), world.ok("edit", team.id, "--title", f"by {tag}")
    team.ben.ok("claim", team.id, "--offline")
    remote = team.ada.git("rev-parse", "HEAD")
    team.ada.git("push", "--quiet", "origin", f"{remote}:refs/heads/copy")
    team.ben.git("push", "--quiet", "origin", "fedtasks")
    team.ada.ok("sync", "--dry-run"), team.ada.ok("sync", "--from-refs")
    team.ben.git("fetch", "--quiet", "origin", "copy")
    team.ben.git("merge", "--quiet", "--no-edit", "FETCH_HEAD")
    assert team.ada.path(team.id).read_bytes() == team.ben.path(team.id).read_bytes()
    assert json.loads(team.ada.path(team.id).read_bytes())["tags"] == ["a", "b"]
