"""Which actions of the table of permissions an event is; its author must be allowed all of them.

| event                                              | actions                         |
|----------------------------------------------------|---------------------------------|
| created                                            | create                          |
| edited; one that sets another lead                 | edit; lead, too                 |
| edited, but oneself among its watchers and no more | follow                          |
| claimed                                            | claim                           |
| assigned; to oneself while nobody has the task     | assign; claim                   |
| ... and taken_over: of a team that one is not in   | assign, too                     |
| delegated, a delegation withdrawn                  | assign                          |
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

from __future__ import annotations

from collections.abc import Iterator

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.status import CANCELLED, DONE, FINISHED
from fedtasks.domain.task import Task
from fedtasks.policy.permissions import DEFAULT, Rules

ACTION_OF = {
    kinds.CREATED: "create",
    kinds.EDITED: "edit",
    kinds.ASSIGNED: "assign",
    kinds.RELEASED: "move",
    kinds.DELEGATED: "assign",
    kinds.DELEGATION_WITHDRAWN: "assign",
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
"""The action of each kind of event whose data do not matter; the others are judged below."""

ANSWERS = {
    kinds.HANDOFF_DECLINED: ("handoffs", "handoff", "to", ("claim", "handoff")),
    kinds.ATTEMPT_FINISHED: ("attempts", "attempt", "by", ("attempt", "move")),
    kinds.REVIEW_LIFTED: ("reviews", "review", "by", ("review", "overrule")),
}
"""Kinds that answer something: where it stands in the task, the event's field that names it, whose it is, and the
action for that one and for anybody else."""

GUARDED = {"lead": "lead", "requires_approval": "overrule", "min_approvals": "overrule"}
"""Fields that an edit may set only with an action of their own."""


def actions(event: Event, task: Task | None, rules: Rules = DEFAULT) -> Iterator[str]:
    """The actions that an event is, all of which its author must be allowed: the table at the head of this module."""
    yield _action(event, task)
    yield from _further(event, task, rules)


def _action(event: Event, task: Task | None) -> str:
    """What the event is in the first place."""
    if event.kind == kinds.STATUS:
        return _step(event)
    if _takes(event, task):
        return "claim"
    if event.kind in ANSWERS:
        return _answer(event, task)
    return "follow" if _follows(event) else ACTION_OF.get(event.kind, "other")


def _further(event: Event, task: Task | None, rules: Rules) -> Iterator[str]:
    """What it is as well, the rows that say 'too': by the team it takes from, the fields it sets, what it overrides."""
    state = task.state if task else None
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
    """The action of a change of status."""
    if event.data.get("from") in FINISHED:
        return "reopen"
    return {DONE: "done", CANCELLED: "cancel"}.get(event.data.get("to", ""), "move")
