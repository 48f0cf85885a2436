"""From what follows for a task to the action and its events."""

from __future__ import annotations

from collections import deque
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.status import BLOCKED, CANCELLED, PENDING, TRANSITIONS
from fedtasks.domain.task import SCALARS, Task
from fedtasks.plan.model import Item
from fedtasks.plan.reconciling.actions import Action, Cancel, Create, Events, Move, Return, Update, created_event_id
from fedtasks.plan.reconciling.fields import Said, Settled
from fedtasks.plan.reconciling.known import PLAN, Known
from fedtasks.plan.reconciling.seen import file_to_json

Json = Any


def creation(id: str, plan_id: str, said: Said, lead: str | None, priority: str) -> Create:
    """A new task; `lead` and `priority` are used where the plan states none."""
    item = said.item
    stated: dict[str, Json] = {
        "title": item.title,
        "description": item.description,
        "status": item.status,
        "priority": item.priority,
        "lead": item.lead,
        "assignee": item.assignee,
        "tags": sorted(set(item.tags)),
        "depends_on": list(said.depends_on),
        "files": [file_to_json(file) for file in item.files],
        "parent": said.parent,
        "due": item.due,
        "estimate": item.estimate,
        "source": source_of(item, plan_id, {}),
    }
    stated = {name: value for name, value in stated.items() if value}
    defaults = {name: value for name, value in (("priority", priority), ("lead", lead)) if value}
    return Create(id, item, defaults | stated, created_event_id(id, stated))


def source_of(item: Item, plan_id: str, before: dict[str, Json]) -> dict[str, Json]:
    """Where a task comes from; unknown fields of `before` stay."""
    after = before | {"plan": plan_id, "key": item.key, "group": item.group, "external_id": item.external_id}
    return {name: value for name, value in after.items() if value is not None}


def following(plan_id: str, item: Item, known: Known, settled: Settled, *, returned: bool) -> Action | None:
    """What makes the task follow its item; None where nothing does."""
    events = _events(plan_id, item, known.task, settled, returned)
    if returned:
        return Return(known.id, item.line, item.title, settled.changes, events)
    if not settled.changes:
        return None
    if list(settled.changes) == ["group"]:
        origin, target = settled.changes["group"]
        places = ((origin, known.base.line), (target, item.line))
        return Move(known.id, item.line, item.title, *places, events)
    return Update(known.id, item.line, item.title, settled.changes, events)


def cancelling(plan_id: str, known: Known) -> Cancel:
    """The end of a task that nobody touched and that the plan no longer has."""
    reason = "removed from the plan"
    data = {"from": known.task.state.status, "to": CANCELLED, "reason": reason, PLAN: plan_id}
    title = known.task.state.title
    return Cancel(known.id, known.base.line, title, reason, ((kinds.STATUS, data),))


def _events(plan_id: str, item: Item, task: Task, settled: Settled, returned: bool) -> Events:
    events: list[tuple[str, dict[str, Json]]] = []
    edited = _edited(plan_id, item, task, settled)
    if edited:
        events.append((kinds.EDITED, edited))
    path = [PENDING] if returned else []
    if "status" in settled.changes:
        path += path_between(PENDING if returned else task.state.status, settled.changes["status"][1])
    status = task.state.status
    for wanted in path:
        reason = {BLOCKED: "blocked in the plan", PENDING: "back in the plan" if returned else ""}.get(wanted)
        events.append((kinds.STATUS, {"from": status, "to": wanted} | ({"reason": reason} if reason else {})))
        status = wanted
    assignee = settled.changes["assignee"][1] if "assignee" in settled.changes else task.state.assignee
    if "assignee" in settled.changes or (PENDING in path and assignee):
        events.append((kinds.ASSIGNED, {"assignee": assignee}))
    return tuple((kind, data | {PLAN: plan_id}) for kind, data in events)


def _edited(plan_id: str, item: Item, task: Task, settled: Settled) -> dict[str, Json]:
    values = {name: settled.changes[name][1] for name in SCALARS if name in settled.changes}
    if {"title", "group", "external_id"} & set(settled.changes):
        values["source"] = _source(plan_id, item, task, settled)
    parts = {"set": values, "add": _full(settled.add), "remove": _full(settled.remove)}
    return {name: value for name, value in parts.items() if value}


def _source(plan_id: str, item: Item, task: Task, settled: Settled) -> dict[str, Json]:
    """The item's place; what the store says otherwise, and keeps, stays."""
    before = dict(task.state.source or {})
    after = source_of(item, plan_id, before)
    for name in ("group", "external_id"):
        if name not in settled.changes:
            after[name] = before.get(name)
        elif settled.changes[name][1] is None:
            after[name] = None
    return {name: value for name, value in after.items() if value is not None}


def _full(members: dict[str, list[Json]]) -> dict[str, list[Json]]:
    return {name: found for name, found in members.items() if found}


def path_between(status: str, wanted: str) -> list[str]:
    """The shortest way along the table of transitions, never through `cancelled`; empty where there is none."""
    queue, came = deque([status]), {status: ""}
    while queue and wanted not in came:
        here = queue.popleft()
        for there in TRANSITIONS.get(here, ()):
            if there not in came and (there == wanted or there != CANCELLED):
                came[there] = here
                queue.append(there)
    steps_back: list[str] = []
    while wanted != status and wanted in came:
        steps_back.append(wanted)
        wanted = came[wanted]
    return steps_back[::-1]
