"""Who is told of an event, and in which words: one table over all kinds, pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.saying import words_of
from fedtasks.domain.status import BLOCKED, CANCELLED, DONE, FINISHED, IN_REVIEW
from fedtasks.domain.task import State, Task
from fedtasks.notify.notice import Notice, make_notice

MENTION = re.compile(r"(?<![\w@./+-])@([^\s/\\@,:]+)")
SPOKEN = ("title", "description", "text", "reason", "note", "next")
"""Fields of an event that people write to each other in."""

MOST = 5
"""Notices of one kind that one change gives a member; more of them become one."""

EXCERPT = 200


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
        return self.task.state

    def came_to(self, status: str) -> bool:
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


def told(fact: Fact) -> Iterator[Notice]:
    """The notices of one event: for each task that it concerns, each member's first row of the table.

    Whoever made the event is never told of it. Names may be those of teams.
    """
    done: set[tuple[str, str]] = set()
    for rule in RULES:
        for task in filter(None, rule.about(fact)):
            for name in filter(None, rule.to(fact, task)):
                if name != fact.event.by and (name, task.id) not in done:
                    done.add((name, task.id))
                    yield _notice(rule, fact, task, name)


def _notice(rule: Rule, fact: Fact, task: Task, to: str) -> Notice:
    event = fact.event
    return make_notice(
        to,
        rule.kind,
        (event.id, task.id),
        at=event.at,
        by=event.by,
        text=f"{event.by} {rule.says(fact)}",
        task=task.id,
        title=task.state.title,
        urgent=rule.urgent or (task.state.priority == "critical" and task.state.status not in FINISHED),
        needs_ack=rule.needs_ack,
        next=tuple(command.format(id=task.id) for command in rule.next),
        data={"event": event.id} | ({"about": fact.task.id} if task is not fact.task else {}),
    )


def mentions(event: Event) -> list[str]:
    """The names after `@` in what an event says, each once."""
    return list(dict.fromkeys(name for text in _spoken(event) for name in _names_in(text)))


def _names_in(text: str) -> list[str]:
    return [name for found in MENTION.findall(text) if (name := found.rstrip(".;!?)]}'\"*_`"))]


def _spoken(event: Event) -> Iterator[str]:
    said: tuple[Mapping[str, Any], ...] = (event.data, event.data.get("set") or {})
    for fields in said:
        yield from (fields[name] for name in SPOKEN if isinstance(fields.get(name), str))


def _excerpt(event: Event) -> str:
    """The line of its text in which somebody is named."""
    lines = [line.strip() for text in _spoken(event) for line in text.splitlines()]
    return next((line for line in lines if MENTION.search(line)), "")[:EXCERPT]


def _named(fact: Fact, task: Task) -> list[str]:
    """Those whom it names; an edit of a text that named them before tells them nothing new."""
    known = f"{fact.before.title} {fact.before.description}" if fact.event.kind == kinds.EDITED else ""
    old = _names_in(known)
    return [name for name in mentions(fact.event) if name not in old]


def _owners(state: State) -> tuple[str | None, ...]:
    return (state.assignee,) if state.assignee else (state.lead,)


def _new_assignee(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.after.assignee,) if fact.after.assignee != fact.before.assignee else ()


def _old_assignee(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.before.assignee,) if fact.after.assignee != fact.before.assignee else ()


def _new_lead(fact: Fact, task: Task) -> tuple[str | None, ...]:
    return (fact.after.lead,) if fact.after.lead != fact.before.lead else ()


def _asked_reviewers(fact: Fact, task: Task) -> tuple[str | None, ...]:
    if not fact.came_to(IN_REVIEW):
        return ()
    return tuple(getattr(fact.after, "reviewers", ())) or (fact.after.lead,)


def _lead_of_step(fact: Fact, task: Task) -> tuple[str | None, ...]:
    """Leads hear how their tasks move on, not of each start."""
    moved = fact.after.status != fact.before.status
    news = fact.event.kind == kinds.RELEASED or (moved and {fact.after.status, fact.before.status} & {*FINISHED})
    return (fact.after.lead,) if news and fact.event.kind != kinds.CREATED else ()


def _watchers(fact: Fact, task: Task) -> Iterable[str]:
    follows = fact.event.kind == kinds.EDITED and fact.after.watchers != fact.before.watchers
    return fact.after.watchers if fact.event.kind not in QUIET and not follows else ()


QUIET = frozenset({kinds.CONFIRMED, kinds.ARCHIVED, kinds.UNARCHIVED})
"""Kinds that even watchers do not hear of."""

START = ("fedtasks start {id}", "fedtasks show {id}")
REVIEW = ("fedtasks show {id}", "fedtasks done {id}")

RULES = (
    Rule("assigned", _new_assignee, lambda fact: words_to_you(fact.event), needs_ack=True, next=START),
    Rule("taken_away", _old_assignee, lambda fact: words_of(fact.event), needs_ack=True),
    Rule("leading", _new_lead, lambda fact: "made you its lead"),
    Rule("mentioned", _named, lambda fact: f"named you: {_excerpt(fact.event)}"),
    Rule("blocking", lambda fact, task: _owners(task.state),
         lambda fact: f"waits for it with {fact.task.id}: {_why(fact)}",
         about=lambda fact: (fact.blocker,) if fact.came_to(BLOCKED) else (), needs_ack=True, urgent=True),
    Rule("blocked", lambda fact, task: (fact.after.lead,) if fact.came_to(BLOCKED) else (),
         lambda fact: f"is blocked: {_why(fact)}", needs_ack=True, urgent=True),
    Rule("review", _asked_reviewers, lambda fact: words_of(fact.event), needs_ack=True, next=REVIEW),
    Rule("dependency_done", lambda fact, task: _owners(task.state),
         lambda fact: f"finished {fact.task.id}, which it waits for: {fact.after.title}",
         about=lambda fact: fact.waiting if fact.came_to(DONE) else (), next=START),
    Rule("dependency_cancelled", lambda fact, task: _owners(task.state),
         lambda fact: f"cancelled {fact.task.id}, which it waits for: {fact.after.title}",
         about=lambda fact: fact.waiting if fact.came_to(CANCELLED) else (), needs_ack=True),
    Rule("progress", _lead_of_step, lambda fact: words_of(fact.event)),
    Rule("watched", _watchers, lambda fact: words_of(fact.event)),
    Rule("created", lambda fact, task: fact.followers if fact.event.kind == kinds.CREATED else (),
         lambda fact: words_of(fact.event), next=("fedtasks claim {id}", "fedtasks show {id}")),
)  # fmt: skip
"""The table, what matters most first.

