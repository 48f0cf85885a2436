"""What a disk may hold after a power cut: a model that trusts in nothing but fsync.

A recorded command is a list of steps. After each of them the power may go, and then the disk holds

| of                                        | what                                                                       |
|-------------------------------------------|----------------------------------------------------------------------------|
| a file's bytes                            | at least what its last fsync saw; of later ones all, half or nothing       |
| a directory's entries (made, renamed,     | all that its last fsync saw; of later ones any, in any order: here none,   |
| removed; files and directories)           | each alone, each left out, the first ones, and all                         |
| one rename                                | both names changed, or neither                                             |

Real file systems keep more than that; who survives this survives them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tests.store.faults import Call

Tree = Mapping[str, bytes | None]
"""Files with their bytes, directories with None, by their path."""

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


@dataclass
class Disk:
    """What is safe, what is only on its way, and what the running system sees."""

    safe: dict[str, File | None]
    seen: dict[str, File | None] = field(default_factory=dict)
    pending: list[Entry] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Tree) -> Disk:
        """A disk on which everything is safe."""
        names = {path: None if data is None else File(data, data) for path, data in tree.items()}
        return cls(dict(names), dict(names))

    def step(self, call: Call) -> bool:
        """Follows one system call; whether it was one that matters."""
        arguments, _, result = call.arguments.rpartition(" = ")
        if result.startswith("-1"):
            return False
        texts = [ast.literal_eval(f'b"{found}"') for found in STRING.findall(arguments)]
        act = getattr(self, f"_{call.name}", None)
        if act is None:
            return False
        act(texts, arguments, result)
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
        self._put(self._opened(arguments)[1], texts[0], int(arguments.rstrip(")").rpartition(", ")[2]))

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
        old, new = (text.decode() for text in texts)
        self._change(Entry(old, new, self.seen.get(old)))

    def _unlink(self, texts: list[bytes], arguments: str, result: str) -> None:
        self._change(Entry(texts[0].decode(), None))

    def _mkdir(self, texts: list[bytes], arguments: str, result: str) -> None:
        self._change(Entry(None, texts[0].decode()))

    _rmdir = _unlink

    def _opened(self, text: str) -> tuple[str, str]:
        found = OPENED.search(text)
        assert found is not None, text
        return found[1], found[2]

    def _change(self, entry: Entry) -> None:
        _apply(self.seen, entry)
        self.pending.append(entry)

    def after_a_cut(self) -> Iterator[Tree]:
        """The trees that may be there when the power goes now; some of them more than once."""
        for entries in _choices(self.pending):
            names = dict(self.safe)
            for entry in entries:
                _apply(names, entry)
            for version in range(3):
                yield {
                    path: None if file is None else file.versions()[version]
                    for path, file in names.items()
                    if all(names.get(above, 0) is None for above in _above(path, names))
                }


def _above(path: str, names: Mapping[str, File | None]) -> Iterator[str]:
    """The directories that must be there for the path to be."""
    return (str(above) for above in list(PurePosixPath(path).parents)[:-1] if not _is_outside(str(above), names))


def _is_outside(path: str, names: Mapping[str, File | None]) -> bool:
    """Whether the path lies above all that is modelled."""
    return path not in names and all(name == path or name.startswith(f"{path}/") for name in names)


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


def crash_states(tree: Tree, commands: Iterable[list[Call]]) -> dict[frozenset[tuple[str, bytes | None]], int]:
    """Each state in which a power cut may leave the disk during commands that run one after another, and how many of
    them had ended before, at most."""
    disk, found = Disk.of(tree), {}
    for ended, calls in enumerate(commands):
        for state in disk.after_a_cut():
            found[frozenset(state.items())] = ended
        for call in calls:
            if disk.step(call):
                for state in disk.after_a_cut():
                    found[frozenset(state.items())] = max(ended, found.get(frozenset(state.items()), 0))
        for state in disk.after_a_cut():
            found[frozenset(state.items())] = ended + 1
    return found
