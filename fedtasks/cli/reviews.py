"""Verbs of review: review require, request, approve, changes, reject, lift, show, list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from fedtasks.app.people import reviews as use
from fedtasks.cli.base import Face, task_argument, token_option, verb
from fedtasks.views.text import safe

reason_option = click.option("--reason", metavar="TEXT", help="What you think of it, in Markdown.")
commit_option = click.option("--commit", metavar="COMMIT", help="What you looked at, to be sure that it is this one.")


@click.group("review")
def review_command() -> None:
    """Review: hand work in, approve it, ask for changes."""


@verb(
    "require",
    "fedtasks review require 7k3q2 --min 2\nfedtasks review require 7k3q2 --no",
    group=review_command,
)
@task_argument
@click.option("--no", "not_needed", is_flag=True, help="It needs none, whatever the settings say.")
@click.option("--min", "least", type=click.IntRange(1, 100), help="How many approvals.")
@click.option("--reviewer", "reviewers", multiple=True, metavar="NAME", help="Whose count; repeatable.")
@click.option("--no-reviewer", "no_reviewers", multiple=True, metavar="NAME", help="Whose do not; repeatable.")
def review_require(face: Face, id: str, not_needed: bool, **rest: Any) -> None:
    """As its lead: says that a task is done only with approvals."""
    _check_names(rest["reviewers"])
    task = use.require(face.session, id, not not_needed, **rest)
    how = "no approval" if not_needed else f"{task.state.min_approvals or 1} or more approvals"
    face.tell_task(task, f"{task.id} needs {how}: {safe(task.state.title)}")


@verb(
    "request",
    "fedtasks review request 7k3q2 --reviewer ann --note 'the fix is last'",
    group=review_command,
)
@task_argument
@click.option("--reviewer", "reviewers", multiple=True, metavar="NAME", help="Who is to look at it; repeatable.")
@click.option("--branch", metavar="NAME", help="Where it is; by default the branch that you are on.")
@click.option("--commit", metavar="COMMIT", help="Which state; by default the commit that you are on.")
@click.option("--note", metavar="TEXT", help="What the reviewer should know.")
@token_option
def review_request(face: Face, id: str, **rest: Any) -> None:
    """Hands a task in for review; asked again for another commit, approvals fall."""
    _check_names(rest["reviewers"])
    task = use.request(face.session, id, **rest)
    commit = (task.state.review or {}).get("commit")
    face.tell_task(task, f"{task.id} is in review{f' at {commit[:10]}' if commit else ''}: {safe(task.state.title)}")


@verb("approve", "fedtasks review approve 7k3q2\nfedtasks review approve 7k3q2 --commit 0a1b2c3", group=review_command)
@task_argument
@reason_option
@commit_option
def review_approve(face: Face, id: str, reason: str | None, commit: str | None) -> None:
    """Approves a task's work; the approval falls when its content or commit changes."""
    _judge(face, id, "approve", reason, commit)


@verb("changes", "fedtasks review changes 7k3q2 --reason 'a test for the second key, please'", group=review_command)
@task_argument
@reason_option
@commit_option
def review_changes(face: Face, id: str, reason: str | None, commit: str | None) -> None:
    """Asks for changes: the task goes back to its owner, and is not done before you approve it or lift this."""
    _judge(face, id, "changes", reason, commit)


@verb("reject", "fedtasks review reject 7k3q2 --reason 'the old keys stay valid'", group=review_command)
@task_argument
@reason_option
@commit_option
def review_reject(face: Face, id: str, reason: str | None, commit: str | None) -> None:
    """Rejects a task's work: it is not done before you approve it or lift this."""
    _judge(face, id, "reject", reason, commit)


def _check_names(names: Iterable[str]) -> None:
    from fedtasks.app.identity import check_name

    for name in names:
        check_name(name)


def _judge(face: Face, id: str, verdict: str, reason: str | None, commit: str | None) -> None:
    task = use.judge(face.session, id, verdict, text=reason, commit=commit)
    words = {"approve": "approved", "changes": "sent back for changes", "reject": "rejected"}
    face.tell_task(task, f"{task.id} is {words[verdict]}: {safe(task.state.title)}")


@verb("lift", "fedtasks review lift 7k3q2\nfedtasks review lift 7k3q2 ann --reason 'she is away'", group=review_command)
@task_argument
@click.argument("who", required=False)
@click.option("--reason", metavar="TEXT", help="Why; needed for another's.")
def review_lift(face: Face, id: str, who: str | None, reason: str | None) -> None:
    """Takes your verdict back; as its lead also another's."""
    task = use.lift(face.session, id, who, reason)
    face.tell_task(task, f"{who or 'your'}{chr(39) + 's' if who else ''} verdict on {task.id} is lifted")


@verb("show", "fedtasks review show 7k3q2", group=review_command)
@task_argument
def review_show(face: Face, id: str) -> None:
    """Shows how a task's review stands: what is under review, who said what, and what is missing."""
    from fedtasks.domain.codec import task_to_json
    from fedtasks.views.review import standing_json, standing_lines

    task, found = use.show(face.session, id)
    row = task_to_json(task)
    face.tell({"task": row, "review": standing_json(found)}, standing_lines(row, found))


@verb("list", "fedtasks review list", group=review_command)
def review_list(face: Face) -> None:
    """Lists the tasks that wait for your approval."""
    from fedtasks.views.review import waiting_lines

    found = use.waiting(face.session, face.session.actor.name)
    face.tell({"tasks": found}, waiting_lines(found) or ["nothing waits for your approval"])
