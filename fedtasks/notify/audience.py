"""Who is told of an event, and in which words: one table over all kinds, pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.saying import words_of
from fedtasks.domain.status import BLOCKED, CANCELLED, DONE, FINISHED, IN_REVIEW
from fedtasks.domain.task import State, Task
from fedtasks.notify.mentions import excerpt, mentions, names_in


@dataclass(frozen=True, slots=True)
class Fact:
    """An event and what it changed; `waiting` are the tasks that depend on the task, `blocker` is the one that it
    waits for by its `block --by`, `followers` want to hear of new tasks."""

    event: Event
    before: State
    task: Task
    waiting: tuple[Task, ...] = ()
    blocker: Task | None = None
    followers: tuple[str, ...] = ()

    @property
    def after(self) -> State:
        """The task's state after the event."""
        return self.task.state

    def came_to(self, status: str) -> bool:
        """Whether the event brought the task to this status."""
        return self.after.status == status != self.before.status


class Rule(NamedTuple):
    """One row: the notice's kind, whom it goes to, about which tasks, in which words."""

    kind: str
    to: Callable[[Fact, Task], Iterable[str | None]]
    says: Callable[[Fact], str]
    about: Callable[[Fact], Iterable[Task | None]] = lambda fact: (fact.task,)
    needs_ack: bool = False
    urgent: bool = False
    next: tuple[str, ...] = ("fedtasks show {id}",)


def _named(fact: Fact, task: Task) -> list[str]:
    """Those whom it names; an edit of a text that named them before tells them nothing new."""
    known = f"{fact.before.title} {fact.before.description}" if fact.event.kind == kinds.EDITED else ""
    old = names_in(known)
    return [name for name in mentions(fact.event) if name not in old]


def _owners(state: State) -> tuple[str | None, ...]:
    return (state.assignee,) if state.assignee else (state.lead,)


def _new_assignee(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.after.assignee,) if fact.after.assignee != fact.before.assignee else ()


def _old_assignee(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.before.assignee,) if fact.after.assignee != fact.before.assignee else ()


def _new_lead(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.after.lead,) if fact.after.lead != fact.before.lead else ()


def _new_team(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.after.team,) if fact.after.team != fact.before.team else ()


def _taker(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.event.data["to"],) if fact.event.kind == kinds.HANDOFF_OFFERED else ()


def _giver(fact: Fact, task: Task) -> list[str | None]:
    """Who offered it, and the other way round where the offer is withdrawn."""
    if fact.event.kind not in (kinds.HANDOFF_ACCEPTED, kinds.HANDOFF_DECLINED):
        return []
    found = [entry for entry in fact.after.handoffs if entry["id"] == fact.event.data["handoff"]]
    return [entry[name] for entry in found for name in ("from", "to")]


def _reviewers(fact: Fact, task: Task) -> tuple[str | None, ...]:
    asked = fact.came_to(IN_REVIEW) or fact.event.kind == kinds.REVIEW_REQUESTED
    return (fact.after.reviewers or (fact.after.lead,)) if asked else ()


def _reviewed(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.after.assignee, (fact.after.review or {}).get("by")) if fact.event.kind == kinds.REVIEWED else ()


def _asker(fact: Fact, task: Task) -> tuple[str | None, ...]:
    answers = (kinds.PERMIT_GIVEN, kinds.PERMIT_REFUSED)
    return (fact.event.data["member"],) if fact.event.kind in answers else ()


def _answered(fact: Fact, task: Task) -> list[str]:
    """Whose comment it answers."""
    wanted = fact.event.data.get("reply_to") if fact.event.kind == kinds.COMMENTED else None
    return [event.by for event in fact.task.history if wanted and event.id == wanted]


def _lead_of_step(fact: Fact, task: Task) -> tuple[str | None, ...]:
    """Leads hear how their tasks move on, not of each start."""
    moved = fact.after.status != fact.before.status
    ended = moved and {fact.after.status, fact.before.status} & {*FINISHED}
    failed = fact.event.kind == kinds.ATTEMPT_FINISHED and fact.event.data["outcome"] == "failed"
    news = fact.event.kind in PROGRESS or ended or failed
    return (fact.after.lead,) if news and fact.event.kind != kinds.CREATED else ()


def _people(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.after.assignee, fact.after.lead) if fact.event.kind == kinds.COMMENTED else ()


def _watchers(fact: Fact, task: Task) -> Iterable[str]:
    follows = fact.event.kind == kinds.EDITED and fact.after.watchers != fact.before.watchers
    return (*fact.after.watchers, *fact.after.helpers) if fact.event.kind not in QUIET and not follows else ()


PROGRESS = frozenset({kinds.RELEASED, kinds.TAKEN_OVER, kinds.HANDOFF_ACCEPTED, kinds.REVIEWED,
                      kinds.DELEGATION_REJECTED, kinds.DELEGATION_COMPLETED})  # fmt: skip
"""Kinds that leads hear of, besides a task's end."""

QUIET = frozenset({kinds.CONFIRMED, kinds.ARCHIVED, kinds.UNARCHIVED, kinds.RENEWED, kinds.REACTED, kinds.RESOLVED,
                   kinds.TIMER_STARTED, kinds.TIMER_STOPPED, kinds.TIME_ADDED, kinds.TOOL_ADDED,
                   kinds.TOOL_REMOVED})  # fmt: skip
"""Kinds that even watchers do not hear of."""

CALM = frozenset({"comment", "handoff_answered", "leave", "progress", "watched"})
"""Notices that nobody has to act upon at once, whatever the task."""

