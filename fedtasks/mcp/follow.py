"""Following the store: subscriptions that fire when anybody changes a file, and the remote asked all the while."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio
from mcp.server.session import ServerSession
from mcp.server.subscriptions import InMemorySubscriptionBus, ResourceUpdated

from fedtasks.app.context import Context
from fedtasks.app.session import Session
from fedtasks.app.sharing.sync import try_sync
from fedtasks.errors import FedtasksError
from fedtasks.mcp import resources
from fedtasks.mcp.ticks import TICK, is_told, ticks
from fedtasks.store.layout import INBOX, MEMBERS, PLANS, TASKS
from fedtasks.store.stamps import scan

LONGEST_PAUSE = 60.0
MOST = 1_000
"""Subscriptions that a server keeps for clients of the older protocol, which never say that they have gone."""

Warn = Callable[[str], None]


@dataclass(slots=True)
class Follower:
    """`seconds` between two looks at the remote, 0 for none; `wake` asks for the next one at once."""

    context: Context
    seconds: float
    warn: Warn
    bus: InMemorySubscriptionBus = field(default_factory=InMemorySubscriptionBus)
    watched: dict[str, list[ServerSession]] = field(default_factory=dict)
    listened: dict[str, int] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    wake: anyio.Event = field(default_factory=anyio.Event)

    async def subscribe(self, uri: str, session: ServerSession) -> None:
        """For a client of the older protocol: tells this session of changes to the resource."""
        await self.learn(uri)
        self.watched.setdefault(uri, []).append(session)
        while sum(map(len, self.watched.values())) > MOST:
            oldest = next(iter(self.watched))
            self.watched[oldest].pop(0)
            self._tidy(oldest)

    def unsubscribe(self, uri: str, session: ServerSession) -> None:
        """Ends what `subscribe` began; the session of each request is new, its client is not."""
        kept = [one for one in self.watched.get(uri, []) if one.client_params is not session.client_params]
        self.watched[uri] = kept
        self._tidy(uri)

    async def listen(self, uris: Iterable[str]) -> None:
        """For a client of the current protocol: what it listens to is looked at."""
        for uri in uris:
            await self.learn(uri)
            self.listened[uri] = self.listened.get(uri, 0) + 1

    def stop_listening(self, uris: Iterable[str]) -> None:
        """Ends what `listen` began."""
        for uri in uris:
            self.listened[uri] -= 1
            if not self.listened[uri]:
                del self.listened[uri]
            self._tidy(uri)

    def _tidy(self, uri: str) -> None:
        if not self.watched.get(uri):
            self.watched.pop(uri, None)
            if uri not in self.listened:
                self.known.pop(uri, None)

    async def learn(self, uri: str) -> None:
        """Remembers what the resource is now."""
        self.known.setdefault(uri, await anyio.to_thread.run_sync(self._digest, uri))

    def _digest(self, uri: str) -> str:
        """What stands for a resource's content, or for its error, so that the error's end is told."""
        try:
            text = resources.read(self.context, uri)
        except Exception as found:  # noqa: BLE001  an error is content, too
            text = f"{type(found).__name__}: {found}"
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    async def watch(self) -> None:
        """Tells of changed resources; the stamps of the files say whether there is anything to read."""
        while True:
            root = await anyio.to_thread.run_sync(self._root)
            if root is not None and self.known:
                await self._watch(root)
            await self._tell_all()
            await anyio.sleep(TICK)

    async def _watch(self, root: Path) -> None:
        """Until nobody listens any more, or the store is gone."""
        before: Any = None
        async with aclosing(ticks(root, told=is_told(root))) as moments:
            async for _ in moments:
                now = await anyio.to_thread.run_sync(_stamps, root)
                if now != before:
                    before = now
                    await self._tell_all()
                if not self.known:
                    return

    async def _tell_all(self) -> None:
        for uri in list(self.known):
            await self._tell(uri)

    async def _tell(self, uri: str) -> None:
        digest = await anyio.to_thread.run_sync(self._digest, uri)
        if self.known.get(uri, digest) == digest:
            return
        self.known[uri] = digest
        await self.bus.publish(ResourceUpdated(uri))
        for session in list(self.watched.get(uri, ())):
            with suppress(Exception):
                await session.send_resource_updated(uri)

    def _root(self) -> Path | None:
        try:
            return Session(self.context).root
        except (FedtasksError, OSError):
            return None

    async def share(self) -> None:
        """Syncs again and again, sooner after a change made here; what goes wrong is said once, and when it is over."""
        trouble, pause = "", self.seconds
        while True:
            found = await anyio.to_thread.run_sync(self._sync)
            if found != trouble:
                self.warn(found or "the remote answers again")
            trouble = found
            pause = min(pause * 2, LONGEST_PAUSE) if found else self.seconds
            with anyio.move_on_after(pause):
                await self.wake.wait()
            self.wake = anyio.Event()

    def _sync(self) -> str:
        return try_sync(Session(self.context, "mcp sync"))

    def finish(self) -> None:
        """Shares what is not shared yet, once more at the end."""
        if self.seconds:
            self._sync()


def _stamps(root: Path) -> Any:
    """What changes with the files that resources are read from."""
    try:
        boxes = sorted(path for path in (root / INBOX).glob("*") if path.is_dir())
        return [scan(folder) for folder in (root / TASKS, root / PLANS, root / MEMBERS, *boxes)]
    except OSError as found:
        return str(found)
