"""The stamps of all files of a folder in two byte strings, so that ten thousand of them compare at once."""

from __future__ import annotations

import os
from array import array
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fedtasks.store.layout import task_id_of

Entry = tuple[int, int, int]
"""Mtime in nanoseconds, size, inode."""

RACY = -1
"""The mtime of a file that was changed so shortly before it was read that it may have changed again since."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """`names` are the files' names, one a line, in the order of the directory; `numbers` three 64-bit numbers each."""

    names: bytes
    numbers: bytes

    def entries(self) -> dict[str, Entry]:
        """The stamp of each name; raises ValueError for strings that are no stamps."""
        names = os.fsdecode(self.names).split("\0")[:-1]
        numbers = array("q", self.numbers)
        if len(numbers) != 3 * len(names):
            raise ValueError("damaged stamps")
        return dict(zip(names, zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True), strict=True))

    def without_racy(self, since_ns: int) -> Stamps:
        """The same, the files changed since then marked so that they are read again."""
        numbers = array("q", self.numbers)
        for place in range(0, len(numbers), 3):
            if numbers[place] >= since_ns:
                numbers[place] = RACY
        return Stamps(self.names, numbers.tobytes())


def scan(folder: Path) -> Stamps:
    """The stamps of a folder's JSON files as they are now; a folder that does not exist has none."""
    names: list[str] = []
    numbers: list[int] = []
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.endswith(".json") and task_id_of(name) is not None:
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    continue
                except OSError:
                    status = entry.stat(follow_symlinks=False)
                names.append(name)
                numbers += (status.st_mtime_ns, status.st_size, status.st_ino)
    return Stamps(os.fsencode("\0".join([*names, ""])), array("q", numbers).tobytes())
