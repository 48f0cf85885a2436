"""Verbs that look: list, ready, board, show, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from fedtasks.cli import looking
from fedtasks.cli.base import Face, task_argument, verb
from fedtasks.domain.status import PRIORITIES, STATUSES
from fedtasks.store.query import ORDERS

Body = Callable[..., None]


def _filters(body: Body) -> Body:
    for option in reversed(
        (
            click.option("--status", "-s", multiple=True, type=click.Choice(STATUSES), help="Only this status."),
            click.option("--assignee", "--owner", multiple=True, metavar="NAME", help="Only this one's, or 'me'."),
            click.option("--lead", multiple=True, metavar="NAME", help="Only those led by this one, or 'me'."),
            click.option(
                "--helper", multiple=True, metavar="NAME", help="Only those that this one, or 'me', helps with."
            ),
            click.option(
                "--reviewer", multiple=True, metavar="NAME", help="Only those that this one, or 'me', is to look at."
            ),
            click.option("--mine", is_flag=True, help="Only mine: --assignee me."),
            click.option("--team", multiple=True, metavar="NAME", help="Only this team's."),
            click.option("--parent", multiple=True, metavar="ID", help="Only the parts of this task."),
            click.option("--tag", "-t", multiple=True, metavar="TAG", help="Only with this tag."),
            click.option("--plan", multiple=True, metavar="PLAN", help="Only of this plan."),
            click.option("--group", multiple=True, metavar="TEXT", help="Only of groups whose name has this text."),
            click.option("--priority", "-p", multiple=True, type=click.Choice(PRIORITIES), help="Only this priority."),
            click.option("--text", metavar="TEXT", help="Only where the task has this text."),
        )
    ):
        body = option(body)
    return body


@verb("list", "fedtasks list --status in_progress --assignee baby\nfedtasks list --all --sort updated --json")
@_filters
@click.option("--all", "-a", "everything", is_flag=True, help="Finished ones, too.")
@click.option("--expired", is_flag=True, help="Only those whose lease is over: for 'claim --takeover'.")
@click.option("--archived", is_flag=True, help="The archived ones instead.")
@click.option("--sort", type=click.Choice(list(ORDERS)), default="plan", show_default=True, help="The order.")
@click.option("--limit", "-n", type=click.IntRange(1), help="At most so many.")
def list_command(face: Face, **given: Any) -> None:
    """Lists tasks: the open ones, or those that the filters name."""
    looking.list_tasks(face, **given)


@verb("ready", "fedtasks ready\nfedtasks ready --for me\nfedtasks ready --why")
@_filters
@click.option("--for", "taker", metavar="NAME", help="What this one could do, or 'me': for whose skills, and team.")
@click.option("--why", is_flag=True, help="Also what the other pending tasks wait for.")
@click.option("--disjoint", is_flag=True, help="First those that can touch no file of a task in work, or above them.")
@click.option("--limit", "-n", type=click.IntRange(1), help="At most so many.")
def ready_command(face: Face, **given: Any) -> None:
    """Lists the tasks that can be started now, the most urgent first."""
    looking.ready(face, **given)


@verb("board", "fedtasks board\nfedtasks board --plan implementation-plan --lead taichi")
@_filters
@click.option("--most", type=click.IntRange(1), default=looking.MOST, show_default=True, help="Tasks a column.")
def board_command(face: Face, **given: Any) -> None:
    """Shows the tasks in columns by status, with lead and assignee, how far parts are, and what is late."""
    looking.board(face, **given)


@verb("show", "fedtasks show task-7k3q2m9x\nfedtasks show 7k3q --json")
@task_argument
def show_command(face: Face, id: str) -> None:
    """Shows one task in full; any unambiguous part of its id will do."""
    looking.show(face, id)


@verb("history", "fedtasks history task-7k3q2m9x")
@task_argument
def history_command(face: Face, id: str) -> None:
    """Shows who changed what, old and new, the oldest change first."""
    from fedtasks.app.tasks import audit
    from fedtasks.domain.codec import task_to_json
    from fedtasks.views.task import history_lines

    task, found = audit.history(face.session, id)
    entries = [entry.to_json() for entry in found]
    face.tell({"task": task_to_json(task), "history": entries}, history_lines(entries))
