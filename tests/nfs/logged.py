"""The log of a dm-log-writes device, and the disks that a power cut may leave: after each flush, and in between.

A disk keeps what was written before its last flush, and what was forced to it (FUA); of the writes since, any part.
"""

from __future__ import annotations

import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAGIC = 0x6A736677736872
HEAD, ENTRY = struct.Struct("<QQQI"), struct.Struct("<QQQQ")
FLUSH, FORCED, DISCARD, MARK = 1, 2, 4, 8


class Write(NamedTuple):
    """Bytes that went to a place of the disk; for a mark, its text."""

    flags: int
    place: int
    data: bytes


def read_log(path: Path) -> Iterator[Write]:
    """The writes and marks, in their order."""
    with path.open("rb") as log:
        magic, _, entries, sector = HEAD.unpack(log.read(HEAD.size))
        assert magic == MAGIC, hex(magic)
        log.seek(sector)
        for _ in range(entries):
            begin = log.tell()
            place, count, flags, length = ENTRY.unpack(log.read(ENTRY.size))
            if flags & MARK:
                yield Write(flags, 0, log.read(length).rstrip(b"\0"))
                log.seek(begin + sector)
                continue
            log.seek(begin + sector)
            discarded = flags & DISCARD
            yield Write(flags, place * sector, bytes(count * sector) if discarded else log.read(count * sector))


def replayed(log: Path, image: Path, seed: int) -> Iterator[tuple[list[str], list[Write]]]:
    """Brings the image forward, flush by flush; before each: the marks that were set at the flush before, and which of
    the writes since then are on the disk, none or some by chance."""
    chance, marks, known = random.Random(seed), [], []
    since: list[Write] = []
    with image.open("r+b") as disk:
        for write in read_log(log):
            if write.flags & MARK:
                marks.append(write.data.decode())
                continue
            if write.flags & FLUSH and since:
                yield list(known), []
                yield list(known), [entry for entry in since if entry.flags & FORCED or chance.random() < 0.5]
                put(disk.fileno(), since)
                since = []
            if not since:
                known = list(marks)
            if write.data:
                since.append(write)
        yield list(marks), [entry for entry in since if entry.flags & FORCED]


def put(disk: int, writes: list[Write]) -> None:
    """Writes them to the disk."""
    for write in writes:
        os.pwrite(disk, write.data, write.place)
