"""Two clones of a store go their own ways, and plain `git merge` brings them together through the driver."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

BEN = {"GIT_AUTHOR_NAME": "Ben B", "GIT_AUTHOR_EMAIL": "ben@example.org", "FEDTASKS_ACTOR": "ben"}


@pytest.fixture
def clone(git_world: Any, tmp_path: Path) -> Any:
    """A second clone with its own store folder and no remote, of a store with three tasks, `git_world.shared`."""
    git_world.shared = [git_world.add(f"task {number}", "--tag", "old") for number in range(3)]
    place = tmp_path / "clone"
    git_world.git("clone", "--quiet", str(git_world.project), str(place), cwd=tmp_path)
    git_world.ok("init", cwd=place, env=BEN)
    git_world.git("remote", "remove", "origin", cwd=place)
    return place


def merge_into(world: Any, place: Path, source: Path) -> None:
    """`git pull` of the other clone's store, as anybody types it."""
    world.git(
        "-c", "pull.rebase=false", "pull", "--quiet", "--no-edit", str(source), "fedtasks", cwd=place / ".fedtasks"
    )
    assert world.git("status", "--porcelain", cwd=place / ".fedtasks") == ""
    assert world.ok("check", cwd=place)["problems"] == []


def tasks(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (place / ".fedtasks" / "tasks").iterdir()}


def test_edits_of_both_sides_are_kept(git_world: Any, clone: Path) -> None:
    world, (first, second, third) = git_world, git_world.shared
    world.ok("edit", first, "--title", "new title"), world.ok("tag", first, "ours", "--no", "old")
    world.ok("edit", second, "--priority", "high")
    world.ok("edit", first, "--description", "from ben", cwd=clone, env=BEN)
    world.ok("tag", first, "theirs", cwd=clone, env=BEN)
    world.ok("claim", third, cwd=clone, env=BEN)
    new = world.ok("add", "ben's own", cwd=clone, env=BEN)["task"]["id"]
    events = len(world.raw(first)["history"])
    merge_into(world, world.project, clone)
    task = world.raw(first)
    assert (task["title"], task["description"], task["tags"]) == ("new title", "from ben", ["ours", "theirs"])
    assert len(task["history"]) == events + 2
    assert world.raw(second)["priority"] == "high" and world.raw(third)["assignee"] == "ben"
    assert world.raw(new)["title"] == "ben's own"
    merge_into(world, clone, world.project)
    assert tasks(world.project) == tasks(clone)


def test_two_claims_have_one_winner_everywhere(git_world: Any, clone: Path) -> None:
    """Both claimed without a remote: one event is void, on both machines the same."""
    world, id = git_world, git_world.shared[0]
    world.ok("claim", id, env={"FEDTASKS_NOW": "2027-01-01T00:00:02Z"})
    world.ok("claim", id, cwd=clone, env={**BEN, "FEDTASKS_NOW": "2027-01-01T00:00:01Z"})
    world.ok("done", id, env={"FEDTASKS_NOW": "2027-01-01T00:00:03Z"})
    merge_into(world, world.project, clone)
    merge_into(world, clone, world.project)
    assert tasks(world.project) == tasks(clone)
    task = world.raw(id)
    assert (task["assignee"], task["status"]) == ("ben", "in_progress")
    assert [(event["kind"], event["by"]) for event in task["history"]] == [
        ("created", "ada-lovelace"), ("claimed", "ben"), ("claimed", "ada-lovelace"), ("status", "ada-lovelace"),
    ]  # fmt: skip
    void = [entry.get("void") for entry in world.ok("history", id)["history"]]
    assert void[:2] == [None, None] and all(void[2:])


def test_both_directions_give_the_same_bytes(git_world: Any, clone: Path, tmp_path: Path) -> None:
    world = git_world
    for id in world.shared:
        world.ok("tag", id, "a"), world.ok("tag", id, "b", cwd=clone, env=BEN)
        world.ok("claim", id), world.ok("edit", id, "--title", f"ben {id}", cwd=clone, env=BEN)
    copies = [tmp_path / "one", tmp_path / "two"]
    for copy, source in zip(copies, (world.project, clone), strict=True):
        world.git("clone", "--quiet", "--branch", "fedtasks", str(source), str(copy / ".fedtasks"), cwd=tmp_path)
        world.git(
            "config", "merge.fedtasks.driver", world.git("config", "merge.fedtasks.driver"), cwd=copy / ".fedtasks"
        )
    merge_into(world, copies[0], clone)
    merge_into(world, copies[1], world.project)
    assert tasks(copies[0]) == tasks(copies[1])


def test_hand_edits_on_both_sides_are_kept(git_world: Any, clone: Path) -> None:
    world, id = git_world, git_world.shared[0]
    world.rewrite(id, title="by hand here")
    world.git("commit", "--quiet", "--all", "-m", "by hand")
    there = clone / ".fedtasks" / "tasks" / f"{id}.json"
    raw = json.loads(there.read_text(encoding="utf-8"))
    there.write_text(json.dumps(raw | {"priority": "low", "x_unknown": [1]}, indent=2), encoding="utf-8")
    world.git("commit", "--quiet", "--all", "-m", "by hand, too", cwd=clone / ".fedtasks")
    merge_into(world, world.project, clone)
    task = world.raw(id)
    assert (task["title"], task["priority"], task["x_unknown"]) == ("by hand here", "low", [1])
    assert [event["kind"] for event in task["history"]] == ["created", "edited", "edited"]


