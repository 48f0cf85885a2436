"""Telling whose steps a merge has overruled; found in the merges themselves, whatever made them, on any machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from fedtasks.app.context import stamp_of
from fedtasks.app.notices.inbox import KEPT_DAYS
from fedtasks.app.sharing.news import withdrawn
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.effects import UNDER_CLAIM
from fedtasks.domain.events import Event
from fedtasks.domain.saying import words_of
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.git.run import GitFailed
from fedtasks.notify.notice import Notice, make_notice
from fedtasks.store.layout import OVERRULED, task_id_at
from fedtasks.store.reading import parse_task

if TYPE_CHECKING:
    from fedtasks.app.sharing.clone import Clone

SILENT = frozenset({kinds.CONFIRMED, kinds.RENEWED, kinds.ARCHIVED, kinds.UNARCHIVED, kinds.TIMER_STARTED,
                    kinds.TIMER_STOPPED, kinds.TIME_ADDED, kinds.TOOL_REMOVED, kinds.PERMIT_ASKED,
                    kinds.DELEGATION_ACCEPTED, kinds.DELEGATION_REJECTED, kinds.DELEGATION_COMPLETED,
                    kinds.DELEGATION_WITHDRAWN})  # fmt: skip
"""Kinds whose authors miss nothing, or are in another store, which learns it from the answer."""

OUTDATED = "the task has changed since"


class Overruled(NamedTuple):
    """A step that stood on one side of a merge and does not any more, and why."""

    event: Event
    why: str


def tell_overruled(clone: Clone, was: str) -> None:
    """Tells the authors of what the merges have made void since this was last looked at, or since the head `was`.

    Each is told once, on whatever machines this runs: the notices' ids are derived from the events.
    """
    head, seen = clone.head(), _seen(clone)
    told = [notice for task, sides in _merged(clone, seen or was, head) for notice in _notices(clone, task, sides)]
    if told:
        _deliver(clone, told)
    if seen != head:
        _note(clone, head)


def _deliver(clone: Clone, told: list[Notice]) -> None:
    with writing(clone.session) as change:
        new = [notice for notice in told if change.deliver(notice)]
        if new:
            change.title(f"tell {len(new)} of what a merge has overruled")


def _merged(clone: Clone, seen: str, head: str) -> Iterator[tuple[Task, list[Task]]]:
    """Each task that a merge has made of different versions, and these."""
    if seen == head:
        return
    since = stamp_of(clone.session.context.clock() - KEPT_DAYS * 86_400_000_000_000)
    words = ("--merges", "-c", "--name-only", "-z", f"--since={since}", "--format=%x01%H %P", f"{seen}..{head}")
    try:
        fields = clone.git.run("log", *words).decode("utf-8", "surrogateescape").split("\0")
    except GitFailed:
        return
    commits: list[str] = []
    for field in fields:
        if field.startswith("\1"):
            commits = field[1:].split()
        elif task_id_at(field.lstrip("\n")) is not None:
            found = [_task(clone, commit, field.lstrip("\n")) for commit in commits]
            if found[0] is not None:
                yield found[0], [task for task in found[1:] if task is not None]


def _task(clone: Clone, commit: str, path: str) -> Task | None:
    found = clone.objects.ask(f"{commit}:{path}")
    with suppress(FedtasksError):
        return parse_task(path, found.data, clone.beside) if found is not None else None
    return None


def _notices(clone: Clone, task: Task, sides: list[Task]) -> Iterator[Notice]:
    now = clone.session.context.now()
    lost = [claim for side in sides if (claim := withdrawn(side, task)) is not None]
    tokens = {claim["claim"] for claim in lost}
    for claim in lost:
        yield _withdrawn_notice(claim, now)
    by_author: dict[str, list[Overruled]] = {}
    for one in overruled(task, sides):
        if one.event.id not in tokens and not (one.event.kind in UNDER_CLAIM and one.event.data.get("claim") in tokens):
            by_author.setdefault(one.event.by, []).append(one)
    for author, found in by_author.items():
        yield _overruled_notice(task, author, found, now)


def overruled(task: Task, sides: list[Task]) -> list[Overruled]:
    """What stood in one of the versions that a task was merged from, and does not stand in it: events that are void
    now, and approvals that are outdated."""
    void = {
        event.id: Overruled(event, task.void[event.id])
        for side in sides
        for event in side.history
        if event.id in task.void and event.id not in side.void and event.kind not in SILENT
    }
    stood = {entry["id"] for side in sides for entry in side.state.reviews if not entry.get("outdated")}
    fallen = {entry["id"] for entry in task.state.reviews if entry.get("outdated")} & stood
    both = void | {event.id: Overruled(event, OUTDATED) for event in task.history if event.id in fallen}
    return sorted(both.values(), key=lambda one: one.event.order)


def _withdrawn_notice(claim: Mapping[str, Any], now: str) -> Notice:
    since = f" since {claim['since']}" if claim["since"] else ""
    another = claim["holder"] if claim["holder"] != claim["by"] else None
    return make_notice(
        claim["by"],
        "withdrawn",
        (claim["claim"],),
        at=now,
        by=another or claim["by"],
        text=f"your claim is withdrawn: {f'{another} has it{since}' if another else claim['reason']}",
        task=claim["task"],
        title=claim["title"],
        urgent=True,
        needs_ack=True,
        next=(f"fedtasks show {claim['task']}", "fedtasks ready"),
        data={"event": claim["claim"]},
    )


def _overruled_notice(task: Task, author: str, found: list[Overruled], now: str) -> Notice:
    first = found[0].event
    others = [event.by for event in task.history if event.by != author and event.id not in task.void]
    said = "; ".join(f"'{words_of(one.event)}' ({one.why})" for one in found)
    return make_notice(
        author,
        "overruled",
        (first.id,),
        at=now,
        by=others[-1] if others else author,
        text=f"others were first, so what you did does not stand: {said}",
        task=task.id,
        title=task.state.title,
        needs_ack=True,
        next=(f"fedtasks show {task.id}", f"fedtasks history {task.id}"),
        data={"event": first.id},
    )


def _seen(clone: Clone) -> str | None:
    with suppress(OSError, ValueError):
        return clone.objects.commit((clone.root / OVERRULED).read_text(encoding="ascii").strip() or "-")
    return None


def _note(clone: Clone, head: str) -> None:
    path = clone.root / OVERRULED
    temporary = path.with_name(f"{path.name}.{clone.session.context.pid}")
    with suppress(OSError):
        temporary.write_text(head, encoding="ascii")
        os.replace(temporary, path)
