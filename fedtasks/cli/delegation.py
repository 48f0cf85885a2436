"""Verbs about tasks between stores: delegate, delegation, chain."""

from __future__ import annotations

from typing import Any

import click

from fedtasks.cli.base import Face, task_argument, verb
from fedtasks.domain.delegation import PENDING, STATUSES, TYPES
from fedtasks.views.delegation import chain_rows, delegation_rows, offer_lines, record_line
from fedtasks.views.text import safe, table

part_option = click.option("--part", "parts", multiple=True, metavar="TITLE", help="A part of it; repeatable.")
offline_option = click.option(
    "--offline", is_flag=True, help="Without this store's remote; the message leaves with the next sync."
)
delegation_argument = click.argument("id", metavar="DELEGATION|TASK")


@verb(
    "delegate",
    "fedtasks delegate 7k3q2 --to site --type route\n"
    "fedtasks delegate 7k3q2 --to crew --type decompose --part 'the schema' --part 'the form'",
)
@task_argument
@click.option("--to", required=True, metavar="INSTANCE", help="The store that gets it (fedtasks instance list).")
@click.option("--type", "type_", type=click.Choice(TYPES), required=True,
              help="Pass it on whole; have it taken to pieces; or hand it up to who decides.")  # fmt: skip
@click.option("--notes", metavar="TEXT", help="What the other side should know.")
@part_option
@click.option("--instead", is_flag=True, help="Withdraw it from those that have been asked before.")
@offline_option
def delegate_command(
    face: Face,
    id: str,
    to: str,
    type_: str,
    notes: str | None,
    parts: tuple[str, ...],
    instead: bool,
    offline: bool,
) -> None:
    """Gives a task to another store; it is done here once it is done there."""
    from fedtasks.app.delegation.delegating import delegate

    task, record = delegate(face.session, id, to, type_, notes=notes, parts=parts, instead=instead, offline=offline)
    waiting = _carry(face)
    from fedtasks.domain.codec import task_to_json

    payload = {"task": task_to_json(task), "delegation": record, "waiting": waiting}
    face.tell(
        payload, [f"{task.id} is offered to {safe(to)} ({type_}), delegation {record['id']}: {safe(task.state.title)}"]
    )


def _carry(face: Face) -> list[dict[str, Any]]:
    from fedtasks.app.delegation.courier import after_change

    carried = after_change(face.session)
    for note in carried.notes:
        face.warn(note)
    return carried.to_json()["waiting"]


@click.group("delegation")
def delegation_command() -> None:
    """Delegations: what this store has given to others, and what they ask of it."""


@verb("list", "fedtasks delegation list --pending\nfedtasks delegation list --task 7k3q2", group=delegation_command)
@click.option("--pending", is_flag=True, help="Only those that nobody has accepted or rejected.")
@click.option("--status", type=click.Choice(STATUSES), help="Only those of this status.")
@click.option("--in", "incoming", is_flag=True, help="Only those that others ask of this store.")
@click.option("--out", "outgoing", is_flag=True, help="Only those that this store has given to others.")
@click.option("--task", metavar="ID", help="Only those of this task.")
@click.option("--instance", metavar="NAME", help="Only those from or to this store.")
def delegation_list(
    face: Face,
    pending: bool,
    status: str | None,
    incoming: bool,
    outgoing: bool,
    task: str | None,
    instance: str | None,
) -> None:
    """Lists the delegations, the latest last."""
    from fedtasks.app.delegation.delegating import delegations

    found = delegations(face.session, task)
    wanted = PENDING if pending else status
    found = [one for one in found if wanted in (None, one["status"])]
    found = [one for one in found if instance in (None, one["source_instance"], one["target_instance"])]
    if incoming != outgoing:
        found = [one for one in found if one["direction"] == ("in" if incoming else "out")]
    face.tell({"delegations": found}, table(delegation_rows(found), face.columns) if found else ["no delegations"])