SHOW = "fedtasks show {id}"
START = ("fedtasks start {id}", SHOW)
CLAIM = ("fedtasks claim {id}", SHOW)
HANDOFF = ("fedtasks accept {id}", "fedtasks decline {id} --reason TEXT", SHOW)
REVIEW = (SHOW, "fedtasks review approve {id}", "fedtasks review changes {id} --reason TEXT")
PERMITS = ("fedtasks permits {id}", SHOW)


def _of(fact: Fact) -> str:
    return words_of(fact.event)


RULES = (
    Rule("handoff", _taker, lambda fact: f"hands it to you: {fact.event.data['reason']}", needs_ack=True, next=HANDOFF),
    Rule("handoff_answered", _giver, _of),
    Rule("assigned", _new_assignee, lambda fact: words_to_you(fact.event), needs_ack=True, next=START),
    Rule("taken_away", _old_assignee, _of, needs_ack=True),
    Rule("leading", _new_lead, lambda fact: "made you its lead"),
    Rule("mentioned", _named, lambda fact: f"named you: {excerpt(fact.event)}"),
    Rule("replied", _answered, lambda fact: f"answered you: {fact.event.data['text']}"),
    Rule("blocking", lambda fact, task: _owners(task.state),
         lambda fact: f"waits for it with {fact.task.id}: {_why(fact)}",
         about=lambda fact: (fact.blocker,) if fact.came_to(BLOCKED) else (), needs_ack=True, urgent=True),
    Rule("blocked", lambda fact, task: (fact.after.lead,) if fact.came_to(BLOCKED) else (),
         lambda fact: f"is blocked: {_why(fact)}", needs_ack=True, urgent=True),
    Rule("review", _reviewers, _of, needs_ack=True, next=REVIEW),
    Rule("reviewed", _reviewed, _of, needs_ack=True),
    Rule("asks_leave", lambda fact, task: (fact.after.lead,) if fact.event.kind == kinds.PERMIT_ASKED else (), _of,
         needs_ack=True, next=PERMITS),
    Rule("leave", _asker, _of),
    Rule("team", _new_team, lambda fact: f"gave it to your team {fact.after.team}", next=CLAIM),
    Rule("dependency_done", lambda fact, task: _owners(task.state),
         lambda fact: f"finished {fact.task.id}, which it waits for: {fact.after.title}",
         about=lambda fact: fact.waiting if fact.came_to(DONE) else (), next=START),
    Rule("dependency_cancelled", lambda fact, task: _owners(task.state),
         lambda fact: f"cancelled {fact.task.id}, which it waits for: {fact.after.title}",
         about=lambda fact: fact.waiting if fact.came_to(CANCELLED) else (), needs_ack=True),
    Rule("comment", _people, _of),
    Rule("progress", _lead_of_step, _of),
    Rule("watched", _watchers, _of),
    Rule("created", lambda fact, task: fact.followers if fact.event.kind == kinds.CREATED else (), _of, next=CLAIM),
)  # fmt: skip
"""The table, what matters most first.

| notice                 | when                                   | who is told                                 | ack |
|------------------------|----------------------------------------|---------------------------------------------|-----|
| `handoff`              | somebody hands you a task              | the one who is to take it                   | yes |
| `handoff_answered`     | ... accepted, declined, withdrawn      | giver and taker                             |     |
| `assigned`             | somebody else made you its assignee    | the new assignee                            | yes |
| `taken_away`           | ... or took it from you                | the assignee before                         | yes |
| `leading`              | somebody else made you its lead        | the new lead                                |     |
| `mentioned`            | `@name` in what somebody wrote         | those named                                 |     |
| `replied`              | an answer to your comment              | the comment's author                        |     |
| `blocking`             | a task is blocked by yours; urgent     | your task's assignee, without one its lead  | yes |
| `blocked`              | a task is blocked; urgent              | its lead                                    | yes |
| `review`               | it is handed in                        | its reviewers, without any its lead         | yes |
| `reviewed`             | a verdict                              | its assignee, and who handed it in          | yes |
| `asks_leave`           | an agent asks for leave                | its lead                                    | yes |
| `leave`                | ... has it, or has not                 | who asked                                   |     |
| `team`                 | a task is given to your team           | those in the team                           |     |
| `dependency_done`      | what a task waits for is done          | its assignee, without one its lead          |     |
| `dependency_cancelled` | ... or cancelled                       | the same                                    | yes |
| `comment`              | a comment                              | its assignee and lead                       |     |
| `progress`             | done, cancelled, reopened, given back, | its lead                                    |     |
|                        | taken over, reviewed, a failed attempt |                                             |     |
| `watched`              | any change but small ones (QUIET)      | its watchers and helpers                    |     |
| `created`              | a new task                             | who follows new tasks                       |     |

What concerns a task of priority critical is urgent, unless it is one of CALM. More kinds come from elsewhere: `commit`
from commits to a task's files, `unclosed` from commits whose author may not close a task, `withdrawn` from a merge in
which a claim did not stand, `overlap`, `unplanned`.
"""


def words_to_you(event: Event) -> str:
    """The event's words where the one who is told is its object."""
    why = f": {event.data['reason']}" if event.data.get("reason") else ""
    return f"assigned it to you{why}" if event.kind in (kinds.CREATED, kinds.ASSIGNED) else words_of(event)


def _why(fact: Fact) -> str:
    blocked = fact.after.blocked or {}
    return str(blocked.get("reason") or f"it waits for {blocked.get('by')}")
