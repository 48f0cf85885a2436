"""Opening a store's registry."""

from __future__ import annotations

from pathlib import Path

from fedtasks.app.context import Context
from fedtasks.store.registry import Registry, Writer


def open_registry(context: Context, root: Path, actor: str, what: str) -> Registry:
    """The registry of a store, for reading, and for writing as `actor`; `what` is shown to those who wait."""
    recorder = None
    if (root / ".git").exists():
        from fedtasks.git.recorder import GitRecorder

        recorder = GitRecorder(context.git.at(root), fsync=context.fsync)
    holder = {"host": context.host, "pid": context.pid, "actor": actor, "since": context.now(), "what": what}
    return Registry(root, recorder, Writer(holder, context.lock_timeout, context.random(5).hex(), context.fsync))
