"""Whatever three stores do to one another in whatever order, away or not: in the end both sides of each delegation
tell the same, and each has had its effect once."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

from tests.conftest import World

NAMES = ("a", "b", "c")
SCOPES = {"a": "global", "b": "project", "c": "orchestration"}
TYPES = ("route", "decompose", "escalate")
STEPS = 60
ROUNDS = int(os.environ.get("INTERLEAVINGS", "4"))
WEIGHTS = {
    "delegate": 6,
    "accept": 8,
    "complete": 2,
    "done": 4,
    "reject": 1,
    "cancel": 2,
    "release": 1,
    "withdraw": 2,
    "sync": 1,
    "away": 1,
    "back": 6,
}


class Trio:
    """Three directory stores on one machine; all know one another, each begins with a task."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.world = World(base / "machine", "dir")
        self.world.env |= {"FEDTASKS_ACTOR": "ada", "FEDTASKS_FSYNC": "off"}
        for name in NAMES:
            self.ft(None, "init", "--dir", str(base / name), "--project", name)
        entries = "".join(
            f"  {name}: {{scope: {scope}, store: ../{name}, project: {name}}}\n" for name, scope in SCOPES.items()
        )
        for name in NAMES:
            path = base / name / "fedtasks.yaml"
            path.write_text(f"{path.read_text()}instances:\n{entries}".replace(f"store: ../{name}", "store: ."))
            self.ft(name, "add", f"of {name}")

    def ft(self, name: str | None, *words: str) -> Any:
        """A command of one store; it may be refused, and never breaks."""
        where = ("--store", str(self.base / name)) if name else ()
        done = self.world.ft(*where, *words, "--json", cwd=self.base)
        assert done.code in (0, 1, 2, 3, 4, 5) and "unexpected" not in done.out, (name, words, done)
        return done.json if done.code == 0 else None

    def is_here(self, name: str) -> bool:
        return (self.base / name).exists()

    def move(self, word: str, store: int, which: int, how: int) -> None:
        """One random step of one store, if that store is there."""
        name = NAMES[store]
        for gone in self.base.glob("*.away") if word == "back" else ():
            gone.rename(gone.with_suffix(""))
        if word == "back" or not self.is_here(name):
            return
        if word == "away":
            (self.base / name).rename(self.base / f"{name}.away")
        elif word == "sync":
            self.ft(name, "sync", "--retry")
        elif word == "withdraw":
            found = self.ft(name, "delegation", "list", "--out")["delegations"]
            if found:
                self.ft(name, "delegation", "withdraw", found[which % len(found)]["id"])
        elif word in ("accept", "reject", "complete"):
            found = self.ft(name, "delegation", "list", "--in")["delegations"]
            ripe = [one for one in found if one["status"] == ("accepted" if word == "complete" else "pending")]
            ids = [one["id"] for one in (ripe if how else found)]
            more = {"accept": ("--part", "p") if how == 1 else (), "reject": ("--reason", "no")}.get(word, ())
            if ids:
                self.ft(name, "delegation", word, ids[which % len(ids)], *more)
        else:
            ids = sorted(task["id"] for task in self.ft(name, "list")["tasks"])
            if ids:
                id = ids[which % len(ids)]
                to = ("--to", NAMES[how % 3], "--type", TYPES[how // 2], *(("--part", "x") if how // 2 == 1 else ()))
                to += ("--instead",) if which == 5 else ()
                self.ft(name, "start", id) if word == "done" else None
                self.ft(name, word, id, *(to if word == "delegate" else ()))

    def settle(self) -> None:
        self.move("back", 0, 0, 0)
        for _ in range(8):
            waiting = [self.ft(name, "sync", "--retry")["waiting"] for name in NAMES]
            if not any(waiting) and not any(any((self.base / name / "outbox").glob("*")) for name in NAMES):
                return
        raise AssertionError(f"messages never arrive: {waiting}")

    def check(self) -> None:
        """Both sides agree, effects are there once, and nothing came back to where it was."""
        tasks = {name: {one["id"]: one for one in self.ft(name, "list", "--all")["tasks"]} for name in NAMES}
        made = {
            (name, task["delegated_from"]["delegation"]): task
            for name in NAMES
            for task in tasks[name].values()
            if task.get("delegated_from")
        }
        accepted = 0
        for name in NAMES:
            asked = {
                one["id"]: one for other in NAMES for one in self.ft(other, "delegation", "list", "--in")["delegations"]
            }
            for task in tasks[name].values():
                for record in task.get("delegations", ()):
                    there = asked[record["id"]]
                    same = ("status", "task", "source_instance", "target_instance", "result", "tasks", "completed_at")
                    assert {key: record.get(key) for key in same} == {key: there.get(key) for key in same}
                    if record.get("tasks"):
                        accepted += 1
                        linked = made[record["target_instance"], record["id"]]
                        assert linked["id"] == record["tasks"][0]
                        way = [one["instance"] for one in linked["delegated_from"]["chain"]]
                        assert len({*way, record["target_instance"]}) == len(way) + 1
                        assert (linked["status"] == "done") == (record["status"] == "completed"), (linked, record)
                        assert ("completed_at" in linked["delegated_from"]) == (record["status"] == "completed")
                        if record["status"] == "withdrawn":
                            assert "withdrawn_at" in linked["delegated_from"]
                    if task["status"] in ("done", "cancelled"):
                        assert record["status"] not in ("pending", "accepted")
                records = task.get("delegations", ())
                if records and all(one["status"] == "completed" for one in records):
                    assert task["status"] in ("done", "cancelled")
        assert accepted == len(made)
        for name in NAMES:
            assert self.ft(name, "check")["problems"] == []


def test_both_sides_tell_the_same_in_the_end(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        seed = random.SystemRandom().randrange(10**9)
        print(f"seed {seed}")
        chance = random.Random(seed)
        trio = Trio(tmp_path / str(number))
        for word in chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=STEPS):
            trio.move(word, chance.randrange(3), chance.randrange(6), chance.randrange(6))
        trio.settle()
        trio.check()
