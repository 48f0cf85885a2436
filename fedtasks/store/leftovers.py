"""What writers that were killed, or sleep, have left in `.local/tmp`: whoever takes the lock clears it away."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

from fedtasks.store.layout import TEMPORARY

JOURNALS = "-journal"
"""How the name of a journal ends that is not in place yet."""

OPEN = ".open-"
"""How the name of a folder begins that waits until nobody has its files open (NFS keeps them as `.nfs*` so long)."""

CLEARING_ROUNDS = 10
CLEARING_SECONDS = 0.02


def drop_leftovers(root: Path, prove: Callable[[], None]) -> bool:
    """Removes the temporary files of transactions that were killed, or sleep, before their journal was written.

    `prove` is asked once they are listed: they all are of former writers then, however long this one sleeps before it
    removes them. Journals go first; False where one has come into place meanwhile, which has to be finished.
    """
    folder = root / TEMPORARY
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return True
    if names:
        prove()
    for name in sorted(names, key=lambda name: not name.endswith(JOURNALS)):
        try:
            discard(folder / name)
        except FileNotFoundError:
            if name.endswith(JOURNALS):
                return False
    return True


def discard(path: Path) -> None:
    """Deletes a file, or a folder of files.

    On NFS a file that somebody reads on this machine goes when it is closed. That is waited for but a moment: then the
    folder gets another name, under which its writer does not find it either, and goes another time.
    """
    if not path.is_dir() or path.is_symlink():
        path.unlink()
        return
    waiting = path.name.startswith(OPEN)
    for _ in range(1 if waiting else CLEARING_ROUNDS):
        for name in os.listdir(path):
            _is_done((path / name).unlink, errno.ENOENT, errno.EBUSY)
        if _is_done(path.rmdir, errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY):
            return
        time.sleep(CLEARING_SECONDS)
    if not waiting:
        path.rename(path.with_name(f"{OPEN}{path.name}"))


def _is_done(act: Callable[[], None], *expected: int) -> bool:
    """Does it; False where one of these errors of the system is in the way."""
    try:
        act()
    except OSError as found:
        if found.errno not in expected:
            raise
        return False
    return True
