"""The history checker: clones that work at random, are killed, cut off and lied to by clocks; then all must agree.

What was acknowledged is written down while it happens; after everybody has synced until quiet it is compared with what
every clone holds.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from fedtasks.domain.codec import folded_from_json
from fedtasks.domain.fold import steps
from tests.crowd import WORKER
from tests.groups import adopt_orphans, wait_for_group
from tests.team import NAMES, Team

TITLES = ("Dig", "Build", "Paint", "Roof", "Wire", "Plumb", "Test", "Ship")
PRE_RECEIVE = """
byte=$(od -An -N1 -tu1 /dev/urandom)
if [ $byte -lt 8 ]; then echo "refused at random" >&2; exit 1; fi
if [ $byte -lt 14 ]; then kill -9 $PPID; fi
if [ $byte -lt 40 ]; then sleep 0.2; fi
"""
POST_RECEIVE = """
byte=$(od -An -N1 -tu1 /dev/urandom)
if [ $byte -lt 8 ]; then kill -9 $PPID; fi
"""


@dataclass(frozen=True)
class Claimed:
    """An exclusive claim that was acknowledged: when it was asked for and when the answer came, on one clock."""

    task: str
    token: str
    by: str
    asked: float
    told: float


@dataclass
class Record:
    """What the machines were told."""

    events: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    claims: list[Claimed] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def _shape(message: str) -> str:
    """An error without what is particular to it."""
    return re.sub(r"task-[0-9a-z]+|[0-9a-f]{40}|/[^ :;)']*|[0-9]+", "_", message)[:160]


class Machine(threading.Thread):
    """One clone: a process that runs one verb after the other, and now and then dies in the middle of one."""

    def __init__(self, team: Team, name: str, seed: str, until: float, record: Record) -> None:
        super().__init__(name=name)
        self.team, self.world, self.until, self.record = team, team.clones[name], until, record
        self.random = random.Random(f"{seed} {name}")
        self.skew = timedelta(seconds=self.random.randint(-86_400, 86_400))
        self.offline = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.gate, self._open = os.pipe()

    # --- one command -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        try:
            while time.monotonic() < self.until and not self.record.faults:
                self._step()
        except Exception as found:  # noqa: BLE001  a fault of the checker itself is a finding, too
            self.record.faults.append(f"{self.name}: {type(found).__name__}: {found}")
        finally:
            self._end()

    def _step(self) -> None:
        self._go_offline_or_back()
        words = self._words()
        if words is None:
            return
        now = (datetime.now(UTC) + self.skew).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = time.monotonic()
        answer = self._command([*words, "--json"], {"FEDTASKS_NOW": now})
        self._note(words, answer, asked)

    def _go_offline_or_back(self) -> None:
        if self.offline:
            self.offline -= 1
            if not self.offline:
                self.world.git("remote", "set-url", "origin", str(self.team.remote), cwd=self.world.project)
        elif self.random.random() < 0.02:
            self.offline = self.random.randint(2, 12)
            self.world.git("remote", "set-url", "origin", "/nowhere.git", cwd=self.world.project)

    def _command(self, words: list[str], environ: dict[str, str]) -> list[Any] | None:
        """Code, output and errors; None for a command that was killed."""
        process = self.process = self.process or self.world.popen(
            program=[sys.executable, "-c", WORKER, str(self.gate)],
            stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(self.gate,), start_new_session=True,
        )  # fmt: skip
        process.stdin.write(json.dumps([[words], environ]).encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        os.write(self._open, b"x")
        if self.random.random() < 0.05:
            fired = threading.Event()
            timer = threading.Timer(self.random.uniform(0, 0.6), self._kill, (process.pid, fired))
            timer.start()
            line = process.stdout.readline()
            timer.cancel()
            timer.join()
            if fired.is_set():
                self._end()
        else:
            line = process.stdout.readline()
        return json.loads(line)[0] if line.endswith(b"\n") else None

    @staticmethod
    def _kill(group: int, fired: threading.Event) -> None:
        fired.set()
        os.killpg(group, signal.SIGKILL)

    def _end(self) -> None:
        """The process is gone, and whatever it had started."""
        if self.process is not None:
            process, self.process = self.process, None
            process.stdin.close()
            process.wait()
            process.stdout.close()
            wait_for_group(process.pid)

    # --- what to do ------------------------------------------------------------------------------------------------

    def _words(self) -> list[str] | None:
        choose = self.random
        known = sorted(path.stem for path in (self.world.root / "tasks").glob("task-*.json"))
        verb = choose.choices(
            ["claim", "offline", "release", "assign", "status", "edit", "tag", "depend", "add", "parse", "sync", "pull",
             "hand", "refs", "look"],
            [30, 4, 10, 5, 14, 8, 8, 3, 5, 2, 16, 3, 3, 2, 3],
        )[0]  # fmt: skip
        if verb in ("sync", "parse", "add", "pull", "refs") or not known:
            return self._shared(verb if known or verb != "claim" else "add")
        id = choose.choice(known[-12:] if choose.random() < 0.7 else known)
        other = choose.choice([other for other in known if other < id] or [id])
        word = f"w{choose.randint(0, 10**9)}"
        if verb == "hand":
            return self._by_hand(id, word)
        return {
            "claim": ["claim", id],
            "offline": ["claim", id, "--offline"],
            "release": ["release", id, "--reason", word],
            "assign": ["assign", id, *choose.choice([[choose.choice(NAMES)], ["--nobody"]]), "--as", "ada"],
            "status": ["status", id, choose.choice(["done", "blocked", "in_progress", "cancelled", "pending"]),
                       "--reason", word],
            "edit": ["edit", id, "--description", word, "--priority", choose.choice(["low", "high", "critical"])],
            "tag": ["tag", id, word],
            "depend": ["depend", id, other],
            "look": [choose.choice(["list", "ready", "board", "check"])],
        }[verb]  # fmt: skip

    def _shared(self, verb: str) -> list[str] | None:
        choose = self.random
        if verb == "parse":
            lines = [f"- [ ] {title} it" for title in TITLES if choose.random() < 0.7]
            plan = self.world.project / "plan.md"
            plan.write_text("---\nid: house\n---\n# House\n\n## Work\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
            return ["parse", "plan.md"]
        if verb == "pull":
            if not self.offline:
                self.world.git_result("-c", "pull.rebase=false", "pull", "--quiet", "--no-edit", "origin", "fedtasks")
                self.world.git_result("merge", "--abort")
            return None
        if verb == "refs":
            self.world.git_result("fetch", "--quiet", cwd=self.world.project)
            return ["sync", "--from-refs"]
        return ["sync"] if verb != "add" else ["add", f"task {choose.randint(0, 10**9)}"]

    def _by_hand(self, id: str, word: str) -> None:
        """An editor that writes the file in place of the old one."""
        path = self.world.path(id)
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        temporary = self.world.base / "edited"
        temporary.write_text(json.dumps(raw | {"estimate": word}, indent=2) + "\n", encoding="utf-8")
        os.replace(temporary, path)

    # --- what was told ---------------------------------------------------------------------------------------------

    def _note(self, words: list[str], answer: list[Any] | None, asked: float) -> None:
        told = time.monotonic()
        with self.record.lock:
            if answer is None:
                self.record.counts["killed"] += 1
                return
            code, out, err = answer
            self.record.counts[f"{words[0]}{' --offline' * ('--offline' in words)}: {code}"] += 1
            if code in (1, 7):
                self.record.reasons[_shape(json.loads(out)["error"]["message"])] += 1
            if code not in (0, 1, 3, 4, 5, 7) or "unexpected" in out or "Traceback" in err:
                self.record.faults.append(f"{self.name}: {' '.join(words)}: {code} {out} {err}")
            if code == 0:
                self._acknowledged(json.loads(out), words, asked, told)

    def _acknowledged(self, said: Any, words: list[str], asked: float, told: float) -> None:
        task = said.get("task")
        if task is None or words[0] in ("list", "show"):
            return
        for event in task["history"]:
            self.record.events.setdefault((task["id"], event["id"]), (asked, told))
        claim = task.get("claim")
        if words[0] == "claim" and claim["confirmed"]:
            self.record.claims.append(Claimed(task["id"], claim["token"], claim["by"], asked, told))


@dataclass
class Outcome:
    """What the checker found; `faults` is empty where every promise was kept."""

    counts: Counter[str]
    reasons: Counter[str]
    events: int
    claims: int
    overruled: int
    faults: list[str]


def run(base: Path, *, seconds: float, clones: int, seed: str) -> Outcome:
    """Lets so many clones work for so long, then makes them sync, and compares."""
    adopt_orphans()
    team = Team(base, clones)
    team.all[0].configure("sync: {timeout: 20}")
    for number in range(4):
        team.all[0].add(f"first {number}")
    team.settle()
    hooks = [team.hook("pre-receive", PRE_RECEIVE), team.hook("post-receive", POST_RECEIVE)]
    record = Record()
    until = time.monotonic() + seconds
    machines = [Machine(team, name, seed, until, record) for name in team.clones]
    for machine in machines:
        machine.start()
    for machine in machines:
        machine.join()
    for hook in hooks:
        hook.unlink()
    for clone in team.all:
        clone.git("remote", "set-url", "origin", str(team.remote), cwd=clone.project)
    faults = list(record.faults)
    try:
        team.settle()
        team.assert_alike()
    except AssertionError as found:
        faults.append(f"not alike: {found}")
    overruled, wrong = compare(team.all[0].root, record)
    return Outcome(record.counts, record.reasons, len(record.events), len(record.claims), overruled, faults + wrong)


def compare(root: Path, record: Record) -> tuple[int, list[str]]:
    """How many acknowledged claims a lead's own change overruled, and every promise that was broken."""
    faults: list[str] = []
    overruled = 0
    tasks = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (root / "tasks").glob("*.json")}
    there = {(id, event["id"]) for id, raw in tasks.items() for event in raw["history"]}
    faults += [f"lost: event {event} of {id}" for id, event in record.events if (id, event) not in there]
    for id, raw in tasks.items():
        claims = sorted((c for c in record.claims if c.task == id), key=lambda claim: claim.told)
        found = _tenures(raw, record)
        kept: list[tuple[Claimed, float | None]] = []
        for claim in claims:
            end, void = found.get(claim.token, (None, "it is not there"))
            if void is None:
                kept.append((claim, end))
            elif "claim" in void:
                faults.append(f"void: the claim {claim} of {id}: {void}")
            else:
                overruled += 1
        for (one, end), (other, _) in pairwise(kept):
            if end is None or end > other.told:
                faults.append(f"overlap: {one} and {other}")
    return overruled, faults


def _tenures(raw: dict[str, Any], record: Record) -> dict[str, tuple[float | None, str | None]]:
    """For each claim of a task: when the change that ended it was asked for (None: it still stands, or that change was
    never acknowledged and so has no time: 0), and why it is void, if it is."""
    found: dict[str, tuple[float | None, str | None]] = {}
    standing: str | None = None
    for step in steps(folded_from_json(raw)):
        if step.event.kind == "claimed" and step.void is not None:
            holder = step.before.claim
            reason = f"{step.void} (a claim holds)" if holder and holder["token"] != step.event.id else "overruled"
            found[step.event.id] = (None, reason)
        after = step.after.claim["token"] if step.after.claim else None
        if standing is not None and after != standing:
            found[standing] = (record.events.get((raw["id"], step.event.id), (0.0, 0.0))[0], None)
        if after is not None and after != standing:
            found.setdefault(after, (None, None))
        standing = after
    return found
