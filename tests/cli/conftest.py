"""A store that must not change, a lock that another process holds, and commands that are refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

HOLDER = """
import sys
from pathlib import Path
from fedtasks.store.lock import StoreLock
holder = {"host": "elsewhere", "pid": 4711, "actor": "baby", "since": "2026-01-27T16:00:00Z", "what": "parse plan.md"}
with StoreLock(Path(sys.argv[1]), 5.0, holder):
    print("held", flush=True)
    sys.stdin.read()
"""


def photograph(world: Any) -> dict[str, Any]:
    """Every byte of the store but for the lock's own file, and what git says of it."""
    files = {
        path.relative_to(world.root).as_posix(): path.read_bytes()
        for path in sorted(world.root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    taken: dict[str, Any] = {
        name: data for name, data in files.items() if not name.startswith((".git/", ".local/lock", ".local/holder"))
    }
    if world.recorded:
        taken["git:head"] = world.git("rev-parse", "HEAD")
        taken["git:status"] = world.git("status", "--porcelain")
    return taken


@pytest.fixture
def refuses() -> Callable[..., dict[str, Any]]:
    """A command that must fail, as text in a process and as JSON in this one; the store keeps every byte."""

    def check(world: Any, code: int, name: str, *words: str, store: bool = True, **more: Any) -> dict[str, Any]:
        before = photograph(world) if store else {}
        place = words.index("--") if "--" in words else len(words)
        shown = world.run(*words, **more)
        asked = world.ft(*words[:place], "--json", *words[place:], **more)
        assert (shown.code, asked.code) == (code, code), (shown, asked)
        answer = asked.json
        assert set(answer) == {"schema", "error"} and answer["schema"] == "fedtasks.error/1"
        error: dict[str, Any] = answer["error"]
        assert error["code"] == name and error["message"] and error["hint"], error
        assert "\n" not in error["message"]
        lines = shown.err.splitlines()
        assert shown.out == "" and len([line for line in lines if line.startswith("fedtasks: ")]) == 1, shown
        if not more.get("env"):
            assert lines == [f"fedtasks: {error['message']}", f"  {error['hint']}"]
        assert "Traceback" not in shown.told + asked.told and not error["message"].startswith("unexpected ")
        if store:
            assert photograph(world) == before
        return error

    return check


@pytest.fixture
def same() -> Callable[[Any], dict[str, Any]]:
    """The photograph of a store, to compare."""
    return photograph


@pytest.fixture
def held() -> Iterator[Callable[[Any], subprocess.Popen[bytes]]]:
    """Another process that holds the lock of a world's store until the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def start(world: Any) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] = world.popen(
            program=[sys.executable, "-c", HOLDER, str(world.root)], stdin=subprocess.PIPE
        )
        started.append(process)
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
