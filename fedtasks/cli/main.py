"""The entry: the table of verbs, imported only when called, and the boundary where errors become words."""

from __future__ import annotations

import sys

VERBS = {
    "init": "store", "demo": "demo", "member": "store", "check": "store", "doctor": "store", "completion": "store",
    "parse": "plan",
    "add": "tasks", "edit": "tasks", "tag": "tasks", "depend": "tasks", "lead": "tasks",
    "list": "look", "ready": "look", "board": "look", "show": "look", "history": "look",
    "claim": "work", "release": "work", "assign": "work", "start": "work", "block": "work", "unblock": "work",
    "done": "work", "cancel": "work", "reopen": "work", "status": "work",
    "merge-driver": "store",
}  # fmt: skip
"""Each verb and the module in fedtasks.cli that has it; the order is that of the help."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; answers its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if words == ["--version"]:
        from fedtasks import __version__

        print(f"fedtasks {__version__}")
        return 0
    from fedtasks.cli.boundary import run

    return run(words)
