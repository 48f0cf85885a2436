"""Every system call of a transaction fails, or is the last: the store is the old one or the new one, whole.

FEDTASKS_FAULTS=all takes the calls that only read as well.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import World
from tests.store.faults import Call, Faults, require_strace

WIDE = os.environ.get("FEDTASKS_FAULTS") == "all"
PLAN = "---\nid: pipes\n---\n# Pipes\n\n- [ ] Dig a trench\n- [ ] Fill the trench\n"
CHANGES = {"write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir"}
CHANGES |= {"mkdirat", "flock", "ftruncate"}
ERRORS = {
    "openat": ("EROFS", "ENOSPC", "EIO", "EINTR", "ESTALE", "EACCES"),
    "write": ("ENOSPC", "EIO", "EINTR", "EDQUOT"),
    "pwrite64": ("EIO", "ESTALE", "EINTR"),
    "fsync": ("EIO", "ENOSPC", "EINTR"),
    "flock": ("ENOSYS", "ENOLCK", "EIO", "EINTR"),
    "rename": ("EIO", "ENOSPC", "EROFS", "ESTALE"),
    "unlink": ("EIO", "EROFS"),
    "mkdir": ("ENOSPC", "EROFS"),
}


def matters(call: Call, root: Path) -> bool:
    """Whether a call changes something in the store, or takes its lock."""
    if str(root) not in call.arguments:
        return False
    writes = any(flag in call.arguments for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
    return WIDE or call.name in CHANGES or (call.name == "openat" and writes)


class Bench:
    """A directory store in memory that is put back to what it was before each run of one command."""

    def __init__(self, base: Path) -> None:
        self.world = World(base / "world", "dir")
        self.world.start_project(commit=False)
        self.world.init()
        self.root = self.world.root.resolve()
        self.id = self.world.add("Paint the lids")
        (self.world.project / "plan.md").write_text(PLAN, encoding="utf-8")
        self.words = ["parse", str(self.world.project / "plan.md"), "--json"]
        self.kept = base / "kept"
        shutil.copytree(self.root, self.kept)
        place = base / "place"
        place.mkdir()
        warm_up = [["list"], ["add", "warm", "--json"], self.words]
        environ = self.world.env | {"FEDTASKS_STORE": str(self.root), "FEDTASKS_NOW": "2026-01-27T16:00:00Z"}
        environ |= {"HOME": "", "XDG_CACHE_HOME": ""}
        self.faults = Faults(environ, place, warm_up)
        assert self.faults.run(["list"]).code == 0
        self.reset()

    def reset(self) -> None:
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root)

    def look(self) -> bool:
        """Whether the change is there; the next commands work, and find all of it or nothing."""
        titles = [task["title"] for task in self.world.ok("list")["tasks"]]
        assert titles in (["Paint the lids"], ["Dig a trench", "Fill the trench", "Paint the lids"]), titles
        plan = (self.root / "plans" / "pipes.json").exists()
        self.world.ok("tag", self.id, "seen", env={"FEDTASKS_FSYNC": "off"})
        self.world.assert_clean()
        assert not (self.root / ".local" / "journal.json").exists()
        assert not list((self.root / ".local" / "tmp").iterdir())
        assert plan == (len(titles) == 3)
        return plan


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """In memory where that is possible: each fsync would wait for the disk."""
    require_strace()
    memory = Path("/dev/shm")
    folder = memory if os.access(memory, os.W_OK) else tmp_path_factory.mktemp("faults")
    with tempfile.TemporaryDirectory(dir=folder) as base:
        made = Bench(Path(base))
        yield made
        made.faults.close()


@pytest.fixture(scope="module")
def calls(bench: Bench) -> list[Call]:
    """The system calls of one transaction that matter, in order."""
    ended, found = bench.faults.calls(bench.words)
    assert ended.code == 0, ended
    bench.reset()
    return [call for call in found if matters(call, bench.root)]


def test_killed_at_every_call_the_store_is_the_old_or_the_new_one(bench: Bench, calls: list[Call]) -> None:
    seen = []
    for call in calls:
        bench.reset()
        ended = bench.faults.killed(bench.words, call)
        assert ended.code == -signal.SIGKILL, (call, ended)
        seen.append(bench.look())
    assert len(seen) > 25 and seen == sorted(seen) and set(seen) == {False, True}, seen


def test_an_error_of_any_call_is_told_and_leaves_the_store_whole(bench: Bench, calls: list[Call]) -> None:
    told, codes, left = set(), set(), set()
    for call in calls:
        errors = ERRORS.get(call.name, ("EIO",))
        for error in errors:
            bench.reset()
            ended = bench.faults.failed(bench.words, call, error)
            shown = json.loads(ended.said) if ended.said.startswith("{") else {}
            words = shown.get("error", {}).get("message", "")
            changed = bench.look()
            assert ended.code in (0, 7), (call, error, ended)
            assert ended.code == 0 or error != "EINTR" or "O_DIRECTORY" in call.arguments, (call, error, ended)
            assert changed or ended.code != 0, (call, error, ended)
            assert "nothing was changed" not in words or not changed, (call, error, ended)
            assert "the next command finishes it" not in words or changed, (call, error, ended)
            left.add(words.rpartition("; ")[2])
            told.add(error)
            codes.add(ended.code)
    assert {"nothing was changed", "the change is under way: the next command finishes it"} <= left
    assert codes == {0, 7} and {"EIO", "ENOSPC", "EINTR", "EROFS"} <= told
