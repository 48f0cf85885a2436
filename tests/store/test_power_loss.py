"""The power goes: what was acknowledged is on the disk, and what was not is there whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import World

GOING_DOWN = 0x8004587D
"""The ioctl by which ext4 forgets all that it has not written (FS_IOC_SHUTDOWN)."""

WITHOUT_FLUSH = struct.pack("I", 2)


class Disk:
    """An ext4 in a file, mounted at `place`."""

    def __init__(self, image: Path, place: Path) -> None:
        self.image, self.place = image, place
        place.mkdir()
        with image.open("wb") as file:
            file.truncate(64 * 1024**2)
        self._do("mkfs.ext4", "-q", "-F", str(image))
        self.mount()

    def mount(self) -> None:
        self._do("mount", "-o", "loop", str(self.image), str(self.place))

    def unmount(self) -> None:
        subprocess.run(["umount", str(self.place)], check=False, capture_output=True)

    def lose_power(self) -> None:
        """Nothing more reaches the disk; then it is there again as it was."""
        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, GOING_DOWN, WITHOUT_FLUSH)
        finally:
            os.close(descriptor)
        self._do("umount", str(self.place))
        self.mount()

    def _do(self, *words: str) -> None:
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"no disk of one's own here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("needs root and mkfs.ext4 for a disk of one's own")
    made = Disk(tmp_path / "disk.img", tmp_path / "disk")
    yield made
    made.unmount()


Act = Callable[[World], object]


@pytest.mark.parametrize("kind", ["dir", "dir+git"])
def test_what_was_acknowledged_survives_a_power_loss(disk: Disk, tmp_path: Path, kind: str) -> None:
    world = World(tmp_path / "world", kind)
    (world.base / "shared").symlink_to(disk.place)
    world.start_project(commit=False)
    world.init()
    first = world.add("first")
    (world.project / "plan.md").write_text("# Plan\n\n- [ ] Dig a trench\n- [ ] Fill it again\n", encoding="utf-8")
    subprocess.run(["sync", "-f", str(disk.place)], check=True)
    acts: list[tuple[Act, Callable[[World], bool]]] = [
        (lambda world: world.ok("claim", first), lambda world: world.show(first)["status"] == "in_progress"),
        (lambda world: world.ok("parse", "plan.md"), lambda world: len(world.ids()) == 3),
    ]
    for act, is_there in acts:
        act(world)
        disk.lose_power()
        assert is_there(world)
        world.assert_clean()
