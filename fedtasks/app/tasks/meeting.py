"""What a change says when a task begins to edit files that somebody else's active task is editing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fedtasks.app.tasks.overlaps import MOST_NOTES, Row, active_rows, ground_of
from fedtasks.domain.events import Event
from fedtasks.domain.status import ACTIVE
from fedtasks.domain.task import Task
from fedtasks.notify.notice import Notice, make_notice
from fedtasks.policy.matching import Meeting
from fedtasks.store.rows import public_fields

if TYPE_CHECKING:
    from fedtasks.app.change import Change

MANY = "more tasks meet others': fedtasks overlaps --pending"


def meet(change: Change, begun: Iterable[tuple[Event, Task]]) -> Iterator[Notice]:
    """Warns who makes the change, and tells the others whom a task that was begun can meet.

    A task that the other waits for, or that waits for it, is no surprise.
    """
    active = active_rows(change.session)
    for task in change.arriving():
        if _is_active(task):
            active[task.id] = public_fields(task)
    ground = ground_of(change.session, {id: row["files"] for id, row in active.items()})
    warned: set[tuple[str, str]] = set()
    for event, task in begun:
        for id, where in ground.met_by(task.state.files).items():
            other = active[id]
            if _is_none(task, other, event.by) or not _is_active(change.look(id)):
                continue
            if (task.id, id) not in warned:
                warned.add((task.id, id))
                _warn(change, _warning(task, other, where), len(warned))
            if task.state.status in ACTIVE:
                yield _notice(event.id, event.by, event.at, task, other, where)


def _is_active(task: Task | None) -> bool:
    return task is not None and task.state.status in ACTIVE and bool(task.state.files)


def _is_none(task: Task, other: Row, by: str) -> bool:
    mine = {task.state.assignee or by}
    linked = other["id"] in task.state.depends_on or task.id in other["depends_on"]
    return other["id"] == task.id or linked or other["assignee"] in mine


def _warning(task: Task, other: Row, where: list[Meeting]) -> str:
    more = f" and {len(where) - 1} more" if len(where) > 1 else ""
    since = f" since {other['claim']['since']}" if other.get("claim") else ""
    who = other["assignee"] or "somebody"
    return f"{who} edits {where[0].theirs}{more} for {other['id']}{since} ({other['title']}); {task.id} can meet it"


def _warn(change: Change, words: str, count: int) -> None:
    notes = change.session.notes
    if count <= MOST_NOTES and words not in notes:
        notes.append(words)
    elif count > MOST_NOTES and MANY not in notes:
        notes.append(MANY)


def _notice(event: str, by: str, at: str, task: Task, other: Row, where: list[Meeting]) -> Notice:
    paths = list(dict.fromkeys(meeting.path for meeting in where))
    shown = ", ".join(paths[:3]) + (", ..." if len(paths) > 3 else "")
    whose = "" if task.state.assignee in (by, None) else f" for {task.state.assignee}"
    return make_notice(
        other["assignee"] or other["lead"] or by,
        "overlap",
        (event, other["id"]),
        at=at,
        by=by,
        text=f"{by} began {task.id}{whose}, which can touch your files: {shown}",
        task=other["id"],
        title=other["title"],
        next=("fedtasks overlaps " + other["id"], f"fedtasks show {task.id}"),
        data={"event": event, "about": task.id, "paths": paths[:20]},
    )
