"""Runs in a guest: command lines from standard input, one after the other in one process; `python -m tests.nfs.worker`.

Each answer is one line of JSON on standard output. `["until", TEXT, ...]` repeats what follows until its answer holds
the text. With FT_ACKS=FILE each command that was done is noted there at once, as a person would who saw it. With
FT_SLEEP='EVENT PLACE' the process stops before its first such change of a path in PLACE, or start of a program with it
in its arguments: it makes /mnt/team/here and goes on when /mnt/team/go is there.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import fedtasks.cli.boundary  # noqa: F401
from fedtasks.cli.main import main

HERE, GO = Path("/mnt/team/here"), Path("/mnt/team/go")


def run() -> None:
    """All commands of the input."""
    acks = os.environ.get("FT_ACKS")
    sleep = os.environ.get("FT_SLEEP", "").split()
    if sleep:
        sys.addaudithook(Sleeper(*sleep))
    for words in json.loads(sys.stdin.read()):
        answer = repeated(words[1], words[2:]) if words[0] == "until" else answered(words)
        code = answer[0]
        print(json.dumps(answer), flush=True)
        if acks and code == 0:
            with Path(acks).open("a", encoding="utf-8") as file:
                file.write(f"{words[-1]}\n")
                file.flush()
                os.fsync(file.fileno())


def answered(words: list[str]) -> list[Any]:
    """Exit code, output, errors, when it began and when it ended."""
    began = time.time()
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    return [code, out.getvalue(), err.getvalue(), began, time.time()]


def repeated(text: str, words: list[str]) -> list[Any]:
    """The first answer with the text in it, with the beginning of the last try that missed it; gives up in a minute."""
    deadline, missed = time.monotonic() + 60, 0.0
    while text not in (answer := answered(words))[1] and time.monotonic() < deadline:
        missed = answer[3]
    return [*answer[:3], missed, answer[4]]


class Sleeper:
    """Waits once, at a chosen change."""

    def __init__(self, event: str, place: str) -> None:
        self.event, self.place, self.done = event, place, False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.done or event != self.event:
            return
        if self.place not in str(arguments[1 if event == "subprocess.Popen" else 0]):
            return
        self.done = True
        os.close(os.open(HERE, os.O_CREAT | os.O_WRONLY))
        while GO.name not in os.listdir(GO.parent):
            time.sleep(0.05)


if __name__ == "__main__":
    run()
