"""A team: machines of their own, each with a clone, that share one bare remote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import Result, World

NAMES = ("ada", "ben", "cleo", "dan", "eve", "fay", "gus", "hal")


class Team:
    """`clones` are worlds by name; the first one made the store, the others joined it."""

    def __init__(self, base: Path, count: int = 2, *, init: bool = True) -> None:
        self.base, self.remote = base, base / "remote.git"
        self.clones: dict[str, World] = {}
        self._git = World(base / "nobody", "git")
        self.git("init", "--quiet", "--bare", str(self.remote), cwd=base)
        first = self.machine(NAMES[0])
        first.start_project()
        first.git("remote", "add", "origin", str(self.remote), cwd=first.project)
        first.git("push", "--quiet", "origin", "main", cwd=first.project)
        if init:
            first.init()
            first.ok("sync")
            for name in NAMES[1:count]:
                self.clone(name)

    def git(self, *words: str, cwd: Path | None = None) -> str:
        """A git command at the remote."""
        return self._git.git(*words, cwd=cwd or self.remote)

    def machine(self, name: str) -> World:
        """A new machine, with no clone yet."""
        made = World(self.base / name, "git", name.title(), f"{name}@example.org")
        made.env |= {"FEDTASKS_ACTOR": name, "FEDTASKS_FSYNC": "off"}
        self.clones[name] = made
        return made

    def clone(self, name: str, *options: str) -> World:
        """A new machine with a clone that has joined the store."""
        made = self.machine(name)
        made.git("clone", "--quiet", *options, str(self.remote), str(made.project), cwd=made.base)
        made.init()
        return made

    @property
    def all(self) -> list[World]:
        return list(self.clones.values())

    def heads(self) -> set[str]:
        return {clone.git("rev-parse", "fedtasks") for clone in self.all} | {self.remote_head()}

    def remote_head(self) -> str:
        return self.git("rev-parse", "fedtasks")

    def settle(self) -> None:
        """Everybody syncs until nothing moves any more."""
        for _ in range(5):
            for clone in self.all:
                clone.ok("sync")
            if len(self.heads()) == 1:
                return
        raise AssertionError(f"never quiet: {self.heads()}")

    def assert_alike(self) -> None:
        """All clones hold the same bytes, each of them is clean."""
        trees = [files(clone.root) for clone in self.all]
        for tree in trees[1:]:
            assert tree == trees[0]
        for clone in self.all:
            clone.assert_clean()
        assert self.git("fsck", "--strict", "--no-dangling") == ""

    def hook(self, name: str, script: str) -> Path:
        """Installs a hook at the remote."""
        path = self.remote / "hooks" / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    def away(self) -> None:
        """The remote cannot be reached."""
        shutil.move(self.remote, self.base / "away.git")

    def back(self) -> None:
        shutil.move(self.base / "away.git", self.remote)


def files(root: Path) -> dict[str, bytes]:
    """All files of a store that are shared."""
    found = (path for path in root.rglob("*") if path.is_file() and ".local" not in path.parts and path.name != ".git")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def events(world: Any, id: str) -> list[tuple[str, str]]:
    """Kind and actor of each event of a task."""
    return [(event["kind"], event["by"]) for event in world.raw(id)["history"]]


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
    """One process for each clone, ready to run command lines when all are let go at once."""

    def __init__(self, worlds: list[World]) -> None:
        self.gate, self._open = os.pipe()
        program = [sys.executable, "-c", WORKER, str(self.gate)]
        self.processes = [
            world.popen(program=program, stdin=subprocess.PIPE, stderr=None, pass_fds=(self.gate,)) for world in worlds
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
