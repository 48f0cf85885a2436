"""SIGKILL at random times: the store stays whole, and nothing that was acknowledged is lost.

The seed is printed; KILL_SEED repeats a run, KILL_ROUNDS makes it longer.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.groups import adopt_orphans, wait_for_group

ROUNDS = int(os.environ.get("KILL_ROUNDS", "23"))
PLAN = "# Plan {number}\n\n## Phase one\n\n- [ ] Dig {number}\n- [ ] Build {number}\n- [ ] Paint {number}\n"


class Victims:
    """Starts commands and kills them within the time that they need."""

    def __init__(self, world: Any) -> None:
        adopt_orphans()
        self.world = world
        self.seed = int(os.environ.get("KILL_SEED") or time.time_ns() % 1_000_000)
        self.random = random.Random(self.seed)
        print(f"KILL_SEED={self.seed}")
        self.times = [self._duration() for _ in range(3)]
        self.killed = self.finished = 0

    def _duration(self) -> float:
        begin = time.monotonic()
        assert self.world.run("add", "measured").code == 0
        return time.monotonic() - begin

    def run(self, *words: str) -> bool:
        """Whether the command ended well before it was killed."""
        fsync = {"FEDTASKS_FSYNC": self.random.choice(["on", "off"])}
        process = self.world.popen(*words, env=fsync, start_new_session=True)
        alone = self.random.random() < 0.5
        try:
            process.wait(self.random.uniform(0, max(self.times)))
        except subprocess.TimeoutExpired:
            (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
        _, err = process.communicate()
        self.killed += process.returncode == -signal.SIGKILL
        self.finished += process.returncode == 0
        assert process.returncode in (0, -signal.SIGKILL), err
        if alone:
            assert self.world.ft("check").code == 0
            wait_for_group(process.pid)
        found = self.world.ft("check", "--json")
        assert found.code == 0 and found.json["problems"] == [], found
        return process.returncode == 0

    def done(self) -> None:
        print(f"{self.killed} killed, {self.finished} ended")
        assert self.killed > 0
        for name in os.listdir(self.world.root / ".local" / "tmp"):
            raise AssertionError(f"left behind: {name}")
        if self.world.recorded:
            for path in (self.world.root / "tasks").iterdir():
                commits = self.world.git("log", "--format=%H", "--", f"tasks/{path.name}").splitlines()
                assert len(commits) == len(self.world.raw(path.stem)["history"]), path.name
            assert self.world.git("fsck", "--strict", "--no-dangling") == ""


def test_kills_during_claim(world: Any) -> None:
    victims = Victims(world)
    id = world.add("contested")
    for _ in range(ROUNDS):
        acknowledged = victims.run("claim", id)
        task = world.raw(id)
        assert (task["status"], task["assignee"]) in (("pending", None), ("in_progress", "ada-lovelace"))
        assert not acknowledged or task["status"] == "in_progress"
        if task["status"] == "in_progress":
            world.ok("release", id)
    world.add("after all")
    victims.done()


def test_kills_during_add(world: Any) -> None:
    victims = Victims(world)
    acknowledged = set()
    for number in range(ROUNDS):
        if victims.run("add", f"number {number}"):
            acknowledged.add(f"number {number}")
        titles = [task["title"] for task in world.ok("list")["tasks"] if task["title"] != "measured"]
        assert len(titles) == len(set(titles)) and acknowledged <= set(titles)
    world.add("after all")
    victims.done()


def test_kills_during_edit(world: Any) -> None:
    victims = Victims(world)
    id, title = world.add("title 0"), "title 0"
    for number in range(1, ROUNDS + 1):
        acknowledged = victims.run("edit", id, "--title", f"title {number}", "--tag", f"tag-{number}")
        task = world.raw(id)
        assert task["title"] in (title, f"title {number}")
        assert (f"tag-{number}" in task.get("tags", ())) == (task["title"] == f"title {number}")
        assert not acknowledged or task["title"] == f"title {number}"
        title = task["title"]
    world.add("after all")
    victims.done()


@pytest.mark.parametrize("kind", ["git", "dir"])
def test_kills_during_parse(make_world: Any, kind: str) -> None:
    """Several files in one transaction: all tasks of a plan are there, or none is."""
    world = make_world(kind)
    victims = Victims(world)
    for number in range(ROUNDS):
        plan = world.project / f"plan{number}.md"
        plan.write_text(PLAN.format(number=number), encoding="utf-8")
        acknowledged = victims.run("parse", plan.name)
        titles = {task["title"] for task in world.ok("list", "--text", f" {number}")["tasks"]}
        mine = {title for title in titles if title.split()[-1] == str(number)}
        assert mine in (set(), {f"Dig {number}", f"Build {number}", f"Paint {number}"})
        assert mine or not acknowledged
        assert world.ft("parse", plan.name).code == 0
        assert world.ok("parse", plan.name)["actions"] == []
    victims.done()
