"""`check`: what it remembers, in how many processes it works, and what a person sees meanwhile."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fedtasks.app.context import Context
from fedtasks.app.keeping.check import Report, check
from fedtasks.app.session import Session

TASKS = 30


@pytest.fixture
def store(dir_world: Any) -> Any:
    """A store of some tasks, one of them broken, one edited by hand, one with an event that is none."""
    plan = dir_world.project / "plan.md"
    plan.write_text(
        "# Plan\n\n" + "".join(f"- [ ] Lay the pipe number {number}\n" for number in range(TASKS)), encoding="utf-8"
    )
    dir_world.ok("parse", "plan.md")
    first, second, third, *_ = sorted(dir_world.ids())
    dir_world.path(first).write_text("{", encoding="utf-8")
    dir_world.rewrite(second, title="Another title")
    dir_world.rewrite(third, lambda raw: raw["history"].append({}))
    return dir_world


def report(world: Any, **more: Any) -> tuple[Report, list[tuple[int, int]]]:
    """What a check finds, and what somebody who watches it hears."""
    heard: list[tuple[int, int]] = []
    context = Context(world.project, world.env | {"FEDTASKS_STORE": str(world.root)}, lambda: 10**18, os.urandom)
    return check(Session(context), lambda done, of: heard.append((done, of)), **more), heard


def cache(world: Any) -> Path:
    (found,) = Path(world.env["XDG_CACHE_HOME"]).rglob("verdicts.sqlite")
    return found


def test_many_processes_find_what_one_finds(store: Any) -> None:
    alone, heard = report(store, many=10**9)
    shutil.rmtree(store.env["XDG_CACHE_HOME"])
    together, heard_again = report(store, many=1)
    assert alone == together and len(alone.problems) == 3 and not alone.clean
    assert heard[0] == (0, alone.files - 1) and heard[-1] == (alone.files - 1,) * 2 and heard == heard_again


def test_verdicts_are_remembered_by_content_and_never_believed_of_another(store: Any) -> None:
    first, _ = report(store)
    assert cache(store).is_file()
    assert report(store)[0] == first
    ids = sorted(store.ids())
    store.path(ids[-1]).write_text("[]", encoding="utf-8")
    store.path(ids[-2]).write_bytes(store.path(ids[-3]).read_bytes())
    again, _ = report(store)
    assert {problem.path for problem in again.problems} - {problem.path for problem in first.problems} == {
        f"tasks/{ids[-1]}.json",
        f"tasks/{ids[-2]}.json",
    }


DAMAGES: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"no database" * 500),
    lambda path: path.write_bytes(path.read_bytes()[:5000]),
    lambda path: path.write_bytes(path.read_bytes()[:4096] + os.urandom(len(path.read_bytes()) - 4096)),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_memory_is_none(store: Any, damage: Callable[[Path], object]) -> None:
    first, _ = report(store)
    damage(cache(store))
    for _ in range(2):
        assert report(store)[0] == first


def test_a_flipped_bit_in_the_memory_changes_no_finding(store: Any) -> None:
    """In ids above all: one read wrongly would be a dependency that is missing, or a task that is there twice."""
    ids = store.ids()
    store.ok("depend", ids[-1], "--on", ids[-2])
    first, _ = report(store, many=10**9)
    path = cache(store)
    whole = path.read_bytes()
    written = [at for at, byte in enumerate(whole) if byte]
    named = [match.start() + 7 for match in re.finditer(b"task-", whole)]
    for at in [*named, *written[:: len(written) // 40]]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert report(store, many=10**9)[0] == first


def test_a_long_check_says_how_far_it_is_on_a_terminal_only(dir_world: Any) -> None:
    id = dir_world.add("one")
    text = dir_world.path(id).read_text(encoding="utf-8")
    for number in range(2_000):
        other = f"task-{number:05d}"
        dir_world.path(other).write_text(text.replace(id, other), encoding="utf-8")
    ours, theirs = pty.openpty()
    environ = dir_world.env | {"FEDTASKS_STORE": str(dir_world.root)}
    done = subprocess.run(dir_world.command("check"), env=environ, stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    said = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "checking 0 of 2,002 files" in said and "checking 1,000 of 2,002 files" in said
    assert said.endswith("\x1b[K") and done.stdout == b"2003 files checked, no problems\n"
    assert dir_world.run("check").err == ""
