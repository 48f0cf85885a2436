"""`may(actor, event, task, rules)`: the one rule of who may do what, asked before every `apply`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.domain.events import Event
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed
from fedtasks.policy.actions import actions
from fedtasks.policy.members import Member
from fedtasks.policy.permissions import DEFAULT, Rules, is_agent

POWERFUL = ("owner", "admin")

ASK_THEM = "ask one of them, or act as another member with --as NAME"
ASK_OTHERS = "ask somebody of another role (fedtasks member list), or act as another member with --as NAME"
NEEDS_LEAVE = "an agent needs approval for"
ANSWERED = "its lead or an admin answers with 'fedtasks permit'"


def may(actor: Member, event: Event, task: Task | None, rules: Rules = DEFAULT) -> str | None:
    """Why `actor` may not make `event` on `task` (None for a new one); None where he may.

    For each action of the event (see `actions`) the table of permissions, as the rules have it, gives the actor a
    scope, and the task has to be in it; an agent needs leave, too, where the rules say so, that holds at the event's
    time. Whether a claim
    succeeds is no question of rights: `apply` answers Held.
    """
    if event.by != actor.name:
        return f"it is made in the name of {event.by}"
    for action in actions(event, task, rules):
        reason = _refusal(actor, action, event.at, task, rules)
        if reason is not None:
            return reason
    return None


def _refusal(actor: Member, action: str, at: str, task: Task | None, rules: Rules) -> str | None:
    scope = "never" if action == "permit" and is_agent(actor) else rules.scope(actor, action)
    if scope == "never":
        whom = f"the role {actor.role}" if rules.scope(actor, action) == scope else "agents"
        return "a viewer may only look" if actor.role == "viewer" else f"'{action}' is not for {whom}"
    if task is None or _reaches(scope, actor.name, task):
        return _leave(actor, action, at, task, rules)
    return f"only {_who(task, scope)} may do that"


def leave_used(actor: Member, event: Event, task: Task, rules: Rules = DEFAULT) -> list[str]:
    """The ids of the leave that an event uses up, all actions of which its author may do."""
    needed = (action for action in actions(event, task, rules) if rules.needs_leave(actor, action))
    found = (_given(actor, action, event.at, task) for action in needed)
    return [permit["id"] for permit in found if permit and permit.get("once")]


def _given(actor: Member, action: str, at: str, task: Task) -> Mapping[str, Any] | None:
    """The leave for an action on a task, if it holds at a time."""
    for permit in task.state.permits:
        if (permit["member"], permit["action"], permit["status"]) == (actor.name, action, "given"):
            return permit if at <= permit.get("until", at) else None
    return None


def _leave(actor: Member, action: str, at: str, task: Task | None, rules: Rules) -> str | None:
    if not rules.needs_leave(actor, action):
        return None
    if task is None:
        return f"{NEEDS_LEAVE} '{action}', and there is no task yet to give it on"
    if _given(actor, action, at, task):
        return None
    return f"{NEEDS_LEAVE} '{action}': ask for it with 'fedtasks ask {task.id} {action}'"


def _reaches(scope: str, name: str, task: Task) -> bool:
    """Whether a scope (see SCOPES) holds this task for the member of this name."""
    lead, assignee = task.state.lead, task.state.assignee
    nobodys = lead is None and assignee is None and task.state.team is None
    reaches = {
        "any": True,
        "free": name in (lead, assignee) or nobodys,
        "own": name in (lead, assignee),
        "led": name == (lead or assignee) or nobodys,
    }
    return reaches.get(scope, False)


def _who(task: Task, scope: str) -> str:
    state = task.state
    named = [f"its assignee {state.assignee}"] if state.assignee and (scope != "led" or not state.lead) else []
    named += [f"its lead {state.lead}"] if state.lead else []
    return " or ".join([*named, "an admin"])


def require(actor: Member, event: Event, task: Task | None, rules: Rules = DEFAULT) -> None:
    """Raises NotAllowed with the reason of `may`."""
    reason = may(actor, event, task, rules)
    if reason is not None:
        what = task.id if task else "a new task"
        raise NotAllowed(
            f"{actor.name} may not change {what}: {reason}",
            hint=_hint(reason),
            task=task.id if task else None,
            actor=actor.name,
            reason=reason,
        )


def _hint(reason: str) -> str:
    if reason.startswith(NEEDS_LEAVE):
        return ANSWERED
    return ASK_THEM if reason.startswith("only ") else ASK_OTHERS


def may_manage(actor: Member, before: Member | None, after: Member, rules: Rules = DEFAULT) -> str | None:
    """Why `actor` may not add (`before` is None) or change a member; None where he may.

    | what                                              | who                                        |
    |---------------------------------------------------|--------------------------------------------|
    | to add or change an owner, or to make one         | owners                                     |
    | one's own addresses, name, skills, absence        | everybody                                  |
    | anything else                                     | who has the action `members` on any task   |
    """
    if "owner" in (after.role, before.role if before else None):
        return None if actor.role == "owner" else "only an owner may do that"
    if rules.scope(actor, "members") == "any" or (before is not None and _is_own_card(actor, before, after)):
        return None
    return "only owners and admins may do that"


def _is_own_card(actor: Member, before: Member, after: Member) -> bool:
    return actor.name == before.name and before.rights() == after.rights()
