"""What people see, byte for byte: golden files, the same on every kind of store.

GOLDEN=write writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "sample_plans" / "backlog.md"
GOLDEN = Path(__file__).resolve().parent / "golden"
DAY = "2026-05-0{}T08:00:00Z"


@pytest.fixture
def office(world: Any) -> Any:
    """The sample backlog after some days of work; ids derive from the plan, times are fixed."""
    (world.project / SAMPLE.name).write_bytes(SAMPLE.read_bytes())

    def on(day: int, who: str, *words: str) -> Any:
        return world.ok(*words, who=who, env={"FEDTASKS_NOW": DAY.format(day)})

    on(1, "mira", "parse", SAMPLE.name)
    ids = {task["source"]["key"]: task["id"] for task in world.ok("list", "--all")["tasks"]}
    titles = {task["title"].split()[0]: task["id"] for task in world.ok("list", "--all")["tasks"]}
    assert len(ids) == len(titles) == 10
    world.route, world.export, world.show_queue = titles["Route"], titles["Export"], titles["Show"]
    world.head, world.install = titles["Let"], titles["Replace"]
    on(2, "mira", "edit", world.install, "--title", "標簽 Größe: replace the notes", "--estimate", "2d", "--tag", "ops")
    on(3, "mira", "edit", world.install, "-d", "Line one\nline two", "--due", "2026-08-01", "--file", "ops/**")
    on(4, "mira", "lead", world.install, "ines")
    on(4, "tomasz", "start", world.install)
    on(5, "tomasz", "block", world.install, "--reason", "no access to the server", "--by", world.route)
    on(6, "tomasz", "unblock", world.install)
    on(7, "tomasz", "done", world.route)
    on(7, "wen", "claim", world.show_queue)
    on(8, "wen", "release", world.show_queue)
    on(8, "mira", "cancel", world.head, "--reason", "the foreman says no")
    return world


def compare(name: str, text: str) -> None:
    """The text is the golden file's; no line of it ends in a blank or holds a control sequence."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(text.encode("utf-8"))
    assert text.encode("utf-8") == path.read_bytes()
    assert text.endswith("\n") and "\x1b" not in text
    assert all(line == line.rstrip() for line in text.splitlines())


def piped(world: Any, *words: str, code: int = 0) -> str:
    """The output of a process whose output is a pipe; the store's place is written as STORE."""
    done = world.run(*words, env={"FEDTASKS_NOW": DAY.format(9)})
    assert done.code == code, done
    return str(done.told).replace(str(world.root), "STORE")


def on_terminal(world: Any, columns: int, *words: str) -> str:
    """The output of a process on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        modes = termios.tcgetattr(theirs)
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, modes)
        env = {"COLUMNS": None, "LINES": None, "FEDTASKS_NOW": DAY.format(9)}
        process = world.popen(*words, stdout=theirs, stderr=subprocess.PIPE, env=env)
        os.close(theirs)
        theirs = -1
        data = b"".join(iter(lambda: _read(ours), b""))
        _, err = process.communicate(timeout=30)
    finally:
        os.close(ours)
        if theirs >= 0:
            os.close(theirs)
    assert (process.returncode, err) == (0, b"")
    return data.decode("utf-8")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other end of a terminal is closed
        return b""


def cells(text: str) -> int:
    """The cells of the widest line; the sample's only wide signs are 標簽."""
    return max(len(line) + sum(line.count(sign) for sign in "標簽") for line in text.splitlines())


def test_list(office: Any) -> None:
    compare("list", piped(office, "list"))
    compare("list-all-by-status", piped(office, "list", "--all", "--sort", "status"))


def test_list_fits_a_terminal(office: Any) -> None:
    text = on_terminal(office, 72, "list")
    assert cells(text) <= 72 and "…" in text
    compare("list-72", text)


def test_board_piped(office: Any) -> None:
    """Plain when piped: whole titles, one line a task, whatever the width of the terminal nearby."""
    text = piped(office, "board")
    assert "…" not in text and "─" not in text
    compare("board-piped", text)
    assert office.run("board", env={"COLUMNS": "40", "FEDTASKS_NOW": DAY.format(9)}).out == text


def test_board_on_a_wide_terminal(office: Any) -> None:
    text = on_terminal(office, 150, "board")
    assert cells(text) <= 150
    assert [word for word in text.splitlines()[0].split() if word.isupper() or "_" in word] == [
        "PENDING", "IN_PROGRESS", "BLOCKED", "DONE", "CANCELLED",
    ]  # fmt: skip
    compare("board-150", text)


def test_board_on_a_narrow_terminal(office: Any) -> None:
    text = on_terminal(office, 64, "board")
    assert cells(text) <= 64 and text != piped(office, "board")
    compare("board-64", text)


def test_show(office: Any) -> None:
    compare("show", piped(office, "show", office.install))
    compare("show-waiting", piped(office, "show", office.export))


def test_history(office: Any) -> None:
    """Time, actor, what changed, old and new."""
    text = piped(office, "history", office.install)
    assert len(text.splitlines()) == len(office.show(office.install)["history"])
    compare("history", text)
    compare("history-released", piped(office, "history", office.show_queue))


def test_ready_why(office: Any) -> None:
    compare("ready", piped(office, "ready"))
    compare("ready-why", piped(office, "ready", "--why"))


def test_check(office: Any) -> None:
    """`path:line: severity: message`, and a count; exit 6 when a file is wrong."""
    compare("check-clean", piped(office, "check"))
    office.path(office.route).write_bytes(b'{\n  "schema": 1,\n  "title": oops\n}\n')
    (office.root / "tasks" / "notes.txt").write_text("mine\n", encoding="utf-8")
    office.rewrite(office.export, depends_on=["task-zzzzzzzz"], priority="urgent")
    name = "check-broken-recorded" if office.recorded else "check-broken"
    compare(name, piped(office, "check", code=6))


def test_every_golden_file_is_compared() -> None:
    """A file that no test reads would never fail."""
    text = Path(__file__).read_text(encoding="utf-8")
    assert sorted(path.stem for path in GOLDEN.iterdir() if f'"{path.stem}"' not in text) == []
