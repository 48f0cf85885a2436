"""Tools that look: the board, one task."""

from __future__ import annotations

from typing import Any

from fedtasks.app.people.comments import thread
from fedtasks.app.people.presence import present
from fedtasks.app.session import Session
from fedtasks.app.tasks import audit, listing
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.status import PRIORITIES
from fedtasks.mcp.forms import (
    ID,
    MANY,
    OBJECT,
    PRIORITY,
    STATUS,
    TASK,
    TEXT,
    WHO,
    flag,
    gives,
    listed,
    many,
    number,
    string,
    takes,
)
from fedtasks.mcp.toolbox import Answer, Arguments, Tool, short
from fedtasks.store.query import Filter
from fedtasks.views.briefing import present_lines
from fedtasks.views.lists import list_lines
from fedtasks.views.task import history_lines, task_lines
from fedtasks.views.text import clip, safe

MOST = 50
LATEST = 50
WIDE = 500


def chosen(session: Session, given: Arguments) -> Filter:
    """The filter that the arguments of a tool name."""
    who = (session.actor.name,) if given.get("mine") else ()
    return Filter(
        status=tuple(given.get("status", ())),
        assignee=(*given.get("assignee", ()), *who),
        lead=tuple(given.get("lead", ())),
        reviewer=listing.people(session, given.get("reviewer", ()), teams=True),
        tag=tuple(given.get("tag", ())),
        plan=tuple(given.get("plan", ())),
        priority=tuple(given.get("priority", ())),
        text=given.get("text"),
        ready=bool(given.get("ready")),
    )


def board(session: Session, given: Arguments) -> Answer:
    """The tasks that fit, the most urgent first, and how many there are of each status in all."""
    filter, limit = chosen(session, given), given.get("limit", MOST)
    found, counts = listing.board(session, filter)
    fitting = sum(1 for _ in found.texts())
    rows = found._replace(limit=limit).rows()
    shown = [short(row) for row in rows]
    lines = [
        (row["id"], row["status"], PRIORITIES.index(row["priority"]), row["lead"], row["assignee"], row["title"])
        for row in rows
    ]
    text = list_lines(lines, 200) or ["no tasks"]
    text += [f"{fitting - limit} more; filter, or raise limit"] if fitting > limit else []
    text += [broken.problem for broken in found.broken]
    working = present(session)[:MOST]
    told = {"tasks": shown, "counts": dict(counts), "more": max(0, fitting - limit), "working": working}
    return Answer(told, "\n".join([*text, *present_lines(working)]))


def get_task(session: Session, given: Arguments) -> Answer:
    """All fields of one task, and its latest events on request."""
    task = audit.show(session, given["id"])
    row = task_to_json(task)
    del row["history"]
    told: dict[str, Any] = {"task": row}
    lines = list(task_lines(row, ""))
    if given.get("history"):
        entries = [entry.to_json() for entry in audit.entries(task)][-LATEST:]
        told["history"] = entries
        lines += history_lines(entries)
    if given.get("thread"):
        told["thread"] = [remark.to_json() for remark in thread(session, task.id)[1]]
        lines += thread_text(told["thread"], 0)
    return Answer(told, "\n".join(lines))


def thread_text(remarks: list[dict[str, Any]], depth: int) -> list[str]:
    """What was said, a line each, answers further in."""
    return [
        line
        for one in remarks
        for line in (
            clip(safe(f"{'  ' * depth}{one['id']} {one['by']}: {one['text']}"), WIDE),
            *thread_text(one["replies"], depth + 1),
        )
    ]


FILTERS = {
    "status": many(STATUS, 6),
    "assignee": many(WHO),
    "lead": many(WHO),
    "reviewer": many(WHO),
    "tag": many(string()),
    "plan": many(string()),
    "priority": many(PRIORITY, 4),
    "text": string(),
    "mine": flag("Assigned to you"),
    "ready": flag("Can be started now"),
}

TOOLS = (
    Tool(
        "federation_task_board",
        "Lists tasks with lead and assignee, most urgent first. Use it to see who does what, or what is ready.",
        takes(**FILTERS, limit=number(1, 500, f"Default {MOST}")),
        MANY
        | {
            "properties": MANY["properties"]
            | {"counts": OBJECT, "more": {"type": "integer"}, "working": listed(OBJECT)}
        },
        board,
        reads=True,
    ),
    Tool(
        "federation_get_task",
        "All about one task: description, files, dependencies; with history who changed what, with thread what was"
        " said. Read it before you work.",
        takes(("id",), id=ID, history=flag(), thread=flag()),
        gives(("task",), task=TASK, history=listed(gives(id=TEXT, at=TEXT, by=TEXT, kind=TEXT)), thread=listed(OBJECT)),
        get_task,
        reads=True,
    ),
)
