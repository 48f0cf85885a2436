"""`may(actor, event, task, rules)`: the one rule of who may do what, asked before every `apply`."""

from __future__ import annotations

from collections.abc import Iterator

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.status import CANCELLED, DONE, FINISHED
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed
from fedtasks.policy.members import Member
from fedtasks.policy.permissions import DEFAULT, Rules, is_agent

POWERFUL = ("owner", "admin")

ACTION_OF = {
    kinds.CREATED: "create",
    kinds.EDITED: "edit",
    kinds.ASSIGNED: "assign",
    kinds.RELEASED: "move",
    kinds.DELEGATED: "assign",
    kinds.ARCHIVED: "archive",
    kinds.UNARCHIVED: "archive",
    kinds.TIMER_STARTED: "track",
    kinds.TIMER_STOPPED: "track",
    kinds.TIME_ADDED: "track",
    kinds.TOOL_ADDED: "tool",
    kinds.TOOL_REMOVED: "tool",
    kinds.PERMIT_ASKED: "ask",
    kinds.PERMIT_GIVEN: "permit",
    kinds.PERMIT_REFUSED: "permit",
    kinds.RENEWED: "claim",
    kinds.TAKEN_OVER: "claim",
    kinds.HANDOFF_OFFERED: "handoff",
    kinds.HANDOFF_ACCEPTED: "claim",
    kinds.ATTEMPT_STARTED: "attempt",
    kinds.COMMENTED: "comment",
    kinds.REACTED: "comment",
    kinds.RESOLVED: "comment",
    kinds.REVIEW_REQUESTED: "move",
    kinds.REVIEWED: "review",
}
"""The action of each kind of event whose data do not matter; see `actions` for the others."""

ANSWERS = {
    kinds.HANDOFF_DECLINED: ("handoffs", "handoff", "to", ("claim", "handoff")),
    kinds.ATTEMPT_FINISHED: ("attempts", "attempt", "by", ("attempt", "move")),
    kinds.REVIEW_LIFTED: ("reviews", "review", "by", ("review", "overrule")),
}
"""Kinds that answer something: where it stands in the task, the event's field that names it, whose it is, and the
action for that one and for anybody else."""

GUARDED = {"lead": "lead", "requires_approval": "overrule", "min_approvals": "overrule"}
"""Fields that an edit may set only with an action of their own."""

ASK_THEM = "ask one of them, or act as another member with --as NAME"
NEEDS_LEAVE = "an agent needs approval for"
ANSWERED = "its lead or an admin answers with 'fedtasks permit'"


def actions(event: Event, task: Task | None, rules: Rules = DEFAULT) -> Iterator[str]:
    """The actions that an event is, all of which its author must be allowed.

    | event                                              | actions                         |
    |----------------------------------------------------|---------------------------------|
    | created                                            | create                          |
    | edited; one that sets another lead                 | edit; lead, too                 |
    | edited, but oneself among its watchers and no more | follow                          |
    | claimed                                            | claim                           |
    | assigned; to oneself while nobody has the task     | assign; claim                   |
    | ... and taken_over: of a team that one is not in   | assign, too                     |
    | delegated                                          | assign                          |
    | status to done, to cancelled, out of either; other | done, cancel, reopen; move      |
    | released                                           | move                            |
    | archived, unarchived                               | archive                         |
    | timer started, stopped, time added                 | track                           |
    | tool added, removed                                | tool                            |
    | permit asked; given, refused                       | ask; permit                     |
    | claimed or started with an override                | override, too                   |
    | done with an override                              | overrule, too                   |
    | edited: what it requires of a review, no reviewer  | overrule, too                   |
    | renewed, taken_over, handoff_accepted              | claim                           |
    | handoff_offered                                    | handoff                         |
    | handoff_declined by its receiver; another          | claim; handoff                  |
    | attempt_started                                    | attempt                         |
    | attempt_finished by who began it; another          | attempt; move                   |
    | commented, reacted, resolved                       | comment                         |
    | review_requested                                   | move                            |
    | reviewed                                           | review                          |
    | review_lifted by its author; another               | review; overrule                |
    | any other kind                                     | other                           |
    """
    state = task.state if task else None
    if event.kind == kinds.STATUS:
        yield _step(event)
    elif _takes(event, task):
        yield "claim"
    elif event.kind in ANSWERS:
        yield _answer(event, task)
    elif _follows(event):
        yield "follow"
    else:
        yield ACTION_OF.get(event.kind, "other")
    if _takes(event, task) and state and state.team and event.by not in rules.teams.get(state.team, ()):
        yield "assign"
    if event.kind == kinds.EDITED:
        for name, value in event.data.get("set", {}).items():
            if name in GUARDED and value != getattr(state, name, None):
                yield GUARDED[name]
        if event.data.get("remove", {}).get("reviewers"):
            yield "overrule"
    if event.kind in (kinds.CLAIMED, kinds.STATUS) and event.data.get("override"):
        yield "overrule" if event.data.get("to") == DONE else "override"


