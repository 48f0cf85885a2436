"""Times whole commands against the bare interpreter and prints ratios: `python benchmarks/run.py [--sizes 100,10000]`.

Each figure is the median of several runs of a process; ratios are to the median of `python -c pass` taken in the same
round, so that a slow machine cancels out: of the time that passed, and of the processor's, which a busy machine leaves
alone. *Cold* is without the index, which is a cache; *one task changed* since the index was brought up to date.
Memory is the most that a process had at once. Nothing here fails on a slow machine; CI runs only a small size.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.events import Event
from fedtasks.domain.fold import fold
from fedtasks.domain.ids import base32, ulid

SCRIPT = str(Path(sys.executable).parent / "fedtasks")
BARE = [sys.executable, "-c", "pass"]
SCAN = "import os, sys; [entry.stat() for entry in os.scandir(sys.argv[1])]"
LARGE = 50_000
"""From this many tasks on, slow commands are run once or twice."""


class Taken(NamedTuple):
    """What one process took: seconds, of them the processors', and bytes of memory at most."""

    seconds: float
    busy: float
    memory: int


class Row(NamedTuple):
    """The medians of a command: times the bare interpreter (passed, processors), processor seconds, megabytes."""

    name: str
    ratio: float
    work: float
    busy: float
    megabytes: float


def main() -> None:
    """Prints one table a store size, and the two promises that compare sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    found: dict[int, dict[str, Row]] = {}
    with tempfile.TemporaryDirectory(prefix="fedtasks-bench-") as base:
        for size in map(int, options.sizes.split(",")):
            found[size] = {}
            begun = time.perf_counter()
            bench = Bench(Path(base) / str(size), size)
            print(f"\n{size:,} tasks (generated in {time.perf_counter() - begun:.1f} s)\n")
            print("| command | × `python -c pass` | × its processor time | processor seconds | MB at most |")
            print("|---|---|---|---|---|")
            for row in bench.rows(options.rounds):
                found[size][row.name] = row
                print(
                    f"| {row.name} | {row.ratio:.1f} | {row.work:.1f} | {row.busy:.3f} | {row.megabytes:.0f} |",
                    flush=True,
                )
            shutil.rmtree(bench.base)
    compare(found)


def compare(found: dict[int, dict[str, Row]]) -> None:
    """What must not depend on the number of tasks, and what may cost no more than looking at every file."""
    small, large = min(found), max(found)
    if small == large:
        return
    print(f"\n| {large:,} tasks against {small:,} | times the processor time |\n|---|---|")
    for name in ("show ID", "status ID", "claim ID"):
        print(f"| {name} | {found[large][name].work / found[small][name].work:.2f} |")
    print(f"\n| {large:,} tasks against scandir and stat of the files | times the processor time |\n|---|---|")
    for name in ("list", "ready", "board"):
        print(f"| {name} | {found[large][name].busy / found[large]['scandir and stat'].busy:.2f} |")


class Bench:
    """A directory store of so many tasks."""

    def __init__(self, base: Path, size: int) -> None:
        self.base, self.size, self.store, self.edits = base, size, base / "store", 0
        self.environ = {
            **os.environ,
            "XDG_CACHE_HOME": str(base / "cache"),
            "FEDTASKS_STORE": str(self.store),
            "FEDTASKS_ACTOR": "ann",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        base.mkdir()
        self.run([SCRIPT, "init", "--dir", str(self.store)])
        self.ids = fill(self.store, size)
        self.run([SCRIPT, "list"])

    def rows(self, rounds: int) -> Iterator[Row]:
        """The commands, the quick ones first."""
        claims = iter(self.ids)
        quick: dict[str, Callable[[], list[str]]] = {
            "--version": lambda: ["--version"],
            "show ID": lambda: ["show", self.ids[0]],
            "status ID": lambda: ["status", self.ids[0]],
            "claim ID": lambda: ["claim", next(claims)],
            "add TITLE": lambda: ["add", "One more"],
        }
        for name, words in quick.items():
            yield self.measure(name, lambda words=words: [SCRIPT, *words()], rounds)  # type: ignore[misc]
        few = rounds if self.size < LARGE else max(3, rounds // 3)
        yield self.measure("scandir and stat", lambda: [sys.executable, "-c", SCAN, str(self.store / "tasks")], few)
        for name in ("list", "ready", "board", "list --json"):
            yield self.measure(name, lambda name=name: [SCRIPT, *name.split()], few)  # type: ignore[misc]
        for name in ("list", "board"):
            yield self.measure(f"{name}, one task changed", lambda name=name: self.changed(name), few)  # type: ignore[misc]
        once = 1 if self.size >= LARGE else 3
        for name in ("list", "check"):
            yield self.measure(f"{name}, cold", lambda name=name: [SCRIPT, name], once, cold=True)  # type: ignore[misc]
        yield self.measure("check, again", lambda: [SCRIPT, "check"], once)

    def changed(self, name: str) -> list[str]:
        """A command, before which one task's file has got another time."""
        self.edits += 1
        moment = 1_600_000_000 * 10**9 + self.edits
        os.utime(self.store / "tasks" / f"{self.ids[-1]}.json", ns=(moment, moment))
        return [SCRIPT, name]

    def measure(self, name: str, words: Callable[[], list[str]], rounds: int, *, cold: bool = False) -> Row:
        """A command and the bare interpreter in turns; after one run that warms up, unless it is to be cold."""
        if not cold:
            self.run(words())
        taken, bare = [], []
        for _ in range(rounds):
            if cold:
                shutil.rmtree(self.base / "cache", ignore_errors=True)
            taken.append(self.run(words()))
            bare += [self.run(BARE) for _ in range(3 if rounds < 3 else 1)]
        seconds, none = (statistics.median(one.seconds for one in some) for some in (taken, bare))
        busy, idle = (statistics.median(one.busy for one in some) for some in (taken, bare))
        return Row(name, seconds / none, busy / idle, busy, max(one.memory for one in taken) / 1024**2)

    def run(self, words: list[str]) -> Taken:
        """One process, its output thrown away."""
        begun = time.perf_counter()
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(words, cwd=self.base, env=self.environ, stdout=quiet, stderr=quiet)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
        return Taken(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def fill(store: Path, size: int) -> list[str]:
    """Writes tasks straight into the store: generated, valid, ten events each, without the cost of a commit each."""
    ids = []
    folder = os.fspath(store / "tasks")
    for number in range(size):
        id = f"task-{base32(number * 7919, 8)}"
        descriptor = os.open(f"{folder}/{id}.json", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, dump_bytes(task_to_json(fold(id, history(number)))))
        os.close(descriptor)
        ids.append(id)
    return ids


def history(number: int) -> list[Event]:
    """Ten events of a task that nobody has: created, then edited."""
    at = "2026-01-01T00:00:00Z"
    chance = number.to_bytes(9, "big")
    data: dict[str, Any] = {"title": f"Task number {number} of the benchmark", "lead": "ann", "priority": "medium"}
    data |= {"files": [{"path": f"src/module_{number}.py", "action": None}], "description": "Some words. " * 10}
    edits = [{"set": {"estimate": f"{turn}h"}} for turn in range(2, 11)]
    return [
        Event(ulid(number, chance + bytes([seq])), seq, at, "ann", kinds.CREATED if seq == 1 else kinds.EDITED, fields)
        for seq, fields in enumerate([data, *edits], 1)
    ]


if __name__ == "__main__":
    main()
