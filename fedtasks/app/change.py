"""A change: one transaction of one actor, the one way in which use-cases make events."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fedtasks.domain.apply import apply
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.fold import fold
from fedtasks.domain.status import FINISHED
from fedtasks.domain.task import Task
from fedtasks.errors import NotFound
from fedtasks.policy.may import require
from fedtasks.store.layout import notice_path
from fedtasks.store.transaction import Transaction

if TYPE_CHECKING:
    from fedtasks.app.session import Session
    from fedtasks.notify.notice import Notice


class Change:
    """One transaction of one actor: every event passes `may` and `apply` here.

    `confirmed` says that what is exclusive in it has been decided between all clones, or needs no such decision.
    """

    def __init__(self, session: Session, transaction: Transaction) -> None:
        self.session = session
        self.transaction = transaction
        self.confirmed = True
        self._events: list[Event] = []
        self._tasks: dict[str, None] = {}
        self._subject: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it has no event yet."""
        return not self._events

    def task(self, given: str) -> Task:
        """The task that an unambiguous part of an id stands for."""
        return self.transaction.task(self.transaction.resolve(given))

    def look(self, id: str) -> Task | None:
        """The task of this id, None where there is none."""
        with suppress(NotFound):
            return self.transaction.task(id)
        return None

    def event(self, history: tuple[Event, ...], kind: str, data: dict[str, Any], id: str | None = None) -> Event:
        """An event by this actor, now, behind `history`; `id` where it is derived."""
        context = self.session.context
        return Event(id or context.ulid(), next_seq(history), context.now(), self.session.actor.name, kind, data)

    def make(self, task: Task, kind: str, data: dict[str, Any], id: str | None = None) -> Task:
        """The task after one event; raises NotAllowed, InvalidTransition, Held."""
        event = self.event(task.history, kind, data, id)
        require(self.session.actor.member, event, task, self.session.rules)
        return self._put(apply(task, event), event)

    def state(self, task: Task, kind: str, data: dict[str, Any]) -> Task:
        """The task after an event that only states what has happened, for which nobody needs leave."""
        event = self.event(task.history, kind, data)
        return self._put(apply(task, event), event)

    def record(self, task: Task, event: Event) -> Task:
        """The task after an event that was decided elsewhere, by whom and when it says; nobody here needs leave."""
        return self._put(apply(task, event), event)

    def keep(self, task: Task, event: Event) -> Task:
        """The task with an event that came too late: it stays in the history, void."""
        return self._put(replace(fold(task.id, (*task.history, event), task.extra), schema=task.schema), event)

    def finish(self) -> None:
        """Completes what the changed tasks complete: delegations of other stores, and tasks made of parts."""
        if any(map(_may_complete, map(self.transaction.task, self._tasks))):
            from fedtasks.app.bubbling import settle

            made = len(self._events)
            settle(self, tuple(self._tasks))
            if len(self._events) > made and self._subject is not None:
                self.title(self._subject)

    def create(self, id: str, event: Event) -> Task:
        """A new task of one `created` event."""
        require(self.session.actor.member, event, None, self.session.rules)
        return self._put(fold(id, (event,)), event)

    def _put(self, task: Task, event: Event) -> Task:
        self.transaction.put(task)
        self._events.append(event)
        self._tasks[task.id] = None
        return task

    def deliver(self, notice: Notice) -> bool:
        """Puts a notice into its member's inbox with this change; False where it has been told before, read or not."""
        path = notice_path(notice.to, notice.id)
        self.transaction.refresh(path.rpartition("/")[0])
        if self.transaction.read(path) is not None:
            return False
        self.transaction.put_object("notice", path, notice.to_json())
        return True

    def withdraw(self, notice: Notice) -> None:
        """Takes a notice out of its member's inbox."""
        self.transaction.remove(notice_path(notice.to, notice.id))

    def describe(self, verb: str, task: Task, note: str = "") -> None:
        """Names the commit after one task: `<verb> <id><note>: <title>`."""
        self.title(f"{verb} {task.id}{note}: {task.state.title}")

    def title(self, subject: str) -> None:
        """Names the commit; the trailers name tasks, events and actor."""
        self._subject = subject
        many = len(self._events) > 100
        trailers = [("Fedtasks-Task", id) for id in self._tasks if not many]
        trailers += [("Fedtasks-Event", event.id) for event in self._events if not many]
        self.transaction.describe(
            subject,
            (*trailers, ("Fedtasks-Actor", self.session.actor.name)),
            **signature(self.session),
        )


def _may_complete(task: Task) -> bool:
    state = task.state
    return state.status in FINISHED and bool(state.delegated_from or state.parent)


def signature(session: Session) -> dict[str, str]:
    """Who signs a commit of this session, and when."""
    actor = session.actor
    return {"name": actor.member.full_name or actor.name, "email": actor.email, "at": session.context.now()}
