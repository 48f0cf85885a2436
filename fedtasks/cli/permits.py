"""Verbs about leave for what needs approval: ask, permit, permits."""

from __future__ import annotations

import click

from fedtasks.app.people import permits as use
from fedtasks.cli.base import Face, complete_ids, task_argument, verb
from fedtasks.policy.permissions import ACTIONS
from fedtasks.views.structure import permit_end
from fedtasks.views.text import safe

LEAVE = [name for name in ACTIONS if name not in ("create", "ask", "permit", "members")]
"""Actions that leave can be asked for, task by task."""

action_argument = click.argument("action", type=click.Choice(LEAVE), metavar="ACTION")
reason_option = click.option("--reason", metavar="TEXT", help="Why; it stands in the history.")


@verb("ask", "fedtasks ask 7k3q2 done --reason 'all tests pass'")
@task_argument
@action_argument
@reason_option
def ask_command(face: Face, id: str, action: str, reason: str | None) -> None:
    """Asks leave for an action that agents need approval for; its lead or an admin answers with 'permit'."""
    task = use.ask(face.session, id, action, reason)
    face.tell_task(task, f"asked for '{action}' on {task.id}: {safe(task.state.title)}")


@verb(
    "permit",
    "fedtasks permit 7k3q2 baby done\nfedtasks permit 7k3q2 baby edit --until 2h\n"
    "fedtasks permit 7k3q2 baby done --refuse --reason 'not yet'",
)
@task_argument
@click.argument("member")
@action_argument
@click.option("--until", metavar="TIME", help="As often as they like until then: 2h, 3d, 2026-12-24, or a UTC time.")
@click.option("--standing", is_flag=True, help="As often as they like, until it is refused.")
@click.option("--refuse", is_flag=True, help="Refuse it, or take it back.")
@reason_option
def permit_command(
    face: Face,
    id: str,
    member: str,
    action: str,
    until: str | None,
    standing: bool,
    refuse: bool,
    reason: str | None,
) -> None:
    """Gives an agent leave for an action on a task, once if nothing else is said, or refuses it."""
    from fedtasks.app.identity import check_name

    if sum((bool(until), standing, refuse)) > 1:
        raise click.UsageError("Only one of --until, --standing and --refuse can be said.")
    if refuse:
        task = use.refuse(face.session, id, check_name(member), action, reason)
    else:
        task = use.permit(face.session, id, check_name(member), action, until=until, standing=standing, reason=reason)
    face.warn_strangers(member)
    how = "may not" if refuse else "may"
    end = next(
        (permit_end(one) for one in task.state.permits if (one["member"], one["action"]) == (member, action)), ""
    )
    face.tell_task(task, f"{member} {how} '{action}'{end} on {task.id}: {safe(task.state.title)}")


@verb("permits", "fedtasks permits\nfedtasks permits 7k3q2")
@click.argument("id", metavar="[ID]", required=False, shell_complete=complete_ids)
def permits_command(face: Face, id: str | None) -> None:
    """Lists what agents asked leave for and wait for, the longest waiting first; of one task what was answered, too."""
    from fedtasks.views.text import table

    if id is not None:
        _tell_one(face, id)
        return
    found = use.unanswered(face.session)
    rows = [
        (one.row["id"], one.permit["member"], one.permit["action"], one.permit["at"], one.row["lead"] or "-",
         safe(one.permit.get("reason") or one.row["title"]))
        for one in found
    ]  # fmt: skip
    head = ("ID", "WHO", "ACTION", "SINCE", "LEAD", "WHY")
    lines = table([head, *rows], face.columns) if rows else ["nobody waits for leave"]
    payload = [{"task": one.row["id"], "title": one.row["title"], **one.permit} for one in found]
    face.tell({"permits": payload}, lines)


def _tell_one(face: Face, id: str) -> None:
    from fedtasks.app.tasks.audit import show
    from fedtasks.views.structure import permit_line

    task = show(face.session, id)
    payload = [{"task": task.id, "title": task.state.title, **permit} for permit in task.state.permits]
    lines = [permit_line(permit) for permit in task.state.permits] or [f"nobody asked leave on {task.id}"]
    asked = [permit for permit in task.state.permits if permit["status"] == "asked"]
    lines += [f"  answer: fedtasks permit {task.id} {one['member']} {one['action']} [--refuse]" for one in asked]
    face.tell({"permits": payload}, lines)
