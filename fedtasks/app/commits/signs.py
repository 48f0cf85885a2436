"""Commits as signs of work: one that names a task renews the lease of who made it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from fedtasks.app.commits.concerns import Authors, named_tasks
from fedtasks.app.context import stamp_of
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.ids import derived_ulid
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.git.changed import Commit
from fedtasks.policy.leases import is_due


def renew_by_commits(session: Session, commits: Iterable[Commit], authors: Authors) -> None:
    """Renews the leases of the tasks that new commits name (`Task:`), where their holder made the commit.

    It counts from the commit's time, once a quarter of the lease has passed, and its id is derived: two machines that
    see the commit make one event. It is told others with the next sync; nothing here asks the remote.
    """
    for commit in commits:
        for id in named_tasks(commit, "Task"):
            with suppress(FedtasksError):
                if _is_sign(session.reader.task(id), commit, authors):
                    _renew(session, id, commit, authors)


def _is_sign(task: Task, commit: Commit, authors: Authors) -> bool:
    claim, at = task.state.claim or {}, stamp_of(commit.at * 1_000_000_000)
    is_since = bool(claim) and claim["since"] <= at and is_due(claim, at)
    return is_since and claim["by"] in authors.of(commit)


def _renew(session: Session, id: str, commit: Commit, authors: Authors) -> None:
    with writing(session) as change:
        task = change.task(id)
        if not _is_sign(task, commit, authors) or not task.state.claim:
            return
        claim, at = task.state.claim, stamp_of(commit.at * 1_000_000_000)
        event = derived_ulid(commit.at * 1000, commit.id, id, kinds.RENEWED)
        data = {"claim": claim["token"]}
        after = change.record(task, Event(event, next_seq(task.history), at, claim["by"], kinds.RENEWED, data))
        change.describe("renew", after, f" by {commit.id[:12]}")
