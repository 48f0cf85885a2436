"""A writer that falls asleep at any line, loses its lock, and wakes up: it overwrites nothing that changed since."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PACKAGE

SERVER = """
import json, os, signal, sys
from pathlib import Path
import filelock, yaml
import fedtasks
from fedtasks.errors import FedtasksError
from fedtasks.store.registry import Registry, Writer
from fedtasks.store.schemas import first_error

PARTS = tuple(f"{Path(fedtasks.__file__).parent}/store/{name}" for name in ("files", "journal", "lock", "registry",
    "transaction"))

def sleeping(place):
    seen = 0
    def trace(frame, event, argument):
        nonlocal seen
        if not frame.f_code.co_filename.startswith(PARTS):
            return None
        if event == "line":
            seen += 1
            if seen == place:
                os.kill(os.getpid(), signal.SIGSTOP)
        return trace
    return trace

def append(root, paths, letter):
    with Registry(root, None, Writer({}, 5.0, letter, False)).transaction() as transaction:
        for path in paths:
            transaction.put_bytes(path, (transaction.read(path) or b"") + letter.encode())

def begin(order, letter, place):
    child = os.fork()
    if child == 0:
        try:
            sys.settrace(sleeping(place) if place else None)
            append(Path(order["root"]), order["paths"], letter)
            os._exit(0)
        except FedtasksError as found:
            print(found.message, file=sys.stderr, flush=True)
            os._exit(found.exit_code)
        finally:
            os._exit(1)
    return child

def end(child, options=0):
    return os.waitpid(child, options)[1]

first_error("config", {})
for line in sys.stdin:
    order = json.loads(line)
    sleeper = begin(order, "A", order["place"])
    status, other = end(sleeper, os.WUNTRACED), None
    if os.WIFSTOPPED(status):
        Path(order["root"], ".local/lock").unlink(missing_ok=True)
        other = os.waitstatus_to_exitcode(end(begin(order, "B", 0)))
        os.kill(sleeper, signal.SIGCONT)
        status = end(sleeper)
    print(json.dumps([os.waitstatus_to_exitcode(status), other]), flush=True)
"""

PATHS = ("tasks/task-aaaaa.json", "plans/p.json")


@pytest.fixture
def sleep_at() -> Iterator[Callable[..., tuple[int, int | None]]]:
    """A writer appends A, sleeps at its N-th line, loses its lock; another one appends B; the first wakes up.

    The lock is lost as it is on NFS when a lease runs out: it is gone, and the sleeper's descriptor says nothing of it.
    """
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(PACKAGE)},
    )
    assert server.stdin is not None and server.stdout is not None

    def ask(root: Path, paths: tuple[str, ...], place: int) -> tuple[int, int | None]:
        server.stdin.write(json.dumps({"root": str(root), "paths": paths, "place": place}) + "\n")
        server.stdin.flush()
        code, other = json.loads(server.stdout.readline())
        return code, other

    yield ask
    _, said = server.communicate()
    assert server.returncode == 0
    assert "another process took the store's lock while this one slept" in said
    assert "the lock was lost while working" in said


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A place in memory, where there is one: each proof of the lock waits for the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as place:
        yield Path(place)


@pytest.mark.parametrize("paths", [PATHS[:1], PATHS], ids=["one file", "two files"])
def test_a_sleeper_that_lost_its_lock_overwrites_nothing(sleep_at: Any, scratch: Path, paths: tuple[str, ...]) -> None:
    refused, place, other = 0, 0, 0
    while other is not None:
        place += 1
        root = store(scratch / f"store{place}")
        code, other = sleep_at(root, paths, place)
        texts = {(root / path).read_text(encoding="utf-8") for path in paths}
        assert len(texts) == 1, (place, texts)
        text = texts.pop()
        assert code in (0, 7) and other in (0, None)
        assert text.count("A") == 1 if code == 0 else text.count("A") <= 1, (place, code, text)
        assert text.count("B") == (other is not None), (place, code, text)
        assert not (root / ".local" / "journal.json").exists()
        refused += code == 7
    assert place > 90 and refused > 20


def store(root: Path) -> Path:
    """A directory store that holds nothing yet."""
    for folder in (".local", "tasks", "plans", "members"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "fedtasks.yaml").write_text("format: 1\nproject: p\n", encoding="utf-8")
    return root
