"""Times commits with fedtasks' hooks against without: `python benchmarks/hooks.py [--rounds 40] [--files 200]`.

One file of a repository is changed and committed, in turns: without hooks, with hooks that do nothing (`exit 0`), and
with those of fedtasks, in stores of their own. What the hooks leave to be done behind git is waited for after each
commit and not counted; it is timed by itself at the end. Figures are medians of whole `git commit` processes: the time
on the clock, and the processor's, which says more on a machine that has other work.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.events import Event
from fedtasks.domain.fold import fold
from fedtasks.domain.ids import derived_task_id, derived_ulid
from fedtasks.git.hooks import CLIENT

SCRIPT = str(Path(sys.executable).parent / "fedtasks")
LONG_AGO = 1_700_000_000


class Bench:
    """A repository with so many files, and a store beside them."""

    def __init__(self, base: Path, files: int) -> None:
        self.project = base / "project"
        self.project.mkdir(parents=True)
        (base / "gitconfig").write_text("[user]\n\tname = Ben\n\temail = ben@example.org\n", encoding="utf-8")
        self.environ = {**os.environ, "GIT_CONFIG_GLOBAL": str(base / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1",
                        "XDG_CACHE_HOME": str(base / "cache"), "HOME": str(base)}  # fmt: skip
        self.environ = {name: value for name, value in self.environ.items() if not name.startswith("FEDTASKS_")}
        self.git("init", "-q", "-b", "main")
        for number in range(files):
            path = self.project / f"src/part{number % 20}/file{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"number = {number}\n", encoding="utf-8")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "start")

    def git(self, *words: str, place: Path | None = None) -> None:
        """Runs git in the project, or elsewhere; a failure ends the benchmark."""
        subprocess.run(["git", *words], cwd=place or self.project, env=self.environ, check=True, capture_output=True)

    def fedtasks(self, *words: str) -> float:
        """Runs one command; answers its seconds."""
        begun = time.perf_counter()
        subprocess.run([SCRIPT, *words], cwd=self.project, env=self.environ, check=True, capture_output=True)
        return time.perf_counter() - begun

    def store(self, active: int) -> None:
        """A store with so many tasks in progress, Ada's, of two files each; then the hooks."""
        self.fedtasks("init")
        tasks = self.project / ".fedtasks/tasks"
        tasks.mkdir(exist_ok=True)
        for number in range(active):
            files = [{"path": f"lib/module{number}/main.py"}, {"path": f"docs/{number}/*.md"}]
            data = {"title": f"Task {number}", "status": "in_progress", "assignee": "ada", "files": files}
            event = Event(derived_ulid(number, "bench"), 1, "2026-11-01T08:00:00Z", "ada", "created", data)
            id = derived_task_id("project", "bench", str(number))
            (tasks / f"{id}.json").write_bytes(dump_bytes(task_to_json(fold(id, (event,)))))
        self.git("add", "-A", place=tasks.parent)
        self.git("commit", "-q", "--allow-empty", "-m", "tasks", place=tasks.parent)
        self.fedtasks("hooks", "install")
        for place in [tasks, tasks.parent / "members", tasks.parent / "fedtasks.yaml", self.project / ".git/config"]:
            if place.exists():
                os.utime(place, (LONG_AGO, LONG_AGO))
        self.fedtasks("hooks", "run")

    def empty_hooks(self) -> None:
        """As many hooks that do nothing."""
        for name in CLIENT:
            hook = self.project / ".git/hooks" / name
            hook.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
            hook.chmod(0o755)

    def commit(self, number: int) -> tuple[float, float]:
        """Changes one file and commits it; answers the seconds of the commit, and those of the processor."""
        with (self.project / "src/part0/file0.py").open("a", encoding="utf-8") as file:
            file.write(f"more = {number}\n")
        self.git("add", "src/part0/file0.py")
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        self.git("commit", "-q", "-m", f"step {number}")
        seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        pending = self.project / ".git/fedtasks/hooks/pending"
        while pending.is_dir() and any(pending.iterdir()):
            time.sleep(0.01)
        return seconds, worked


def compare(benches: dict[str, Bench], rounds: int) -> None:
    """Commits in turns, each against the first."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in benches}
    for number in range(rounds):
        for name, bench in benches.items():
            taken[name].append(bench.commit(number))
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in taken.items()}
    first = next(iter(medians.values()))
    for name, found in medians.items():
        shown = [f"{one * 1000:6.1f} ms = {one / base:.2f} x" for one, base in zip(found, first, strict=True)]
        print(f"{name:<42} {shown[0]}, processor {shown[1]}", flush=True)


def backlog(bench: Bench, count: int) -> None:
    """So many commits that arrive at once, told in one go, against git's own listing of what they changed."""
    bench.fedtasks("hooks", "run")
    lines = []
    for number in range(count):
        text = f"step {number}\n".encode()
        lines.append(f"commit refs/heads/main\ncommitter Cleo <cleo@example.org> {LONG_AGO + number} +0000\n".encode())
        lines.append(b"data %d\n%s" % (len(text), text) + (b"from refs/heads/main^0\n" if not number else b""))
        path = f"lib/module{number % 50}/main.py".encode()
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(text), text))
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=bench.project, env=bench.environ, check=True, input=b"".join(lines)
    )
    begun = time.perf_counter()
    bench.git("log", "--raw", "--numstat", "-M", "--remerge-diff", "-z", f"HEAD~{count}..HEAD")
    listed = time.perf_counter() - begun
    told = bench.fedtasks("hooks", "run")
    print(
        f"{count} commits at once: told in {told:.1f} s = {told / listed:.1f} x git's own listing of them", flush=True
    )


def main() -> None:
    """Prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--files", type=int, default=200)
    options = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="fedtasks-hooks-bench-"))
    try:
        benches = {name: Bench(base / str(at), options.files) for at, name in enumerate(CASES)}
        for (name, active), bench in zip(CASES.items(), benches.values(), strict=True):
            if active is not None:
                bench.store(active)
            elif name != NONE:
                bench.empty_hooks()
        compare(benches, options.rounds)
        for count in (1_000, 5_000):
            backlog(list(benches.values())[-1], count)
    finally:
        shutil.rmtree(base, ignore_errors=True)


NONE = "without hooks"
CASES: dict[str, int | None] = {
    NONE: None,
    f"{len(CLIENT)} hooks that do nothing": None,
    "with fedtasks, nobody to tell": 0,
    "with fedtasks, 1,000 active tasks of others": 1_000,
}

if __name__ == "__main__":
    main()
