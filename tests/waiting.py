"""Waiting for what a process does, without a clock."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


def wait_until_open(process: subprocess.Popen[bytes], path: Path) -> None:
    """Returns when the process has the file open: one that waits for the lock has the lock's."""
    folder = Path(f"/proc/{process.pid}/fd")
    if not folder.is_dir():
        pytest.skip("needs /proc to see that a process waits")
    while process.poll() is None:
        for entry in os.listdir(folder):
            try:
                if (folder / entry).readlink() == path.resolve():
                    return
            except FileNotFoundError:
                continue
    raise AssertionError(process.communicate())
