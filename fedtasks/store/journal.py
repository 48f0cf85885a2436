"""The journal: what a transaction was about to do, so that the next command can finish it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fedtasks.errors import InvalidData, LockLost
from fedtasks.store.files import fsync_directory, os_errors, write_durably
from fedtasks.store.layout import JOURNAL, LOCAL, TEMPORARY, UNSETTLED
from fedtasks.store.leftovers import JOURNALS, discard

UNDER_WAY = "the change is under way: the next command finishes it"
UNSURE = "whether the change was made has to be looked at"


@dataclass(frozen=True, slots=True)
class Move:
    """One step: the finished temporary file takes the place of `path`; without one `path` is removed, to `aside` in a
    folder of the writer's own (journals of older versions name none)."""

    path: str
    temporary: str | None
    aside: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A transaction whose files are all on the disk: its moves, then the commit of the same paths."""

    moves: tuple[Move, ...]
    commit: Mapping[str, Any]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it is to change, relative to the store's root."""
        return tuple(move.path for move in self.moves)


def write_journal(root: Path, record: Record, token: str, prove: Callable[[], None], *, fsync: bool) -> None:
    """Makes the record durable; from here on the transaction happens.

    `token` is this writer's own (see Writer); `prove` is asked last: a writer that slept must not begin now.
    """
    moves = [asdict(move) for move in record.moves]
    data = json.dumps({"moves": moves, "commit": dict(record.commit)}, ensure_ascii=False).encode()
    temporary = root / TEMPORARY / f"{token}{JOURNALS}"
    write_durably(temporary, data, fsync=fsync)
    if fsync:
        fsync_directory(root / TEMPORARY)
    prove()
    try:
        temporary.replace(root / JOURNAL)
    except FileNotFoundError:
        raise overtaken() from None
    with os_errors(root, UNDER_WAY):
        if fsync:
            fsync_directory(root / LOCAL)


def read_journal(root: Path) -> Record | None:
    """The unfinished transaction, if there is one."""
    try:
        raw = json.loads((root / JOURNAL).read_bytes())
        moves = tuple(Move(move["path"], move["temporary"], move.get("aside")) for move in raw["moves"])
        return Record(moves, dict(raw["commit"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as found:
        raise InvalidData(
            JOURNAL,
            f"not a journal ({found})",
            hint="keep a copy of it and move it away; the tasks themselves are whole",
        ) from found


def clear_journal(root: Path, record: Record | None = None) -> None:
    """Forgets the transaction: it is done. With `record` only that one: a writer that slept leaves others' alone."""
    with suppress(FileNotFoundError):
        if record is None or read_journal(root) == record:
            (root / JOURNAL).unlink()


def overtaken() -> LockLost:
    """The error of a writer that slept while another one took the lock and cleared what it found."""
    return LockLost(
        "another process took the store's lock while this one slept; it finished the change as a whole, or dropped it",
        hint="look, and run the command again",
    )


def carry_out(root: Path, moves: Sequence[Move], *, fsync: bool, again: bool = False) -> None:
    """Does the moves and makes them durable; `again`, after a kill: those that are not done yet.

    Whoever takes the lock clears away what the former writer has in `.local/tmp`, before it reads. So a writer that
    wakes up after its lock was taken can neither put nor take: each move needs its own file or folder there.

    | the move       | finds                                    | what happens                                         |
    |----------------|------------------------------------------|------------------------------------------------------|
    | puts a file    | its temporary file                       | one rename replaces the old file                     |
    |                | none                                     | raises LockLost; `again`: it was put before the kill |
    | removes a file | the file and the folder for it           | one rename takes the file there, to be deleted later |
    |                | no file, but the folder                  | nothing: it is gone                                  |
    |                | no folder, even when the file is a newer | raises LockLost; `again`: it was removed before the  |
    |                | one of the same name                     | kill, and the newer one stays                        |

    A crash between the rename and the deletion leaves the file in `.local/tmp`, where the next writer deletes it.
    """
    folders: set[Path] = set()
    for move in moves:
        target = root / move.path
        folders.add(target.parent)
        if move.temporary is None:
            _take_away(root, move, again=again)
            continue
        folders.update(_make_folder(target.parent))
        try:
            os.replace(root / move.temporary, target)
        except FileNotFoundError:
            if not again:
                raise overtaken() from None
    if fsync:
        for folder in sorted(folders):
            with suppress(FileNotFoundError):
                fsync_directory(folder)


def _take_away(root: Path, move: Move, *, again: bool) -> None:
    target = root / move.path
    if move.aside is None:
        target.unlink(missing_ok=True)
        return
    if target.is_dir() and not target.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    aside = root / move.aside
    try:
        os.replace(target, aside)
    except OSError as found:
        if found.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE):
            raise
        if not again and not aside.parent.is_dir():
            raise overtaken() from None


def delete_removed(root: Path, moves: Sequence[Move]) -> None:
    """Deletes what was taken away, and the folder that it went to; for a change that is done."""
    for folder in {(root / move.aside).parent for move in moves if move.aside is not None}:
        with suppress(FileNotFoundError):
            discard(folder)


def _make_folder(folder: Path) -> list[Path]:
    """Makes it where it is missing; answers the folders that got a new entry by it."""
    made = []
    while not folder.is_dir():
        made.append(folder)
        folder = folder.parent
    for missing in reversed(made):
        missing.mkdir(exist_ok=True)
    return [missing.parent for missing in made]


def contents(root: Path, moves: Sequence[Move], *, again: bool = False) -> dict[str, bytes | None]:
    """What the moves' paths will hold, or, `again`, hold already; raises LockLost as `carry_out` does."""
    found: dict[str, bytes | None] = {}
    for move in moves:
        found[move.path] = None
        if move.temporary is not None:
            here = root / move.temporary
            try:
                found[move.path] = (root / move.path if again and not here.exists() else here).read_bytes()
            except FileNotFoundError:
                raise overtaken() from None
    return found


def read_unsettled(root: Path) -> tuple[str, ...]:
    """Committed paths that the recorder's index has not learnt of yet."""
    try:
        return tuple((root / UNSETTLED).read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        return ()


def write_unsettled(root: Path, paths: Sequence[str]) -> None:
    """Remembers them for the next transaction; none: forgets."""
    if paths:
        (root / UNSETTLED).write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
    else:
        (root / UNSETTLED).unlink(missing_ok=True)


def drop(root: Path, record: Record) -> None:
    """Forgets a transaction that did not happen, and its files; others' stay."""
    clear_journal(root, record)
    for move in record.moves:
        if move.temporary is not None:
            with suppress(FileNotFoundError):
                (root / move.temporary).unlink()
    delete_removed(root, record.moves)
