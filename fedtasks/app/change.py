"""A change: one transaction of one actor, the one way in which use-cases make events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.compaction import extended
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.fold import fold
from fedtasks.domain.status import ACTIVE, DONE, OPEN
from fedtasks.domain.task import State, Task
from fedtasks.errors import NeedsApproval, NotFound
from fedtasks.policy.may import leave_used, require
from fedtasks.store.layout import notice_path
from fedtasks.store.transaction import Transaction

if TYPE_CHECKING:
    from fedtasks.app.session import Session
    from fedtasks.notify.notice import Notice
    from fedtasks.policy.approval import ReviewStanding

Made = tuple[State, Event, Task]
"""The state before an event, the event, and the task after it."""


class Change:
    """One transaction of one actor: every event passes `may` and `apply` here.

    `arriving` are the tasks that come to this clone together with it;
    `confirmed` says that what is exclusive in it has been decided between all clones, or needs no such decision.
    """

    def __init__(self, session: Session, transaction: Transaction) -> None:
        self.session = session
        self.transaction = transaction
        self.confirmed = True
        self._events: list[Event] = []
        self._tasks: dict[str, None] = {}
        self._subject: str | None = None
        self.made: list[Made] = []
        self.arriving: Callable[[], Iterable[Task]] = tuple

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
        """The task after one event; raises NotAllowed (InvalidTransition, NeedsApproval), Held."""
        event = self._permitted(task, self.event(task.history, kind, data, id))
        after = apply(task, event)
        if kind == kinds.STATUS and data.get("to") == DONE and not data.get("override"):
            self._require_approval(task)
        return self._put(after, event, task.state)

    def _permitted(self, task: Task, event: Event) -> Event:
        """The event, which its author may make, with the leave that it uses up."""
        actor, rules = self.session.actor.member, self.session.rules
        require(actor, event, task, rules)
        used = leave_used(actor, event, task, rules) if task.state.permits else []
        return replace(event, data={**event.data, "leave": used}) if used else event

    def _require_approval(self, task: Task) -> None:
        """Raises NeedsApproval where the task's review keeps it from being done."""
        found = self.unclear_review(task)
        if found is not None:
            blocking = [(entry["by"], entry["verdict"]) for entry in found.blocking]
            needed = found.requirement.count if found.requirement and found.missing else 0
            raise NeedsApproval(task.id, needed, list(found.approvals), blocking)

    def unclear_review(self, task: Task) -> ReviewStanding | None:
        """How the task's review stands where that keeps it from being done, else None."""
        state, settings = task.state, self.session.config.review
        if not (settings or state.requires_approval or state.reviews):
            return None
        from fedtasks.policy.approval import review_standing

        found = review_standing(task, settings, self.session.members)
        return None if found.is_clear else found

    def state(self, task: Task, kind: str, data: dict[str, Any]) -> Task:
        """The task after an event that only states what has happened, for which nobody needs leave."""
        event = self.event(task.history, kind, data)
        return self._put(apply(task, event), event, task.state)

    def record(self, task: Task, event: Event) -> Task:
        """The task after an event that was decided elsewhere, by whom and when it says; nobody here needs leave."""
        return self._put(apply(task, event), event, task.state)

    def keep(self, task: Task, event: Event) -> Task:
        """The task with an event that came too late: it stays in the history, void."""
        return self._put(extended(task, [event]), event)

    def create(self, id: str, event: Event) -> Task:
        """A new task of one `created` event."""
        require(self.session.actor.member, event, None, self.session.rules)
        return self._put(fold(id, (event,)), event, State())

    def _put(self, task: Task, event: Event, before: State | None = None) -> Task:
        self.transaction.put(task)
        self._events.append(event)
        self._tasks[task.id] = None
        if before is not None:
            self.made.append((before, event, task))
        return task

    def retitle(self) -> None:
        """Names the commit again, with the events that have come since."""
        if self._subject is not None:
            self.title(self._subject)

    def deliver(self, notice: Notice) -> bool:
        """Puts a notice into its member's inbox with this change; False where it has been told before, read or not."""
        path = notice_path(notice.to, notice.id)
        self.transaction.refresh(path.rpartition("/")[0])
        if self.transaction.read(path) is not None:
            return False
        self.transaction.put_object("notice", path, notice.to_json())
        return True

    def notice(self, to: str, id: str) -> Notice | None:
        """A notice as it is now, None where it is gone; raises InvalidData."""
        from fedtasks.app.notices.reading import parse_notice

        path = notice_path(to, id)
        data = self.transaction.read(path)
        return None if data is None else parse_notice(path, data)

    def replace(self, before: Notice, after: Notice) -> None:
        """Puts another version of a notice in its place."""
        if after != before:
            self.transaction.put_object("notice", notice_path(after.to, after.id), after.to_json())

    @property
    def tasks(self) -> tuple[str, ...]:
        """The ids of the tasks that were changed."""
        return tuple(self._tasks)

    @property
    def writes_nothing(self) -> bool:
        """Whether nothing was put so far, notices neither."""
        return not self.transaction.writes

    def withdraw(self, notice: Notice) -> None:
        """Takes a notice out of its member's inbox."""
        self.transaction.remove(notice_path(notice.to, notice.id))

    def describe(self, verb: str, task: Task, note: str = "") -> None:
        """Names the commit after one task: `<verb> <id><note>: <title>`."""
        self.title(f"{verb} {task.id}{note}: {task.state.title}")

    def title(self, subject: str) -> None:
        """Names the commit; the trailers name tasks, events and actor."""
        self._subject = subject = " ".join(subject.splitlines())
        many = len(self._events) > 100
        trailers = [("Fedtasks-Task", id) for id in self._tasks if not many]
        trailers += [("Fedtasks-Event", event.id) for event in self._events if not many]
        self.transaction.describe(
            subject,
            (*trailers, ("Fedtasks-Actor", self.session.actor.name)),
            **signature(self.session),
        )


def goes_to_files(before: State, task: Task) -> bool:
    """Whether a task has begun to edit files, or may edit others than before."""
    state = task.state
    if not state.files or state.status not in OPEN:
        return False
    begun = state.status in ACTIVE and (before.status not in ACTIVE or before.assignee != state.assignee)
    return begun or state.files != before.files


def signature(session: Session) -> dict[str, str]:
    """Who signs a commit of this session, and when."""
    actor = session.actor
    return {"name": actor.member.full_name or actor.name, "email": actor.email, "at": session.context.now()}
