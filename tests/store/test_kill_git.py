"""A claim whose git commands are killed at each of their own system calls that change something, and it with them."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.store.faults import CALL, Call, require_strace
from tests.store.test_kill_points import Claims, whole

SHIM = """#!/bin/sh
count=$(($(cat "$FT_SHIM/count") + 1))
echo $count > "$FT_SHIM/count"
if [ "$count" != "$FT_COMMAND" ]; then exec "$FT_GIT" "$@"; fi
strace $FT_OPTIONS "$FT_GIT" "$@"
code=$?
if [ -n "$FT_KILL" ]; then kill -9 0; fi
exit $code
"""
CHANGES = {"write", "fsync", "rename", "link", "unlink", "mkdir", "rmdir"}


class Tracer:
    """Runs a command of a world, one of whose git commands is under strace."""

    def __init__(self, world: Any, victims: Any, place: Path) -> None:
        self.world, self.victims, self.place = world, victims, place
        place.mkdir()
        (place / "git").write_text(SHIM, encoding="utf-8")
        (place / "git").chmod(0o755)

    def calls(self, command: int, *words: str) -> list[Call]:
        """What the N-th git command changes; nothing where there is no such command."""
        log = self.place / "log"
        log.unlink(missing_ok=True)
        assert self._run(command, f"-y -o {log}", "", *words) == 0
        seen, found = Counter[str](), list[Call]()
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []:
            if call := CALL.match(line):
                seen[call[1]] += 1
                if call[1] in CHANGES or (call[1] == "openat" and "O_CREAT" in call[2]):
                    found.append(Call(call[1], seen[call[1]], call[2]))
        return found

    def kill(self, command: int, call: Call, *words: str) -> int:
        """Kills all as the git command enters a call; what it has locked then seems to be locked for long."""
        inject = f"-qq -o /dev/null -e trace={call.name} -e inject={call.name}:signal=KILL:when={call.number}"
        code = self._run(command, inject, "yes", *words)
        for lock in [*self.world.root.rglob("refs/heads/*.lock"), *self.world.root.rglob("HEAD.lock")]:
            os.utime(lock, (time.time() - 10,) * 2)
        return code

    def _run(self, command: int, options: str, kill: str, *words: str) -> int:
        (self.place / "count").write_text("0\n", encoding="utf-8")
        more = {"FT_SHIM": str(self.place), "FT_GIT": str(shutil.which("git")), "FT_OPTIONS": options, "FT_KILL": kill}
        path = f"{self.place}{os.pathsep}{self.world.env['PATH']}"
        env = self.world.env | more | {"FT_COMMAND": str(command), "PATH": path}
        return int(self.victims.run(words, 0, env, self.world.project))


def test_a_kill_at_every_call_of_git(make_world: Any, victims: Any, tmp_path: Path) -> None:
    require_strace()
    world = make_world("dir+git")
    case, tracer, seen = Claims(world), Tracer(world, victims, tmp_path / "shim"), []
    commands = 0
    while calls := tracer.calls(commands + 1, *case.words):
        commands += 1
        assert case.look()
        case.reset()
        for call in calls:
            code = tracer.kill(commands, call, *case.words)
            assert code == -signal.SIGKILL, (commands, call, code)
            seen.append(case.look())
            if seen[-1]:
                case.reset()
    if not seen:
        pytest.skip("strace may not trace processes here")
    assert commands > 1 and len(seen) > 20, (commands, len(seen))
    whole(seen)
