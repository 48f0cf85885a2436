"""The journal: a transaction that is interrupted anywhere, in its recovery too, is completed or dropped whole."""

from __future__ import annotations

import base64
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fedtasks.errors import InvalidData, LockLost
from fedtasks.store import journal
from fedtasks.store.journal import Move, Record
from tests.conftest import PACKAGE

SERVER = """
import base64, json, os, signal, sys, traceback
import subprocess
from pathlib import Path
import filelock, yaml
import fedtasks
from fedtasks.git.recorder import GitRecorder
from fedtasks.git.run import Git
from fedtasks.store.registry import Registry, Writer
from fedtasks.store.schemas import first_error
from tests.groups import adopt_orphans, wait_for_group

NAMES = ("files", "finishing", "journal", "leftovers", "lock", "registry", "transaction")
PARTS = tuple(f"{Path(fedtasks.__file__).parent}/{name}" for name in (*(f"store/{name}" for name in NAMES), "git/"))

def killing(place):
    seen = 0
    def trace(frame, event, argument):
        nonlocal seen
        if not frame.f_code.co_filename.startswith(PARTS):
            return None
        if event == "line":
            seen += 1
            if seen == place:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    return trace

def act(order):
    root = Path(order["root"])
    recorder = GitRecorder(Git(root, os.environ), fsync=False) if (root / ".git").exists() else None
    registry = Registry(root, recorder, Writer({"pid": os.getpid()}, 5.0, str(os.getpid()), order["fsync"]))
    sys.settrace(killing(order["place"]) if order["place"] else None)
    if order["writes"] is None:
        registry.settle()
        return
    with registry.transaction() as transaction:
        for path, data in order["writes"].items():
            if data is None:
                transaction.read(path)
                transaction.remove(path)
            else:
                transaction.put_bytes(path, base64.b64decode(data))
        transaction.describe("change", (), name="Ann", email="ann@example.org", at="2026-01-27T16:00:00Z")

adopt_orphans()
first_error("config", {})
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.setpgrp()
        try:
            act(json.loads(line))
            sys.settrace(None)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    wait_for_group(child)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""

Writes = Mapping[str, bytes | None]
Act = Callable[..., int]

PATHS = ("tasks/task-aaaaa.json", "tasks/task-bbbbb.json", "plans/p.json", "members/ann.json", "inbox/ann/1.json")
files = st.dictionaries(st.sampled_from(PATHS), st.binary(max_size=40), max_size=4)
writes = st.dictionaries(st.sampled_from(PATHS), st.none() | st.binary(max_size=40), min_size=1, max_size=4)


@pytest.fixture
def act(git_config: dict[str, str]) -> Iterator[Act]:
    """Carries out a transaction, or a reader's settling, in a process that is killed at its N-th line (0: never)."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=git_config | {"PYTHONPATH": str(PACKAGE)},
    )
    assert server.stdin is not None and server.stdout is not None

    def ask(root: Path, wanted: Writes | None, place: int = 0, *, fsync: bool = False) -> int:
        encoded = None
        if wanted is not None:
            encoded = {path: None if data is None else base64.b64encode(data).decode() for path, data in wanted.items()}
        order = {"root": str(root), "writes": encoded, "place": place, "fsync": fsync}
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        return int(server.stdout.readline())

    yield ask
    server.communicate()
    assert server.returncode == 0


@pytest.fixture
def git_config(make_world: Any) -> dict[str, str]:
    """The environment of a machine of its own."""
    env: dict[str, str] = make_world("git", name="machine", init=False).env
    return env


