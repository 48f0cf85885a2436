"""Listening: an inbox looked at again and again, with what other clones have sent meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from fedtasks.app.notices.inbox import Watch
from fedtasks.app.notices.outgoing import send_behind
from fedtasks.app.notices.reminding import remind_now_and_then
from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError
from fedtasks.notify.notice import Notice

SYNC_SECONDS = 10.0


@dataclass(slots=True)
class Listener:
    """Looks at the actor's inbox; where the store has a remote, syncs every `seconds` (0: never).

    `trouble` is what went wrong with the last look, each thing told once.
    """

    session: Session
    seconds: float = SYNC_SECONDS
    trouble: list[str] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _next: float = 0.0
    _watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self._watch = Watch(self.session.root, self.session.actor.name)

    def hear(self) -> list[Notice]:
        """What is new since the last look."""
        said: list[str] = []
        if self.seconds and time.monotonic() >= self._next:
            said += self._sync()
            self._next = time.monotonic() + self.seconds
        remind_now_and_then(self.session)
        send_behind(self.session)
        news = self._watch.news()
        said += self._watch.problems
        self.trouble = [words for words in said if words not in self._known]
        self._known = {*self._known, *said} if said else set()
        return news

    def _sync(self) -> list[str]:
        """What kept it from syncing; nothing where there is no remote."""
        fresh = Session(self.session.context, self.session.what)
        try:
            if fresh.remote is not None:
                from fedtasks.app.sharing.sync import sync

                sync(fresh)
        except FedtasksError as found:
            return [found.message]
        return []
