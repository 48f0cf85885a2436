"""The history of a task: what each event changed, old and new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fedtasks.app.session import Session
from fedtasks.app.tasks.remarks import remark
from fedtasks.domain.effects.draft import STATE_FIELDS
from fedtasks.domain.fold import Step, steps
from fedtasks.domain.task import Task

QUIET = frozenset(
    {"created_at", "updated_at", "claim", "blocked", "source", "handoffs", "attempts", "review", "reviews"}
)
"""Fields whose changes an entry does not list: its note says what happened."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as readers see it; `changes` maps a field to (old, new), `void` says why it had no effect."""

    id: str
    at: str
    by: str
    kind: str
    changes: dict[str, tuple[Any, Any]]
    note: str | None
    void: str | None

    def to_json(self) -> dict[str, Any]:
        """The entry as `history --json` shows it."""
        shown: dict[str, Any] = {"id": self.id, "at": self.at, "by": self.by, "kind": self.kind}
        shown["changes"] = {name: {"from": old, "to": new} for name, (old, new) in self.changes.items()}
        return shown | {name: value for name, value in (("note", self.note), ("void", self.void)) if value}


def history(session: Session, given: str) -> tuple[Task, list[Entry]]:
    """The task and its entries, the oldest first."""
    task = show(session, given)
    return task, entries(task)


def show(session: Session, given: str) -> Task:
    """The task; raises NotFound, AmbiguousId, InvalidData."""
    return session.reader.task(session.reader.resolve(given))


def entries(task: Task) -> list[Entry]:
    """What each event of a history did."""
    return [_entry(step) for step in steps(task)]


def _entry(step: Step) -> Entry:
    event = step.event
    changes = {
        name: (_plain(getattr(step.before, name)), _plain(getattr(step.after, name)))
        for name in STATE_FIELDS
        if name not in QUIET and getattr(step.before, name) != getattr(step.after, name)
    }
    return Entry(event.id, event.at, event.by, event.kind, changes, remark(step), step.void)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