def test_both_sides_delete_and_change(git_world: Any, clone: Path) -> None:
    """A deletion by hand against a change is git's conflict; the store says so and goes on after it."""
    world, (first, second, _) = git_world, git_world.shared
    world.git("rm", "--quiet", f"tasks/{first}.json")
    world.git("commit", "--quiet", "-m", "delete by hand")
    world.ok("tag", first, "x", cwd=clone, env=BEN)
    done = world.git_result("pull", "--quiet", "--no-rebase", "--no-edit", str(clone), "fedtasks")
    assert done.code != 0
    assert "MERGE_HEAD" in world.fails(7, "claim", second)["message"]
    world.git("merge", "--abort")
    world.ok("claim", second)


def test_a_broken_side_is_a_conflict_and_loses_nothing(git_world: Any, clone: Path) -> None:
    world, id = git_world, git_world.shared[0]
    world.ok("tag", id, "x")
    there = clone / ".fedtasks" / "tasks" / f"{id}.json"
    there.write_text("{ broken", encoding="utf-8")
    world.git("commit", "--quiet", "--all", "-m", "break it", cwd=clone / ".fedtasks")
    before = world.path(id).read_bytes()
    done = world.git_result("pull", "--no-rebase", "--no-edit", str(clone), "fedtasks")
    assert done.code != 0 and "CONFLICT" in done.told
    assert f"tasks/{id}.json" in done.told
    assert world.path(id).read_bytes() == before
    world.git("merge", "--abort")
    world.assert_clean()


def test_a_newer_side_is_not_rewritten(git_world: Any, clone: Path) -> None:
    """A newer version's file may hold what this version would fold away: a merge keeps its format."""
    world, id = git_world, git_world.shared[0]
    world.ok("tag", id, "x")
    there = clone / ".fedtasks" / "tasks" / f"{id}.json"
    raw = json.loads(there.read_text(encoding="utf-8"))
    there.write_text(json.dumps(raw | {"schema": 2, "title": "newer"}, indent=2) + "\n", encoding="utf-8")
    world.git("commit", "--quiet", "--all", "-m", "newer", cwd=clone / ".fedtasks")
    done = world.git_result("pull", "--quiet", "--no-rebase", "--no-edit", str(clone), "fedtasks")
    if done.code == 0:
        assert world.raw(id)["schema"] == 2
    assert world.ft("show", id).code in (0, 6)


def test_a_rebase_merges_too(git_world: Any, clone: Path) -> None:
    world, id = git_world, git_world.shared[0]
    world.ok("tag", id, "ours"), world.ok("claim", id)
    world.ok("tag", id, "theirs", cwd=clone, env=BEN)
    world.git("pull", "--quiet", "--rebase", str(clone), "fedtasks")
    assert world.raw(id)["tags"] == ["old", "ours", "theirs"] and world.raw(id)["status"] == "in_progress"
    world.assert_clean()
    world.ok("done", id)
    world.assert_clean()


@pytest.mark.parametrize("name", ["click.py", "json.py", "fedtasks.py", "yaml.py"])
def test_the_driver_runs_nothing_of_the_store(git_world: Any, clone: Path, name: str) -> None:
    """What another person committed to the branch must not be imported by a merge."""
    world, id = git_world, git_world.shared[0]
    world.ok("tag", id, "ours"), world.ok("tag", id, "theirs", cwd=clone, env=BEN)
    marker = world.home / "was-run"
    (world.root / name).write_text(f"open({str(marker)!r}, 'w')\nraise ImportError('hostile')\n", encoding="utf-8")
    world.git("add", name)
    world.git("commit", "--quiet", "-m", "hostile")
    merge_into_quietly = world.git_result("pull", "--quiet", "--no-rebase", "--no-edit", str(clone), "fedtasks")
    assert not marker.exists()
    assert merge_into_quietly.code == 0, merge_into_quietly
    assert world.raw(id)["tags"] == ["old", "ours", "theirs"]


def test_the_driver_works_from_a_path_with_blanks(git_world: Any, clone: Path, tmp_path: Path) -> None:
    world, id = git_world, git_world.shared[0]
    place = tmp_path / "a 'place' with blanks"
    place.mkdir()
    world.ok("tag", id, "ours"), world.ok("tag", id, "theirs", cwd=clone, env=BEN)
    arguments = world.git("config", "merge.fedtasks.driver").partition(" -")[2]
    wrapper = place / "run"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    world.git("config", "merge.fedtasks.driver", f"{shlex.quote(str(wrapper))} -{arguments}")
    merge_into(world, world.project, clone)


def test_a_directory_store_with_git_merges_too(make_world: Any, tmp_path: Path) -> None:
    world = make_world("dir+git")
    id = world.add("a", "--tag", "old")
    other = tmp_path / "other"
    world.git("clone", "--quiet", str(world.root), str(other), cwd=tmp_path)
    world.ok("tag", id, "ours")
    world.ok("tag", id, "theirs", "--store", str(other), env=BEN)
    world.git("pull", "--quiet", "--no-rebase", "--no-edit", str(other), "fedtasks")
    assert world.raw(id)["tags"] == ["old", "ours", "theirs"]
    world.assert_clean()


def test_merge_driver_names_what_is_wrong(git_world: Any, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{}", encoding="utf-8")
    (tmp_path / "b").write_text("[]", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("a", "a", "b")]
    done = git_world.ft("merge-driver", *files, "tasks/task-abcde.json")
    assert done.code == 6 and "tasks/task-abcde.json" in done.err
    assert (tmp_path / "a").read_text(encoding="utf-8") == "{}"
