"""Verbs about tries: attempt start, finish, list."""

from __future__ import annotations

from typing import Any

import click

from fedtasks.app.people import attempts as use
from fedtasks.cli.base import Face, task_argument, token_option, verb
from fedtasks.domain.effects.trying import OUTCOMES
from fedtasks.domain.task import Task
from fedtasks.views.text import safe


@click.group("attempt")
def attempt_command() -> None:
    """Attempts: who tried a task, from which commit to which, and how it ended."""


@verb(
    "start",
    "fedtasks attempt start 7k3q2 --agent coder --config model=large --note 'with a cache'",
    group=attempt_command,
)
@task_argument
@click.option("--agent", metavar="NAME", help="What tries; an agent that acts is named by itself.")
@click.option("--config", "pairs", multiple=True, metavar="KEY=VALUE", help="How it is set up; repeatable.")
@click.option("--branch", metavar="NAME", help="Where; by default the branch that you are on.")
@click.option("--parent", metavar="ATTEMPT", help="The attempt that this one follows: the end of its id.")
@click.option("--note", metavar="TEXT", help="What is tried.")
def attempt_start(face: Face, id: str, pairs: tuple[str, ...], **rest: str | None) -> None:
    """Begins an attempt at a task; several may be under way at once."""
    task, entry = use.start(face.session, id, config=_config(pairs), **rest)
    _tell(face, task, entry, "begun")


def _config(pairs: tuple[str, ...]) -> dict[str, str]:
    if any("=" not in pair for pair in pairs):
        raise click.UsageError("Write --config as KEY=VALUE.")
    return dict(pair.split("=", 1) for pair in pairs)


@verb("finish", "fedtasks attempt finish 7k3q2 --outcome failed --reason 'the tests time out'", group=attempt_command)
@task_argument
@click.argument("attempt", required=False)
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="How it ended.")
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
@click.option("--branch", metavar="NAME", help="Where the work is; by default the branch that you are on.")
@click.option("--commit", metavar="COMMIT", help="The last commit; by default the one that you are on.")
@token_option
def attempt_finish(face: Face, id: str, outcome: str, **rest: str | None) -> None:
    """Ends an attempt (by default your open one) and links the commits made since it began."""
    task, entry = use.finish(face.session, id, outcome, **rest)
    _tell(face, task, entry, outcome)


@verb("list", "fedtasks attempt list 7k3q2", group=attempt_command)
@task_argument
def attempt_list(face: Face, id: str) -> None:
    """Shows the attempts at a task, those that follow another one below it."""
    from fedtasks.app.tasks.audit import show
    from fedtasks.domain.codec import task_to_json
    from fedtasks.views.people import attempt_lines

    task = show(face.session, id)
    found = list(task.state.attempts)
    lines = attempt_lines(found) or [f"nobody has tried {task.id}"]
    face.tell({"task": task_to_json(task), "attempts": found}, lines)


def _tell(face: Face, task: Task, entry: Any, how: str) -> None:
    from fedtasks.domain.codec import task_to_json

    words = f"attempt {entry['id'][-8:]} at {task.id} {how}: {safe(task.state.title)}"
    face.tell({"task": task_to_json(task), "attempt": dict(entry)}, [words])
