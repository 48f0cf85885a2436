"""`fedtasks demo`: the whole way in one command, that leaves nothing behind unless told to."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The directory for temporary files, empty."""
    place = tmp_path / "temporary"
    place.mkdir()
    return place


def photograph(place: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_the_demo_shows_the_whole_way_and_leaves_nothing(empty_world: Any, temporary: Path) -> None:
    before = photograph(empty_world.base)
    done = empty_world.run("demo", env={"TMPDIR": str(temporary)})
    assert done.code == 0 and done.err == "", done
    assert list(temporary.iterdir()) == [] and photograph(empty_world.base) == before
    commands = [line for line in done.out.splitlines() if line.startswith("$ ")]
    order = ["git init", "init", "parse", "board", "claim", "claim", "git commit", "done", "history", "git log"]
    seen = iter(commands)
    for wanted in order:
        start = f"$ {wanted}" if wanted.startswith("git") else f"$ fedtasks {wanted}"
        assert any(line.startswith(start) for line in seen), (wanted, commands)
    assert re.search(r"^PENDING \(\d+\)$", done.out, re.MULTILINE)
    assert re.search(r"^fedtasks: task-\w+ is held by ana since 2\S+Z$", done.out, re.MULTILINE)
    assert "(exit 5)" in done.out
    assert re.search(r"^fedtasks: task-\w+ is held by cleo since 2\S+Z$", done.out, re.MULTILINE)
    assert re.search(r"^fedtasks: ana is editing src/auth\.py since 2\S+Z: task-\w+ ", done.out, re.MULTILINE)
    assert re.search(r"cleo changed src/auth\.py in [0-9a-f]{12}: Salt the passwords", done.out)
    id = re.search(r"claim (task-\w+) --as ana", done.out)
    assert id is not None
    assert [line[8:] for line in done.out.splitlines() if re.match(r"[0-9a-f]{7} ", line)][:2] == [
        f"ana: done {id[1]}: {title_of(done.out, id[1])}",
        f"ana: claim {id[1]}: {title_of(done.out, id[1])}",
    ]


def title_of(text: str, id: str) -> str:
    found = re.search(rf"^{id} is yours: (.*)$", text, re.MULTILINE)
    assert found is not None
    return found[1]


def test_keep_keeps_a_whole_repository(empty_world: Any, temporary: Path) -> None:
    done = empty_world.run("demo", "--keep", env={"TMPDIR": str(temporary)})
    assert done.code == 0, done
    (kept,) = temporary.iterdir()
    project = kept / "project"
    assert str(project) in done.out.splitlines()[-1]
    assert empty_world.ok("check", cwd=project)["problems"] == []
    tasks = empty_world.ok("list", "--all", cwd=project)["tasks"]
    assert {task["status"] for task in tasks} == {"pending", "in_progress", "done"}
    (shared,) = [task for task in tasks if task["assignee"] == "cleo"]
    assert shared["status"] == "in_progress" and set(shared["tags"]) >= {"from-ana", "from-cleo"}
    empty_world.ok("sync", "--as", "cleo", cwd=kept / "cleos")
    assert empty_world.ok("list", "--all", cwd=kept / "cleos")["tasks"] == tasks
    assert empty_world.git("status", "--porcelain", cwd=project / ".fedtasks") == ""


def test_the_demo_is_apart_from_the_world_around_it(git_world: Any, temporary: Path) -> None:
    """Neither the store nearby, nor the settings, nor git's own variables lead it astray."""
    before = photograph(git_world.base)
    env = {
        "TMPDIR": str(temporary),
        "FEDTASKS_STORE": str(git_world.root),
        "FEDTASKS_ACTOR": "somebody",
        "GIT_DIR": str(git_world.project / ".git"),
        "GIT_WORK_TREE": str(git_world.project),
    }
    done = git_world.run("demo", env=env)
    assert done.code == 0 and "somebody" not in done.out, done
    assert photograph(git_world.base) == before and list(temporary.iterdir()) == []


def test_a_demo_that_fails_says_so_and_cleans_up(empty_world: Any, temporary: Path, tmp_path: Path) -> None:
    """A git that refuses to commit ends it with 1."""
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "git").write_text(
        f'#!/bin/sh\nfor word; do [ "$word" = commit ] && exit 3; done\nexec {shutil.which("git")} "$@"\n',
        encoding="utf-8",
    )
    (shim / "git").chmod(0o755)
    env = {"TMPDIR": str(temporary), "PATH": f"{shim}:{empty_world.env['PATH']}"}
    done = empty_world.run("demo", env=env)
    assert done.code == 1 and "ended with 3 instead of 0" in done.err and "Traceback" not in done.told, done
    assert list(temporary.iterdir()) == []
