"""Processes that are started together, hold the lock, or are killed at a chosen point."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PACKAGE
from tests.crowd import Crowd

HOLDER = """
import os, sys
from pathlib import Path
from fedtasks.store.lock import StoreLock
holder = {"host": "elsewhere", "pid": 4711, "actor": "baby", "since": "2026-01-27T16:00:00Z", "what": "parse plan.md"}
with StoreLock(Path(sys.argv[1]), 5.0, holder):
    print("held", flush=True)
    sys.stdin.read()
"""

SHIM = """#!/bin/sh
count=$(cat "$FT_SHIM/count")
count=$((count + 1))
echo $count > "$FT_SHIM/count"
if [ "$count" = "$(cat "$FT_SHIM/before")" ]; then kill -9 0; fi
if [ "$count" = "$(cat "$FT_SHIM/after")" ]; then "$FT_GIT" "$@"; kill -9 0; fi
exec "$FT_GIT" "$@"
"""


@pytest.fixture
def workers() -> Iterator[Callable[..., Crowd]]:
    """Starts eight (or so many) processes in a world."""
    started: list[Crowd] = []

    def start(world: Any, count: int = 8) -> Crowd:
        made = Crowd([world] * count, [f"worker{number}" for number in range(count)])
        started.append(made)
        return made

    yield start
    for made in started:
        made.close()


@pytest.fixture
def hold() -> Iterator[Callable[[Any], Any]]:
    """Another process that holds the lock of a world's store until it is killed."""
    held: list[Any] = []

    def start(world: Any) -> Any:
        program = [sys.executable, "-c", HOLDER, str(world.root)]
        process = world.popen(program=program, stdin=subprocess.PIPE)
        assert process.stdout.readline() == b"held\n", process.communicate()
        held.append(process)
        return process

    yield start
    for process in held:
        process.kill()
        process.communicate()


class Victims:
    """The process that forks the commands which are killed; it has everything loaded."""

    def __init__(self) -> None:
        program = [sys.executable, "-m", "tests.store.victim"]
        environ = {"PYTHONPATH": str(PACKAGE), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._server = subprocess.Popen(program, env=environ, cwd=PACKAGE, text=True, **pipes)  # type: ignore[call-overload]

    def run(self, words: tuple[str, ...], place: int, env: dict[str, str], cwd: Path) -> int:
        """How a command ended that is killed before its N-th change."""
        order = {"words": words, "place": place, "env": env, "cwd": str(cwd)}
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())

    def close(self) -> None:
        self._server.communicate()


@pytest.fixture(scope="session")
def victims() -> Iterator[Victims]:
    made = Victims()
    yield made
    made.close()


class Killer:
    """Runs a command in a process group of its own and kills it at a chosen point."""

    def __init__(self, world: Any, place: Path, victims: Victims) -> None:
        self.world, self.place, self.victims = world, place, victims
        self.place.mkdir()
        (self.place / "git").write_text(SHIM, encoding="utf-8")
        (self.place / "git").chmod(0o755)
        found = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
        path = f"{self.place}{os.pathsep}{world.env['PATH']}"
        self.env = {"FT_SHIM": str(self.place), "FT_GIT": found, "PATH": path, "FEDTASKS_FSYNC": "off"}

    def at_change(self, number: int, *words: str, cwd: Path | None = None) -> int:
        """Kills right before the N-th change that Python makes to a file system, or the N-th child process."""
        return self._run(words, number, {}, cwd)

    def at_git(self, number: int, when: str, *words: str, cwd: Path | None = None) -> int:
        """Kills the whole group right before or after its N-th git command."""
        for name, value in (("count", 0), ("before", 0), ("after", 0), (when, number)):
            (self.place / name).write_text(f"{value}\n", encoding="utf-8")
        return self._run(words, 0, self.env, cwd)

    def _run(self, words: tuple[str, ...], place: int, env: dict[str, str], cwd: Path | None) -> int:
        code = self.victims.run(words, place, self.world.env | env, cwd or self.world.project)
        assert code in (0, -signal.SIGKILL), code
        return code


@pytest.fixture
def killer(tmp_path: Path, victims: Victims) -> Callable[[Any], Killer]:
    """A killer of one world's commands."""
    return lambda world: Killer(world, tmp_path / "shim", victims)
