"""Who is told of an event: every row of the table, and that nobody is told of their own doing."""

from __future__ import annotations

from typing import Any

import pytest

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.fold import fold
from fedtasks.domain.saying import WORDS
from fedtasks.domain.task import State, Task
from fedtasks.notify.audience import RULES, Fact
from fedtasks.notify.mentions import mentions
from fedtasks.notify.told import MOST, summed_up, told
from tests.strategies import created, event

OTHER = "task-bbbbb"


def of(id: str, *history: Any) -> Task:
    return fold(id, history)


def made(task: Task, kind: str, by: str, **data: Any) -> Fact:
    after = apply(task, event(kind, len(task.history) + 1, by=by, **data))
    return Fact(after.history[-1], task.state, after)


def who(fact: Fact) -> dict[str, list[str]]:
    """The notices by kind: who gets them."""
    found: dict[str, list[str]] = {}
    for notice in told(fact):
        found.setdefault(notice.kind, []).append(notice.to)
    return {kind: sorted(names) for kind, names in found.items()}


def started(**fields: Any) -> Task:
    """ben's, led by ann, watched by wes."""
    first = created(by="ann", lead="ann", assignee="ben", watchers=["wes"], **fields)
    return of("task-aaaaa", first, event("claimed", 2, by="ben", confirmed=True))


STEP = {"from": "in_progress"}

