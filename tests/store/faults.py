"""One command of a prepared process, run under strace, which fails or kills it at a chosen system call."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import PACKAGE

SERVER = """
import io, json, os, signal, sys
from contextlib import redirect_stderr, redirect_stdout
from fedtasks.cli.main import main
import fedtasks.cli.boundary, fedtasks.cli.group, filelock, yaml, sqlite3, zoneinfo
for words in json.loads(sys.argv[1]):
    assert main(words) == 0, words
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        out = io.StringIO()
        os.kill(os.getpid(), signal.SIGSTOP)
        with redirect_stdout(out), redirect_stderr(out):
            code = main(order)
        open(sys.argv[2], "w").write(out.getvalue())
        os._exit(code)
    os.waitpid(child, os.WUNTRACED)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

CALL = re.compile(r"^(?:\d+ +)?([a-z0-9_]+)\((.*)")


class Call(NamedTuple):
    """The N-th system call of a name in a command, and its arguments as strace shows them."""

    name: str
    number: int
    arguments: str


class Ended(NamedTuple):
    """How a command ended: its exit code (minus the signal that killed it) and what it said."""

    code: int
    said: str


class Faults:
    """Commands of one environment; each is a fork of a process that has everything loaded."""

    def __init__(self, env: Mapping[str, str], place: Path, warm_up: list[list[str]]) -> None:
        self.out, self.log = place / "out", place / "log"
        command = [sys.executable, "-c", SERVER, json.dumps(warm_up), str(self.out)]
        environ = dict(env) | {"PYTHONPATH": str(PACKAGE)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._server = subprocess.Popen(command, env=environ, cwd=place, text=True, **pipes)  # type: ignore[call-overload]

    def run(self, words: list[str], *options: str) -> Ended:
        """Runs a command under strace with these options."""
        server = self._server
        server.stdin.write(json.dumps(words) + "\n")
        server.stdin.flush()
        while not (line := server.stdout.readline()).strip().isdecimal():
            assert line, "the process that prepares commands ended"
        child = int(line)
        self.out.write_text("", encoding="utf-8")
        tracer = ["strace", "-y", "-s", "256", "-o", str(self.log), *options, "-p", str(child)]
        strace = subprocess.Popen(tracer, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert strace.stderr is not None
        attached = b"attached" in strace.stderr.readline()
        os.kill(child, signal.SIGCONT)
        code = int(server.stdout.readline())
        strace.communicate()
        if not attached:
            pytest.skip("strace may not trace processes here")
        return Ended(code, self.out.read_text(encoding="utf-8"))

    def calls(self, words: list[str], *options: str) -> tuple[Ended, list[Call]]:
        """The system calls of a command that nothing disturbs, in order."""
        ended = self.run(words, *options)
        seen, found = Counter[str](), list[Call]()
        for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines():
            if call := CALL.match(line):
                seen[call[1]] += 1
                found.append(Call(call[1], seen[call[1]], call[2]))
        return ended, found

    def killed(self, words: list[str], call: Call) -> Ended:
        """Kills the command as it enters a system call."""
        return self.run(words, *self._at(call, "signal=KILL"))

    def failed(self, words: list[str], call: Call, error: str) -> Ended:
        """Fails one system call of the command, which then does nothing."""
        return self.run(words, *self._at(call, f"error={error}"))

    def _at(self, call: Call, what: str) -> Iterator[str]:
        yield from ("-e", f"trace={call.name}", "-e", f"inject={call.name}:{what}:when={call.number}")

    def close(self) -> None:
        self._server.communicate()


def require_strace() -> None:
    """Skips a test where there is no strace."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
