"""Making, joining and finding stores in repositories of every shape."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

ADA = "ada-lovelace"


def test_init_makes_the_store(world: Any) -> None:
    assert (world.root / "fedtasks.yaml").is_file()
    again = world.init()
    assert again["schema"] == "fedtasks.init/1"
    assert (again["how"], again["member"]) == ("already", ADA)
    assert Path(again["store"]).resolve() == world.root.resolve()
    members = world.ok("member", "list")["members"]
    assert [(m["name"], m["role"], m["full_name"], m["emails"]) for m in members] == [
        (ADA, "owner", "Ada Lovelace", ["ada@example.org"])
    ]
    if world.recorded:
        assert world.subjects() == ["start the task store"]
        assert set(world.git("ls-files").splitlines()) == {
            ".gitattributes", ".gitignore", "fedtasks.yaml", f"members/{ADA}.json",
        }  # fmt: skip
    world.assert_clean()


def test_project_and_prefix(make_world: Any, store_kind: str) -> None:
    world = make_world(store_kind, init=False)
    world.init("--project", "Größe: 7", "--prefix", "fed-x1")
    assert world.add().startswith("fed-x1-")
    assert "Größe: 7" in world.ft("doctor").out
    for prefix in ("A", "1a", "a_b", "a--b", "-a", "a/b", "ü", "x" * 30):
        assert world.fails(2, "init", "--prefix", prefix)["code"] == "usage"
    world.assert_clean()


def test_the_git_store_is_an_orphan_branch_in_a_linked_worktree(git_world: Any) -> None:
    world = git_world
    assert world.git("branch", "--show-current") == "fedtasks"
    assert len(world.git("rev-list", "--max-parents=0", "fedtasks").splitlines()) == 1
    assert "/.fedtasks/" in (world.project / ".git" / "info" / "exclude").read_text(encoding="utf-8")
    assert "merge-driver %O %A %B %P" in world.git("config", "merge.fedtasks.driver")
    world.init()
    assert (world.project / ".git" / "info" / "exclude").read_text(encoding="utf-8").count("/.fedtasks/") == 1


def test_without_commits(empty_world: Any, tmp_path: Path) -> None:
    bare = tmp_path / "unborn"
    bare.mkdir()
    empty_world.git("init", "--quiet", cwd=bare)
    assert empty_world.ok("init", cwd=bare)["how"] == "created"
    empty_world.ok("add", "x", cwd=bare)
    assert "No commits yet" in empty_world.git("status", cwd=bare)
    assert empty_world.ok("check", cwd=bare)["problems"] == []
    (bare / "a").write_text("a", encoding="utf-8")
    empty_world.git("add", "a", cwd=bare)
    empty_world.git("commit", "--quiet", "-m", "first", cwd=bare)
    assert empty_world.git("ls-files", cwd=bare) == "a"


def test_with_a_detached_head(empty_world: Any) -> None:
    empty_world.git("checkout", "--quiet", "--detach", cwd=empty_world.project)
    empty_world.init()
    empty_world.add()
    empty_world.assert_clean()
    assert empty_world.git_result("symbolic-ref", "HEAD", cwd=empty_world.project).code != 0


def test_a_bare_repository_is_refused(empty_world: Any, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    empty_world.git("init", "--quiet", "--bare", str(bare), cwd=tmp_path)
    before = sorted(bare.rglob("*"))
    error = empty_world.fails(1, "init", cwd=bare)
    assert "bare repository" in error["message"] and "clone" in error["hint"]
    assert sorted(bare.rglob("*")) == before


def test_outside_of_a_repository(empty_world: Any, tmp_path: Path) -> None:
    place = tmp_path / "nowhere"
    place.mkdir()
    error = empty_world.fails(1, "init", cwd=place)
    assert "not in a git repository" in error["message"] and "--dir" in error["hint"]
    assert list(place.iterdir()) == []


def test_a_folder_in_the_way_is_left_alone(empty_world: Any) -> None:
    empty_world.root.mkdir()
    (empty_world.root / "mine.txt").write_text("x", encoding="utf-8")
    assert "is no store" in empty_world.fails(1, "init")["message"]
    assert [path.name for path in empty_world.root.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "options", [(), ("--depth", "1"), ("--single-branch",), ("--depth", "1", "--no-single-branch")]
)
def test_a_clone_joins(git_world: Any, tmp_path: Path, options: tuple[str, ...]) -> None:
    id = git_world.add("from the origin")
    clone = tmp_path / "clone"
    git_world.git("clone", "--quiet", *options, f"file://{git_world.project}", str(clone), cwd=tmp_path)
    ben = {"GIT_AUTHOR_NAME": "Ben B", "GIT_AUTHOR_EMAIL": "ben@example.org"}
    joined = git_world.ok("init", cwd=clone, env=ben)
    assert (joined["how"], joined["member"]) == ("joined", "ben-b")
    assert git_world.ok("show", id, cwd=clone)["task"]["title"] == "from the origin"
    new = git_world.ok("add", "from the clone", cwd=clone, env=ben)["task"]
    assert new["lead"] == "ben-b"
    assert git_world.ok("check", cwd=clone)["problems"] == []
    store = clone / ".fedtasks"
    assert git_world.git("rev-parse", "--abbrev-ref", "fedtasks@{upstream}", cwd=store) == "origin/fedtasks"
    git_world.git("push", "--quiet", "origin", "HEAD:refs/heads/from-clone", cwd=store)
    log = git_world.git("log", "--format=%s", "from-clone").splitlines()
    assert log == [
        f"add {new['id']}: from the clone",
        "join ben-b",
        f"add {id}: from the origin",
        "start the task store",
    ]
    assert git_world.ok("init", cwd=clone, env=ben)["how"] == "already"


def test_a_clone_made_before_the_store_joins_it(empty_world: Any, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    empty_world.git("clone", "--quiet", str(empty_world.project), str(clone), cwd=tmp_path)
    empty_world.init()
    id = empty_world.add("made later")
    assert empty_world.ok("init", cwd=clone)["how"] == "joined"
    assert empty_world.ok("show", id, cwd=clone)["task"]["title"] == "made later"


def test_a_remote_out_of_reach_is_said_and_a_store_is_made(empty_world: Any) -> None:
    empty_world.git("remote", "add", "origin", "/nonexistent/repository", cwd=empty_world.project)
    done = empty_world.ft("init", "--json")
    assert done.code == 0 and done.json["how"] == "created"
    assert "the remote origin could not be asked" in done.err


def test_a_store_whose_folder_was_removed_is_joined_again(git_world: Any) -> None:
    id = git_world.add()
    shutil.rmtree(git_world.root)
    assert git_world.fails(7, "list")["code"] == "no_store"
    assert git_world.init()["how"] == "joined"
    assert git_world.ids() == [id]
    git_world.assert_clean()


def test_a_branch_checked_out_elsewhere_is_named(git_world: Any, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    git_world.git("worktree", "move", str(git_world.root), str(place), cwd=git_world.project)
    error = git_world.fails(1, "init")
    assert str(place) in error["message"] and f"--store {place}" in error["hint"]
    assert git_world.ok("--store", str(place), "list")["tasks"] == []


@pytest.mark.parametrize("shape", ["submodule", "separate git directory"])
def test_repositories_whose_git_directory_stands_elsewhere(empty_world: Any, tmp_path: Path, shape: str) -> None:
    world, top = empty_world, tmp_path / "top"
    top.mkdir()
    if shape == "submodule":
        world.git("init", "--quiet", cwd=top)
        allowed = ("-c", "protocol.file.allow=always")
        world.git(*allowed, "submodule", "--quiet", "add", f"file://{world.project}", "sub", cwd=top)
        place = top / "sub"
    else:
        world.git("init", "--quiet", "--separate-git-dir", str(tmp_path / "apart"), cwd=top)
        place = top
    answer = world.ok("init", cwd=place)
    assert Path(answer["store"]) == place / ".fedtasks"
    id = world.ok("add", "x", cwd=place)["task"]["id"]
    assert [task["id"] for task in world.ok("list", cwd=place)["tasks"]] == [id]
    assert world.git("status", "--porcelain", cwd=place) == ""


# --- directory stores ------------------------------------------------------------------------------------------------


def test_a_directory_store_is_found_through_git_config(dir_world: Any) -> None:
    assert dir_world.git("config", "fedtasks.store", cwd=dir_world.project) == str(dir_world.root.resolve())
    id = dir_world.add()
    (dir_world.project / "deep" / "er").mkdir(parents=True)
    assert dir_world.ok("show", id, cwd=dir_world.project / "deep" / "er")["task"]["id"] == id


def test_a_directory_store_outside_of_any_repository(dir_world: Any, tmp_path: Path) -> None:
    place = tmp_path / "plain"
    place.mkdir()
    assert dir_world.ok("init", "--dir", "tasks", cwd=place)["how"] == "created"
    dir_world.ok("add", "x", cwd=place / "tasks")
    assert len(dir_world.ok("list", "--store", str(place / "tasks"))["tasks"]) == 1
    assert dir_world.fails(7, "list", cwd=place)["code"] == "no_store"


def test_a_directory_store_joins_a_second_person(dir_world: Any) -> None:
    ben = {"GIT_AUTHOR_NAME": "Ben B", "GIT_AUTHOR_EMAIL": "ben@example.org"}
    assert dir_world.ok("init", "--dir", str(dir_world.root), env=ben)["member"] == "ben-b"
    roles = {member["name"]: member["role"] for member in dir_world.ok("member", "list")["members"]}
    assert roles == {ADA: "owner", "ben-b": "developer"}


def test_impossible_places(world: Any, tmp_path: Path) -> None:
    assert "inside the store" in world.fails(1, "init", "--dir", str(world.root / "x"))["message"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x", encoding="utf-8")
    assert "not empty" in world.fails(1, "init", "--dir", str(tmp_path / "full"))["message"]
    assert world.ft("init", "--dir", str(tmp_path / "full" / "x")).code in (1, 2, 7)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["x"]
    assert world.fails(2, "init", "--git")["code"] == "usage"
    assert not (world.root / "x").exists()


def test_no_identity(empty_world: Any, tmp_path: Path) -> None:
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull}
    error = empty_world.fails(2, "init", env=nobody)
    assert error["code"] == "no_identity" and "--as" in error["hint"] and "user.email" in error["hint"]
    assert empty_world.git_result("rev-parse", "--verify", "fedtasks", cwd=empty_world.project).code != 0
    assert not empty_world.root.exists()
    assert empty_world.fails(2, "init", "--dir", str(tmp_path / "d"), env=nobody)["code"] == "no_identity"
    assert not (tmp_path / "d").exists()
    assert empty_world.ok("init", "--as", "robot", env=nobody)["member"] == "robot"
    assert empty_world.fails(2, "add", "x", env=nobody)["code"] == "no_identity"
    assert empty_world.ok("add", "x", "--as", "robot", env=nobody)["task"]["lead"] == "robot"
    assert empty_world.ok("list", env=nobody)["tasks"]
    empty_world.assert_clean()


# --- finding -----------------------------------------------------------------------------------------------------


def test_the_store_is_found_from_worktrees_and_subfolders(git_world: Any, tmp_path: Path) -> None:
    world, id = git_world, git_world.add()
    linked = tmp_path / "linked"
    world.git("worktree", "add", "--quiet", str(linked), "-b", "feature", cwd=world.project)
    places = [world.project, world.root, world.root / "tasks", linked]
    for top in (world.project, linked):
        (top / "sub" / "folder").mkdir(parents=True)
        places.append(top / "sub" / "folder")
    for place in places:
        assert world.ok("show", id, cwd=place)["task"]["id"] == id, place
    assert world.ok("add", "from the worktree", cwd=linked / "sub")["task"]["status"] == "pending"
    assert world.ok("init", cwd=linked)["how"] == "already"
    assert not (linked / ".fedtasks").exists()
    assert len(world.ids()) == 2
    world.assert_clean()


def test_no_store_says_where_it_looked(empty_world: Any) -> None:
    for words in (("list",), ("add", "x"), ("board",), ("show", "x"), ("check",), ("member", "list")):
        error = empty_world.fails(7, *words)
        assert error["code"] == "no_store" and "fedtasks init" in error["hint"]
    assert str(empty_world.project) in error["message"] and "FEDTASKS_STORE" in error["looked"]


def test_two_stores_are_told_apart_in_order(git_world: Any, tmp_path: Path) -> None:
    """The option, the variable, git's configuration, the folder: in this order, and doctor says which it was."""
    world = git_world
    for name in ("option", "variable", "config"):
        world.ok("init", "--dir", str(tmp_path / name), "--project", name, cwd=tmp_path)

    def found(*words: str, **env: str) -> str:
        answer = world.ok("doctor", *words, env=env)
        (line,) = [finding["detail"] for finding in answer["findings"] if finding["name"] == "store"]
        return line

    assert found() == f"{world.root} (by folder)"
    world.git("config", "fedtasks.store", str(tmp_path / "config"), cwd=world.project)
    assert str(tmp_path / "config") in found()
    variable = {"FEDTASKS_STORE": str(tmp_path / "variable")}
    assert str(tmp_path / "variable") in found(**variable)
    assert str(tmp_path / "option") in found("--store", str(tmp_path / "option"), **variable)
    assert str(tmp_path / "option") in found("--store", "../../option", **variable)


