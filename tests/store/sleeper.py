"""A process whose children write to a store, fall asleep at a chosen place, and lose their lock before they wake up.

Each line that it reads is an order: the act, its paths, the line or (`git`: a folder with a wrapper of it) the git
command at which the first writer sleeps. It answers with the exit codes of both writers, the second one null where the
first one never slept.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import filelock
import yaml

import fedtasks
from fedtasks.errors import FedtasksError
from fedtasks.git.recorder import GitRecorder
from fedtasks.git.run import Git
from fedtasks.store.registry import Registry, Writer
from fedtasks.store.schemas import first_error
from fedtasks.store.transaction import Transaction

LOADED = (filelock, yaml)
PACKAGE = Path(fedtasks.__file__).parent
NAMES = ("files", "finishing", "journal", "leftovers", "lock", "registry", "transaction")
STORE = tuple(f"{PACKAGE}/store/{name}.py" for name in NAMES)
RECORDING = (f"{PACKAGE}/store/finishing.py", f"{PACKAGE}/git/recorder.py", f"{PACKAGE}/git/refs.py")
"""What a directory store without git does not pass."""


def sleeping(place: int, parts: tuple[str, ...]) -> Callable[..., Any]:
    """A trace function that stops this process at its N-th line of these modules."""
    seen = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal seen
        if not frame.f_code.co_filename.startswith(parts):
            return None
        if event == "line":
            seen += 1
            if seen == place:
                os.kill(os.getpid(), signal.SIGSTOP)
        return trace

    return trace


def append(transaction: Transaction, paths: list[str], letter: str) -> None:
    for path in paths:
        transaction.put_bytes(path, (transaction.read(path) or b"") + letter.encode())


def move(transaction: Transaction, paths: list[str], letter: str) -> None:
    """From where it is to the other place, as archiving does."""
    here, there = paths if transaction.read(paths[0]) is not None else reversed(paths)
    transaction.put_bytes(there, (transaction.read(here) or b"") + letter.encode())
    transaction.remove(here)


def remove(transaction: Transaction, paths: list[str], letter: str) -> None:
    """The first writer removes what it knows, as reading a notice does; the second one puts it there again."""
    if letter == "A":
        if transaction.read(paths[0]) == b"-":
            transaction.remove(paths[0])
    else:
        append(transaction, paths, letter)


ACTS = {"append": append, "move": move, "remove": remove}


def write(order: dict[str, Any], letter: str) -> None:
    root = Path(order["root"])
    recorder = GitRecorder(Git(root, os.environ), fsync=False) if (root / ".git").exists() else None
    with Registry(root, recorder, Writer({}, 5.0, letter, False)).transaction() as transaction:
        ACTS[order["act"]](transaction, order["paths"], letter)
        transaction.describe(letter, (), name="Ann", email="ann@example.org", at="2026-01-27T16:00:00Z")


def begin(order: dict[str, Any], letter: str, place: int) -> int:
    """A child that writes, in a process group of its own."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        code = 1
        try:
            if order["git"] and letter == "A":
                os.environ |= {"PATH": order["git"] + os.pathsep + os.environ["PATH"], "FT_SLEEP": str(place)}
            elif place:
                recorded = Path(order["root"], ".git").exists()
                sys.settrace(sleeping(place, RECORDING if recorded else STORE))
            write(order, letter)
            code = 0
        except FedtasksError as found:
            print(found.message, file=sys.stderr, flush=True)
            code = found.exit_code
        finally:
            if code == 1:
                traceback.print_exc()
            os._exit(code)
    return child


def end(child: int, options: int = 0) -> int:
    return os.waitpid(child, options)[1]


def main() -> None:
    """Carries out the orders on standard input."""
    first_error("config", {})
    for line in sys.stdin:
        order = json.loads(line)
        sleeper = begin(order, "A", order["place"])
        status, other = end(sleeper, os.WUNTRACED), None
        if os.WIFSTOPPED(status):
            Path(order["root"], ".local/lock").unlink(missing_ok=True)
            other = os.waitstatus_to_exitcode(end(begin(order, "B", 0)))
            os.killpg(sleeper, signal.SIGCONT)
            status = end(sleeper)
        print(json.dumps([os.waitstatus_to_exitcode(status), other]), flush=True)


if __name__ == "__main__":
    main()