CASES: list[tuple[str, dict[str, Any], str, dict[str, list[str]]]] = [
    (kinds.ASSIGNED, {"assignee": "cleo"}, "ann",
     {"assigned": ["cleo"], "taken_away": ["ben"], "watched": ["wes"]}),
    (kinds.ASSIGNED, {"assignee": None}, "ann", {"taken_away": ["ben"], "watched": ["wes"]}),
    (kinds.RELEASED, {}, "ben", {"progress": ["ann"], "watched": ["wes"]}),
    (kinds.RELEASED, {}, "root", {"taken_away": ["ben"], "progress": ["ann"], "watched": ["wes"]}),
    (kinds.EDITED, {"set": {"lead": "lea"}}, "ann", {"leading": ["lea"], "watched": ["wes"]}),
    (kinds.EDITED, {"set": {"description": "as @cleo said to x@y.org"}}, "ann",
     {"mentioned": ["cleo"], "watched": ["wes"]}),
    (kinds.EDITED, {"set": {"title": "ask @wes"}}, "wes", {}),
    (kinds.EDITED, {"set": {"title": "ask @wes"}}, "ann", {"mentioned": ["wes"]}),
    (kinds.STATUS, {**STEP, "to": "blocked", "reason": "no net"}, "ben", {"blocked": ["ann"], "watched": ["wes"]}),
    (kinds.STATUS, {**STEP, "to": "in_review"}, "ben", {"review": ["ann"], "watched": ["wes"]}),
    (kinds.STATUS, {**STEP, "to": "done"}, "ben", {"progress": ["ann"], "watched": ["wes"]}),
    (kinds.STATUS, {**STEP, "to": "cancelled"}, "ann", {"watched": ["wes"]}),
    (kinds.CONFIRMED, {"claim": started().history[1].id}, "ben", {}),
    (kinds.HANDOFF_OFFERED, {"to": "cleo", "reason": "r"}, "ben", {"handoff": ["cleo"], "watched": ["wes"]}),
    (kinds.COMMENTED, {"text": "hm", "type": "comment"}, "cleo", {"comment": ["ann", "ben"], "watched": ["wes"]}),
    (kinds.COMMENTED, {"text": "hm", "type": "comment", "mentions": ["dan"]}, "ben",
     {"mentioned": ["dan"], "comment": ["ann"], "watched": ["wes"]}),
    (kinds.REVIEW_REQUESTED, {"reviewers": ["rev"]}, "ben", {"review": ["rev"], "watched": ["wes"]}),
    (kinds.PERMIT_ASKED, {"action": "done"}, "ben", {"asks_leave": ["ann"], "watched": ["wes"]}),
    (kinds.PERMIT_GIVEN, {"action": "done", "member": "bot"}, "ann", {"leave": ["bot"], "watched": ["wes"]}),
    (kinds.ASSIGNED, {"assignee": "ben", "team": "crew"}, "ann", {"team": ["crew"], "watched": ["wes"]}),
    (kinds.TAKEN_OVER, {"claim": started().history[1].id}, "cleo",
     {"taken_away": ["ben"], "progress": ["ann"], "watched": ["wes"]}),
    (kinds.TIMER_STARTED, {}, "ben", {}),
    ("zz.later", {"text": "@ann look"}, "ben", {"mentioned": ["ann"], "watched": ["wes"]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "by", "expected"), CASES)
def test_a_row(kind: str, data: dict[str, Any], by: str, expected: dict[str, list[str]]) -> None:
    fact = made(started(), kind, by, **data)
    assert who(fact) == expected
    for notice in told(fact):
        assert notice.by == by and notice.text.startswith(f"{by} ") and notice.title == fact.after.title
        assert notice.task == "task-aaaaa" and notice.data["event"] == fact.event.id
        assert all("task-aaaaa" in command for command in notice.next)


def test_answers() -> None:
    """To a handoff, to a review, to a comment."""
    offered = made(started(), kinds.HANDOFF_OFFERED, "ben", to="cleo", reason="r")
    yes = made(offered.task, kinds.HANDOFF_ACCEPTED, "cleo", handoff=offered.event.id)
    assert who(yes) == {"handoff_answered": ["ben"], "progress": ["ann"], "watched": ["wes"]}
    no = made(offered.task, kinds.HANDOFF_DECLINED, "cleo", handoff=offered.event.id, reason="no time")
    assert who(no) == {"handoff_answered": ["ben"], "watched": ["wes"]}
    asked = made(started(), kinds.REVIEW_REQUESTED, "ben", reviewers=["rev"])
    verdict = made(asked.task, kinds.REVIEWED, "rev", verdict="changes", digest="0" * 64, text="more tests")
    assert who(verdict) == {"reviewed": ["ben"], "progress": ["ann"], "watched": ["wes"]}
    assert next(told(verdict)).text == "rev asks for changes: more tests"
    said = made(started(), kinds.COMMENTED, "cleo", text="why?", type="comment")
    answer = made(said.task, kinds.COMMENTED, "ben", text="because", type="comment", reply_to=said.event.id)
    assert who(answer) == {"replied": ["cleo"], "comment": ["ann"], "watched": ["wes"]}


def test_every_kind_has_its_words() -> None:
    known = {value for name, value in vars(kinds).items() if name.isupper() and isinstance(value, str)}
    assert set(WORDS) == known


def test_a_new_task() -> None:
    task = of("task-aaaaa", created(by="ann", lead="lea", assignee="ben"))
    fact = Fact(task.history[0], State(), task, followers=("ann", "ben", "cleo"))
    assert who(fact) == {"assigned": ["ben"], "leading": ["lea"], "created": ["cleo"]}


def test_those_who_wait_and_those_waited_for() -> None:
    waiting = (of(OTHER, created(by="x", lead="lea", assignee="wes")), of("task-ccccc", created(by="x", lead="lea")))
    for to, kind in (("done", "dependency_done"), ("cancelled", "dependency_cancelled")):
        fact = made(started(), kinds.STATUS, "ben", **STEP, to=to)
        fact = Fact(fact.event, fact.before, fact.task, waiting=waiting)
        told_them = {(notice.to, notice.task) for notice in told(fact) if notice.kind == kind}
        assert told_them == {("wes", OTHER), ("lea", "task-ccccc")}
        assert all(n.data["about"] == "task-aaaaa" for n in told(fact) if n.kind == kind)
    fact = made(started(), kinds.STATUS, "ben", **STEP, to="blocked", blocked_by=OTHER)
    fact = Fact(fact.event, fact.before, fact.task, blocker=waiting[0])
    (notice,) = (notice for notice in told(fact) if notice.kind == "blocking")
    assert (notice.to, notice.task, notice.urgent, notice.needs_ack) == ("wes", OTHER, True, True)
    assert "task-aaaaa" in notice.text


def test_what_is_critical_is_urgent() -> None:
    calm, hurried = (made(started(priority=p), kinds.ASSIGNED, "ann", assignee="cleo") for p in ("high", "critical"))
    assert not any(notice.urgent for notice in told(calm))
    assert {notice.kind: notice.urgent for notice in told(hurried)} == {
        "assigned": True, "taken_away": True, "watched": False,
    }  # fmt: skip


def test_every_row_is_reached() -> None:
    reached = {kind for *_, expected in CASES for kind in expected}
    others = {
        "created",
        "blocking",
        "dependency_done",
        "dependency_cancelled",
        "handoff_answered",
        "reviewed",
        "replied",
    }
    assert {rule.kind for rule in RULES} - reached == others


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ben", ["ben"]),
        ("(@ben) and @cleo, @dan.", ["ben", "cleo", "dan"]),
        ("mail a@b.org or see docs/@x, `@ben`", ["ben"]),
        ("**@ben**: @ben @", ["ben"]),
        ("@Größe @b-1!", ["Größe", "b-1"]),
    ],
)
def test_mentions(text: str, names: list[str]) -> None:
    assert mentions(event("commented", 2, text=text)) == names


def test_many_of_one_kind_become_one() -> None:
    facts = [
        Fact(task.history[0], State(), task)
        for n in range(MOST + 1)
        for task in [of(f"task-aaaa{n}", event("created", 1, by="ann", name=str(n), title="t", assignee="ben"))]
    ]
    several = [notice for fact in facts for notice in told(fact)]
    assert len(summed_up(several[:MOST])) == MOST
    (one,) = summed_up(several)
    assert one.needs_ack and one.task is None and len(one.data["tasks"]) == MOST + 1
    assert summed_up(several)[0].id == one.id != several[0].id


def test_what_a_notice_says_to_do_next_can_be_done(dir_world: Any) -> None:
    """Each command of the table is one that there is, with options that it has."""
    id = dir_world.add("one")
    for command in sorted({command for rule in RULES for command in rule.next}):
        assert dir_world.ft(*command.format(id=id).split()[1:]).code != 2, command
