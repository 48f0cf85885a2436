"""What a parse does about tasks: actions, which write events, and notes, which only say something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact
from fedtasks.domain.ids import derived_ulid
from fedtasks.domain.task import Task
from fedtasks.domain.times import ago
from fedtasks.plan.model import Item

Json = Any
Events = tuple[tuple[str, Mapping[str, Json]], ...]
Changes = Mapping[str, tuple[Json, Json]]
Place = tuple[str | None, int | None]


def created_event_id(task_id: str, stated: Mapping[str, Json]) -> str:
    """The id of a plan task's `created` event, from what the plan states of it.

    Machines parse the same text at different times, so the ULID's time part is 0 for all; its order in the history
    is that of `seq` (1) in any case. Defaults (lead, priority) stay out: they may differ between machines.
    """
    return derived_ulid(0, kinds.CREATED, task_id, compact(stated))


def event_id(task: Task, kind: str, data: Mapping[str, Json]) -> str:
    """The id of a later event of a parse, its time part 0 too: two machines that parse the same change of the same
    history make one event."""
    seen = compact([event.id for event in task.history])
    return derived_ulid(0, task.id, seen, kind, compact(data))


def _changes(changes: Changes) -> dict[str, Json]:
    return {name: {"from": old, "to": new} for name, (old, new) in changes.items()}


class _Titled(Protocol):
    @property
    def action(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def title(self) -> str: ...


def _head(of: _Titled) -> dict[str, Json]:
    return {"action": of.action, "task": of.task, "line": of.line, "title": of.title}


def _place(place: Place) -> dict[str, Json]:
    return {"group": place[0], "line": place[1]}


@dataclass(frozen=True, slots=True)
class Create:
    """A new task; `fields` are the data of its `created` event, whose id is `event_id`."""

    action: ClassVar[str] = "create"
    word: ClassVar[str] = "created"
    task: str
    item: Item
    fields: Mapping[str, Json]
    event_id: str

    @property
    def id(self) -> str:
        """The new task's id."""
        return self.task

    @property
    def line(self) -> int:
        """Where the item stands in the plan."""
        return self.item.line

    @property
    def title(self) -> str:
        """The item's title."""
        return self.item.title

    @property
    def events(self) -> Events:
        """The one event, as (kind, data)."""
        return ((kinds.CREATED, self.fields),)

    def to_json(self) -> dict[str, Json]:
        """The action as `--json` shows it."""
        return _head(self) | {"key": self.item.key, "fields": dict(self.fields)}


@dataclass(frozen=True, slots=True)
class _Follow:
    task: str
    line: int
    title: str
    changes: Changes
    events: Events
    action: ClassVar[str]

    def to_json(self) -> dict[str, Json]:
        """The action as `--json` shows it."""
        return _head(self) | {"changes": _changes(self.changes)}


@dataclass(frozen=True, slots=True)
class Update(_Follow):
    """A task follows its item; `changes` maps fields to (old, new)."""

    action: ClassVar[str] = "update"
    word: ClassVar[str] = "updated"


@dataclass(frozen=True, slots=True)
class Return(_Follow):
    """An item came back whose task a parse had cancelled: pending again, with what else has changed."""

    action: ClassVar[str] = "return"
    word: ClassVar[str] = "returned"


@dataclass(frozen=True, slots=True)
class Move:
    """An item stands under another group, and nothing else has changed; places are (group, line)."""

    action: ClassVar[str] = "move"
    word: ClassVar[str] = "moved"
    task: str
    line: int
    title: str
    origin: Place
    target: Place
    events: Events

    def to_json(self) -> dict[str, Json]:
        """The action as `--json` shows it."""
        return _head(self) | {"from": _place(self.origin), "to": _place(self.target)}


@dataclass(frozen=True, slots=True)
class Cancel:
    """An item is gone and nobody has touched its task; `line` is where it stood."""

    action: ClassVar[str] = "cancel"
    word: ClassVar[str] = "cancelled"
    task: str
    line: int | None
    title: str
    reason: str
    events: Events

    def to_json(self) -> dict[str, Json]:
        """The action as `--json` shows it."""
        return _head(self) | {"reason": self.reason}


@dataclass(frozen=True, slots=True)
class Keep:
    """A task stays as it is although the plan says otherwise; said once. `owner` is who should know."""

    action: ClassVar[str] = "keep"
    word: ClassVar[str] = "kept"
    task: str
    line: int | None
    title: str
    why: str
    owner: str | None

    def to_json(self) -> dict[str, Json]:
        """The note as `--json` shows it."""
        return _head(self) | {"why": self.why, "owner": self.owner}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that plan and store both changed; `by` and `at` name the store's change. Said at every parse."""

    action: ClassVar[str] = "conflict"
    word: ClassVar[str] = "conflicting"
    task: str
    line: int
    field: str
    plan_value: Json
    store_value: Json
    by: str
    at: str
    kept: str

    def message(self, now: str) -> str:
        """One line for people; `now` is the parse's time."""
        who = f"by {self.by}, {ago(self.at, now)}" if self.by else "nobody knows by whom"
        return f"{self.field} changed here and in {self.task} ({who}); kept the {self.kept}'s"

    def to_json(self) -> dict[str, Json]:
        """The note as `--json` shows it."""
        values = {"plan": self.plan_value, "store": self.store_value}
        head = {"action": self.action, "task": self.task, "line": self.line, "field": self.field}
        return head | values | {"by": self.by, "at": self.at, "kept": self.kept}


Action = Create | Update | Return | Move | Cancel
Note = Keep | Conflict
