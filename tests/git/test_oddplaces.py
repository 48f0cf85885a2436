"""Repositories that stand in odd places, or are of an odd kind: a store there is like any other."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from tests.conftest import World
from tests.team import Team


def moved(world: World, name: str | bytes) -> Path:
    """The project under another name."""
    place = Path(os.fsdecode(os.fsencode(world.base) + b"/" + os.fsencode(name)))
    world.project.rename(place)
    world.project, world.root = place, place / ".fedtasks"
    return place


@pytest.mark.parametrize("name", ["a b 'c' \"d\" $HOME ;#é", b"p\xff\xfe"], ids=["signs", "not-utf-8"])
def test_a_path_of_any_signs(empty_world: World, name: str | bytes) -> None:
    world = empty_world
    moved(world, name)
    remote = world.base / "r r.git"
    world.git("init", "--quiet", "--bare", str(remote), cwd=world.base)
    world.git("remote", "add", "origin", str(remote), cwd=world.project)
    assert world.run("init").code == 0
    id = world.add()
    assert world.ids() == [id] == world.ids()
    world.ok("hooks", "install"), world.ok("hooks", "status"), world.ok("sync")
    doctor = world.run("doctor")
    assert doctor.code == 0 and "Warning" not in doctor.err, doctor
    world.assert_clean()


def test_a_repository_of_sha256(empty_world: World) -> None:
    world = empty_world
    world.git("init", "--quiet", "--object-format=sha256", str(world.base / "other"), cwd=world.base)
    world.project = world.base / "other"
    world.root = world.project / ".fedtasks"
    world.ok("init"), world.ok("hooks", "install")
    id = world.add()
    status = world.run("hooks", "status")
    assert status.code == 0 and status.err == "", status
    world.ok("claim", id), world.ok("done", id)
    world.assert_clean()


def test_a_store_that_lost_its_settings_is_named(git_world: World) -> None:
    """To make one anew, as the hint for 'no store' says, would leave the tasks behind."""
    world = git_world
    id = world.add()
    (world.root / "fedtasks.yaml").unlink()
    for words, code in ((("list",), 7), (("add", "x"), 7), (("init",), 1)):
        assert "restore fedtasks.yaml" in world.fails(code, *words)["hint"]
    world.git("restore", "fedtasks.yaml")
    assert world.ids() == [id]


def test_a_worktree_of_a_bare_repository_keeps_its_tasks_in_a_directory(git_world: World) -> None:
    bare, tree, store = (git_world.base / name for name in ("bare.git", "tree", "store"))
    git_world.git("clone", "--quiet", "--bare", str(git_world.project), str(bare), cwd=git_world.base)
    git_world.git("worktree", "add", "--quiet", str(tree), "main", cwd=bare)
    assert "init --dir" in git_world.fails(1, "init", cwd=tree)["hint"]
    git_world.ok("init", "--dir", str(store), cwd=tree)
    id = git_world.add(cwd=tree)
    git_world.git("worktree", "add", "--quiet", "-b", "side", str(git_world.base / "side"), cwd=bare)
    tasks = git_world.ok("list", cwd=git_world.base / "side")["tasks"]
    assert [task["id"] for task in tasks] == [id]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_a_repository_of_somebody_else_is_named_as_such(git_world: World) -> None:
    """As in containers: git then reads nothing of it, and a store would seem to have no remote, or to be none."""
    world = git_world
    for place in (world.project, *world.project.rglob("*")):
        os.chown(place, 12345, 12345, follow_symlinks=False)
    for words in (("add", "x"), ("sync",), ("init",)):
        error = world.fails(7, *words)
        assert "dubious ownership" in error["message"] and "safe.directory" in error["hint"]
    assert "safe.directory" in world.ft("doctor").out
    world.git("config", "--global", "--add", "safe.directory", "*", cwd=world.base)
    world.add("x")
    world.assert_clean()


def test_another_branch_in_the_store_is_not_taken_for_the_one_that_the_others_share(team: Team) -> None:
    """Two clones would both get the claim, each on a branch of the remote of its own."""
    team.ada.git("switch", "--quiet", "-c", "try")
    error = team.ada.fails(7, "claim", team.id)
    assert error["branch"] == "try" and "instead of fedtasks" in error["message"]
    assert "instead of fedtasks" in team.ada.fails(7, "sync")["message"]
    assert team.git("for-each-ref", "--format=%(refname)", "refs/heads/try") == ""
    told = next(one for one in team.ada.ft("doctor", "--json").json["findings"] if one["name"] == "branch")
    assert told["state"] == "fail" and told["hint"] == error["hint"]
    team.ada.ok("comment", team.id, "kept")
    for command in error["hint"].replace("what was changed meanwhile: ", "").split("; "):
        team.ada.git(*shlex.split(command)[1:])
    team.ada.ok("claim", team.id)
    team.ben.fails(5, "claim", team.id)
    team.settle()
    team.assert_alike()
    assert "kept" in team.ben.path(team.id).read_text(encoding="utf-8")


def test_a_branch_of_another_name_that_follows_the_stores_is_shared_as_that_one(team: Team) -> None:
    team.ada.git("switch", "--quiet", "-c", "mine", "--track", "origin/fedtasks")
    team.ada.ok("claim", team.id)
    team.ben.fails(5, "claim", team.id)
    told = next(one for one in team.ada.ft("doctor", "--json").json["findings"] if one["name"] == "branch")
    assert told["state"] == "ok"
