"""Times sharing through a remote against git by hand: `python benchmarks/sharing.py [--rounds 15] [--delay 0.1]`.

The remote is a bare repository on the same disk, first directly, then behind an ssh that answers only after `--delay`
seconds, as one in another city does. Figures are medians of whole processes, taken in turns.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

SCRIPT = str(Path(sys.executable).parent / "fedtasks")
BY_HAND = (
    "git fetch -q origin && echo >> tasks/{id}.json && git commit -q -a -m 'by hand' && git push -q origin fedtasks"
)
SSH = '#!/bin/sh\nsleep {delay}\nfor last; do :; done\nexec sh -c "$last"\n'


class Bench:
    """A bare remote, and clones of a store that share it."""

    def __init__(self, base: Path, delay: float) -> None:
        self.base = base
        base.mkdir()
        (base / "gitconfig").write_text("[user]\n\tname = Ann\n\temail = ann@example.org\n", encoding="utf-8")
        ssh = base / "ssh"
        ssh.write_text(SSH.format(delay=delay), encoding="utf-8")
        ssh.chmod(0o755)
        self.environ = {**os.environ, "GIT_CONFIG_GLOBAL": str(base / "gitconfig"), "FEDTASKS_ACTOR": "ann",
                        "XDG_CACHE_HOME": str(base / "cache"), "GIT_SSH_COMMAND": str(ssh)}  # fmt: skip
        self.url = str(base / "remote.git") if not delay else f"ssh://there{base}/remote.git"
        self.shell("git init -q --bare -b main remote.git && git init -q -b main first", base)
        self.first = base / "first"
        self.shell(f"git commit -q --allow-empty -m start && git remote add origin {self.url}", self.first)
        self.shell("git push -q origin main", self.first)
        self.fedtasks(self.first, "init")
        self.fedtasks(self.first, "sync")

    def shell(self, line: str, place: Path) -> float:
        """Runs a shell line; answers its seconds."""
        begun = time.perf_counter()
        subprocess.run(line, shell=True, cwd=place, env=self.environ, check=True, capture_output=True)
        return time.perf_counter() - begun

    def fedtasks(self, place: Path, *words: str, actor: str = "ann") -> float:
        """Runs one command; answers its seconds."""
        begun = time.perf_counter()
        environ = {**self.environ, "FEDTASKS_ACTOR": actor}
        subprocess.run([SCRIPT, *words], cwd=place, env=environ, check=True, capture_output=True)
        return time.perf_counter() - begun

    def clone(self, name: str) -> Path:
        """One more clone that has joined the store."""
        self.shell(f"git clone -q {self.url} {shlex.quote(name)}", self.base)
        self.fedtasks(self.base / name, "init")
        return self.base / name

    def add(self, count: int) -> list[str]:
        """New tasks that all clones can see after a sync: parsed from a plan, in one commit."""
        plan = "# Plan\n\n" + "".join(f"- [ ] Step {number} of {count}\n" for number in range(count))
        (self.first / f"plan{count}.md").write_text(plan, encoding="utf-8")
        before = self.tasks()
        self.fedtasks(self.first, "parse", f"plan{count}.md")
        self.fedtasks(self.first, "sync")
        return sorted(self.tasks() - before)

    def tasks(self) -> set[str]:
        """The ids of all tasks."""
        return {path.stem for path in (self.first / ".fedtasks" / "tasks").glob("*.json")}


def claims(bench: Bench, rounds: int) -> str:
    """An exclusive claim against the same by hand, with the remote last heard of long ago and just now."""
    ids = iter(bench.add(3 * rounds))
    store, heard = bench.first / ".fedtasks", bench.first / ".fedtasks" / ".local" / "heard"
    taken: dict[str, list[float]] = {"claim": [], "again": [], "hand": []}
    for _ in range(rounds):
        heard.unlink(missing_ok=True)
        taken["claim"].append(bench.fedtasks(bench.first, "claim", next(ids)))
        taken["again"].append(bench.fedtasks(bench.first, "claim", next(ids)))
        taken["hand"].append(bench.shell(BY_HAND.format(id=next(ids)), store))
    claim, again, hand = (statistics.median(taken[name]) for name in ("claim", "again", "hand"))
    return (
        f"claim {claim * 1000:.0f} ms = {claim / hand:.2f} x; within 2 s of the last answer {again * 1000:.0f} ms = "
        f"{again / hand:.2f} x; by hand {hand * 1000:.0f} ms"
    )


def many(bench: Bench, size: int) -> str:
    """Syncing so many tasks that changed, on the side that sends, on one that receives, and on one that merges."""
    other, third = bench.clone("other"), bench.clone("third")
    ids = bench.add(size)
    receive = bench.fedtasks(other, "sync")
    bench.fedtasks(third, "sync")
    for place, tag in ((other, "one"), (third, "two")):
        for path in (place / ".fedtasks" / "tasks" / f"{id}.json" for id in ids):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace('"priority": "medium"', f'"priority": "medium",\n  "x_{tag}": 1', 1), "utf-8")
    send, merge = bench.fedtasks(other, "sync"), bench.fedtasks(third, "sync")
    words = f"{size} changed tasks: received in {receive:.1f} s, edited by hand and sent in {send:.1f} s"
    return f"{words}, the same merged with other edits in {merge:.1f} s"


def rate(bench: Bench, clones: int, each: int) -> str:
    """Claims of different tasks per second, by so many clones at once."""
    places = [bench.clone(f"rate{clones}-{number}") for number in range(clones)]
    ids = bench.add(clones * each + clones)
    for place in places:
        bench.fedtasks(place, "sync")

    def work(number: int) -> int:
        given_up = 0
        for count in range(each):
            while True:
                try:
                    bench.fedtasks(places[number], "claim", ids[number * each + count], actor=f"agent{number}")
                    break
                except subprocess.CalledProcessError:
                    given_up += 1
        return given_up

    begun = time.perf_counter()
    with ThreadPoolExecutor(clones) as pool:
        given_up = sum(pool.map(work, range(clones)))
    speed = clones * each / (time.perf_counter() - begun)
    return f"{clones} clones: {speed:.1f} claims a second, {given_up} given up after all tries and begun again"


def main() -> None:
    """Prints the figures for a near and a far remote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--delay", type=float, default=0.1)
    parser.add_argument("--tasks", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fedtasks-bench-") as base:
        for name, delay in (("near", 0.0), ("far", options.delay)):
            bench = Bench(Path(base) / name, delay)
            print(f"\na remote on this disk{f', {delay * 1000:.0f} ms away' if delay else ''} (target: claim 1.5 x)")
            rows: list[Callable[[], str]] = [
                partial(claims, bench, options.rounds),
                partial(many, bench, options.tasks),
            ]
            rows += [partial(rate, bench, count, 6) for count in (1, 4, 8)]
            for row in rows:
                print(f"  {row()}", flush=True)


if __name__ == "__main__":
    main()
