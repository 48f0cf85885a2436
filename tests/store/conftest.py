"""Processes that are started together, hold the lock, or are killed at a chosen point."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crowd import Crowd
from tests.groups import adopt_orphans, wait_for_group

HOLDER = """
import os, sys
from pathlib import Path
from fedtasks.store.lock import StoreLock
holder = {"host": "elsewhere", "pid": 4711, "actor": "baby", "since": "2026-01-27T16:00:00Z", "what": "parse plan.md"}
with StoreLock(Path(sys.argv[1]), 5.0, holder):
    print("held", flush=True)
    sys.stdin.read()
"""

VICTIM = """
import os, signal, sys
place, kind = int(sys.argv[1]), sys.argv[2]
root = os.path.realpath(sys.argv[3])
from fedtasks.cli.main import main
import fedtasks.cli.boundary
seen = [0]
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "subprocess.Popen"}
def watch(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if not isinstance(path, (str, bytes)) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
    elif event == "fcntl.flock" or event not in CHANGES:
        return
    seen[0] += 1
    if seen[0] == place:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
sys.exit(main(sys.argv[4:]))
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


class Killer:
    """Runs a command in a process group of its own and kills it at a chosen point."""

    def __init__(self, world: Any, place: Path) -> None:
        adopt_orphans()
        self.world, self.place = world, place
        self.place.mkdir()
        (self.place / "git").write_text(SHIM, encoding="utf-8")
        (self.place / "git").chmod(0o755)
        found = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()
        path = f"{self.place}{os.pathsep}{world.env['PATH']}"
        self.env = {"FT_SHIM": str(self.place), "FT_GIT": found, "PATH": path, "FEDTASKS_FSYNC": "off"}

    def at_change(self, number: int, *words: str, cwd: Path | None = None) -> int:
        """Kills right before the N-th change that Python makes to a file system, or the N-th child process."""
        program = [sys.executable, "-c", VICTIM, str(number), "change", str(self.world.base), *words]
        return self._run(program, {}, cwd)

    def at_git(self, number: int, when: str, *words: str, cwd: Path | None = None) -> int:
        """Kills the whole group right before or after its N-th git command."""
        for name, value in (("count", 0), ("before", 0), ("after", 0), (when, number)):
            (self.place / name).write_text(f"{value}\n", encoding="utf-8")
        return self._run(self.world.command(*words), self.env, cwd)

    def _run(self, program: list[str], env: dict[str, str], cwd: Path | None) -> int:
        process = self.world.popen(program=program, env=env, cwd=cwd, start_new_session=True)
        process.communicate(timeout=60)
        wait_for_group(process.pid)
        assert process.returncode in (0, -signal.SIGKILL), process.returncode
        return process.returncode


@pytest.fixture
def killer(tmp_path: Path) -> Callable[[Any], Killer]:
    """A killer of one world's commands."""
    return lambda world: Killer(world, tmp_path / "shim")
