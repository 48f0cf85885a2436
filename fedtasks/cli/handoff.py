"""Verbs that hand a task from one to the next: handoff, accept, decline, handoffs."""

from __future__ import annotations

import click

from fedtasks.app.people import handoff as use
from fedtasks.cli.base import Face, complete_ids, task_argument, token_option, verb
from fedtasks.views.text import safe


@verb(
    "handoff",
    "fedtasks handoff 7k3q2 --to ben --reason 'on leave' --next 'a test of login.py fails'",
)
@task_argument
@click.option("--to", required=True, metavar="NAME", help="Who is to have it.")
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@click.option("--branch", metavar="NAME", help="Where the work is; by default the branch that you are on.")
@click.option("--commit", metavar="COMMIT", help="How far it is; by default the commit that you are on.")
@click.option("--next", metavar="TEXT", help="What the next step is.")
@token_option
def handoff_command(
    face: Face, id: str, to: str, reason: str, branch: str | None, commit: str | None, next: str | None
) -> None:
    """Offers a task to somebody; it is yours until they accept."""
    from fedtasks.app.identity import check_name

    task = use.hand_off(face.session, id, check_name(to), reason, branch=branch, commit=commit, next=next)
    face.warn_strangers(to)
    face.tell_task(task, f"{task.id} is offered to {to}: {safe(task.state.title)}")


@verb("accept", "fedtasks accept 7k3q2")
@task_argument
def accept_command(face: Face, id: str) -> None:
    """Takes a task that was offered to you."""
    from fedtasks.views.people import needs_lines

    task = use.accept(face.session, id)
    taken = max(task.state.handoffs, key=lambda entry: entry.get("answered_at", ""))
    lines = [f"{task.id} is yours, from {taken['from']}: {safe(task.state.title)}", *needs_lines(taken)]
    face.tell_task(task, "\n".join(lines))


@verb("decline", "fedtasks decline 7k3q2 --reason 'no time this week'")
@task_argument
@click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")
def decline_command(face: Face, id: str, reason: str | None) -> None:
    """Sends a task back that was offered to you, or takes back your own offer."""
    task = use.decline(face.session, id, reason)
    face.tell_task(task, f"{task.id} stays with {task.state.assignee or 'nobody'}: {safe(task.state.title)}")


@verb("handoffs", "fedtasks handoffs 7k3q2\nfedtasks handoffs")
@click.argument("id", metavar="[ID]", required=False, shell_complete=complete_ids)
def handoffs_command(face: Face, id: str | None) -> None:
    """Shows who handed a task to whom, when and why; without ID the offers that wait for your answer."""
    from fedtasks.app.tasks.audit import show
    from fedtasks.domain.codec import task_to_json
    from fedtasks.views.people import handoff_lines, offer_lines

    if id is None:
        offers = use.offers_to(face.session, face.session.actor.name)
        face.tell({"handoffs": offers}, offer_lines(offers) or ["nothing is offered to you"])
        return
    task = show(face.session, id)
    found = sorted(task.state.handoffs, key=lambda entry: (entry["at"], entry["id"]))
    lines = handoff_lines(found) or [f"{task.id} was never handed over"]
    face.tell({"task": task_to_json(task), "handoffs": found}, lines)
