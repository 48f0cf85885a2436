"""The entry: starts quickly, runs one command, ends the process."""

from __future__ import annotations

import gc
import sys

INTERRUPTED = 130
"""`Exit.INTERRUPTED`, which need not be loaded yet when Ctrl-C comes."""

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
