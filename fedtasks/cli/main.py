"""The entry: the table of verbs, imported only when called, and the boundary where errors become words."""

from __future__ import annotations

import gc
import sys

VERBS = {
    "init": "store", "demo": "demo", "member": "members", "team": "teams", "permissions": "members",
    "check": "store", "doctor": "store", "completion": "store",
    "parse": "plan",
    "add": "tasks", "edit": "tasks", "tag": "tasks", "depend": "tasks", "lead": "tasks",
    "list": "look", "ready": "look", "board": "look", "show": "look", "history": "look",
    "claim": "work", "heartbeat": "work", "release": "work", "assign": "work", "start": "work", "block": "work",
    "unblock": "work", "done": "work", "cancel": "work", "reopen": "work", "status": "work",
    "track": "tracking", "tool": "tracking",
    "suggest": "fitting", "fallbacks": "fitting",
    "ask": "permits", "permit": "permits", "permits": "permits",
    "comment": "talk", "react": "talk", "resolve": "talk", "thread": "talk",
    "attempt": "attempts", "review": "reviews",
    "handoff": "handoff", "accept": "handoff", "decline": "handoff", "handoffs": "handoff",
    "instance": "instances",
    "delegate": "delegation", "delegation": "delegation", "chain": "delegation",
    "sync": "sync", "hooks": "hooks",
    "inbox": "inbox", "read": "inbox", "ack": "inbox", "follow": "inbox", "unfollow": "inbox",
    "overlaps": "overlaps", "notify": "notify",
    "archive": "archive", "unarchive": "archive",
    "prime": "agents", "next": "agents", "setup": "agents", "mcp": "mcp", "watch": "watch", "work": "agents",
    "upgrade": "upgrade",
    "merge-driver": "store",
}  # fmt: skip
"""Each verb and the module in fedtasks.cli that has it; the order is that of the help."""

INTERRUPTED = 130
FEW_COLLECTIONS = 100_000
"""Objects made before the garbage collector looks: the imports alone would wake it a dozen times for nothing."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; answers its exit code. Without `arguments` it is the process's own command line."""
    words = sys.argv[1:] if arguments is None else arguments
    if words == ["--version"]:
        from fedtasks import __version__

        print(f"fedtasks {__version__}")
        return 0
    gc.set_threshold(FEW_COLLECTIONS)
    try:
        from fedtasks.cli.boundary import run

        code = run(words)
    except KeyboardInterrupt:
        print("\nfedtasks: interrupted", file=sys.stderr)
        code = INTERRUPTED
    if arguments is None:
        _leave(code)
    return code


def _leave(code: int) -> None:
    """Ends the process at once.

    Python would free ten thousand rows one by one first, and would end by SIGINT, not by 130, where Ctrl-C met some
    imports.
    """
    import os
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
