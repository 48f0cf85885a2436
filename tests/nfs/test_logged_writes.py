"""Each write of a disk is recorded while commands run, and the power goes at each flush; see `logged`.

The kernel of this machine need not have dm-log-writes: a guest of the NFS lab has. FEDTASKS_LOG_SEED repeats a run.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PACKAGE, World
from tests.nfs.lab import EXPORT, Guest, Lab
from tests.nfs.logged import put, replayed
from tests.nfs.test_nfs import tell

pytestmark = pytest.mark.nfs

PLAN = "---\nid: pipes\n---\n# Pipes\n\n- [ ] Dig a trench\n- [ ] Fill the trench\n"
SEED = int(os.environ.get("FEDTASKS_LOG_SEED") or time.time_ns() % 1_000_000)
KINDS = {"plain": "dir", "recorded": "dir+git"}
ACTS = ("claim {new}", "parse /root/plan.md", "archive {old}", "reopen {old}")
SEEN = [
    ("pending", 2, "tasks", "cancelled"),
    ("in_progress", 2, "tasks", "cancelled"),
    ("in_progress", 4, "tasks", "cancelled"),
    ("in_progress", 4, "2026", "cancelled"),
    ("in_progress", 4, "tasks", "pending"),
]
"""Before and after each act: the status of the new task, how many there are, folder and status of the old one."""

Ids = dict[str, dict[str, str]]


@pytest.fixture
def recorded(lab: Lab, tmp_path: Path) -> tuple[Path, Path, Ids]:
    """An empty disk, the log of all that was written to it, and the ids of each store's new and old task."""
    disk, log, empty = (tmp_path / name for name in ("disk.img", "log.img", "empty.img"))
    for path, size in ((disk, 32), (log, 512)):
        with path.open("wb") as image:
            image.truncate(size * 1024**2)
    options = "lazy_itable_init=0,lazy_journal_init=0"
    subprocess.run(["mkfs.ext4", "-q", "-F", "-E", options, str(disk)], check=True)
    subprocess.run(["cp", "--sparse=always", str(disk), str(empty)], check=True)
    guest = lab.another("logger", 20, disk, log)
    guest.run(
        f"""set -e
        modprobe dm-log-writes; modprobe ext4 || true
        size=$(blockdev --getsz /dev/ubda)
        dmsetup --noudevsync create lw --table "0 $size log-writes /dev/ubda /dev/ubdb"
        mount /dev/dm-0 {EXPORT}"""
    )
    guest.run(f"cat > /root/plan.md <<'END'\n{PLAN}END")
    ids = {store: begin(guest, store) for store in KINDS}
    for number, act in enumerate(ACTS, start=1):
        for store, known in ids.items():
            run(guest, store, *act.format(**known).split())
            guest.run(f"dmsetup message lw 0 mark {store}:{number}")
    guest.run(f"umount {EXPORT}; dmsetup --noudevsync remove lw; sync")
    guest.kill()
    return empty, log, ids


def run(guest: Guest, store: str, *words: str) -> str:
    """What a command prints that must succeed, in a store on the logged disk."""
    place = f"FEDTASKS_STORE={EXPORT}/{store}" if words[0] != "init" else ""
    environ = f"FEDTASKS_ACTOR=ann {place} FEDTASKS_NOW=2026-01-27T16:00:00Z HOME=/root PYTHONPATH={PACKAGE}"
    return guest.run(f"cd /root && env {environ} {sys.executable} -m fedtasks {shlex.join(words)}")


def begin(guest: Guest, store: str) -> dict[str, str]:
    run(guest, store, "init", "--dir", f"{EXPORT}/{store}", *(["--git"] if KINDS[store] == "dir+git" else []))
    old, new = (run(guest, store, "add", title).split()[0] for title in ("old", "new"))
    run(guest, store, "cancel", old)
    guest.run(f"sync -f {EXPORT}; dmsetup message lw 0 mark {store}:0")
    return {"old": old, "new": new}


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[None]:
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(place)], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_power_cut_at_any_write_leaves_whole_stores(recorded: Any, tmp_path: Path) -> None:
    image, log, ids = recorded
    print(f"FEDTASKS_LOG_SEED={SEED}")
    begun, states = time.monotonic(), 0
    place, cut = tmp_path / "disk", tmp_path / "cut.img"
    worlds = {store: World(tmp_path / store, kind) for store, kind in KINDS.items()}
    for marks, some in replayed(log, image, SEED):
        acknowledged = dict(mark.split(":") for mark in marks if ":" in mark)
        if len(acknowledged) < len(KINDS):
            continue
        subprocess.run(["cp", "--sparse=always", str(image), str(cut)], check=True)
        with cut.open("r+b") as disk:
            put(disk.fileno(), some)
        states += 1
        with mounted(cut, place):
            for store, world in worlds.items():
                found = look(world, place / store, ids[store])
                done = int(acknowledged[store])
                assert found in SEEN[done : done + 2], (states, store, done, found)
    assert states > 100
    tell(f"{states} states of the disk in {time.monotonic() - begun:.0f} s: each store whole, with all acknowledged")


def look(world: World, root: Path, ids: dict[str, str]) -> tuple[object, ...]:
    """What a store holds; it works, and `check` and git find nothing wrong."""
    world.root = root
    shutil.rmtree(world.home / "cache", ignore_errors=True)
    world.env |= {"FEDTASKS_STORE": str(root), "FEDTASKS_ACTOR": "ann", "FEDTASKS_FSYNC": "off"}
    world.ok("tag", ids["new"], "works")
    world.assert_clean()
    if world.recorded:
        assert world.git("fsck", "--strict", "--no-dangling") == ""
    (old,) = root.rglob(f"{ids['old']}.json")
    tasks = {task["id"]: task["status"] for flag in ("--all", "--archived") for task in world.ok("list", flag)["tasks"]}
    return tasks[ids["new"]], len(tasks), old.parent.name, tasks[ids["old"]]
