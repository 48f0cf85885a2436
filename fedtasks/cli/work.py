"""Verbs that move one task: claim, release, assign, start, block, unblock, done, cancel, reopen, status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fedtasks.app.tasks import work
from fedtasks.cli import taking
from fedtasks.cli.base import Face, complete_ids, task_argument, token_option, verb
from fedtasks.domain.status import STATUSES
from fedtasks.views.text import safe

if TYPE_CHECKING:
    from fedtasks.domain.task import Task

reason_option = click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
override_option = click.option("--override", metavar="REASON", help="As its lead: start it before what it waits for.")


@verb("claim", "fedtasks claim 7k3q2\nfedtasks claim 7k3q2 --json")
@task_argument
@click.option("--exclusive", is_flag=True, help="Hold its files exclusively.")
@click.option("--offline", is_flag=True, help="Without the remote: tentatively, until the next sync decides.")
@click.option("--takeover", is_flag=True, help="Also from somebody whose lease has expired; recorded as a handoff.")
@reason_option
@override_option
def claim_command(face: Face, id: str, **given: Any) -> None:
    """Takes a task that nobody has, here or in any other clone; exit 5 when somebody has it."""
    taking.claim(face, id, **given)


@verb("heartbeat", "fedtasks heartbeat\nfedtasks heartbeat 7k3q2 --token 01KJ...")
@click.argument("id", metavar="[ID]", required=False, shell_complete=complete_ids)
@token_option
def heartbeat_command(face: Face, id: str | None) -> None:
    """Says that you still work on a task (by default the one in hand), so that its lease does not expire.

    It is cheap to call often: it writes once a quarter of the lease. Exit 5: somebody else has the task now.
    """
    from fedtasks.app.tasks.leases import heartbeat

    task, renewed = heartbeat(face.session, id)
    expires = (task.state.claim or {}).get("expires")
    until = f"until {expires}" if expires else "without an end"
    face.tell_task(task, f"{task.id} is yours {until}{'' if renewed else ', nothing to renew yet'}")


@verb("start", "fedtasks start 7k3q2")
@task_argument
@override_option
def start_command(face: Face, id: str, override: str | None) -> None:
    """Starts a task: yours, or one that nobody has."""
    task = work.start(face.session, id, override=override)
    face.tell_task(task, f"{task.id} is in progress by {task.state.assignee}: {safe(task.state.title)}")


@verb("release", "fedtasks release 7k3q2 --reason 'no time this week'")
@task_argument
@reason_option
@token_option
def release_command(face: Face, id: str, reason: str | None) -> None:
    """Gives a task back, so that somebody else can claim it."""
    task = work.release(face.session, id, reason)
    face.tell_task(task, f"{task.id} is free again: {safe(task.state.title)}")


@verb(
    "assign",
    "fedtasks assign 7k3q2 baby\nfedtasks assign 7k3q2 --nobody\n"
    "fedtasks assign 'Rotate the keys' baby --subtask 'Find them' --subtask 'Replace them'",
)
@click.argument("id", metavar="ID|TITLE", shell_complete=complete_ids)
@click.argument("who", required=False)
@click.option("--nobody", is_flag=True, help="Take it from its assignee.")
@click.option("--new", is_flag=True, help="It is the title of a new task; with a blank in it, it always is.")
@click.option("--subtask", "parts", multiple=True, metavar="TITLE", help="Of a new task: a part of it; repeatable.")
@reason_option
def assign_command(
    face: Face, id: str, who: str | None, nobody: bool, new: bool, parts: tuple[str, ...], reason: str | None
) -> None:
    """Names the one who owns a task, or the team whose members may claim it; a new title makes the task first."""
    from fedtasks.app.identity import check_name
    from fedtasks.app.tasks.fitting import absence

    if (who is None) != nobody:
        raise click.UsageError("Name either a member or --nobody.")
    new = new or any(map(str.isspace, id))
    if not new and parts:
        raise click.UsageError("Only a new task is made with subtasks; see 'add --parent' for one that there is.")
    if new and who is None:
        raise click.UsageError("A new task is assigned to somebody; see 'add' for one that is nobody's.")
    if new:
        from fedtasks.app.tasks.create import assign_new

        task, *made = assign_new(face.session, id, check_name(str(who)), parts)
    else:
        task, made = work.assign(face.session, id, check_name(who) if who is not None else None, reason), []
    face.warn_strangers(who)
    if who and (remark := absence(face.session, who)):
        face.warn(remark)
    _tell_owner(face, task, made)


def _tell_owner(face: Face, task: Task, made: list[Task]) -> None:
    from fedtasks.domain.codec import task_to_json

    to_team = f"the team {task.state.team}" if task.state.team and not task.state.assignee else "nobody"
    lines = [f"{task.id} is {task.state.assignee or to_team}'s: {safe(task.state.title)}"]
    lines += [f"  {part.id}: {safe(part.state.title)}" for part in made]
    subtasks = {"subtasks": [task_to_json(part) for part in made]} if made else {}
    face.tell({"task": task_to_json(task), **subtasks}, lines)


@verb("block", "fedtasks block 7k3q2 --reason 'no access to the server'\nfedtasks block 7k3q2 --by x1m9f")
@task_argument
@reason_option
@click.option("--by", metavar="ID", help="The task that it waits for.")
@token_option
def block_command(face: Face, id: str, reason: str | None, by: str | None) -> None:
    """Says that a task cannot go on, and why."""
    task = work.block(face.session, id, reason=reason, by=by)
    face.tell_task(task, f"{task.id} is blocked: {safe(task.state.title)}")


@verb("unblock", "fedtasks unblock 7k3q2")
@task_argument
@token_option
def unblock_command(face: Face, id: str) -> None:
    """Lets a blocked task go on."""
    task = work.unblock(face.session, id)
    face.tell_task(task, f"{task.id} goes on: {safe(task.state.title)}")


@verb("done", "fedtasks done 7k3q2\nfedtasks done 7k3q2 --commit HEAD")
@task_argument
@click.option("--commit", metavar="REV", help="The commit that finishes it, to be kept in its history.")
@click.option("--override", metavar="REASON", help="As its lead: finish it without its approvals.")
@token_option
def done_command(face: Face, id: str, commit: str | None, override: str | None) -> None:
    """Finishes a task; one that needs approvals is done only with them."""
    task = work.done(face.session, id, commit=commit, override=override)
    face.tell_task(task, f"{task.id} is done: {safe(task.state.title)}")


@verb("cancel", "fedtasks cancel 7k3q2 --reason 'not needed any more'")
@task_argument
@reason_option
@token_option
def cancel_command(face: Face, id: str, reason: str | None) -> None:
    """Gives a task up; 'reopen' brings it back."""
    task = work.cancel(face.session, id, reason)
    face.tell_task(task, f"{task.id} is cancelled: {safe(task.state.title)}")


@verb("reopen", "fedtasks reopen 7k3q2 --reason 'the bug is back'")
@task_argument
@reason_option
def reopen_command(face: Face, id: str, reason: str | None) -> None:
    """Takes up again what was done or cancelled."""
    task = work.reopen(face.session, id, reason)
    face.tell_task(task, f"{task.id} is {task.state.status} again: {safe(task.state.title)}")


@verb("status", "fedtasks status 7k3q2\nfedtasks status 7k3q2 in_review")
@task_argument
@click.argument("to", required=False, type=click.Choice(STATUSES))
@reason_option
@token_option
def status_command(face: Face, id: str, to: str | None, reason: str | None) -> None:
    """Says a task's status, or changes it."""
    taking.status(face, id, to, reason)
