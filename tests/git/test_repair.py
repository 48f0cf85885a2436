"""Clones in which the merge driver is not configured: conflicts are named, and repaired without losing an event."""

from __future__ import annotations

from typing import Any

import pytest

from fedtasks.git.conflicts import sides
from tests.team import Team


@pytest.fixture
def team(make_team: Any) -> Team:
    """Ada and Ben have changed one task each in their own way, and Ada's git does not know the driver."""
    made = make_team(2).share("--tag", "old")
    for world, tag in ((made.ada, "a"), (made.ben, "b")):
        world.ok("tag", made.id, tag), world.ok("edit", made.id, "--title", f"by {tag}")
    made.ben.ok("sync")
    made.ada.git("config", "--remove-section", "merge.fedtasks")
    return made


def conflict(team: Any, *words: str) -> None:
    """A plain merge that stops."""
    team.ada.git("fetch", "--quiet", "origin")
    assert team.ada.git_result("-c", "merge.conflictStyle=diff3", *words, "origin/fedtasks").code != 0
    assert b"<<<<<<<" in team.ada.path(team.id).read_bytes()


def repaired(team: Any) -> Any:
    done = team.ada.ft("check", "--fix", "--json")
    assert done.code == 0 and done.json["problems"] == [], done
    assert team.ada.raw(team.id)["tags"] == ["a", "b", "old"]
    team.ada.assert_clean()
    return done.json["repaired"]


def test_markers_are_named_with_their_line(team: Any) -> None:
    conflict(team, "merge", "--quiet")
    done = team.ada.ft("check")
    assert done.code == 6 and f"tasks/{team.id}.json:" in done.out and "conflict markers" in done.out
    assert "check --fix" in team.ada.fails(6, "show", team.id)["hint"]


def test_a_merge_that_stopped_is_finished(team: Any) -> None:
    conflict(team, "merge", "--quiet")
    (entry,) = repaired(team)
    assert entry == {"path": f"tasks/{team.id}.json", "source": "its versions in the merge"}
    assert len(team.ada.git("log", "-1", "--format=%P").split()) == 2
    team.ada.ok("init")
    team.settle()
    team.assert_alike()
    assert len(team.ben.raw(team.id)["history"]) == 5


def test_markers_that_somebody_committed_are_repaired(team: Any) -> None:
    conflict(team, "merge", "--quiet")
    team.ada.git("commit", "--quiet", "--all", "--no-edit")
    (entry,) = repaired(team)
    assert entry["source"] == "the versions between its markers"
    team.settle()
    team.assert_alike()


def test_markers_that_do_not_pair_are_repaired_from_history(team: Any) -> None:
    conflict(team, "merge", "--quiet")
    data = team.ada.path(team.id).read_bytes().replace(b"=======", b"===", 1)
    team.ada.path(team.id).write_bytes(data)
    team.ada.git("commit", "--quiet", "--all", "--no-edit")
    (entry,) = repaired(team)
    assert entry["source"] == "its history"
    team.settle()
    team.assert_alike()


def test_a_removal_against_a_change_keeps_the_change(team: Any) -> None:
    team.ada.git("rm", "--quiet", f"tasks/{team.id}.json"), team.ada.git("commit", "--quiet", "-m", "remove")
    team.ada.git("fetch", "--quiet", "origin")
    assert team.ada.git_result("merge", "--quiet", "origin/fedtasks").code != 0
    assert team.ada.ft("check", "--fix").code == 0
    assert team.ada.raw(team.id)["title"] == "by b"
    team.ada.assert_clean()
    team.settle()
    team.assert_alike()


