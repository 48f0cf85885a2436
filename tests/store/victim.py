"""A process that has everything loaded, and forks commands that are killed; `python -m tests.store.victim`.

Each line that it reads is an order: the words, the directory and the environment of a command, and before which change
to the disk (0: none) it is killed. The command has a process group of its own; the answer is its exit code, minus the
signal that killed it, once nothing of the group is left.
"""

from __future__ import annotations

import json
import os
import pkgutil
import signal
import sys
import traceback
from importlib import import_module
from typing import Any

import fedtasks
from tests.groups import adopt_orphans, wait_for_group

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "subprocess.Popen"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Watch:
    """An audit hook that kills this process right before its N-th change."""

    def __init__(self, place: int) -> None:
        self.left = place

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, (str, bytes)) or not flags & WRITING:
                return
        elif event not in CHANGES:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def load() -> None:
    """Imports all of the package, but what needs an extra."""
    for module in pkgutil.walk_packages(fedtasks.__path__, "fedtasks."):
        if not module.name.startswith("fedtasks.mcp") and not module.name.endswith("__main__"):
            import_module(module.name)
    for name in ("filelock", "yaml", "sqlite3", "zoneinfo", "subprocess", "tempfile", "shutil"):
        import_module(name)


def command(order: dict[str, Any]) -> int:
    """Runs the command in this process."""
    from fedtasks.cli.main import main

    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdout.fileno())
    if order["place"]:
        sys.addaudithook(Watch(order["place"]))
    return main(order["words"])


def run(order: dict[str, Any]) -> int:
    """Forks the command; its exit code when its whole group is gone."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            code = command(order)
        finally:
            if code == 70:
                traceback.print_exc()
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    wait_for_group(child)
    return os.waitstatus_to_exitcode(status)


def serve() -> None:
    """Carries out the orders on standard input."""
    adopt_orphans()
    load()
    for line in sys.stdin:
        print(run(json.loads(line)), flush=True)


if __name__ == "__main__":
    serve()