@verb("show", "fedtasks delegation show 7k3q2", group=delegation_command)
@delegation_argument
def delegation_show(face: Face, id: str) -> None:
    """Shows what another store asks: the task as it stands there, the notes, and where it came from."""
    from fedtasks.app.delegation.outbox import record_named

    record = record_named(face.session, id)
    face.tell({"delegation": record}, offer_lines(record))


@verb(
    "accept",
    "fedtasks delegation accept 7k3q2\nfedtasks delegation accept 7k3q2 --part 'the schema' --part 'the form'",
    group=delegation_command,
)
@delegation_argument
@part_option
def delegation_accept(face: Face, id: str, parts: tuple[str, ...]) -> None:
    """Takes on what another store asks: its task is made here, and those of its parts."""
    from fedtasks.app.delegation.deciding import accept
    from fedtasks.domain.codec import task_to_json

    record, task = accept(face.session, id, parts=parts)
    waiting = _carry(face)
    lines = [f"{task.id} is made for {safe(record['source_instance'])}: {safe(task.state.title)}"]
    lines += [f"{part} is a part of it" for part in record["tasks"][1:]]
    face.tell({"task": task_to_json(task), "delegation": _public(record), "waiting": waiting}, lines)


@verb("reject", "fedtasks delegation reject 7k3q2 --reason 'no capacity before May'", group=delegation_command)
@delegation_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why; who delegated it reads it.")
def delegation_reject(face: Face, id: str, reason: str) -> None:
    """Gives back what another store asks."""
    from fedtasks.app.delegation.deciding import reject

    record = reject(face.session, id, reason)
    face.tell({"delegation": _public(record), "waiting": _carry(face)}, [record_line(record)])


@verb("complete", 'fedtasks delegation complete 7k3q2 --result \'{"version": "2.1"}\'', group=delegation_command)
@delegation_argument
@click.option("--result", metavar="JSON", help="What came of it (default: the task and its status).")
def delegation_complete(face: Face, id: str, result: str | None) -> None:
    """Finishes the task of a delegation, and answers with a result."""
    from fedtasks.app.delegation.deciding import complete, read_result
    from fedtasks.domain.codec import task_to_json

    record, task = complete(face.session, id, read_result(result) if result is not None else None)
    waiting = _carry(face)
    payload = {"task": task_to_json(task), "delegation": _public(record), "waiting": waiting}
    face.tell(payload, [record_line(record)])


@verb(
    "withdraw",
    "fedtasks delegation withdraw 7k3q2 --reason 'we do it ourselves'",
    group=delegation_command,
)
@delegation_argument
@click.option("--reason", metavar="TEXT", help="Why; the other store reads it.")
@offline_option
def delegation_withdraw(face: Face, id: str, reason: str | None, offline: bool) -> None:
    """Takes back what this store has given to others: by delegation, or all that is open of a task.

    Their task is cancelled if nobody works on it; else its owner is told, and decides. Cancelling and releasing a
    delegated task withdraw, too.
    """
    from fedtasks.app.delegation.delegating import withdraw
    from fedtasks.domain.codec import task_to_json

    task, records = withdraw(face.session, id, reason=reason, offline=offline)
    waiting = _carry(face)
    face.tell(
        {"task": task_to_json(task), "delegations": records, "waiting": waiting}, [record_line(one) for one in records]
    )


def _public(record: dict[str, Any]) -> dict[str, Any]:
    from fedtasks.app.delegation.delegating import public

    return public(record)


@verb("chain", "fedtasks chain 7k3q2\nfedtasks chain 7k3q2 --offline")
@click.argument("id", metavar="TASK|DELEGATION")
@click.option("--offline", is_flag=True, help="Ask no other store; their statuses are not known then.")
def chain_command(face: Face, id: str, offline: bool) -> None:
    """Shows a task's way from its origin through all stores, and where it went from here."""
    from fedtasks.app.delegation.chain import chain

    links = [link.to_json() for link in chain(face.session, id, offline=offline)]
    face.tell({"links": links}, table(chain_rows(links), face.columns))