@pytest.mark.parametrize("by", ["option", "variable", "config"])
def test_a_named_place_that_is_no_store_is_said(git_world: Any, tmp_path: Path, by: str) -> None:
    words, env = ("--store", "/nonexistent") if by == "option" else (), {}
    if by == "variable":
        env = {"FEDTASKS_STORE": "/nonexistent"}
    if by == "config":
        git_world.git("config", "fedtasks.store", "/nonexistent", cwd=git_world.project)
    error = git_world.fails(7, "list", *words, env=env)
    assert error["code"] == "out_of_reach" and error["path"] == "/nonexistent"


def test_a_standalone_clone_of_a_store_is_a_store(git_world: Any, tmp_path: Path) -> None:
    id = git_world.add()
    clone = tmp_path / "coordination"
    git_world.git("clone", "--quiet", "--branch", "fedtasks", str(git_world.project), str(clone), cwd=tmp_path)
    assert git_world.ok("show", id, cwd=clone / "tasks")["task"]["id"] == id
    git_world.git("remote", "remove", "origin", cwd=clone)
    git_world.ok("claim", id, cwd=clone)
    assert git_world.git("log", "-1", "--format=%s", cwd=clone) == f"claim {id}: a task"
    assert git_world.ok("check", cwd=clone)["problems"] == []


