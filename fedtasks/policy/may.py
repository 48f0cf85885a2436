"""`may(actor, event, task)`: the one rule of who may do what, asked before every `apply`."""

from __future__ import annotations

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed
from fedtasks.policy.members import Member

POWERFUL = ("owner", "admin")


def may(actor: Member, event: Event, task: Task | None) -> str | None:
    """Why `actor` may not make `event` on `task` (None for a new one); None where he may.

    | event                    | viewer | others | assignee | lead of the task | owner, admin |
    |--------------------------|--------|--------|----------|------------------|--------------|
    | created, edited, claimed | no     | yes    | yes      | yes              | yes          |
    | assigned                 | no     | [1]    | yes      | yes              | yes          |
    | released, status         | no     | [2]    | yes      | yes              | yes          |

    [1] to themselves while nobody has it; [2]: while it has neither lead nor assignee, both.
    Whether a claim succeeds is no question of rights: `apply` answers Held.
    """
    if actor.role == "viewer":
        return "a viewer may only look"
    if task is None or actor.role in POWERFUL or event.kind in (kinds.CREATED, kinds.EDITED, kinds.CLAIMED):
        return None
    state = task.state
    if actor.name in (state.assignee, state.lead):
        return None
    to_themselves = event.kind == kinds.ASSIGNED and event.data.get("assignee") == actor.name
    if state.assignee is None and (state.lead is None or to_themselves):
        return None
    return f"only {_who(task)} may do that"


def _who(task: Task) -> str:
    state = task.state
    named = [f"its assignee {state.assignee}"] if state.assignee else []
    named += [f"its lead {state.lead}"] if state.lead else []
    return " or ".join([*named, "an admin"])


def require(actor: Member, event: Event, task: Task | None) -> None:
    """Raises NotAllowed with the reason of `may`."""
    reason = may(actor, event, task)
    if reason is not None:
        what = task.id if task else "a new task"
        raise NotAllowed(
            f"{actor.name} may not change {what}: {reason}",
            hint="ask one of them, or act as another member with --as NAME",
            task=task.id if task else None,
            actor=actor.name,
            reason=reason,
        )