| notice                 | when                                   | who is told                                 | ack |
|------------------------|----------------------------------------|---------------------------------------------|-----|
| `assigned`             | somebody else made you its assignee    | the new assignee                            | yes |
| `taken_away`           | ... or took it from you                | the assignee before                         | yes |
| `leading`              | somebody else made you its lead        | the new lead                                |     |
| `mentioned`            | `@name` in what somebody wrote         | those named                                 |     |
| `blocking`             | a task is blocked by yours; urgent     | your task's assignee, without one its lead  | yes |
| `blocked`              | a task is blocked; urgent              | its lead                                    | yes |
| `review`               | it is handed in                        | its reviewers, without any its lead         | yes |
| `dependency_done`      | what a task waits for is done          | its assignee, without one its lead          |     |
| `dependency_cancelled` | ... or cancelled                       | the same                                    | yes |
| `progress`             | done, cancelled, reopened, given back  | its lead                                    |     |
| `watched`              | any change but archiving and watching  | its watchers                                |     |
| `created`              | a new task                             | who follows new tasks                       |     |

What concerns a task of priority critical is urgent.
"""


def words_to_you(event: Event) -> str:
    """The event's words where the one who is told is its object."""
    why = f": {event.data['reason']}" if event.data.get("reason") else ""
    return f"assigned it to you{why}" if event.kind in (kinds.CREATED, kinds.ASSIGNED) else words_of(event)


def _why(fact: Fact) -> str:
    blocked = fact.after.blocked or {}
    return str(blocked.get("reason") or f"it waits for {blocked.get('by')}")


def summed_up(notices: Iterable[Notice]) -> list[Notice]:
    """The notices of one change: more than a few of one kind to one member become one."""
    groups: dict[tuple[str, str], list[Notice]] = {}
    for notice in notices:
        groups.setdefault((notice.to, notice.kind), []).append(notice)
    return [one for group in groups.values() for one in (group if len(group) <= MOST else [_sum(group)])]


def _sum(group: list[Notice]) -> Notice:
    first = group[0]
    ids = list(dict.fromkeys(notice.task for notice in group if notice.task))
    titles = ", ".join(str(notice.title) for notice in group[:3])
    return make_notice(
        first.to,
        first.kind,
        tuple(str(notice.data["event"]) for notice in group),
        at=first.at,
        by=first.by,
        text=f"{first.text}; {len(ids)} tasks: {titles}, ...",
        urgent=any(notice.urgent for notice in group),
        needs_ack=first.needs_ack,
        next=("fedtasks list --mine",) if first.kind == "assigned" else ("fedtasks list",),
        data={"tasks": ids},
    )
