"""What a disk may hold after a power cut: a model that trusts in nothing but fsync.

A recorded command is a list of steps. After each of them the power may go, and then the disk holds

| of                                        | what                                                                     |
|-------------------------------------------|--------------------------------------------------------------------------|
| a file's bytes                            | at least what its last fsync saw; of later ones all, half or nothing     |
| a directory's entries (made, renamed,     | all that its last fsync saw; of later ones any, in any order: here none, |
| removed; files and directories)           | each alone, each left out, the first ones, and all                       |
| a name in a directory that is not there   | nothing: the old name stays                                              |
| one rename                                | both names changed, or neither                                           |

Real file systems keep more than that; who survives this survives them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from tests.store.faults import Call

Tree = Mapping[str, bytes | None]
"""Files with their bytes, directories with None, by their path."""

State = frozenset[tuple[str, bytes | None]]
"""The same, to be compared."""

STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
OPENED = re.compile(r"(\d+)<([^>]*)>")


@dataclass(eq=False)
class File:
    """One file, whatever it is called; `safe` is what its last fsync saw."""

    safe: bytes = b""
    data: bytes = b""

    def versions(self) -> tuple[bytes, bytes, bytes]:
        """All of it, half of what is not safe, and only what is."""
        kept = len(self.data) if self.data == self.safe else len(self.data) // 2
        return self.data, self.data[:kept], self.safe


@dataclass(frozen=True, eq=False)
class Entry:
    """A change of directories that is not yet safe: `old` goes, `new` comes and is the file, or a directory (None)."""

    old: str | None
    new: str | None
    file: File | None = None

    def folders(self) -> set[str]:
        """The directories that it changes."""
        return {parent(path) for path in (self.old, self.new) if path is not None}


def parent(path: str) -> str:
    return str(PurePosixPath(path).parent)


class Elsewhere(Exception):
    """A call that names the directory, but is about another file."""


class Disk:
    """What is safe, what is on its way, and what the running system sees, of a directory in which all was safe once;
    paths are relative to it. What is below `left_out` is not looked at."""

    def __init__(self, root: str, tree: Tree, left_out: tuple[str, ...] = ()) -> None:
        self.root, self.left_out = root, left_out
        self.seen = {path: None if data is None else File(data, data) for path, data in tree.items()}
        self.safe = dict(self.seen)
        self.pending: list[Entry] = []
        self._places: dict[str, int] = {}

    def step(self, call: Call) -> bool:
        """Follows one system call; whether it was one that changes something here."""
        act = getattr(self, f"_{call.name}", None)
        if act is None or self.root not in call.arguments or any(path in call.arguments for path in self.left_out):
            return False
        arguments, _, result = call.arguments.rpartition(" = ")
        if result.startswith("-1"):
            return False
        try:
            act([ast.literal_eval(f'b"{found}"') for found in STRING.findall(arguments)], arguments, result)
        except Elsewhere:
            return False
        return True

    def _openat(self, texts: list[bytes], arguments: str, result: str) -> None:
        number, path = self._opened(result)
        self._places[number] = 0
        if "O_CREAT" in arguments and path not in self.seen:
            self._change(Entry(None, path, File()))
        if "O_TRUNC" in arguments and (file := self.seen.get(path)):
            file.data = b""

    def _write(self, texts: list[bytes], arguments: str, result: str) -> None:
        number, path = self._opened(arguments)
        self._put(path, texts[0], self._places[number])
        self._places[number] += len(texts[0])

    def _pwrite64(self, texts: list[bytes], arguments: str, result: str) -> None:
        self._put(self._opened(arguments)[1], texts[0], int(arguments.rstrip(") ").rpartition(", ")[2]))

    def _put(self, path: str, data: bytes, place: int) -> None:
        if file := self.seen.get(path):
            file.data = file.data[:place] + data + file.data[place + len(data) :]

    def _fsync(self, texts: list[bytes], arguments: str, result: str) -> None:
        path = self._opened(arguments)[1]
        if file := self.seen.get(path):
            file.safe = file.data
            return
        for entry in [entry for entry in self.pending if path in entry.folders()]:
            _apply(self.safe, entry)
            self.pending.remove(entry)

    def _rename(self, texts: list[bytes], arguments: str, result: str) -> None:
        old, new = map(self._path, texts)
        self._change(Entry(old, new, self.seen.get(old)))

    def _unlink(self, texts: list[bytes], arguments: str, result: str) -> None:
        self._change(Entry(self._path(texts[0]), None))

    def _mkdir(self, texts: list[bytes], arguments: str, result: str) -> None:
        self._change(Entry(None, self._path(texts[0])))

    _rmdir = _unlink

    def _opened(self, text: str) -> tuple[str, str]:
        found = OPENED.search(text)
        assert found is not None, text
        return found[1], self._path(found[2].encode())

    def _path(self, path: bytes) -> str:
        found = PurePosixPath(path.decode())
        if not found.is_relative_to(self.root):
            raise Elsewhere
        return str(found.relative_to(self.root))

    def _change(self, entry: Entry) -> None:
        _apply(self.seen, entry)
        self.pending.append(entry)

    def after_a_cut(self) -> Iterator[State]:
        """What may be there when the power goes now; some of it more than once."""
        for entries in _choices(self.pending):
            names = dict(self.safe)
            for entry in entries:
                if entry.new is None or _is_reached(entry.new, names):
                    _apply(names, entry)
            there = {path: file for path, file in names.items() if _is_reached(path, names)}
            for version in range(3):
                yield frozenset(
                    (path, None if file is None else file.versions()[version]) for path, file in there.items()
                )


def _is_reached(path: str, names: Mapping[str, File | None]) -> bool:
    """Whether all directories above it are there."""
    return all(names.get(str(above), path) is None for above in list(PurePosixPath(path).parents)[:-1])


def _apply(names: dict[str, File | None], entry: Entry) -> None:
    if entry.old is not None:
        names.pop(entry.old, None)
    if entry.new is not None:
        names[entry.new] = entry.file


def _choices(pending: list[Entry]) -> Iterator[list[Entry]]:
    for place, entry in enumerate(pending):
        yield pending[:place]
        yield [entry]
        yield pending[:place] + pending[place + 1 :]
    yield pending


def crash_states(disk: Disk, commands: Iterable[list[Call]]) -> dict[State, int]:
    """Each state in which a power cut may leave the disk during commands that run one after another, and the number of
    those that were acknowledged when it came last."""
    found: dict[State, int] = {}
    ended = 0
    for ended, calls in enumerate(commands):
        for call in calls:
            if disk.step(call):
                found |= dict.fromkeys(disk.after_a_cut(), ended)
    return found | dict.fromkeys(disk.after_a_cut(), ended + 1)
