"""The power goes after any system call, and the disk keeps what fsync made safe and any part of the rest (see crashes):
the store is one that a whole number of commands has made, all acknowledged ones among them, and works."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import World
from tests.store.crashes import Disk, State, crash_states
from tests.store.faults import Faults, require_strace

PLAN = "---\nid: pipes\n---\n# Pipes\n\n- [ ] Dig a trench\n- [ ] Fill the trench\n"
TRACED = "trace=openat,write,pwrite64,fsync,rename,unlink,mkdir,rmdir"
LEFT_OUT = (".local/lock", ".local/holder.json", ".local/in-hand")
"""What the next command works without."""

Seen = list[tuple[object, ...]]


class Scene:
    """A directory store in memory, in which commands are recorded, and which is put into any state afterwards."""

    def __init__(self, base: Path) -> None:
        self.world = World(base / "world", "dir")
        self.world.start_project(commit=False)
        self.world.init()
        self.root = self.world.root.resolve()
        self.world.env["FEDTASKS_NOW"] = "2026-01-27T16:00:00Z"
        (self.world.project / "plan.md").write_text(PLAN, encoding="utf-8")
        place = base / "place"
        place.mkdir()
        self.faults = Faults(self.world.env | {"FEDTASKS_STORE": str(self.root)}, place, [["list"]])

    def tree(self) -> dict[str, bytes | None]:
        """All files and directories of the store."""
        return {
            str(path.relative_to(self.root)): None if path.is_dir() else path.read_bytes()
            for path in self.root.rglob("*")
        }

    def record(self, *commands: list[str]) -> tuple[dict[State, int], list[Seen]]:
        """The states that a power cut may leave, and what is seen before and after each command."""
        disk, seen, calls = Disk(str(self.root), self.tree(), LEFT_OUT), [self.look()], []
        for words in commands:
            ended, found = self.faults.calls(words, "-s", "1000000", "-e", TRACED)
            assert ended.code == 0, ended
            calls.append(found)
            seen.append(self.look())
        return crash_states(disk, calls), seen

    def put(self, state: State) -> None:
        """The store as the disk has it."""
        shutil.rmtree(self.root)
        self.root.mkdir()
        for path, data in sorted(state, key=lambda entry: entry[0]):
            if data is None:
                (self.root / path).mkdir()
            else:
                (self.root / path).write_bytes(data)

    def look(self) -> Seen:
        """What the store says of its tasks and of Ben's notices."""
        tasks = [*self.world.ok("list", "--all")["tasks"], *self.world.ok("list", "--archived")["tasks"]]
        notices = len(list((self.root / "inbox" / "ben").glob("*.json")))
        fields = sorted((task["title"], task["status"], task["assignee"]) for task in tasks)
        archived = [path.parent.parent.name for path in sorted(self.root.rglob("task-*.json"))]
        return [*fields, (notices, *archived)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    require_strace()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as base:
        made = Scene(Path(base))
        yield made
        made.faults.close()


def test_a_power_cut_after_any_call_leaves_a_whole_store(scene: Scene) -> None:
    world = scene.world
    old, id = world.add("old"), world.add("Paint the lids")
    world.ok("member", "add", "ben")
    world.ok("cancel", old)
    states, seen = scene.record(
        ["claim", id],
        ["assign", id, "ben"],
        ["parse", str(world.project / "plan.md")],
        ["archive", old],
        ["reopen", old],
    )
    assert len(seen) == len({str(entry) for entry in seen}) and len(states) > 100
    world.env["FEDTASKS_FSYNC"] = "off"
    for state, ended in states.items():
        scene.put(state)
        world.ok("tag", id, "works")
        found = scene.look()
        names = sorted(path for path, _ in state)
        assert found in seen[ended : ended + 2], (ended, seen.index(found) if found in seen else found, names)
        world.assert_clean()
        assert not list((scene.root / ".local" / "tmp").iterdir())
    print(f"{len(states)} states")
