"""Formats: a store of each released format opens, is checked and is upgraded; a newer one is only read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from fedtasks.app.context import Context
from fedtasks.app.keeping.upgrade import upgrade
from fedtasks.app.session import Session
from fedtasks.errors import InvalidData
from fedtasks.store.config import FORMAT
from fedtasks.store.upgrades import UPGRADES, Upgrade, with_format, with_lines

STORED = Path(__file__).parent / "formats"
RELEASED = sorted(int(folder.name) for folder in STORED.iterdir())

Open = Callable[[int], Any]


@pytest.fixture
def stored(make_world: Any) -> Open:
    """A world whose store is the stored one of a format, as an older version left it."""

    def open_store(number: int) -> Any:
        world = make_world("dir")
        shutil.rmtree(world.root)
        shutil.copytree(STORED / str(number), world.root)
        for name in ("gitattributes", "gitignore"):
            (world.root / name).rename(world.root / f".{name}")
        return world

    return open_store


def photograph(root: Path) -> dict[str, bytes]:
    """All files of a store but what is local."""
    found = (path for path in root.rglob("*") if path.is_file() and ".local" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def test_every_format_has_its_fixture_and_its_way_to_the_next() -> None:
    assert list(range(1, FORMAT + 1)) == RELEASED
    assert sorted(UPGRADES) == RELEASED[:-1]


@pytest.mark.parametrize("number", RELEASED)
def test_a_store_of_a_released_format_works_and_is_upgraded(stored: Open, number: int) -> None:
    world = stored(number)
    before = photograph(world.root)
    statuses = {task["title"]: task["status"] for task in world.ok("list", "--all")["tasks"]}
    assert statuses["Paint the lids"] == "done" and statuses["Lay the pipes, größer"] == "in_progress"
    assert [task["title"] for task in world.ok("list", "--archived")["tasks"]] == ["Order pipes"]
    dry = world.ok("upgrade", "--dry-run")
    assert (dry["found"], dry["newest"], dry["dry_run"]) == (number, FORMAT, True)
    assert photograph(world.root) == before
    done = world.ok("upgrade", "--as", "ada")
    assert done["steps"] == dry["steps"] and ".gitattributes" in [step["path"] for step in done["steps"]]
    assert world.ok("upgrade", "--as", "ada")["steps"] == []
    changed = {path for path, data in photograph(world.root).items() if before.get(path) != data}
    assert changed == {step["path"] for step in done["steps"]}
    assert "archive/*/*.json" in (world.root / ".gitattributes").read_text(encoding="utf-8")
    id = next(task["id"] for task in world.ok("list")["tasks"] if task["title"].startswith("Dig"))
    world.ok("claim", id, "--as", "ada")
    world.assert_clean()
    assert world.fails(4, "upgrade", "--as", "ben")["actor"] == "ben"


def test_a_store_of_a_newer_format_is_read_and_never_written(stored: Open) -> None:
    world = stored(FORMAT)
    config = world.root / "fedtasks.yaml"
    config.write_text(with_format(config.read_text(encoding="utf-8"), FORMAT + 1) + "colour: red\n", encoding="utf-8")
    before = photograph(world.root)
    assert len(world.ids("--all")) == 4
    for words in (["add", "x"], ["upgrade"], ["upgrade", "--dry-run"]):
        error = world.fails(6, *words, "--as", "ada")
        assert error["code"] == "newer_format" and error["found"] == FORMAT + 1 and "upgrade fedtasks" in error["hint"]
    assert photograph(world.root) == before


# --- the mechanism, with the formats that a later version might have -------------------------------------------------


def _estimated(kind: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**raw, "metadata": {**raw["metadata"], "seen": 2}} if kind == "task" else raw


def _counted(kind: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**raw, "metadata": {"count": raw["metadata"]["seen"] + 1}} if kind == "task" else raw


LATER = {FORMAT: Upgrade("tasks are seen", _estimated), FORMAT + 1: Upgrade("tasks are counted", _counted)}


def session_of(world: Any) -> Session:
    environ = world.env | {"FEDTASKS_ACTOR": "ada", "FEDTASKS_STORE": str(world.root)}
    return Session(Context(world.project, environ, lambda: 10**18, lambda count: b"0" * count))


def test_the_steps_follow_one_another_as_one_change(stored: Open) -> None:
    world = stored(FORMAT)
    tasks = sorted(path.relative_to(world.root).as_posix() for path in world.root.rglob("task-*.json"))
    dry = upgrade(session_of(world), dry_run=True, table=LATER)
    assert (dry.found, dry.newest) == (FORMAT, FORMAT + 2)
    assert upgrade(session_of(world), dry_run=False, table=LATER) == dry
    for path in tasks:
        assert json.loads((world.root / path).read_bytes())["metadata"] == {"count": 3}
    assert {step.what for step in dry.steps if step.path in tasks} == {"tasks are seen; tasks are counted"}
    text = (world.root / "fedtasks.yaml").read_text(encoding="utf-8")
    assert f"\nformat: {FORMAT + 2}\n" in text and text.startswith("# Settings")
    assert len(world.ids("--all")) == 4
    assert world.fails(6, "add", "x")["code"] == "newer_format"


def test_one_file_that_cannot_be_read_stops_the_whole_upgrade(stored: Open) -> None:
    world = stored(FORMAT)
    (world.root / "tasks" / "task-zzzzz.json").write_text("{", encoding="utf-8")
    before = photograph(world.root)
    with pytest.raises(InvalidData, match=r"tasks/task-zzzzz\.json"):
        upgrade(session_of(world), dry_run=False, table=LATER)
    assert photograph(world.root) == before


@pytest.mark.parametrize("text", ["", "/.local/", "/other\n", "/.local/\n", " /.local/ \n"])
def test_lines_that_are_missing_are_added_once(text: str) -> None:
    whole, added = with_lines(".gitignore", text)
    assert whole.startswith(text) and "/.local/" in whole and added == ("/.local/" not in text)
    assert with_lines(".gitignore", whole) == (whole, 0)


def test_the_format_changes_and_nothing_else() -> None:
    assert (
        with_format("# format: 9\nformat:  1 # one\nproject: x\n", 2) == "# format: 9\nformat:  2 # one\nproject: x\n"
    )
    with pytest.raises(InvalidData, match="format"):
        with_format("{format: 1}", 2)
