"""Times whole commands against the bare interpreter and prints ratios: `python benchmarks/run.py [--sizes 100,1000]`.

Each figure is the median of several runs of a process, divided by the median of `python -c pass` taken in the same
round, so that a slow or noisy machine cancels out. Nothing here fails on a slow machine; CI runs only the small size.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.events import Event
from fedtasks.domain.fold import fold
from fedtasks.domain.ids import base32, ulid

SCRIPT = str(Path(sys.executable).parent / "fedtasks")
TARGETS = {"--version": 4.0, "list": 9.0}


def main() -> None:
    """Prints one table a store size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fedtasks-bench-") as base:
        for size in map(int, options.sizes.split(",")):
            measure(Path(base) / str(size), size, options.rounds)


def measure(base: Path, size: int, rounds: int) -> None:
    """Makes a directory store of `size` tasks and prints the ratio of each command."""
    store = base / "store"
    environ = {
        **os.environ,
        "XDG_CACHE_HOME": str(base / "cache"),
        "FEDTASKS_STORE": str(store),
        "FEDTASKS_ACTOR": "ann",
    }
    environ["GIT_CONFIG_GLOBAL"] = os.devnull
    base.mkdir()
    command(environ, base, "init", "--dir", str(store))
    ids = fill(store, size)
    claims = iter(ids)
    rows: dict[str, Callable[[], list[str]]] = {
        "--version": lambda: ["--version"],
        "list": lambda: ["list"],
        "list --json": lambda: ["list", "--json"],
        "ready": lambda: ["ready"],
        "board": lambda: ["board"],
        "show ID": lambda: ["show", ids[0]],
        "status ID": lambda: ["status", ids[0]],
        "claim ID": lambda: ["claim", next(claims)],
        "add TITLE": lambda: ["add", "One more"],
    }
    print(f"\n{size} tasks; times the bare interpreter (median of {rounds}), target where there is one")
    for name, words in rows.items():
        ratio = pair(environ, base, words, rounds)
        wanted = TARGETS.get(name)
        print(f"  {name:<12} {ratio:6.2f} x" + (f"   at most {wanted:g}" if wanted else ""))


def fill(store: Path, size: int) -> list[str]:
    """Writes tasks straight into the store: generated, valid, without the cost of a commit each."""
    ids = []
    for number in range(size):
        id = f"task-{base32(number * 7919, 8)}"
        at = "2026-01-01T00:00:00Z"
        data = {"title": f"Task number {number} of the benchmark", "lead": "ann", "priority": "medium"}
        data |= {"files": [{"path": f"src/module_{number}.py", "action": None}], "description": "Some words. " * 10}
        created = Event(ulid(number, os.urandom(10)), 1, at, "ann", kinds.CREATED, data)
        (store / "tasks" / f"{id}.json").write_bytes(dump_bytes(task_to_json(fold(id, [created]))))
        ids.append(id)
    return ids


def command(environ: dict[str, str], cwd: Path, *words: str) -> float:
    """Runs one command; answers its seconds."""
    begun = time.perf_counter()
    subprocess.run([SCRIPT, *words], cwd=cwd, env=environ, check=True, capture_output=True)
    return time.perf_counter() - begun


def pair(environ: dict[str, str], cwd: Path, words: Callable[[], list[str]], rounds: int) -> float:
    """The median of a command over the median of the bare interpreter, taken in turns after one warm-up."""
    command(environ, cwd, *words())
    taken, bare = [], []
    for _ in range(rounds):
        taken.append(command(environ, cwd, *words()))
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], cwd=cwd, env=environ, check=True)
        bare.append(time.perf_counter() - begun)
    return statistics.median(taken) / statistics.median(bare)


if __name__ == "__main__":
    main()