def test_settings_in_conflict_are_repaired_too(team: Any) -> None:
    for world, name in ((team.ada, "one"), (team.ben, "two")):
        settings = world.root / "fedtasks.yaml"
        text = settings.read_text(encoding="utf-8").replace("project: project", f"project: {name}")
        settings.write_text(text, encoding="utf-8")
        world.git("commit", "--quiet", "--all", "-m", "settings")
    team.ben.ok("sync")
    conflict(team, "merge", "--quiet")
    assert {entry["path"] for entry in repaired(team)} == {"fedtasks.yaml", f"tasks/{team.id}.json"}
    assert "project: two" in (team.ada.root / "fedtasks.yaml").read_text(encoding="utf-8")


def test_nothing_to_repair_changes_nothing(team: Any) -> None:
    head = team.ada.git("rev-parse", "HEAD")
    assert team.ada.ok("check", "--fix")["repaired"] == [] and team.ada.git("rev-parse", "HEAD") == head


def test_sync_needs_no_driver(team: Any) -> None:
    team.ada.ok("sync")
    assert team.ada.raw(team.id)["tags"] == ["a", "b", "old"]
    assert any(finding["name"] == "merge driver" and finding["state"] == "fail" for finding in
               team.ada.ft("doctor", "--json").json["findings"])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\nd\n", (b"a\nb\nd\n", b"a\nc\nd\n")),
        (b"<<<<<<< x\nb\n||||||| z\no\n=======\nc\n>>>>>>> y", (b"b\n", b"c\n")),
        (b"<<<<<<< x\n=======\nc\n>>>>>>> y\n<<<<<<< x\nq\n=======\n>>>>>>> y\n", (b"q\n", b"c\n")),
        (b"no markers\n", None),
        (b"<<<<<<< x\nb\n=======\n", None),
        (b"=======\nb\n", None),
        (b"<<<<<<< x\n<<<<<<< x\n=======\n>>>>>>> y\n", None),
    ],
)
def test_the_versions_between_markers(text: bytes, wanted: tuple[bytes, bytes] | None) -> None:
    assert sides(text) == wanted


def test_a_merge_under_way_is_named_with_its_end(team: Any) -> None:
    """Also where nothing is in conflict: git could not sign the merge, say."""
    team.ada.git("fetch", "--quiet", "origin")
    team.ada.ok("init")
    gpg = ("-c", "commit.gpgSign=true", "-c", "gpg.program=/bin/false")
    assert team.ada.git_result(*gpg, "merge", "--quiet", "origin/fedtasks").code != 0
    error = team.ada.fails(7, "add", "x")
    assert "merge" in error["message"] and "fedtasks check --fix" in error["hint"]
    done = team.ada.ft("check", "--json")
    assert done.code == 6 and [found["path"] for found in done.json["problems"]] == [".git"]
    assert team.ada.ok("check", "--fix")["problems"] == []
    team.ada.assert_clean()
    team.settle()
    team.assert_alike()


def test_a_rebase_under_way_is_named_with_its_end(team: Any) -> None:
    conflict(team, "rebase", "--quiet")
    hint = team.ada.fails(7, "add", "x")["hint"]
    assert "fedtasks check --fix" in hint and "rebase --continue" in hint
    while (team.ada.git_result("rebase", "--show-current-patch")).code == 0:
        team.ada.ft("check", "--fix")
        team.ada.git_result("-c", "core.editor=true", "rebase", "--continue")
    team.ada.ok("init")
    assert team.ada.raw(team.id)["tags"] == ["a", "b", "old"]
    team.settle()
    team.assert_alike()


def test_what_was_deleted_by_hand_comes_back(team: Any) -> None:
    team.ada.path(team.id).unlink()
    head = team.ada.git("rev-parse", "HEAD")
    (found,) = team.ada.ok("check")["problems"]
    assert found["message"].startswith("deleted by hand") and "check --fix" in found["message"]
    done = team.ada.ok("check", "--fix")
    assert done["repaired"] == [{"path": f"tasks/{team.id}.json", "source": "the last commit"}]
    assert done["problems"] == [] and team.ada.git("rev-parse", "HEAD") == head
    assert team.ada.show(team.id)["title"] == "by a"
    team.ada.ok("init")
    team.settle()
    team.assert_alike()