def test_the_clone_of_a_store_is_one(git_world: Any, tmp_path: Path) -> None:
    id = git_world.add("in both")
    clone = tmp_path / "clone"
    git_world.git("clone", "--quiet", "--branch", "fedtasks", str(git_world.project), str(clone), cwd=tmp_path)
    ben = {"GIT_AUTHOR_NAME": "Ben B", "GIT_AUTHOR_EMAIL": "ben@example.org"}
    for place in (clone, clone / "tasks"):
        made = git_world.ok("init", cwd=place, env=ben)
        assert (made["how"], made["store"], made["member"]) == ("already", str(clone), "ben-b")
    assert git_world.git("status", "--porcelain", cwd=clone) == ""
    assert [one["id"] for one in git_world.ok("list", cwd=clone)["tasks"]] == [id]
    git_world.ok("claim", id, "--offline", cwd=clone, env=ben)
    doctor = git_world.ok("doctor", cwd=clone, env=ben)["findings"]
    assert {one["name"]: one["state"] for one in doctor}["merge driver"] == "ok"


def test_places_that_cannot_have_a_store_are_named(empty_world: Any) -> None:
    (empty_world.base / "file").write_text("mine", encoding="utf-8")
    for place in ("../file", "../file/below/it"):
        error = empty_world.fails(1, "init", "--dir", place)
        assert error["message"] == f"{empty_world.base}/file is no directory" and "--dir PATH" in error["hint"]
    broken = empty_world.base / "two\nlines"
    broken.mkdir()
    empty_world.git("init", "--quiet", cwd=broken)
    error = empty_world.fails(1, "init", cwd=broken)
    assert "line break in its path" in error["message"] and "rename" in error["hint"]
    assert not (broken / ".fedtasks").exists()
