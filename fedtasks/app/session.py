"""A session: one command's store, settings and actor, and the one way in which use-cases change tasks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from fedtasks.app.context import Context
from fedtasks.app.finding import Found, cache_of, find_store, open_registry
from fedtasks.app.identity import Actor, who_acts
from fedtasks.app.roster import read_members
from fedtasks.domain.apply import apply
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.fold import fold
from fedtasks.domain.task import Task
from fedtasks.errors import NotFound
from fedtasks.policy.may import require
from fedtasks.policy.members import Member
from fedtasks.store.config import Config
from fedtasks.store.index import open_index
from fedtasks.store.registry import Registry
from fedtasks.store.transaction import Transaction

Decide = Callable[[Task], tuple[str, dict[str, Any]]]


class Session:
    """Opened lazily: a command that only looks never asks who acts."""

    def __init__(self, context: Context, what: str = "fedtasks") -> None:
        self.context = context
        self.what = what

    @cached_property
    def git_config(self) -> dict[str, str]:
        """What git's configuration says of the user and of fedtasks."""
        return self.context.git.config()

    @cached_property
    def found(self) -> Found:
        """The store; raises NoStore."""
        return find_store(self.context, self.git_config)

    @property
    def root(self) -> Path:
        return self.found.root

    @cached_property
    def config(self) -> Config:
        return open_registry(self.context, self.root, "?", self.what).config()

    @cached_property
    def members(self) -> tuple[Member, ...]:
        return read_members(self.root)

    @cached_property
    def actor(self) -> Actor:
        """Who acts; raises NoIdentity."""
        return who_acts(self.context, self.git_config, self.members, open_door=self.config.members == "open")

    @cached_property
    def reader(self) -> Registry:
        """The registry for looking; a killed writer's work is finished first."""
        registry = open_registry(self.context, self.root, "a reader", self.what)
        registry.settle()
        return registry

    def index(self) -> sqlite3.Connection:
        """The index, as the files are now."""
        self.reader.config()
        return open_index(self.root, cache_of(self.context, self.root), self.context.clock())

    @contextmanager
    def writing(self) -> Iterator[Change]:
        """A change to the store, written when the block ends well."""
        registry = open_registry(self.context, self.root, self.actor.name, self.what)
        with registry.transaction() as transaction:
            yield Change(self, transaction)

    def change(self, given: str, decide: Decide, verb: str, note: str = "") -> Task:
        """One event on one task: `decide` looks at the task and answers kind and data."""
        with self.writing() as change:
            task = change.task(given)
            kind, data = decide(task)
            after = change.make(task, kind, data)
            change.describe(verb, after, note)
            return after


class Change:
    """One transaction of one actor: every event passes `may` and `apply` here."""

    def __init__(self, session: Session, transaction: Transaction) -> None:
        self.session = session
        self.transaction = transaction
        self._events: list[Event] = []
        self._tasks: dict[str, None] = {}

    def task(self, given: str) -> Task:
        """The task that an unambiguous part of an id stands for."""
        return self.transaction.task(self.transaction.resolve(given))

    def look(self, id: str) -> Task | None:
        """The task of this id, None where there is none."""
        with suppress(NotFound):
            return self.transaction.task(id)
        return None

    def event(self, history: tuple[Event, ...], kind: str, data: dict[str, Any]) -> Event:
        """An event by this actor, now, behind `history`."""
        context = self.session.context
        return Event(context.ulid(), next_seq(history), context.now(), self.session.actor.name, kind, data)

    def make(self, task: Task, kind: str, data: dict[str, Any]) -> Task:
        """The task after one event; raises NotAllowed, InvalidTransition, Held."""
        event = self.event(task.history, kind, data)
        require(self.session.actor.member, event, task)
        return self._put(apply(task, event), event)

    def create(self, id: str, event: Event) -> Task:
        """A new task of one `created` event."""
        require(self.session.actor.member, event, None)
        return self._put(fold(id, (event,)), event)

    def _put(self, task: Task, event: Event) -> Task:
        self.transaction.put(task)
        self._events.append(event)
        self._tasks[task.id] = None
        return task

    def describe(self, verb: str, task: Task, note: str = "") -> None:
        """Names the commit after one task: `<verb> <id><note>: <title>`."""
        self.title(f"{verb} {task.id}{note}: {task.state.title}")

    def title(self, subject: str) -> None:
        """Names the commit; the trailers name tasks, events and actor."""
        actor = self.session.actor
        many = len(self._events) > 100
        trailers = [("Fedtasks-Task", id) for id in self._tasks if not many]
        trailers += [("Fedtasks-Event", event.id) for event in self._events if not many]
        self.transaction.describe(
            subject,
            (*trailers, ("Fedtasks-Actor", actor.name)),
            name=actor.member.full_name or actor.name,
            email=actor.email,
            at=self.session.context.now(),
        )
