"""Damage: whatever stands where a task should be is named, harms nothing else, and is left as it was."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Damage = Callable[[Path], None]


def rewritten(change: Callable[[bytes], bytes]) -> Damage:
    return lambda path: path.write_bytes(change(path.read_bytes())) and None


def fields(**values: Any) -> Damage:
    return rewritten(lambda data: json.dumps(json.loads(data) | values, indent=2).encode())


def event(**values: Any) -> Damage:
    def change(data: bytes) -> bytes:
        raw = json.loads(data)
        raw["history"][0] |= values
        return json.dumps(raw, indent=2).encode()

    return rewritten(change)


def replaced(make: Callable[[Path], Any]) -> Damage:
    def damage(path: Path) -> None:
        path.unlink()
        make(path)

    return damage


def linked(path: Path) -> None:
    """A whole task of this id, but outside the store."""
    outside = path.parents[2] / "outside.json"
    path.rename(outside)
    path.symlink_to(outside)


def large(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(51 * 1024 * 1024)


MARKERS = b"<<<<<<< ours\n"
DAMAGES: dict[str, tuple[Damage, str]] = {
    "cut short": (rewritten(lambda data: data[: len(data) // 2]), "not JSON"),
    "cut to nothing": (rewritten(lambda data: b""), "the file is empty"),
    "zeros": (rewritten(lambda data: bytes(len(data))), "not JSON"),
    "a key twice": (
        rewritten(lambda data: data.replace(b'"title"', b'"status": "done",\n  "title"', 1)),
        "stands twice",
    ),
    "merge markers": (
        rewritten(lambda data: data.replace(b'  "title"', MARKERS + b'  "title"', 1)),
        "conflict markers",
    ),
    "a title that is a number": (fields(title=5), "title"),
    "a history that is an object": (fields(history={}), "history"),
    "an unknown status": (fields(status="lost"), "status"),
    "an event without a time": (event(at=None), "history[0].at"),
    "an event with a sequence in words": (event(seq="1"), "history[0].seq"),
    "another id": (fields(id="task-zzzzz"), "the id is task-zzzzz"),
    "an id that leads out": (fields(id="../../etc/passwd"), "id"),
    "a directory": (replaced(Path.mkdir), "not a regular file"),
    "a pipe": (replaced(os.mkfifo), "not a regular file"),
    "a link to itself": (replaced(lambda path: path.symlink_to(path)), "not a regular file"),
    "a link to nothing": (replaced(lambda path: path.symlink_to("nothing")), "leads nowhere"),
    "a link that leads out": (linked, "leads out of the store"),
    "a link to a device": (replaced(lambda path: path.symlink_to("/dev/zero")), "not a regular file"),
    "larger than 50 MB": (large, "larger than 50 MB"),
}


def look(path: Path) -> tuple[Any, ...]:
    """What stands at a path, without going through it."""
    status = path.lstat()
    link = path.readlink() if path.is_symlink() else None
    return stat.S_IFMT(status.st_mode), status.st_size, status.st_mtime_ns, link


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named_and_harmless(dir_world: Any, name: str) -> None:
    world = dir_world
    id, other = world.add("damaged"), world.add("whole")
    damage, words = DAMAGES[name]
    path, shown = world.path(id), f"tasks/{id}.json"
    damage(path)
    before = look(path)
    for verb in ("list", "board", "ready"):
        done = world.ft(verb)
        assert done.code == 0 and other in done.out and "whole" in done.out, (verb, done)
        assert f"{shown}:" in done.err and words in done.err, (verb, done)
    for verb in ("show", "history", "claim", "cancel"):
        error = world.fails(6, verb, id)
        assert error["path"] == shown and words in error["message"] and error["hint"]
    checked = world.ft("check")
    assert checked.code == 6 and f"{shown}:" in checked.out and words in checked.out, checked
    assert world.ft("check", "--fix").code == 6
    world.ok("claim", other), world.add("new")
    assert look(path) == before and not list((world.root / ".local" / "tmp").iterdir())


def test_a_task_of_ten_megabytes_is_a_task(dir_world: Any) -> None:
    world = dir_world
    words = "größer " * 1_300_000
    id = world.add("long")
    world.rewrite(id, description=words)
    assert world.path(id).stat().st_size > 10_000_000
    assert world.ok("claim", id)["task"]["status"] == "in_progress"
    assert world.show(id)["description"] == words
    assert [task["id"] for task in world.ok("list", "--text", "größer")["tasks"]] == [id]
    assert len(world.ft("list").out) < 1000
    world.assert_clean()


def test_names_that_lead_out_are_no_ids(dir_world: Any) -> None:
    world = dir_world
    world.add()
    secret = world.root.parent / "secret.json"
    secret.write_text("{}", encoding="utf-8")
    for given in ("../secret", "../../secret", "..", ".", "/etc/passwd", "tasks/../../secret", "task-..", "%2e%2e"):
        for verb in ("show", "claim", "archive", "history"):
            assert world.fails(3, verb, given)["message"], given
    assert world.ft("member", "add", "../ann").code == 2 and not (world.root / "ann.json").exists()
    (world.project / "plan.md").write_text("---\nid: ../../evil\n---\n# Plan\n\n- [ ] Dig\n", encoding="utf-8")
    assert world.ft("parse", "plan.md").code in (0, 6)
    assert [path.parent for path in world.base.rglob("evil.json")] in ([], [world.root / "plans"])
    assert secret.read_text(encoding="utf-8") == "{}"


def test_names_that_only_differ_in_case_are_told_apart_or_named(dir_world: Any) -> None:
    world = dir_world
    id = world.add("small")
    upper = world.root / "tasks" / f"{id.upper()}.json"
    if upper.exists():
        pytest.skip("the file system does not tell them apart")
    upper.write_bytes(world.path(id).read_bytes())
    assert world.ids() == [id]
    assert world.show(id.upper())["id"] == id
    checked = world.ft("check")
    assert checked.code == 6 and f"tasks/{upper.name}" in checked.out
    world.ok("claim", id)
    assert json.loads(upper.read_bytes())["status"] == "pending"


@pytest.mark.parametrize("name", [".nfs000000001", "task-aaaaa.json~", ".task-aaaaa.json.swp", "task-aaaaa.json.orig"])
def test_files_of_others_are_passed_over(dir_world: Any, name: str) -> None:
    world = dir_world
    id = world.add()
    (world.root / "tasks" / name).write_text("{", encoding="utf-8")
    world.ok("claim", id)
    assert world.ids() == [id] and world.ft("list").err == ""
    world.assert_clean()
