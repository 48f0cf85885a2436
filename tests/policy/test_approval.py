"""Which tasks need approvals, and whose count."""

from __future__ import annotations

from typing import Any

import pytest

from fedtasks.domain import events as kinds
from fedtasks.domain.content import digest_of
from fedtasks.domain.fold import fold
from fedtasks.domain.task import Task
from fedtasks.policy.approval import requirement, review_standing
from fedtasks.policy.members import Member
from tests.strategies import created, event

MEMBERS = (Member("bot", kind="agent"), Member("baby", kind="agent"), Member("ann"),
           Member("security", kind="team", members=("ann", "bot")))  # fmt: skip
RULES: dict[str, Any] = {
    "rules": [
        {"tag": "security", "min_approvals": 2, "reviewers": ["security"]},
        {"path": "src/auth/**", "priority": ["high", "critical"]},
    ]
}


def handed_in(*verdicts: tuple[str, str], commit: str = "0a1b2c3", **fields: Any) -> Task:
    """ben's work, handed in; then verdicts in order."""
    history = [created(by="lea", lead="lea", **fields), event(kinds.CLAIMED, 2, by="ben", confirmed=True)]
    history.append(event(kinds.REVIEW_REQUESTED, 3, by="ben", commit=commit))
    for name, verdict in verdicts:
        digest = digest_of(fold("task-7k3q2", history).state)
        data = {"verdict": verdict, "digest": digest, "commit": commit}
        history.append(event(kinds.REVIEWED, len(history) + 1, by=name, **data))
    return fold("task-7k3q2", history)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"requires_approval": True}, (1, ())),
        ({"requires_approval": True, "min_approvals": 3, "reviewers": ["ann"]}, (3, ("ann",))),
        ({"min_approvals": 3}, None),
        ({"tags": ["security"]}, (2, ("ann", "bot"))),
        ({"tags": ["security"], "reviewers": ["carl"]}, (2, ("carl",))),
        ({"tags": ["security"], "requires_approval": False}, None),
        ({"files": [{"path": "src/auth/login.py", "action": None}], "priority": "high"}, (1, ())),
        ({"files": [{"path": "src/*/login.py", "action": None}], "priority": "critical"}, (1, ())),
        ({"files": [{"path": "src/auth/login.py", "action": None}], "priority": "low"}, None),
        ({"files": [{"path": "docs/auth.md", "action": None}], "priority": "high"}, None),
    ],
)
def test_which_tasks_need_approvals(fields: dict[str, Any], expected: tuple[int, tuple[str, ...]] | None) -> None:
    found = requirement(handed_in(**fields), RULES, MEMBERS)
    assert (found and (found.count, found.reviewers)) == expected
    assert requirement(handed_in(requires_approval=True), {"min_approvals": 2, "reviewers": ["ann"]}) is not None


@pytest.mark.parametrize(
    ("verdicts", "approvals", "blocking", "clear"),
    [
        ([], (), (), False),
        ([("ann", "approve")], ("ann",), (), True),
        ([("ben", "approve")], (), (), False),
        ([("ann", "approve"), ("carl", "changes")], ("ann",), ("carl",), False),
        ([("carl", "reject"), ("ann", "approve")], ("ann",), ("carl",), False),
        ([("carl", "reject"), ("carl", "approve")], ("carl",), (), True),
        ([("ann", "approve"), ("ann", "reject")], (), ("ann",), False),
    ],
)
def test_how_a_review_stands(verdicts: Any, approvals: Any, blocking: Any, clear: bool) -> None:
    found = review_standing(handed_in(*verdicts, requires_approval=True), {}, MEMBERS)
    assert found.approvals == approvals and found.is_clear == clear
    assert tuple(entry["by"] for entry in found.blocking) == blocking


def test_a_verdict_blocks_where_no_approval_is_needed() -> None:
    assert review_standing(handed_in(("ann", "approve")), {}).is_clear
    assert not review_standing(handed_in(("ann", "changes")), {}).is_clear


def test_who_helped_does_not_approve() -> None:
    found = review_standing(handed_in(("ann", "approve"), requires_approval=True, helpers=["ann"]), {})
    assert found.ignored == (("ann", "nobody approves their own work"),)


def test_agents_may_be_barred_from_approving_agents() -> None:
    task = handed_in(("bot", "approve"), requires_approval=True)
    barred = {"agents_approve_agents": False}
    assert review_standing(task, barred, MEMBERS).is_clear
    by_agent = fold(task.id, [*task.history, event(kinds.ASSIGNED, 9, by="lea", assignee="baby")])
    assert review_standing(by_agent, {}, MEMBERS).approvals == ("bot",)
    found = review_standing(by_agent, barred, MEMBERS)
    assert not found.approvals and found.ignored == (("bot", "agents do not approve the work of agents here"),)


@pytest.mark.parametrize(
    ("kind", "data", "falls"),
    [
        (kinds.EDITED, {"set": {"title": "another"}}, True),
        (kinds.EDITED, {"add": {"files": [{"path": "b.py", "action": None}]}}, True),
        (kinds.EDITED, {"add": {"tags": ["x"]}}, False),
        (kinds.COMMENTED, {"text": "hm", "type": "comment"}, False),
        (kinds.REVIEW_REQUESTED, {"commit": "f" * 40}, True),
        (kinds.REVIEW_REQUESTED, {"commit": "0a1b2c3"}, False),
    ],
)
def test_an_approval_falls_with_what_it_was_for(kind: str, data: dict[str, Any], falls: bool) -> None:
    task = handed_in(("ann", "approve"), requires_approval=True)
    after = fold(task.id, [*task.history, event(kind, 9, by="ben", **data)])
    assert not after.void and review_standing(after, {}).is_clear != falls
