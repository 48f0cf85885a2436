"""Attempts: who tried a task, from which commit to which, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.app.commits.codeplace import code_here, named_code
from fedtasks.app.people.entries import find_id
from fedtasks.app.session import Session
from fedtasks.app.tasks.leases import under_claim
from fedtasks.app.writing import change_task
from fedtasks.domain import events as kinds
from fedtasks.domain.task import Task
from fedtasks.errors import AmbiguousId, NotAllowed
from fedtasks.git.working import commits_between
from fedtasks.policy.leases import MACHINES

Entry = Mapping[str, Any]


def start(
    session: Session,
    given: str,
    *,
    agent: str | None = None,
    config: Mapping[str, Any] | None = None,
    branch: str | None = None,
    parent: str | None = None,
    note: str | None = None,
) -> tuple[Task, Entry]:
    """Begins an attempt, at the branch and commit of the working tree at hand; answers it.

    `agent` says what tries (an agent that acts is named by itself), `parent` which attempt this one follows.
    """
    member = session.actor.member
    code = named_code(session, branch, None)
    wanted = {"agent": agent or (member.name if member.kind in MACHINES else None), "config": dict(config or {})}
    wanted |= {"branch": code.get("branch"), "before": code.get("commit"), "note": note}

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        above = find_attempt(task, parent)["id"] if parent else None
        named = wanted | {"parent": above}
        return kinds.ATTEMPT_STARTED, {name: value for name, value in named.items() if value}

    task = change_task(session, given, decide, "attempt")
    return task, entry_of(task, task.history[-1].id)


def finish(
    session: Session,
    given: str,
    outcome: str,
    *,
    attempt: str | None = None,
    reason: str | None = None,
    branch: str | None = None,
    commit: str | None = None,
) -> tuple[Task, Entry]:
    """Ends an attempt, by default the one of who acts, and links the commits that it made; answers it.

    Raises NotAllowed where none of theirs is open, AmbiguousId where several are.
    """
    code = named_code(session, branch, commit)

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        entry = find_attempt(task, attempt) if attempt else _own(session, task)
        under_claim(session, task)
        data = {"attempt": entry["id"], "outcome": outcome, "reason": reason, **_code(session, entry, code)}
        return kinds.ATTEMPT_FINISHED, {name: value for name, value in data.items() if value}

    task = change_task(session, given, decide, "attempt", f" {outcome}")
    return task, entry_of(task, task.history[-1].data["attempt"])


def _code(session: Session, entry: Entry, code: Mapping[str, Any]) -> dict[str, Any]:
    """Where the attempt ended: branch, last commit, and the commits since it began."""
    after, before = code.get("commit"), entry.get("before")
    found: dict[str, Any] = {"branch": code.get("branch"), "after": after}
    if after and before and after != before and code_here(session) is not None:
        found["commits"] = commits_between(session.context.git, before, after)
    return found


def _own(session: Session, task: Task) -> Entry:
    name = session.actor.name
    open_ones = [entry["id"] for entry in task.state.attempts if entry["by"] == name and "outcome" not in entry]
    if not open_ones:
        raise NotAllowed(
            f"{name} has no open attempt at {task.id}",
            hint=f"begin one: fedtasks attempt start {task.id}; see all: fedtasks attempt list {task.id}",
            task=task.id,
        )
    if open_ones[1:]:
        raise AmbiguousId(name, open_ones, "open attempts")
    return entry_of(task, open_ones[0])


def find_attempt(task: Task, given: str) -> Entry:
    """The attempt that a part of its id stands for; raises NotFound and AmbiguousId."""
    ids = [entry["id"] for entry in task.state.attempts]
    return entry_of(task, find_id(task, ids, given, "attempts", "attempt list"))


def entry_of(task: Task, id: str) -> Entry:
    """The attempt of this id."""
    return next(entry for entry in task.state.attempts if entry["id"] == id)
