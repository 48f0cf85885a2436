"""When to look at the files again: at once where the system tells of changes, else by the clock."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import anyio

from fedtasks.store.mounts import TABLE, mount_of

TICK = 0.5
LONGEST_MS = 1_500
"""Where changes are told, a look all the same: for what a system forgets, and what another machine does."""

GATHER_MS = 100


async def ticks(root: Path, *, told: bool) -> AsyncGenerator[None, None]:
    """A tick where files below the root may have changed; ends where the root is gone. `told` is `is_told` of it.

    | the store stands on                       | a tick                                                  |
    |-------------------------------------------|---------------------------------------------------------|
    | a file system of this machine, watchfiles | a tenth of a second after a change, at least every 1.5 s |
    | anything else (NFS tells of nothing)      | every half second                                       |
    """
    if not told:
        while root.is_dir():
            await anyio.sleep(TICK)
            yield
        return
    from watchfiles import awatch

    changes = awatch(
        root,
        watch_filter=lambda _, path: "/.git/" not in path,
        debounce=GATHER_MS,
        rust_timeout=LONGEST_MS,
        yield_on_timeout=True,
    )
    with suppress(OSError, RuntimeError):
        async for _ in changes:
            yield
            if not root.is_dir():
                return


def is_told(root: Path) -> bool:
    """Whether the system tells of every change of the files: not on a network, and not without watchfiles."""
    if find_spec("watchfiles") is None:
        return False
    with suppress(OSError, ValueError):
        mount = mount_of(TABLE.read_bytes(), root.resolve())
        return mount is None or not mount.is_networked
    return True
