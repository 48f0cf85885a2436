"""Process groups that were killed: waiting until nothing of them is left."""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Makes this process the parent of its orphaned descendants (prctl(2)), so that it can wait for them.

    Elsewhere than on Linux, and without it, `wait_for_group` has to wait until init has buried them.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait_for_group(group: int) -> None:
    """Returns when no process of the group is left: git may outlive a killed parent for a moment."""
    while _is_there(group):
        try:
            os.waitpid(-group, 0)
        except ChildProcessError:
            os.sched_yield()


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        return False
    return True