def _answer(event: Event, task: Task | None) -> str:
    """The action of an event that answers something, which differs with whose that is."""
    field, name, whose, (own, others) = ANSWERS[event.kind]
    found = getattr(task.state, field) if task else ()
    return own if any(one["id"] == event.data.get(name) and one[whose] == event.by for one in found) else others


def _takes(event: Event, task: Task | None) -> bool:
    """Whether the author takes a task: by a claim, in place of an expired one, or by assigning it to themselves while
    nobody has it."""
    if event.kind == kinds.ASSIGNED and task and task.state.assignee is None:
        return event.data.get("assignee") == event.by and event.data.get("team") in (None, task.state.team)
    return event.kind in (kinds.CLAIMED, kinds.TAKEN_OVER)


def _follows(event: Event) -> bool:
    """Whether an event does nothing but put its author among the watchers, or take them out."""
    own = {"watchers": [event.by]}
    return event.kind == kinds.EDITED and event.data in ({"add": own}, {"remove": own})


def _step(event: Event) -> str:
    if event.data.get("from") in FINISHED:
        return "reopen"
    return {DONE: "done", CANCELLED: "cancel"}.get(event.data.get("to", ""), "move")


def may(actor: Member, event: Event, task: Task | None, rules: Rules = DEFAULT) -> str | None:
    """Why `actor` may not make `event` on `task` (None for a new one); None where he may.

    For each action of the event (see `actions`) the table of permissions, as the rules have it, gives the actor a
    scope, and the task has to be in it; an agent needs leave, too, where the rules say so. Whether a claim
    succeeds is no question of rights: `apply` answers Held.
    """
    if event.by != actor.name:
        return f"it is made in the name of {event.by}"
    for action in actions(event, task, rules):
        reason = _refusal(actor, action, task, rules)
        if reason is not None:
            return reason
    return None


def _refusal(actor: Member, action: str, task: Task | None, rules: Rules) -> str | None:
    scope = "never" if action == "permit" and is_agent(actor) else rules.scope(actor, action)
    if scope == "never":
        whom = f"the role {actor.role}" if rules.scope(actor, action) == scope else "agents"
        return "a viewer may only look" if actor.role == "viewer" else f"'{action}' is not for {whom}"
    if task is None or _reaches(scope, actor.name, task):
        return _leave(actor, action, task, rules)
    return f"only {_who(task, scope)} may do that"


def _leave(actor: Member, action: str, task: Task | None, rules: Rules) -> str | None:
    if not rules.needs_leave(actor, action):
        return None
    if task is None:
        return f"{NEEDS_LEAVE} '{action}', and there is no task yet to give it on"
    given = ((permit["member"], permit["action"]) for permit in task.state.permits if permit["status"] == "given")
    if (actor.name, action) in given:
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
            hint=ANSWERED if reason.startswith(NEEDS_LEAVE) else ASK_THEM,
            task=task.id if task else None,
            actor=actor.name,
            reason=reason,
        )


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
