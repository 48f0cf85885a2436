"""Carrying the outbox to the other stores: whole, in order, and once in effect; what cannot be carried waits."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.delegation.instances import instance_named, instances_of, name_of
from fedtasks.app.delegation.outbox import Message, read_outbox
from fedtasks.app.delegation.pauses import Pause, end_pause, paused, put_off, read_pauses
from fedtasks.app.delegation.reaching import reach
from fedtasks.app.delegation.receiving import receive
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.store.files import os_errors
from fedtasks.store.layout import OUTBOX


@dataclass(slots=True)
class Carried:
    """What a courier brought, and what still waits and why."""

    carried: list[Message] = field(default_factory=list)
    waiting: list[tuple[Message, Pause]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, list[dict[str, Any]]]:
        """The two lists as `--json` shows them."""
        return {
            "carried": [shown(message) for message in self.carried],
            "waiting": [
                shown(message) | {"tries": pause.tries, "next_try": pause.until, "reason": pause.said}
                for message, pause in self.waiting
            ],
        }


def shown(message: Message) -> dict[str, Any]:
    """A message as lists show it."""
    event = message.event
    head = {"id": message.id, "to": message.to, "task": message.task, "delegation": message.delegation}
    return head | {"kind": event.kind, "at": event.at, "by": event.by}


def carry(session: Session, *, at_once: bool = False, to: Container[str] | None = None) -> Carried:
    """Takes the messages of the outbox to their stores (`to` names them, None: all), and on from there as far as it
    goes.

    A store that is out of reach, or refuses, keeps its messages waiting for a pause that doubles each time (`at_once`:
    tries it all the same); no error of another store is raised.
    """
    done = Carried()
    messages = [message for message in read_outbox(session) if to is None or message.to in to]
    _Courier(session, done, at_once).run(messages, {session.root.resolve()})
    return done


class _Courier:
    def __init__(self, session: Session, done: Carried, at_once: bool) -> None:
        self.session, self.done, self.at_once = session, done, at_once
        self.pauses = read_pauses(session)

    def run(self, messages: Sequence[Message], seen: set[Path]) -> None:
        """Goes to each store that messages are for, and on with the steps that this has led to there; `seen` are the
        stores that it came from."""
        by_name: dict[str, list[Message]] = {}
        for message in messages:
            by_name.setdefault(message.to, []).append(message)
        reached = [there for name, messages in by_name.items() if (there := self._go(name, messages)) is not None]
        for there in reached:
            root = there.root.resolve()
            led_to = [message for message in read_outbox(there) if message.id in there.posted] if there.posted else []
            if led_to and root not in seen:
                _Courier(there, self.done, self.at_once).run(led_to, {*seen, root})

    def _go(self, name: str, messages: Sequence[Message]) -> Session | None:
        if not self.at_once and paused(self.session, self.pauses, name):
            self._wait(name, messages, self.pauses[name])
            return None
        try:
            with os_errors(self.session.root):
                there = reach(self.session, instance_named(self.session, name))
        except FedtasksError as found:
            self._fail(name, messages, found)
            return None
        brought = self._hand_over(there, name, messages)
        if brought:
            self._strike_out(name, brought)
            self.done.carried += brought
        self.done.notes += [f"{name}: {note}" for note in there.notes]
        return there

    def _strike_out(self, name: str, brought: Sequence[Message]) -> None:
        try:
            _forget(self.session, name, [message.path for message in brought])
        except FedtasksError as found:
            self.done.notes.append(f"what has arrived at {name} stays in the outbox for now: {found.message}")

    def _hand_over(self, there: Session, name: str, messages: Sequence[Message]) -> list[Message]:
        """The messages that have arrived: all in one change, or else one by one; one that fails holds up those that
        follow it in its delegation."""
        try:
            exclusively(there, lambda change: _receive_all(change, messages, name_of(self.session)))
            brought, stuck = list(messages), dict[str, FedtasksError]()
        except OutOfReach as found:
            brought, stuck = [], {message.delegation: found for message in messages}
        except FedtasksError as found:
            brought, stuck = self._one_by_one(there, messages) if len(messages) > 1 else ([], {"": found})
        if stuck:
            self._fail(name, [one for one in messages if one not in brought], next(iter(stuck.values())))
        else:
            end_pause(self.session, name)
        if any(message.event.kind == kinds.DELEGATED for message in brought):
            self._check_way_back(there, name)
        return brought

    def _one_by_one(
        self, there: Session, messages: Sequence[Message]
    ) -> tuple[list[Message], dict[str, FedtasksError]]:
        brought: list[Message] = []
        stuck: dict[str, FedtasksError] = {}
        for message in messages:
            if message.delegation in stuck:
                continue
            try:
                exclusively(there, partial(receive, message=message))
                brought.append(message)
            except FedtasksError as found:
                stuck[message.delegation] = found
        return brought, stuck

    def _check_way_back(self, there: Session, name: str) -> None:
        here = name_of(self.session)
        if here not in instances_of(there):
            self.done.notes.append(
                f"{name} does not know an instance '{here}', so its answers will wait there; "
                f"name this store there: fedtasks instance add {here} --scope SCOPE --store PATH-OR-URL"
            )

    def _fail(self, name: str, messages: Sequence[Message], found: FedtasksError) -> None:
        pause = put_off(self.session, name, found.message)
        self._wait(name, messages, pause)

    def _wait(self, name: str, messages: Sequence[Message], pause: Pause) -> None:
        self.done.waiting += [(message, pause) for message in messages]
        what = "a message" if len(messages) == 1 else f"{len(messages)} messages"
        self.done.notes.append(
            f"{what} for {name} waits in the outbox: {pause.said}; 'fedtasks sync' tries again from {pause.until} on"
        )


def _receive_all(change: Change, messages: Sequence[Message], source: str) -> None:
    taken = [message for message in messages if receive(change, message)]
    if len(taken) > 1:
        change.title(f"take in {len(taken)} messages from {source}")


def after_change(session: Session) -> Carried:
    """Carries what a command has posted, where its change is as public as it gets; else the next sync does."""
    if not session.posted or not (session.published or session.remote is None):
        return Carried()
    posted = set(session.posted)
    session.posted.clear()
    return carry(session, to={message.to for message in read_outbox(session) if message.id in posted})


def _forget(session: Session, to: str, paths: Sequence[str]) -> None:
    """Takes messages that have arrived out of the outbox."""
    with writing(session) as change:
        change.transaction.refresh(OUTBOX)
        left = [path for path in paths if change.transaction.read(path) is not None]
        for path in left:
            change.transaction.remove(path)
        if left:
            change.title(f"carry {len(left)} message{'s' * (len(left) > 1)} to {to}")
