"""From events to notices: the table of the audience applied, and many notices of one kind made one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fedtasks.domain.status import FINISHED
from fedtasks.domain.task import Task
from fedtasks.notify.audience import CALM, RULES, Fact, Rule
from fedtasks.notify.notice import Notice, make_notice

MOST = 5
"""Notices of one kind that one change gives a member; more of them become one."""


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


def _is_critical(task: Task) -> bool:
    return task.state.priority == "critical" and task.state.status not in FINISHED


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
        urgent=rule.urgent or (_is_critical(task) and rule.kind not in CALM),
        needs_ack=rule.needs_ack,
        next=tuple(command.format(id=task.id) for command in rule.next),
        data={"event": event.id} | ({"about": fact.task.id} if task is not fact.task else {}),
    )


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
