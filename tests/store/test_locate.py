"""Which store a command works on: the order of the places, each by real folders, configuration and worktrees."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from fedtasks.store.locate import line_of


@pytest.fixture
def stores(make_world: Any, tmp_path: Path) -> Any:
    """A repository with a git store, and three directory stores beside it; `where` tells which one a command meets."""
    world = make_world("git", init=False)
    world.env["FEDTASKS_FSYNC"] = "off"
    world.init()
    world.places = {"folder": world.root}
    for name in ("option", "environment", "config"):
        world.places[name] = tmp_path / name
        world.ok("init", "--dir", str(tmp_path / name), cwd=world.base)
    for name, place in world.places.items():
        world.ok("add", f"in {name}", "--store", str(place))

    def where(*words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
        (task,) = world.ok("list", *words, cwd=cwd, env=env)["tasks"]
        return str(task["title"]).removeprefix("in ")

    world.where = where
    return world


def test_each_place_wins_over_those_after_it(stores: Any) -> None:
    option, environment = str(stores.places["option"]), {"FEDTASKS_STORE": str(stores.places["environment"])}
    assert stores.where() == "folder"
    stores.git("config", "fedtasks.store", str(stores.places["config"]), cwd=stores.project)
    assert stores.where() == "config"
    assert stores.where(env=environment) == "environment"
    assert stores.where("--store", option, env=environment) == "option"
    assert stores.where(env={"FEDTASKS_STORE": ""}) == "config"
    stores.git("config", "--unset", "fedtasks.store", cwd=stores.project)
    assert stores.where() == "folder"


def test_the_option_may_stand_before_the_verb(stores: Any) -> None:
    (task,) = stores.ft("--store", str(stores.places["option"]), "list").out.splitlines()[1:]
    assert task.endswith("in option")


def test_a_relative_path_counts_from_the_working_directory(stores: Any) -> None:
    below = stores.project / "a" / "b"
    below.mkdir(parents=True)
    for place, path in ((stores.project, "../../option"), (below, "../../../../option")):
        assert stores.where("--store", path, cwd=place) == "option"
        assert stores.where(cwd=place, env={"FEDTASKS_STORE": path}) == "option"


def test_the_home_sign_in_git_config_is_understood(stores: Any) -> None:
    home = stores.home / "tasks"
    shutil.move(stores.places["config"], home)
    stores.git("config", "fedtasks.store", "~/tasks", cwd=stores.project)
    assert stores.where() == "config"


def test_a_repository_with_a_store_may_be_named_instead_of_it(stores: Any, tmp_path: Path) -> None:
    assert stores.where("--store", str(stores.project), cwd=tmp_path) == "folder"
    assert stores.where(cwd=tmp_path, env={"FEDTASKS_STORE": str(stores.project)}) == "folder"


def test_configuration_of_git_itself_may_name_it(stores: Any) -> None:
    """`git -c` and a person's own configuration count as the repository's does."""
    counted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "fedtasks.store"}
    assert stores.where(env=counted | {"GIT_CONFIG_VALUE_0": str(stores.places["config"])}) == "config"


def test_upward_the_nearest_folder_wins(stores: Any) -> None:
    inner = stores.project / "vendor" / "inner"
    deep = inner / "src" / "deep"
    deep.mkdir(parents=True)
    assert stores.where(cwd=deep) == "folder"
    shutil.copytree(stores.places["option"], inner / ".fedtasks")
    assert stores.where(cwd=deep) == stores.where(cwd=inner) == "option"
    assert stores.where(cwd=inner.parent) == "folder"


def test_inside_a_store_that_store_is_meant(stores: Any) -> None:
    for name, place in stores.places.items():
        assert stores.where(cwd=place) == stores.where(cwd=place / "tasks") == name


def test_a_folder_without_settings_is_no_store(stores: Any) -> None:
    near = stores.project / "near"
    (near / ".fedtasks" / "tasks").mkdir(parents=True)
    assert stores.where(cwd=near) == "folder"


def test_a_linked_worktree_finds_the_main_one_unless_it_is_told_otherwise(stores: Any, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    stores.git("worktree", "add", "--quiet", "-b", "feature", str(linked), cwd=stores.project)
    (linked / "sub").mkdir()
    for place in (linked, linked / "sub"):
        assert stores.where(cwd=place) == "folder"
    stores.git("config", "fedtasks.store", str(stores.places["config"]), cwd=linked)
    assert stores.where(cwd=linked) == "config"


def test_the_store_of_a_linked_worktree_of_its_own_is_nearer(stores: Any, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    stores.git("worktree", "add", "--quiet", "-b", "feature", str(linked), cwd=stores.project)
    shutil.copytree(stores.places["option"], linked / ".fedtasks")
    assert stores.where(cwd=linked) == "option" and stores.where() == "folder"


def test_where_there_is_none_all_places_are_named(empty_world: Any, tmp_path: Path) -> None:
    below = empty_world.project / "a" / "b"
    below.mkdir(parents=True)
    places = ["--store", "FEDTASKS_STORE", "git config fedtasks.store", f".fedtasks/ from {below} upward"]
    error = empty_world.fails(7, "list", cwd=below)
    assert error["code"] == "no_store" and error["looked"] == [*places, "the main working tree"]
    assert all(place in error["message"] for place in error["looked"]) and "fedtasks init" in error["hint"]
    outside = empty_world.fails(7, "list", cwd=tmp_path)
    assert outside["looked"] == [*places[:3], f".fedtasks/ from {tmp_path} upward"]
    assert list(empty_world.project.rglob("*.json")) == []


def test_a_link_to_the_repository_leads_to_the_same_store(stores: Any, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(stores.project)
    (stores.project / "sub").mkdir()
    for place in (tmp_path / "link", tmp_path / "link" / "sub"):
        assert stores.where(cwd=place) == "folder"


@pytest.mark.parametrize("by", ["--store", "FEDTASKS_STORE", "git config fedtasks.store"])
def test_a_named_store_that_is_none_never_falls_back_to_another(stores: Any, tmp_path: Path, by: str) -> None:
    gone = tmp_path / "unmounted"
    words, env = (("--store", str(gone)) if by == "--store" else ()), {}
    if by == "FEDTASKS_STORE":
        env = {"FEDTASKS_STORE": str(gone)}
    elif by.startswith("git"):
        stores.git("config", "fedtasks.store", str(gone), cwd=stores.project)
    for verb in ("list", "board", "check"):
        error = stores.fails(7, verb, *words, env=env)
        assert by in error["message"] and error["path"] == str(gone) and "mounted" in error["hint"]
    assert stores.fails(7, "add", "lost", *words, env=env)["code"] == "out_of_reach"
    assert not gone.exists()


def test_git_variables_of_a_hook_do_not_lead_astray(stores: Any, make_world: Any) -> None:
    """Git sets GIT_DIR and others for a hook; the store is that of the folder all the same."""
    other = make_world("git", name="other")
    other.add("in other")
    hook = {"GIT_DIR": str(other.project / ".git"), "GIT_WORK_TREE": str(other.project), "GIT_INDEX_FILE": os.devnull}
    assert stores.where(env=hook) == "folder"
    id = stores.ok("add", "second", env=hook)["task"]["id"]
    assert stores.path(id).exists() and not other.path(id).exists()
    stores.assert_clean()


def test_the_line_of_a_field() -> None:
    text = '{\n  "a": 1,\n  "b": [\n    {"c": 2},\n    {\n      "c": 3\n    }\n  ]\n}\n'
    for path, line in (([], 1), (["a"], 2), (["b"], 3), (["b", 0], 4), (["b", 0, "c"], 4), (["b", 1, "c"], 6)):
        assert line_of(text, path) == line, path
    assert line_of(text, ["b", 1, "nothing"]) == 5 and line_of(text, ["nothing"]) == 1
    assert line_of(text, ["b", 9]) == 3 and line_of(text, ["a", "x"]) == 2


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, '{"a": \x00}', "\ud800", "a: b: c"])
def test_the_line_in_what_is_no_json_is_the_first(text: str) -> None:
    assert line_of(text, ["a"]) == 1
