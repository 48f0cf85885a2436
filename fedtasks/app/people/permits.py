"""Leave: what agents ask for before they do what needs approval, and who answers."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from fedtasks.app.session import Session
from fedtasks.app.writing import change_task
from fedtasks.domain import events as kinds
from fedtasks.domain.task import Task
from fedtasks.domain.times import moment
from fedtasks.errors import NotAllowed, UsageError
from fedtasks.store.query import asking


class Asked(NamedTuple):
    """A task, and one of its permits that nobody has answered."""

    row: dict[str, Any]
    permit: dict[str, Any]


def ask(session: Session, given: str, action: str, reason: str | None = None) -> Task:
    """Asks for leave; raises NotAllowed for one who needs none, or has it."""

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        actor = session.actor.member
        if not session.rules.needs_leave(actor, action):
            raise NotAllowed(
                f"{actor.name} needs no approval for '{action}'",
                hint="see who may do what: fedtasks permissions",
                task=task.id,
                actor=actor.name,
            )
        return kinds.PERMIT_ASKED, {"action": action} | _said(reason)

    return change_task(session, given, decide, "ask", f" {action}")


def permit(
    session: Session,
    given: str,
    member: str,
    action: str,
    *,
    until: str | None = None,
    standing: bool = False,
    reason: str | None = None,
) -> Task:
    """Gives a member leave for an action on a task: once, as often as they like `until` a time (a stamp, a day, or a
    duration from now), or `standing`, until it is refused. Raises UsageError for a time that is none, or past."""
    end: dict[str, Any] = {"until": _end(session, until)} if until else {}
    once = {} if until or standing else {"once": True}

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        return kinds.PERMIT_GIVEN, {"action": action, "member": member} | once | end | _said(reason)

    return change_task(session, given, decide, "permit", f" {member} {action}")


def refuse(session: Session, given: str, member: str, action: str, reason: str | None = None) -> Task:
    """Refuses a member leave, also what was given before."""

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        return kinds.PERMIT_REFUSED, {"action": action, "member": member} | _said(reason)

    return change_task(session, given, decide, "refuse", f" {member} {action}")


def _end(session: Session, text: str) -> str:
    now = session.context.now()
    try:
        end = moment(text, now)
    except ValueError as found:
        raise UsageError(str(found), hint="write it as 2h, 3d, 2026-12-24 or 2026-12-24T18:00:00Z") from found
    if end <= now:
        raise UsageError(f"{text} is past", hint="give leave until a time that is to come, or leave --until out")
    return end


def unanswered(session: Session) -> list[Asked]:
    """What was asked for and not yet answered, on tasks that are not finished; the longest waiting first."""
    rows = [json.loads(text) for text in asking(session.index())]
    found = [Asked(row, permit) for row in rows for permit in row.get("permits", ()) if permit["status"] == "asked"]
    return sorted(found, key=lambda one: (one.permit["at"], one.row["id"]))


def _said(reason: str | None) -> dict[str, str]:
    return {"reason": reason} if reason else {}
