"""Files that are never seen half-written: temporary file, fsync, rename, fsync of the directory."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from fedtasks.errors import OutOfReach

WORDS = {
    errno.ENOSPC: ("the disk is full", "free some space and try again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and try again"),
    errno.EROFS: ("the file system is read-only", "remount it writable, or work on another copy"),
    errno.EACCES: ("permission denied", "ask the owner of the directory for write access"),
    errno.EPERM: ("not permitted", "ask the owner of the directory for write access"),
    errno.ESTALE: ("stale NFS handle", "try again; if it stays, remount the share"),
    errno.EIO: ("input/output error", "check the disk or the NFS server, then try again"),
    errno.EINTR: ("interrupted", "run the command again"),
    errno.ENOSYS: ("not supported there", "use a file system with locks, or share the store by git"),
    errno.ENOLCK: ("no locks available", "check the NFS server's lock service"),
}


@contextmanager
def os_errors(root: Path, left: str = "nothing was changed") -> Iterator[None]:
    """Words an OSError about the store as OutOfReach, saying what is `left`; FedtasksErrors pass."""
    try:
        yield
    except OSError as found:
        raise out_of_reach(found, root, left) from found


def out_of_reach(found: OSError, root: Path | None, left: str) -> OutOfReach:
    """The error in words: which file (or else the root), what, and what is `left`."""
    words, hint = WORDS.get(found.errno or 0, (found.strerror or str(found), "try again"))
    where = str(found.filename or root)
    return OutOfReach(f"{where}: {words}; {left}", hint=hint, path=where, errno=found.errno)


class Stamp(NamedTuple):
    """What stat says of one version of a file; two versions by rename differ in it."""

    mtime_ns: int
    size: int
    inode: int


def stamp(path: Path) -> Stamp | None:
    """The stamp of a file, None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as problem:
        if problem.errno != errno.ELOOP:
            raise
        found = path.lstat()
    return Stamp(found.st_mtime_ns, found.st_size, found.st_ino)


def write_durably(path: Path, data: bytes, *, fsync: bool) -> None:
    """Writes a new file; with `fsync` it is on the disk when this returns (its directory entry is not)."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        if fsync:
            os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(descriptor)


def fsync_directory(path: Path) -> None:
    """Makes the names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def revalidate_directory(path: Path) -> None:
    """Opens and closes a directory, after which an NFS client opens its files by name afresh."""
    os.close(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))


def is_below(path: Path, root: Path) -> bool:
    """Whether a path, symbolic links followed, stays inside the root."""
    return path.resolve().is_relative_to(root.resolve())
