"""Processes that run command lines at the same moment, each in its own world and as its own actor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from tests.conftest import Result, World

WORKER = """
import io, json, os, sys
from contextlib import redirect_stderr, redirect_stdout
from fedtasks.cli.main import main
import fedtasks.cli.boundary, fedtasks.cli.look, fedtasks.cli.tasks, fedtasks.cli.work, fedtasks.cli.sync
gate = int(sys.argv[1])
for line in sys.stdin:
    commands, environ = json.loads(line)
    os.environ.update(environ)
    print("ready", flush=True)
    os.read(gate, 1)
    answers = []
    for words in commands:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        answers.append([code, out.getvalue(), err.getvalue()])
    print(json.dumps(answers), flush=True)
"""


class Crowd:
    """One process for each of these worlds, ready to run command lines when all are let go at once.

    `names` are who acts in them, where the worlds do not say.
    """

    def __init__(self, worlds: Sequence[World], names: Sequence[str | None] = ()) -> None:
        self.gate, self._open = os.pipe()
        options = {"stdin": subprocess.PIPE, "stderr": None, "pass_fds": (self.gate,)}
        program = [sys.executable, "-c", WORKER, str(self.gate)]
        actors = names or [None] * len(worlds)
        self.processes = [
            world.popen(program=program, who=name, **options) for world, name in zip(worlds, actors, strict=True)
        ]

    def run(self, commands: list[list[list[str]]], environ: list[dict[str, str]] | None = None) -> list[list[Result]]:
        """Each process runs its list of commands; all begin together."""
        for place, (process, wanted) in enumerate(zip(self.processes, commands, strict=True)):
            process.stdin.write(json.dumps([wanted, environ[place] if environ else {}]).encode() + b"\n")
            process.stdin.flush()
        for process in self.processes:
            assert process.stdout.readline() == b"ready\n"
        os.write(self._open, b"x" * len(self.processes))
        answers = [json.loads(process.stdout.readline()) for process in self.processes]
        return [[Result(*answer) for answer in all] for all in answers]

    def close(self) -> None:
        for process in self.processes:
            process.communicate()
        os.close(self.gate)
        os.close(self._open)
