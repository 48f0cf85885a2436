"""The store's one lock: flock through filelock, with a holder that a waiter can name and a proof before writing."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from errno import ENOENT
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fedtasks.errors import LockLost, OutOfReach, StoreLocked
from fedtasks.store.layout import HOLDER, LOCK

POLL_SECONDS = 0.005
HELD_ELSEWHERE = 9
PROBE = f"""
import os, sys
from filelock import lock_descriptor
descriptor = os.open(sys.argv[1], os.O_RDWR)
sys.exit(0 if lock_descriptor(descriptor, blocking=False) else {HELD_ELSEWHERE})
"""


class StoreLock:
    """Excludes other writers on this machine and, over NFSv4, on others; the lock file is never deleted.

    `timeout` is in seconds; `holder` (host, pid, actor, since, what) is shown to those who wait. Raises StoreLocked
    when the time is over, OSError where the file system cannot lock.
    """

    def __init__(
        self, root: Path, timeout: float, holder: Mapping[str, Any], files: tuple[str, str] = (LOCK, HOLDER)
    ) -> None:
        self._path, self._holder_path = (root / name for name in files)
        self._timeout = timeout
        self._holder = holder
        self._descriptor = -1

    def __enter__(self) -> Self:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            self._wait()
        except BaseException:
            os.close(self._descriptor)
            raise
        with suppress(OSError):
            self._holder_path.write_text(json.dumps(self._holder), encoding="utf-8")
        return self

    def _wait(self) -> None:
        from filelock import lock_descriptor

        deadline = time.monotonic() + self._timeout
        while not lock_descriptor(self._descriptor, blocking=False):
            if time.monotonic() >= deadline:
                raise StoreLocked(self._timeout, self._read_holder())
            time.sleep(POLL_SECONDS)

    def _read_holder(self) -> dict[str, Any] | None:
        try:
            found = json.loads(self._holder_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def prove(self, left: str = "nothing was changed") -> None:
        """Raises LockLost unless the lock is still held, saying what is `left`.

        A client that was cut off from its server, or asleep until its lease was over, gets EIO here; a lock whose file
        was removed keeps nobody out.
        """
        try:
            os.pwrite(self._descriptor, b"held\n", 0)
            os.fsync(self._descriptor)
            if not os.path.samestat(os.fstat(self._descriptor), self._path.stat()):
                raise FileNotFoundError(ENOENT, "its file was removed")
        except OSError as found:
            raise LockLost(
                f"the lock was lost while working ({found.strerror}); {left}", hint="look, and run the command again"
            ) from found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from filelock import unlock_descriptor

        with suppress(OSError):
            self._holder_path.unlink()
        try:
            with suppress(OSError):
                unlock_descriptor(self._descriptor)
        finally:
            with suppress(OSError):
                os.close(self._descriptor)


def is_held_for_others(root: Path, python: str) -> bool:
    """Whether another process of this machine, which tries now, finds the store's lock held."""
    import subprocess

    done = subprocess.run([python, "-P", "-c", PROBE, root / LOCK], capture_output=True, check=False)
    if done.returncode not in (0, HELD_ELSEWHERE):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OutOfReach(f"a second process could not try the lock: {said[-1] if said else done.returncode}")
    return done.returncode == HELD_ELSEWHERE
