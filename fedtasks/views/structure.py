"""What belongs to a task beside what it says: team, skills, relations, time, tools, leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.domain.task import Task
from fedtasks.domain.times import spelled
from fedtasks.policy.standing import is_overdue
from fedtasks.views.text import safe

Row = Mapping[str, Any]


def about(row: Row) -> list[tuple[str, str | None]]:
    """Names and words of the single fields, for one line each; None where there is nothing to say."""
    tracked = row.get("tracked", ())
    total = sum(one["seconds"] for one in tracked)
    each = ", ".join(map(tracked_words, tracked))
    return [
        ("team", row.get("team")),
        ("needs", ", ".join(row.get("skills", ()))),
        ("related", ", ".join(row.get("related", ()))),
        ("tracked", f"{spelled(total)} ({each})" if len(tracked) > 1 else each),
    ]


def due_words(row: Row, now: str) -> str | None:
    """The day, and whether it has passed."""
    due = row.get("due")
    return f"{due} (overdue)" if due and is_overdue(due, row["status"], now) else due


def parts_lines(parts: Sequence[tuple[int, Task]], progress: str, seconds: int) -> list[str]:
    """The tasks below one as an outline, under how far they are and how long they took."""
    head = f"parts: {progress}" + (f", {spelled(seconds)} tracked" if seconds else "")
    rows = [
        f"  {'  ' * depth}{task.id}  {task.state.status}  {safe(task.state.assignee or '-')}  {safe(task.state.title)}"
        for depth, task in parts
    ]
    return ["", head, *rows]


def lines(row: Row) -> list[str]:
    """A line for each tool and for each permit."""
    tools = [f"{'tool':<10} {safe(tool_words(tool))}" for tool in row.get("tools", ())]
    return tools + [f"{'leave':<10} {permit_line(one)}" for one in row.get("permits", ())]


def permit_line(permit: Row) -> str:
    """One permit and its reason, safe for a terminal."""
    return safe(permit_words(permit) + (f" ({permit['reason']})" if permit.get("reason") else ""))


def words(value: Row) -> str | None:
    """One of these objects in short; None for another one."""
    if "auto_invoke" in value:
        return tool_words(value)
    if "seconds" in value:
        return tracked_words(value)
    return permit_words(value) if "member" in value and "action" in value else None


def tool_words(tool: Row) -> str:
    """Its name, what it is for, and whether it is called unasked."""
    notes = [tool["purpose"]] if tool["purpose"] else []
    notes += ["may be called unasked"] if tool["auto_invoke"] else []
    return f"{tool['name']} ({'; '.join(notes)})" if notes else str(tool["name"])


def tracked_words(tracked: Row) -> str:
    """Who worked how long, and since when the timer runs."""
    running = f", and since {tracked['since']}" if tracked.get("since") else ""
    return f"{tracked['by']} {spelled(tracked['seconds'])}{running}"


def permit_words(permit: Row) -> str:
    """Who, what, and how it stands."""
    by = "" if permit["status"] == "asked" else f" by {permit['by']}"
    return f"{permit['member']} {permit['action']}: {permit['status']}{by}{permit_end(permit)}"


def permit_end(permit: Row) -> str:
    """How long leave holds that was given, behind a blank."""
    if permit["status"] != "given":
        return ""
    return " once" if permit.get("once") else f" until {permit['until']}" if permit.get("until") else ""
