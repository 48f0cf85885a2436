"""The tasks that a plan already has, each with the base of its three-way comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.status import CANCELLED, FINISHED, PENDING
from fedtasks.domain.task import Task
from fedtasks.plan.model import PlanFile
from fedtasks.plan.reconciling.seen import Seen, SeenItem, text_hash

Json = Any

PLAN = "plan"
"""The field of an event's data that names the plan whose parse made it."""


@dataclass(frozen=True, slots=True)
class Known:
    """One task of a plan, last seen as `base` at `key`.

    `live`: the last parse saw it in the plan, or none has recorded it. `aliases` are other keys that named it.
    `ours`: the task still says that it is this plan's; one that a person took out of the plan is left alone.
    `returns`: a parse cancelled it, so it comes back with its item.
    """

    task: Task
    key: str
    base: SeenItem
    live: bool
    ours: bool
    returns: bool
    aliases: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The task's id."""
        return self.task.id

    @property
    def line(self) -> int:
        """Where its item stood at the last parse; 0 where that is not known."""
        return self.base.line or 0

    @property
    def finished(self) -> bool:
        """Done, or cancelled by a person: a new item of like words is probably other work."""
        return self.task.state.status in FINISHED and not self.returns


def known_tasks(plan_id: str, seen: Seen | None, tasks: Mapping[str, Task]) -> list[Known]:
    """One entry a task: of several items that name it, the live one, then the later one, holds."""
    entries: dict[str, list[tuple[str, SeenItem]]] = {}
    for key, item in sorted((seen.items if seen else {}).items()):
        entries.setdefault(item.task, []).append((key, item))
    found = []
    for id, task in sorted(tasks.items()):
        source = task.state.source or {}
        ours = source.get("plan") == plan_id
        if id not in entries and not ours:
            continue
        key, base, aliases = _best(task, entries.get(id) or [(source["key"], created_base(task))])
        found.append(Known(task, key, base, not base.removed, ours, cancelled_by_plan(task, plan_id), aliases))
    return found


def _best(task: Task, entries: list[tuple[str, SeenItem]]) -> tuple[str, SeenItem, tuple[str, ...]]:
    key, base = max(entries, key=lambda entry: (not entry[1].removed, entry[1].at, bool(entry[1].title)))
    if not base.title:
        base = replace(created_base(task), at=base.at, line=base.line, removed=base.removed, extra=base.extra)
    return key, base, tuple(other for other, _ in entries if other != key)


def created_base(task: Task) -> SeenItem:
    """What the plan said when the task was made: the base where no parse is on record."""
    data: dict[str, Json] = {}
    members: dict[str, dict[str, Json]] = {"tags": {}, "depends_on": {}, "files": {}}
    for event in _created(task.history):
        data |= event.data
        for name in ("tags", "depends_on"):
            members[name] |= dict.fromkeys(event.data.get(name, ()))
        members["files"] |= {file["path"]: file.get("action") for file in event.data.get("files", ())}
    source = data.get("source") or {}
    return SeenItem(
        task=task.id,
        at=task.state.created_at,
        title=data.get("title", ""),
        status=data.get("status", PENDING),
        tags=tuple(sorted(members["tags"])),
        files=tuple(PlanFile(path, action) for path, action in sorted(members["files"].items())),
        depends_on=tuple(sorted(members["depends_on"])),
        group=source.get("group"),
        description_sha256=text_hash(data["description"]) if data.get("description") else None,
        external_id=source.get("external_id"),
        priority=data.get("priority"),
        assignee=data.get("assignee"),
        lead=data.get("lead"),
        due=data.get("due"),
        estimate=data.get("estimate"),
        parent=data.get("parent"),
    )


def _created(history: Iterable[Event]) -> Iterator[Event]:
    return (event for event in history if event.kind == kinds.CREATED)


def untouched(task: Task, plan_id: str) -> bool:
    """Pending, nobody's, and with no event but what parses of this plan made."""
    if task.state.status != PENDING or task.state.assignee is not None:
        return False
    return all(_made_by(event, plan_id) for event in task.history)


def _made_by(event: Event, plan_id: str) -> bool:
    if event.kind == kinds.CREATED:
        return (event.data.get("source") or {}).get("plan") == plan_id
    return event.data.get(PLAN) == plan_id


def cancelled_by_plan(task: Task, plan_id: str) -> bool:
    """Whether the task is cancelled, and a parse of this plan did it."""
    if task.state.status != CANCELLED:
        return False
    steps = (event for event in reversed(task.history) if event.kind == kinds.STATUS and event.id not in task.void)
    return next((event.data.get(PLAN) == plan_id for event in steps), False)
