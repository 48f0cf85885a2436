"""The lock: who holds it is named, a killed holder frees it, Ctrl-C ends a wait."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fedtasks.errors import LockLost, StoreLocked
from fedtasks.store.lock import StoreLock
from tests.waiting import wait_until_open

ME = {"host": "here", "pid": 1, "actor": "ada", "since": "2026-01-27T16:00:00Z", "what": "test"}


def test_a_held_lock_is_explained(world: Any, hold: Any) -> None:
    id = world.add()
    hold(world)
    error = world.fails(7, "claim", id, "--lock-timeout", "0.2")
    assert error["code"] == "store_locked" and error["waited"] == 0.2
    assert error["holder"] == {
        "host": "elsewhere", "pid": 4711, "actor": "baby", "since": "2026-01-27T16:00:00Z", "what": "parse plan.md",
    }  # fmt: skip
    for words in ("baby", "pid 4711", "elsewhere", "2026-01-27T16:00:00Z", "parse plan.md", "0.2 s"):
        assert words in error["message"]
    assert "--lock-timeout" in error["hint"]
    assert world.fails(7, "--lock-timeout", "0", "add", "x")["code"] == "store_locked"
    assert world.fails(2, "add", "x", "--lock-timeout", "-1")["code"] == "usage"


def test_readers_do_not_wait_for_a_writer(world: Any, hold: Any) -> None:
    id = world.add()
    hold(world)
    for words in (("list",), ("show", id), ("board",), ("history", id), ("ready", "--why"), ("check",), ("status", id)):
        assert world.ft(*words, "--lock-timeout", "0").code == 0, words


def test_the_lock_of_a_killed_holder_is_free_at_once(world: Any, hold: Any) -> None:
    holder = hold(world)
    holder.kill()
    holder.wait()
    assert world.ok("add", "x", "--lock-timeout", "0")["task"]["title"] == "x"
    world.assert_clean()


def test_a_waiter_goes_on_when_the_holder_ends(world: Any, hold: Any) -> None:
    holder = hold(world)
    waiting = world.popen("add", "waited", "--lock-timeout", "30")
    wait_until_open(waiting, world.root / ".local" / "lock")
    holder.communicate(b"")
    out, err = waiting.communicate(timeout=30)
    assert waiting.returncode == 0 and b"added: waited" in out, err
    world.assert_clean()


def test_ctrl_c_ends_a_wait_without_a_traceback(world: Any, hold: Any) -> None:
    hold(world)
    waiting = world.popen("add", "x", "--lock-timeout", "30")
    wait_until_open(waiting, world.root / ".local" / "lock")
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=10)
    assert waiting.returncode in (130, -signal.SIGINT)
    assert b"interrupted" in err and b"Traceback" not in err and out == b""
    assert world.ids() == []


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory with a place for the lock."""
    (tmp_path / ".local").mkdir()
    return tmp_path


def test_one_holder_at_a_time(root: Path) -> None:
    with StoreLock(root, 0.0, ME):
        assert json.loads((root / ".local" / "holder.json").read_text(encoding="utf-8")) == ME
        with pytest.raises(StoreLocked) as found, StoreLock(root, 0.0, {}):
            pass
        assert found.value.fields["holder"] == ME
    assert not (root / ".local" / "holder.json").exists()
    assert (root / ".local" / "lock").exists()
    with StoreLock(root, 0.0, ME):
        pass


def test_a_failing_block_frees_the_lock(root: Path) -> None:
    with pytest.raises(RuntimeError), StoreLock(root, 0.0, ME):
        raise RuntimeError
    with StoreLock(root, 0.0, ME):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "\udcff"])
def test_an_unreadable_holder_is_another_process(root: Path, text: str) -> None:
    with StoreLock(root, 0.0, ME):
        (root / ".local" / "holder.json").write_text(text, encoding="utf-8", errors="surrogateescape")
        with pytest.raises(StoreLocked, match="another process"), StoreLock(root, 0.0, {}):
            pass


def test_a_holder_of_strange_values_is_still_named(root: Path) -> None:
    with StoreLock(root, 0.0, {"actor": None, "pid": [1]}), pytest.raises(StoreLocked), StoreLock(root, 0.0, {}):
        pass


def test_a_held_lock_is_proved_and_a_lost_one_is_noticed(root: Path) -> None:
    lock = StoreLock(root, 0.0, ME)
    with lock:
        lock.prove()
        saved = os.dup(lock._descriptor)
        os.close(lock._descriptor)
        with pytest.raises(LockLost):
            lock.prove()
        os.dup2(saved, lock._descriptor)
        os.close(saved)


def test_a_lock_file_that_is_a_link_is_refused(root: Path, tmp_path: Path) -> None:
    """Somebody's link must not make us write `held` into another file."""
    target = tmp_path / "precious"
    target.write_text("mine", encoding="utf-8")
    (root / ".local" / "lock").symlink_to(target)
    with pytest.raises(OSError), StoreLock(root, 0.0, ME):
        pass
    assert target.read_text(encoding="utf-8") == "mine"


def test_no_child_process_inherits_the_lock(root: Path) -> None:
    with StoreLock(root, 0.0, ME):
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        again = StoreLock(root, 0.0, ME)
        with again:
            again.prove()
    finally:
        assert child.communicate(b"") == (None, None)
