"""Leave: what agents ask for before they do what needs approval, and who answers."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from fedtasks.app.session import Session
from fedtasks.app.writing import change_task
from fedtasks.domain import events as kinds
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed
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


def answer(session: Session, given: str, member: str, action: str, *, refuse: bool, reason: str | None) -> Task:
    """Gives a member leave for an action on a task, or refuses it, also what was given before."""
    kind, verb = (kinds.PERMIT_REFUSED, "refuse") if refuse else (kinds.PERMIT_GIVEN, "permit")

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        return kind, {"action": action, "member": member} | _said(reason)

    return change_task(session, given, decide, verb, f" {member} {action}")


def unanswered(session: Session) -> list[Asked]:
    """What was asked for and not yet answered, on tasks that are not finished; the longest waiting first."""
    rows = [json.loads(text) for text in asking(session.index())]
    found = [Asked(row, permit) for row in rows for permit in row.get("permits", ()) if permit["status"] == "asked"]
    return sorted(found, key=lambda one: (one.permit["at"], one.row["id"]))


def _said(reason: str | None) -> dict[str, str]:
    return {"reason": reason} if reason else {}
