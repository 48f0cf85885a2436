"""A team: machines of their own, each with a clone, that share one bare remote."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.conftest import World

NAMES = ("ada", "ben", "cleo", "dan", "eve", "fay", "gus", "hal")


class Team:
    """`clones` are worlds by name; the first one made the store, the others joined it. `id`: a task that all know."""

    def __init__(self, base: Path, count: int = 2, *, init: bool = True) -> None:
        self.base, self.remote = base, base / "remote.git"
        self.clones: dict[str, World] = {}
        self.id = ""
        self.server = World(base / "nobody", "git")
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
        return self.server.git(*words, cwd=cwd or self.remote)

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
    def ada(self) -> World:
        """Who made the store."""
        return self.clones["ada"]

    @property
    def ben(self) -> World:
        """The second one."""
        return self.clones["ben"]

    @property
    def all(self) -> list[World]:
        return list(self.clones.values())

    def share(self, *words: str) -> Team:
        """Adds the task that all know, with these options of `add`."""
        self.id = self.ada.add("shared", *words)
        self.settle()
        return self

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
