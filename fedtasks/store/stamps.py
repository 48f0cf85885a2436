"""The stamps of all files of a folder in two byte strings, so that ten thousand of them compare at once."""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from fedtasks.store.layout import task_id_of

ENTRY = 24
"""Bytes of a file's stamp: mtime in nanoseconds, size, inode."""

RACY = -1
"""The mtime of a file that was changed so shortly before it was read that it may have changed again since."""


class Stamps(NamedTuple):
    """`names` are the files' names, one a line, in the order of the directory; `numbers` three 64-bit numbers each."""

    names: bytes
    numbers: bytes

    def entries(self) -> dict[str, bytes]:
        """The stamp of each name; raises ValueError for strings that are no stamps."""
        numbers = self.numbers
        stamps = [numbers[place : place + ENTRY] for place in range(0, len(numbers), ENTRY)]
        return dict(zip(os.fsdecode(self.names).split("\0")[:-1], stamps, strict=True))

    def since(self, before: Stamps) -> tuple[list[str], list[str]]:
        """The names of the files that are new or not as they were, and of those that are gone."""
        known, now = before.entries(), self.entries()
        return [name for name, entry in now.items() if known.get(name) != entry], [*(known.keys() - now.keys())]

    def without_racy(self, since_ns: int, also: Collection[str] = ()) -> Stamps:
        """The same, the files changed since then, and those of these names, marked so that they are read again."""
        numbers = array("q", self.numbers)
        for place in range(0, len(numbers), 3):
            if numbers[place] >= since_ns:
                numbers[place] = RACY
        if also:
            for number, name in enumerate(os.fsdecode(self.names).split("\0")[:-1]):
                if name in also:
                    numbers[3 * number] = RACY
        return Stamps(self.names, numbers.tobytes())


def folder_mark(folder: Path, since_ns: int) -> str:
    """The stamp of a folder, which every file that comes or goes changes; empty where it changed since then."""
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return "none"
    try:
        status = os.fstat(directory)
    finally:
        os.close(directory)
    return f"{status.st_mtime_ns}:{status.st_ino}" if status.st_mtime_ns < since_ns else ""


def scan(folder: Path) -> Stamps:
    """The stamps of a folder's JSON files as they are now; a folder that does not exist has none."""
    try:
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return Stamps(b"", b"")
    try:
        return _stamps(directory, [name for name in os.listdir(directory) if task_id_of(name) is not None])
    finally:
        os.close(directory)


def _stamps(directory: int, names: list[str]) -> Stamps:
    """One loop, kept bare: ten thousand files pass through it at every list."""
    stat, gone, numbers = os.stat, set[str](), list[int]()
    for name in names:
        try:
            status = stat(name, dir_fd=directory)
        except OSError:
            try:
                status = stat(name, dir_fd=directory, follow_symlinks=False)
            except FileNotFoundError:
                gone.add(name)
                continue
        numbers += (status.st_mtime_ns, status.st_size, status.st_ino)
    kept = [name for name in names if name not in gone] if gone else names
    return Stamps(os.fsencode("\0".join([*kept, ""])), array("q", numbers).tobytes())
