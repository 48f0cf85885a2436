"""Verbs about time and tools: track, tool."""

from __future__ import annotations

import json
from typing import Any

import click

from fedtasks.app.tasks import tracking as use
from fedtasks.cli.base import Face, task_argument, verb
from fedtasks.domain.task import Task
from fedtasks.domain.times import seconds_of, spelled
from fedtasks.views.text import safe

MOST = 100_000_000
"""The most seconds that one entry may have: three years."""


@click.group("track")
def track_command() -> None:
    """How long you work on a task: a timer, or what you say."""


@verb("start", "fedtasks track start 7k3q2", group=track_command)
@task_argument
def track_start(face: Face, id: str) -> None:
    """Starts your timer on a task."""
    task = use.start_timer(face.session, id)
    face.tell_task(task, f"your timer runs on {task.id}: {safe(task.state.title)}")


@verb("stop", "fedtasks track stop\nfedtasks track stop 7k3q2 --at 1h30m", group=track_command)
@click.argument("id", metavar="[ID]", required=False)
@click.option("--at", metavar="DURATION", help="How long it was, where the timer ran on: 45m, 1h30m.")
def track_stop(face: Face, id: str | None, at: str | None) -> None:
    """Stops your timer and adds the time to the task."""
    _tell(face, use.stop_timer(face.session, id, None if at is None else _seconds(at)))


@verb("add", "fedtasks track add 7k3q2 1h30m --note 'reading the old code'", group=track_command)
@task_argument
@click.argument("duration")
@click.option("--less", is_flag=True, help="Take it off instead, to correct a mistake.")
@click.option("--note", metavar="TEXT", help="What was done.")
def track_add(face: Face, id: str, duration: str, less: bool, note: str | None) -> None:
    """Adds time that you worked on a task: 45m, 2h, 1d is 24 hours."""
    seconds = _seconds(duration)
    if not seconds:
        raise click.UsageError("No time to add.")
    _tell(face, use.add_time(face.session, id, -seconds if less else seconds, note))


def _seconds(duration: str) -> int:
    try:
        seconds = seconds_of(duration)
    except ValueError as found:
        raise click.UsageError(f"{found}.") from found
    if seconds > MOST:
        raise click.UsageError(f"{duration} is longer than three years.")
    return seconds


def _tell(face: Face, task: Task) -> None:
    mine = next((one["seconds"] for one in task.state.tracked if one["by"] == face.session.actor.name), 0)
    total = sum(one["seconds"] for one in task.state.tracked)
    all_told = "" if total == mine else f" of {spelled(total)} in all"
    face.tell_task(task, f"{spelled(mine)}{all_told} on {task.id}: {safe(task.state.title)}")


@click.group("tool")
def tool_command() -> None:
    """MCP servers that are attached to a task, for agents that work on it."""


@verb(
    "add",
    "fedtasks tool add 7k3q2 browser --purpose 'look at the pages' --auto\n"
    'fedtasks tool add 7k3q2 postgres --config \'{"command": "mcp-postgres", "args": ["--read-only"]}\'',
    group=tool_command,
)
@task_argument
@click.argument("name")
@click.option("--purpose", default="", metavar="TEXT", help="What it is for.")
@click.option("--auto", "auto_invoke", is_flag=True, help="It may be called without being asked for.")
@click.option("--config", metavar="JSON", help="How to reach it, one JSON object; no secrets: the store is shared.")
def tool_add(face: Face, id: str, name: str, purpose: str, auto_invoke: bool, config: str | None) -> None:
    """Attaches an MCP server to a task, or changes one that is."""
    from fedtasks.app.identity import check_name

    tool = {
        "name": check_name(name, "a tool's"),
        "purpose": purpose,
        "auto_invoke": auto_invoke,
        "config": _object(config),
    }
    task = use.add_tool(face.session, id, tool)
    face.tell_task(task, f"{name} is at hand for {task.id}: {safe(task.state.title)}")


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError) as problem:
        raise click.UsageError(f"--config is not JSON: {problem}.") from problem
    if not isinstance(found, dict):
        raise click.UsageError("--config is not one JSON object.")
    return found


@verb("remove", "fedtasks tool remove 7k3q2 browser", group=tool_command)
@task_argument
@click.argument("name")
def tool_remove(face: Face, id: str, name: str) -> None:
    """Takes an MCP server off a task."""
    task = use.remove_tool(face.session, id, name)
    face.tell_task(task, f"{name} is gone from {task.id}: {safe(task.state.title)}")


@verb("list", "fedtasks tool list 7k3q2", group=tool_command)
@task_argument
def tool_list(face: Face, id: str) -> None:
    """Lists the MCP servers of a task."""
    from fedtasks.app.tasks.audit import show
    from fedtasks.views.structure import tool_words

    tools = show(face.session, id).state.tools
    face.tell({"tools": [dict(tool) for tool in tools]}, [safe(tool_words(tool)) for tool in tools] or ["no tools"])
