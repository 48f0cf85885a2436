"""Watching: what waits for a member now, looked at again and again, through every failure."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from fedtasks.app.context import Context
from fedtasks.app.notices.reading import read_inbox
from fedtasks.app.session import Session
from fedtasks.app.tasks.listing import Row
from fedtasks.app.tasks.nextup import candidates, left_behind
from fedtasks.errors import FedtasksError
from fedtasks.store.feed import Feed, Line
from fedtasks.store.layout import CONFIG, INBOX, MEMBERS, TASKS
from fedtasks.store.query import Filter
from fedtasks.store.stamps import scan

TICK = 0.5
LONGEST_PAUSE = 60.0
CLOCK_NS = 10_000_000_000
"""How often a look is worth it where no file has changed: leases expire by the clock alone."""
SHOWN = ("id", "title", "status", "priority", "lead", "assignee", "tags", "files", "due")
URGENT = "critical"
MOST = 20
"""Tasks that could be started and are told of, the best first: nobody waits for the hundredth."""

Warn = Callable[[str], None]


def found_now(session: Session) -> dict[str, dict[str, Any] | None]:
    """What waits for who acts, by key: notices that are not settled, and tasks that could be started.

    | key                         | an event when                                                            |
    |-----------------------------|--------------------------------------------------------------------------|
    | the notice, its reminders   | it comes, and when it is told again                                      |
    | the task, whether critical  | it can be started: made, assigned, freed, unblocked; or becomes critical |
    | the task's claim            | it was left behind: its lease is over, and it can be taken over          |
    """
    found: dict[str, dict[str, Any] | None] = {}
    for notice in read_inbox(session.root, session.actor.name).notices:
        if not notice.settled:
            key = f"notice {notice.id} {len(notice.data.get('reminded', ()))}"
            found[key] = {"event": "notice", "urgent": notice.urgent, "notice": notice.to_json()}
    for place, one in enumerate(candidates(session, Filter())):
        urgent = one.row["priority"] == URGENT
        line = {"event": "ready", "urgent": urgent, "mine": one.mine, "task": _shown(one.row)}
        found[f"task {one.row['id']} {urgent}"] = line if place < MOST else None
    for row in left_behind(session, Filter()):
        line = {"event": "expired", "urgent": row["priority"] == URGENT, "task": _shown(row)}
        found[f"claim {row['claim']['token']}"] = line
    return found


def _shown(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in SHOWN if row.get(name) not in (None, [], {})}


@dataclass(slots=True)
class Watch:
    """`seconds` between two looks at the remote, 0 for none; `batch` seconds in which lines are gathered."""

    context: Context
    root: Path
    member: str
    feed: Feed
    warn: Warn
    seconds: float = 2.0
    batch: float = 0.0
    wake: threading.Event = field(default_factory=threading.Event)
    _before: Any = None

    def lines(self, position: int, timeout: float | None) -> Iterator[list[Line]]:
        """Lines behind the position in batches, an urgent one ending each; ends after `timeout` without any."""
        trouble, since, quiet = "", None, monotonic()
        while True:
            trouble = self._told(trouble, self.look())
            waiting = self.feed.after(position)
            now = monotonic()
            since = (since or now) if waiting else None
            if since is not None and (now - since >= self.batch or any(line.urgent for line in waiting)):
                yield waiting
                position, since, quiet = waiting[-1].number, None, monotonic()
            elif timeout is not None and now - quiet >= timeout:
                return
            self.wake.wait(TICK)
            self.wake.clear()

    def _told(self, before: str, trouble: str) -> str:
        if trouble != before:
            self.warn(f"{trouble}; trying on" if trouble else "works again")
        return trouble

    def look(self) -> str:
        """Notes in the feed what has come where the files have changed; answers what went wrong."""
        try:
            now = (_stamps(self.root, self.member), self.context.clock() // CLOCK_NS)
            if now != self._before:
                self.feed.note(found_now(Session(self.context, "watch")))
                self._before = now
        except FedtasksError as found:
            return self._failed(found.message)
        except OSError as found:
            return self._failed(f"{found.strerror}: {found.filename or self.root}")
        except sqlite3.Error as found:
            return self._failed(f"a cache of this machine: {found}")
        return ""

    def _failed(self, words: str) -> str:
        self._before = None
        return words

    def share(self) -> None:
        """Syncs again and again; for a thread of its own."""
        from fedtasks.app.sharing.sync import try_sync

        trouble, pause = "", self.seconds
        while True:
            trouble = self._told(trouble, try_sync(Session(self.context, "sync")))
            pause = min(pause * 2, LONGEST_PAUSE) if trouble else self.seconds
            self.wake.set()
            threading.Event().wait(pause)


def _stamps(root: Path, member: str) -> Any:
    """What changes with the files that a look reads."""
    settings = (root / CONFIG).stat()
    return (settings.st_mtime_ns, [scan(root / name) for name in (TASKS, MEMBERS, f"{INBOX}/{member}")])
