"""Instances: named in the settings, whose other lines stay; circles and what is no store are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def hq(make_world: Any, tmp_path: Path) -> Any:
    """A directory store with git, and two more beside it."""
    world = make_world("dir+git")
    world.env["FEDTASKS_FSYNC"] = "off"
    for name in ("site", "crew"):
        world.ok("init", "--dir", str(tmp_path / name), "--project", name, cwd=world.base)
    return world


def test_an_instance_comes_and_goes_and_the_settings_keep_their_words(hq: Any, tmp_path: Path) -> None:
    path = hq.root / "fedtasks.yaml"
    path.write_text(path.read_text() + "# kept\nsync: {retries: 3}   # and this\n")
    before = path.read_text()
    assert hq.ok("instance", "list") == {"schema": "fedtasks.instance.list/1", "instances": [], "here": "tasks"}
    made = hq.ok("instance", "add", "hq", "--scope", "global", "--store", str(hq.root))["instance"]
    assert (made["store"], made["branch"]) == (".", None)
    made = hq.ok("instance", "add", "site", "--scope", "project", "--store", "../../site", "--parent", "hq")["instance"]
    assert made == {
        "name": "site", "scope": "project", "store": str(tmp_path / "site"), "branch": None, "parent": "hq",
        "project": "site",
    }  # fmt: skip
    hq.ok(
        "instance", "add", "far", "--scope", "orchestration", "--store", "git@example.org:far.git", "--parent", "site"
    )
    listed = hq.ok("instance", "list")
    assert listed["here"] == "hq"
    assert [(one["name"], one["branch"]) for one in listed["instances"]] == [
        ("hq", None), ("site", None), ("far", "fedtasks")
    ]  # fmt: skip
    assert path.read_text().startswith(before)
    assert "this store" in hq.ft("instance", "list").out
    assert hq.subjects()[-1] == "add instance far"
    for name in ("far", "site", "hq"):
        hq.ok("instance", "remove", name)
    assert path.read_text() == before
    hq.assert_clean()


def test_what_is_refused(hq: Any, tmp_path: Path) -> None:
    def add(name: str, scope: str, place: str, *more: str) -> tuple[str, ...]:
        return ("instance", "add", name, "--scope", scope, "--store", place, *more)

    site, crew = str(tmp_path / "site"), str(tmp_path / "crew")
    hq.ok(*add("site", "project", site))
    for code, words, said in [
        (7, add("x", "global", "nowhere"), "is no store"),
        (2, add("a b", "global", crew), "cannot be an instance's name"),
        (2, add("x", "global", "https://me:secret@example.org/x.git"), "password"),
        (3, add("x", "project", crew, "--parent", "nobody"), "no instance 'nobody'"),
        (4, add("x", "project", crew, "--parent", "x"), "circle of instances: x -> x"),
        (4, add("x", "global", crew, "--parent", "site"), "cannot be below site (project)"),
        (1, add("site", "global", crew), "there is an instance 'site' already"),
        (1, add("x", "global", site), "is the instance 'site' already"),
        (3, ("instance", "remove", "nobody"), "there is: site"),
        (4, (*add("x", "project", crew), "--as", "stranger"), "only owners and admins"),
    ]:
        error = hq.fails(code, *words)
        assert said in error["message"] and "secret" not in str(error), words
    hq.ok(*add("crew", "orchestration", crew, "--parent", "site"))
    assert "crew" in hq.fails(4, "instance", "remove", "site")["message"]
    hq.assert_clean()
