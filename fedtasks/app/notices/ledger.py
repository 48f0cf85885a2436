"""The ledger of outgoing messages: what this machine has sent to whom, what failed, and when it is tried again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fedtasks.notify.notice import Notice
from fedtasks.notify.routing import next_try, told_at
from fedtasks.store.files import fsync_directory, os_errors, write_durably
from fedtasks.store.layout import LOCAL

FOLDER = f"{LOCAL}/channels"
LOCK = (f"{FOLDER}/lock", f"{FOLDER}/holder.json")

Json = Any


@dataclass(slots=True)
class Ledger:
    """One member's part, in `.local/channels/<member>.json`.

    `last` is when each channel carried its last message; `sent` is when it carried each notice; `failed` is
    {tries, next, error} of what it could not carry, by channel and notice.
    """

    path: Path
    fsync: bool = True
    last: dict[str, str] = field(default_factory=dict)
    sent: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    failed: dict[str, dict[str, dict[str, Json]]] = field(default_factory=dict)

    def times(self, channel: str, notice: Notice) -> list[str]:
        """When a channel carried a notice, as far as this machine or the notice knows."""
        elsewhere = notice.data.get("delivered", {}).get(channel, [])
        return [*self.sent.get(channel, {}).get(notice.id, []), *elsewhere]

    def waits_until(self, channel: str, notices: Iterable[Notice]) -> str | None:
        """When what failed is tried again."""
        found = self.failed.get(channel, {})
        return max((str(found[notice.id]["next"]) for notice in notices if notice.id in found), default=None)

    def note_sent(self, channel: str, notices: Iterable[Notice], now: str) -> None:
        """A message was carried."""
        self.last[channel] = now
        for notice in notices:
            self.sent.setdefault(channel, {}).setdefault(notice.id, []).append(max(now, told_at(notice)))
            self.failed.get(channel, {}).pop(notice.id, None)
        self.write()

    def note_failed(self, channel: str, notices: Iterable[Notice], now: str, error: str) -> None:
        """A message could not be carried; its next try comes later each time."""
        found = self.failed.setdefault(channel, {})
        for notice in notices:
            tries = int(found.get(notice.id, {}).get("tries", 0)) + 1
            found[notice.id] = {"tries": tries, "next": next_try(now, tries), "error": error}
        self.write()

    def forget(self, known: set[str]) -> None:
        """Drops what is noted of notices that are gone."""
        books: list[dict[str, Any]] = [*self.sent.values(), *self.failed.values()]
        for book in books:
            for id in [id for id in book if id not in known]:
                del book[id]

    def write(self) -> None:
        """Puts the ledger on the disk, whole."""
        value = {"last": self.last, "sent": self.sent, "failed": self.failed}
        temporary = self.path.with_name(f".{self.path.name}.new")
        with os_errors(self.path, "what was sent may be sent again"):
            temporary.unlink(missing_ok=True)
            write_durably(temporary, json.dumps(value, indent=1, sort_keys=True).encode(), fsync=self.fsync)
            os.replace(temporary, self.path)
            if self.fsync:
                fsync_directory(self.path.parent)


def open_ledger(root: Path, member: str, *, fsync: bool) -> Ledger:
    """The ledger of a member on this machine; an unreadable one is begun anew."""
    path = root / FOLDER / f"{member}.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Ledger(path, fsync, *(dict(raw[name]) for name in ("last", "sent", "failed")))
    except (OSError, ValueError, KeyError, TypeError):
        return Ledger(path, fsync)
