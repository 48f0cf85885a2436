"""The briefing of an agent as a few lines of text, whatever the tasks hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.views.text import clip, safe

VERBS = (
    ("fedtasks next --claim", "take the best task that is free"),
    ("fedtasks show ID", "all that is known of a task"),
    ("fedtasks block ID --reason TEXT", "say that you cannot go on, and why"),
    ("fedtasks release ID", "give it back"),
    ("fedtasks done ID", "after your commit: finish it"),
)
WORKING = "🔧 WORKING:"
WIDE = 108
FILES = 5
DESCRIPTION = 320

Row = Mapping[str, Any]


def briefing_lines(told: Mapping[str, Any]) -> list[str]:
    """Who acts, the task in hand, what else waits, and the five verbs."""
    actor = told["actor"]
    who = clip(safe(f"You are {actor['name']} ({actor['kind']}, {actor['role']}) in {told['project']}."), WIDE)
    lines = [who, clip(safe(f"Store: {told['store']}"), WIDE)]
    lines += task_lines(told["task"]) if told["task"] else ["In hand: nothing."]
    lines += _listed("Also yours", told["others"], 3) + _notices(told["notices"], told["unread"])
    lines += _listed("Free, the best first", told["ready"], 3)
    lines += [clip(line, WIDE) for line in present_lines(told["working"])[:3]]
    wide = max(len(verb) for verb, _ in VERBS)
    return [*lines, "Verbs (each with --json and --help):", *(f"  {verb:{wide}}  {what}" for verb, what in VERBS)]


def task_lines(task: Row) -> list[str]:
    """The task in hand: what it is, its lead, its files, the beginning of what it asks for."""
    lines = [clip(f"In hand: {task['id']} ({task['status']}, {task['priority']}) {safe(task['title'])}", WIDE)]
    lines.append(clip(f"  lead: {task['lead'] or '-'}" + (f", due {task['due']}" if task.get("due") else ""), WIDE))
    files = task["files"]
    lines += [clip(f"  file: {safe(file['path'])} ({file['action'] or 'change'})", WIDE) for file in files[:FILES]]
    lines += [f"  and {len(files) - FILES} more files"] if len(files) > FILES else []
    blocked = task.get("blocked")
    if blocked:
        lines.append(clip(f"  blocked: {safe(blocked.get('reason') or blocked.get('by') or '')}", WIDE))
    said = safe(" ".join(task.get("description", "")[: DESCRIPTION * 2].split()))
    return [*lines, f"  asks: {clip(said, DESCRIPTION)}"] if said else lines


def _notices(notices: Sequence[Row], count: int) -> list[str]:
    if not notices:
        return []
    lines = [f"  {notice['id']} {'URGENT ' if notice.get('urgent') else ''}{notice['text']}" for notice in notices]
    return [f"Notices, {count} (fedtasks inbox, then fedtasks ack ID):", *(clip(safe(line), WIDE) for line in lines)]


def present_lines(working: Sequence[Row]) -> list[str]:
    """Who works on what, a line each."""
    return [
        safe(f"{WORKING} {one['name']} on {one['task']}: {one['title']}")
        + (f" ({safe(one['note'])})" if one.get("note") else f" (since {safe(one['since'])})")
        for one in working
    ]


def _listed(head: str, rows: Sequence[Row], most: int) -> list[str]:
    if not rows:
        return []
    lines = [clip(f"  {row['id']} ({row['status']}, {row['priority']}) {safe(row['title'])}", WIDE) for row in rows]
    more = f", {len(rows) - most} more" if len(rows) > most else ""
    return [f"{head}{more}:", *lines[:most]]
