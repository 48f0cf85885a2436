"""Approvals: which tasks need them, whose count, and what stands in the way; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fedtasks.domain.effects.reviewing import APPROVE
from fedtasks.domain.task import Task
from fedtasks.policy.members import Member, members_of
from fedtasks.policy.permissions import is_agent

Settings = Mapping[str, Any]
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many approvals a task needs; `reviewers` are those whose count (names of members; empty: anybody's)."""

    count: int
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """How a task's review stands: who has approved, verdicts that block, approvals that do not count and why."""

    requirement: Requirement | None
    approvals: tuple[str, ...] = ()
    blocking: tuple[Entry, ...] = ()
    ignored: tuple[tuple[str, str], ...] = ()

    @property
    def missing(self) -> int:
        """How many approvals are still needed."""
        return max(0, self.requirement.count - len(self.approvals)) if self.requirement else 0

    @property
    def is_clear(self) -> bool:
        """Whether nothing of the review keeps the task from being done."""
        return not self.blocking and not self.missing


def requirement(task: Task, settings: Settings, members: Collection[Member] = ()) -> Requirement | None:
    """The approvals that a task needs, None where it needs none.

    | the task's `requires_approval` | a rule (`review: rules:`) fits | approvals                                |
    |--------------------------------|--------------------------------|------------------------------------------|
    | false                          | or not                         | none                                     |
    | true                           | or not                         | its `min_approvals`, else as below, or 1 |
    | not said                       | yes                            | the most of the rules' and settings'     |
    | not said                       | no                             | none                                     |

    A rule fits where all that it names do: `tag`, `priority`, and `path`, a pattern that the task's files can meet. The
    task's reviewers count; where it names none, those of the rules and settings; where nobody does, anybody.
    """
    state = task.state
    fitting = [rule for rule in settings.get("rules", ()) if _fits(task, rule)]
    if state.requires_approval is False or not (state.requires_approval or fitting):
        return None
    asked = [source["min_approvals"] for source in (*fitting, settings) if "min_approvals" in source]
    named = [name for source in (*fitting, settings) for name in source.get("reviewers", ())]
    return Requirement(
        state.min_approvals or max(asked, default=1), members_of(state.reviewers or dict.fromkeys(named), members)
    )


def _fits(task: Task, rule: Settings) -> bool:
    wanted = {name: _many(rule[name]) for name in ("tag", "priority", "path") if name in rule}
    if "tag" in wanted and not wanted["tag"] & set(task.state.tags):
        return False
    if "priority" in wanted and task.state.priority not in wanted["priority"]:
        return False
    return bool(wanted) and ("path" not in wanted or _meets(task.state.files, wanted["path"]))


def _many(value: Any) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


def _meets(files: Iterable[Mapping[str, Any]], patterns: Iterable[str]) -> bool:
    from fedtasks.policy.matching import entries, meetings

    return bool(meetings(entries(files), entries({"path": pattern} for pattern in sorted(patterns))))


def review_standing(task: Task, settings: Settings, members: Collection[Member] = ()) -> ReviewStanding:
    """How the review of a task stands.

    | a reviewer's last verdict      | counts as                                                       |
    |--------------------------------|-----------------------------------------------------------------|
    | approve                        | an approval, unless `objection` says why not                    |
    | approve, outdated              | nothing: what it was for has changed                            |
    | changes, reject                | in the way, until its author approves or lifts it, or the lead  |
    |                                | lifts it; whether or not the task needs approvals               |
    | lifted                         | nothing                                                         |
    """
    needed = requirement(task, settings, members)
    approvals, blocking, ignored = [], [], []
    for entry in task.state.reviews:
        if "lifted" in entry:
            continue
        if entry["verdict"] != APPROVE:
            blocking.append(entry)
            continue
        why = "what it was for has changed" if entry.get("outdated") else None
        why = why or objection(task, entry["by"], needed, settings, members)
        if why:
            ignored.append((entry["by"], why))
        else:
            approvals.append(entry["by"])
    return ReviewStanding(needed, tuple(approvals), tuple(blocking), tuple(ignored))


def objection(
    task: Task, name: str, needed: Requirement | None, settings: Settings, members: Collection[Member] = ()
) -> str | None:
    """Why the approval of this member does not count for a task, None where it does."""
    state = task.state
    workers = {worker for worker in (state.assignee, (state.review or {}).get("by"), *state.helpers) if worker}
    if name in workers:
        return "nobody approves their own work"
    if needed and needed.reviewers and name not in needed.reviewers:
        return f"its reviewers are {', '.join(needed.reviewers)}"
    known = {member.name: member for member in members}
    machines = {found for found in (name, *workers) if found in known and is_agent(known[found])}
    if name in machines and machines & workers and not settings.get("agents_approve_agents", True):
        return "agents do not approve the work of agents here"
    return None