def photograph(root: Path) -> dict[str, bytes]:
    """All files of a store but its settings and what is local."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for folder in ("tasks", "plans", "members", "inbox")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def is_tidy(root: Path) -> bool:
    """Whether nothing of a transaction is left over."""
    return not (root / ".local" / "journal.json").exists() and list((root / ".local" / "tmp").iterdir()) == []


def make(root: Path, before: Mapping[str, bytes]) -> Path:
    """A directory store with these files."""
    for folder in (".local", "tasks", "plans", "members"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "fedtasks.yaml").write_text("format: 1\nproject: p\n", encoding="utf-8")
    for path, data in before.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def interrupt(act: Act, root: Path, wanted: Writes, places: list[int], *, fsync: bool = False) -> tuple[int, bool]:
    """A transaction that is killed at the first place, its recovery at the others: exit code, whether it happened."""
    before = photograph(root)
    after = {path: data for path, data in (before | dict(wanted)).items() if data is not None}
    first, *more = places
    code = act(root, wanted, first, fsync=fsync)
    begun = (root / ".local" / "journal.json").exists()
    for number, place in enumerate(more):
        act(root, None if number % 2 else {}, place, fsync=fsync)
    assert act(root, {}) == 0
    found = photograph(root)
    assert found in (before, after)
    assert found == after or (code != 0 and not begun)
    assert is_tidy(root)
    return code, found == after


NUMBERS = iter(range(10**9))
once = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])


@once
@given(before=files, wanted=writes, places=st.lists(st.integers(0, 230), min_size=1, max_size=4), fsync=st.booleans())
def test_any_interrupted_transaction_is_completed_or_dropped_whole(
    act: Act, tmp_path: Path, before: dict[str, bytes], wanted: Writes, places: list[int], fsync: bool
) -> None:
    interrupt(act, make(tmp_path / f"store{next(NUMBERS)}", before), wanted, places, fsync=fsync)


def test_every_line_of_a_transaction_of_several_files(act: Act, tmp_path: Path) -> None:
    """A kill at each line in turn: at first nothing happens, from one line on all of it."""
    before = {PATHS[0]: b"old", PATHS[2]: b"plan"}
    wanted = {PATHS[0]: b"new", PATHS[1]: b"more", PATHS[2]: None}
    seen, code = [], -9
    while code != 0:
        root = make(tmp_path / f"store{len(seen)}", before)
        code, done = interrupt(act, root, wanted, [len(seen) + 1])
        assert code in (0, -signal.SIGKILL)
        seen.append(done)
    assert len(seen) > 100 and seen == sorted(seen) and set(seen) == {False, True}


@pytest.fixture
def template(make_world: Any) -> Path:
    """A directory store in git, to copy."""
    world = make_world("dir+git")
    root: Path = world.root
    (root / PATHS[0]).write_bytes(b"old")
    (root / PATHS[2]).write_bytes(b"plan")
    world.git("add", ".")
    world.git("commit", "--quiet", "-m", "before")
    return root


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=writes, places=st.lists(st.integers(0, 400), min_size=1, max_size=3))
def test_in_git_the_commit_goes_with_the_files(
    act: Act, git_config: dict[str, str], template: Path, tmp_path: Path, wanted: Writes, places: list[int]
) -> None:
    root = tmp_path / f"copy{next(NUMBERS)}"
    shutil.copytree(template, root)
    before = photograph(root)
    _, done = interrupt(act, root, wanted, places)

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=root, env=git_config, check=True, capture_output=True, text=True
        ).stdout

    changed = photograph(root) != before
    assert git("status", "--porcelain") == ""
    subjects = git("log", "--format=%s").splitlines()
    assert subjects[-2:] == ["before", "start the task store"]
    assert len(subjects) in ((3,) if changed else (2, 3)), (subjects, done)


# --- the journal's own file -------------------------------------------------------------------------------------------


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    root = make(tmp_path, {})
    (root / ".local" / "tmp").mkdir()
    assert journal.read_journal(root) is None
    record = Record((Move("tasks/a.json", ".local/tmp/0"), Move("tasks/b.json", None)), {"subject": "größe"})
    for _ in range(2):
        journal.write_journal(root, record, "me", lambda: None, fsync=True)
        assert journal.read_journal(root) == record
    assert record.paths == ("tasks/a.json", "tasks/b.json")
    journal.clear_journal(root, Record((), {}))
    assert journal.read_journal(root) == record
    journal.clear_journal(root, record)
    journal.clear_journal(root)
    assert journal.read_journal(root) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"moves": [{}], "commit": {}}', '{"moves": 1, "commit": {}}'])
def test_what_is_no_journal_is_named_and_kept(dir_world: Any, text: str) -> None:
    """Nothing is written over a journal that cannot be understood; reading goes on."""
    id = dir_world.add("one")
    path = dir_world.root / ".local" / "journal.json"
    path.write_text(text, encoding="utf-8")
    error = dir_world.fails(6, "add", "two")
    assert error["path"] == ".local/journal.json" and "move it away" in error["hint"]
    assert path.read_text(encoding="utf-8") == text
    assert dir_world.ids() == [id]
    with pytest.raises(InvalidData):
        journal.read_journal(dir_world.root)
    path.unlink()
    dir_world.add("two")
    dir_world.assert_clean()


def test_moves_may_be_repeated(tmp_path: Path) -> None:
    root = make(tmp_path, {"tasks/b.json": b"gone soon"})
    (root / ".local" / "tmp").mkdir()
    (root / ".local" / "tmp" / "0").write_bytes(b"new")
    moves = (Move("inbox/ann/1.json", ".local/tmp/0"), Move("tasks/b.json", None))
    assert journal.contents(root, moves) == {"inbox/ann/1.json": b"new", "tasks/b.json": None}
    for again in (False, True):
        journal.carry_out(root, moves, fsync=True, again=again)
        assert photograph(root) == {"inbox/ann/1.json": b"new"}
    assert journal.contents(root, moves, again=True) == {"inbox/ann/1.json": b"new", "tasks/b.json": None}
    for overtaken in (journal.carry_out, journal.contents):
        with pytest.raises(LockLost, match="another process"):
            overtaken(root, moves, **({"fsync": True} if overtaken is journal.carry_out else {}))
