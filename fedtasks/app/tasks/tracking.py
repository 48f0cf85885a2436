"""How long members work on tasks, and the tools attached to tasks."""

from __future__ import annotations

import json
from typing import Any

from fedtasks.app.session import Session
from fedtasks.app.writing import change_task
from fedtasks.domain import events as kinds
from fedtasks.domain.task import Task
from fedtasks.errors import NotFound, UsageError
from fedtasks.store.query import tracked


def start_timer(session: Session, given: str) -> Task:
    """One's own timer runs on this task from now on."""
    return change_task(session, given, lambda task: (kinds.TIMER_STARTED, {}), "track", " start")


def stop_timer(session: Session, given: str | None, seconds: int | None = None) -> Task:
    """Stops one's own timer, without an id the one that runs; `seconds` instead of what it ran.

    Raises NotFound where none runs, UsageError where several do.
    """
    id = given or _running(session)
    data: dict[str, Any] = {} if seconds is None else {"seconds": seconds}
    return change_task(session, id, lambda task: (kinds.TIMER_STOPPED, data), "track", " stop")


def _running(session: Session) -> str:
    name = session.actor.name
    rows = [json.loads(text) for text in tracked(session.index())]
    ids = [row["id"] for row in rows for one in row.get("tracked", ()) if one["by"] == name and "since" in one]
    if not ids:
        raise NotFound(f"no timer of {name} runs", hint="start one: fedtasks track start ID", given="")
    if len(ids) > 1:
        raise UsageError(f"timers of {name} run on {', '.join(ids)}", hint="say which: fedtasks track stop ID")
    return str(ids[0])


def add_time(session: Session, given: str, seconds: int, note: str | None = None) -> Task:
    """Adds to one's own time; below zero takes off."""
    data = {"seconds": seconds} | ({"note": note} if note else {})
    return change_task(session, given, lambda task: (kinds.TIME_ADDED, data), "track", " add")


def add_tool(session: Session, given: str, tool: dict[str, Any]) -> Task:
    """Attaches an MCP server, in place of one of the same name."""
    return change_task(session, given, lambda task: (kinds.TOOL_ADDED, tool), "tool", f" add {tool['name']}")


def remove_tool(session: Session, given: str, name: str) -> Task:
    """Takes an MCP server off; raises NotFound."""

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        names = [tool["name"] for tool in task.state.tools]
        if name not in names:
            there = f"it has: {', '.join(names) or 'none'}"
            raise NotFound(f"{task.id} has no tool '{name}'", hint=there, given=name)
        return kinds.TOOL_REMOVED, {"name": name}

    return change_task(session, given, decide, "tool", f" remove {name}")
