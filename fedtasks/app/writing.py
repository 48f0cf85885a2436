"""Writing to a store: a change, and what follows from it, as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.consequences import finish, note_active
from fedtasks.app.session import Session
from fedtasks.domain.task import Task

Decide = Callable[[Task], tuple[str, dict[str, Any]]]


@contextmanager
def writing(session: Session) -> Iterator[Change]:
    """A change to the store, written when the block ends well."""
    with session.registry.transaction() as transaction:
        change = Change(session, transaction)
        yield change
        finish(change)
        session.wrote = True
    note_active(change)


def change_task(session: Session, given: str, decide: Decide, verb: str, note: str = "") -> Task:
    """One event on one task: `decide` looks at the task and answers kind and data."""
    with writing(session) as change:
        task = change.task(given)
        kind, data = decide(task)
        after = change.make(task, kind, data)
        change.describe(verb, after, note)
        return after
