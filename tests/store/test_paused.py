"""A writer that falls asleep at any line, or inside git, loses its lock, and wakes up: what changed since stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import PACKAGE

SHIM = """#!/bin/sh
count=$(($(cat "$FT_SHIM/count") + 1))
echo $count > "$FT_SHIM/count"
if [ $((2 * count - 1)) = "$FT_SLEEP" ]; then kill -STOP 0; fi
"$FT_GIT" "$@"
code=$?
if [ $((2 * count)) = "$FT_SLEEP" ]; then kill -STOP 0; fi
exit $code
"""

PATHS = ("tasks/task-aaaaa.json", "plans/p.json")
SleepAt = Callable[..., tuple[int, int | None]]


@pytest.fixture
def sleep_at(tmp_path: Path) -> Iterator[SleepAt]:
    """A writer does A, sleeps at its N-th line, loses its lock; another one does B; the first wakes up.

    The lock is lost as it is on NFS when a lease runs out: it is gone, and the sleeper's descriptor says nothing of it.
    With `in_git` it sleeps before its first git command (1), after it (2), before its second one (3), ...
    """
    (tmp_path / "git").write_text(SHIM, encoding="utf-8")
    (tmp_path / "git").chmod(0o755)
    environ = {"PYTHONPATH": str(PACKAGE), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.store.sleeper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ | {"FT_SHIM": str(tmp_path), "FT_GIT": str(shutil.which("git"))},
    )
    assert server.stdin is not None and server.stdout is not None

    def ask(
        root: Path, paths: tuple[str, ...], place: int, act: str = "append", *, in_git: bool = False
    ) -> tuple[int, int | None]:
        (tmp_path / "count").write_text("0\n", encoding="utf-8")
        order = {"root": str(root), "paths": paths, "place": place, "act": act, "git": str(tmp_path) if in_git else ""}
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        code, other = json.loads(server.stdout.readline())
        return code, other

    yield ask
    _, said = server.communicate()
    assert server.returncode == 0
    assert "another process took the store's lock while this one slept" in said, said
    assert "unexpected" not in said and "Traceback" not in said, said


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
def test_a_sleeper_that_lost_its_lock_overwrites_nothing(
    sleep_at: SleepAt, scratch: Path, paths: tuple[str, ...]
) -> None:
    refused, place, other = 0, 0, 0
    while other is not None:
        place += 1
        root = store(scratch / f"store{place}")
        code, other = sleep_at(root, paths, place)
        texts = {(root / path).read_text(encoding="utf-8") for path in paths}
        assert len(texts) == 1, (place, texts)
        refused += judge(root, texts.pop(), place, code, other)
    assert place > 90 and refused > 20


ARCHIVED = ("tasks/task-aaaaa.json", "archive/2026/task-aaaaa.json")


def test_a_sleeper_that_lost_its_lock_removes_nothing_newer(sleep_at: SleepAt, scratch: Path) -> None:
    """A moves a task to the archive; B, in between, moves it on from where it finds it."""
    refused, place, other = 0, 0, 0
    while other is not None:
        place += 1
        root = store(scratch / f"store{place}", {ARCHIVED[0]: "-"})
        code, other = sleep_at(root, ARCHIVED, place, "move")
        refused += judge(root, moved(root), place, code, other)
    assert place > 130 and refused > 30


def test_a_sleeper_that_was_to_remove_one_file_leaves_a_newer_one(sleep_at: SleepAt, scratch: Path) -> None:
    """No journal tells the others of it: what it removes is what it has read, or nothing."""
    path, place, other, texts = "inbox/ann/1.json", 0, 0, set()
    while other is not None:
        place += 1
        root = store(scratch / f"store{place}", {path: "-"})
        code, other = sleep_at(root, (path,), place, "remove")
        text = (root / path).read_text(encoding="utf-8") if (root / path).exists() else None
        assert code in (0, 7) and other in (0, None)
        assert text in (("-B", "B") if other == 0 else (None,)), (place, code, text)
        texts.add((code, text))
    assert texts == {(0, "-B"), (7, "-B"), (0, "B"), (0, None)}


def test_a_sleeper_inside_git_commits_nothing_over_a_newer_commit(sleep_at: SleepAt, scratch: Path) -> None:
    template = store(scratch / "template", {ARCHIVED[0]: "-"})
    git(template, "init", "--quiet", "--initial-branch=main")
    (template / ".gitignore").write_text("/.local/\n", encoding="utf-8")
    git(template, "add", ".")
    git(template, *PERSON, "commit", "--quiet", "--message", "before")
    seen = []
    for in_git in (True, False):
        place, other = 0, 0
        while other is not None:
            place += 1
            root = scratch / f"store{in_git}{place}"
            shutil.copytree(template, root)
            code, other = sleep_at(root, ARCHIVED, place, "move", in_git=in_git)
            judge(root, moved(root), place, code, other)
            assert git(root, "status", "--porcelain") == "", (in_git, place)
            text = moved(root)
            assert git(root, "log", "--format=%s").split() == [*reversed(text[1:]), "before"], (in_git, place, text)
            seen.append((in_git, code, text.count("A")))
    assert {(True, 7, 1), (True, 0, 1), (False, 7, 0), (False, 7, 1)} <= set(seen), set(seen)


PERSON = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


def moved(root: Path) -> str:
    """The text of the one place where the task stands."""
    (text,) = [(root / path).read_text(encoding="utf-8") for path in ARCHIVED if (root / path).exists()]
    return text


def judge(root: Path, text: str, place: int, code: int, other: int | None) -> bool:
    """Each writer's change is there once; whether the sleeper was refused."""
    assert code in (0, 7) and other in (0, None), (place, code, other)
    assert text.count("A") == 1 if code == 0 else text.count("A") <= 1, (place, code, text)
    assert text.count("B") == (other is not None), (place, code, text)
    assert not (root / ".local" / "journal.json").exists()
    return code == 7


def store(root: Path, files: Mapping[str, str] | None = None) -> Path:
    """A directory store with these files."""
    for folder in (".local", "tasks", "plans", "members"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "fedtasks.yaml").write_text("format: 1\nproject: p\n", encoding="utf-8")
    for path, text in (files or {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root
