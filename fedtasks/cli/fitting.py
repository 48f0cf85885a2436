"""Verbs about who fits: suggest, fallbacks."""

from __future__ import annotations

import click

from fedtasks.app.tasks import fitting as use
from fedtasks.cli.base import Face, task_argument, verb
from fedtasks.policy.members import TEAM
from fedtasks.views.text import safe, table


@verb("suggest", "fedtasks suggest 7k3q2")
@task_argument
@click.option("--limit", "-n", type=click.IntRange(1), default=10, show_default=True, help="At most so many.")
def suggest_command(face: Face, id: str, limit: int) -> None:
    """Says who could do a task: who has the skills it asks for, is here, and has little to do."""
    from fedtasks.domain.codec import task_to_json

    task, found = use.suggest(face.session, id)
    rows = [
        (fit.member.name, fit.member.kind, safe(", ".join(fit.has)) or "-", safe(", ".join(fit.lacks)) or "-",
         str(fit.active), f"until {fit.away}" if fit.away else "-")
        for fit in found[:limit]
    ]  # fmt: skip
    lines = table([("WHO", "KIND", "HAS", "LACKS", "IN HAND", "AWAY"), *rows], face.columns)
    payload = {"task": task_to_json(task), "suggestions": [fit.to_json() for fit in found[:limit]]}
    face.tell(payload, lines if rows else ["nobody could do it"])


@verb("fallbacks", "fedtasks fallbacks\nfedtasks fallbacks ada")
@click.argument("name", required=False)
def fallbacks_command(face: Face, name: str | None) -> None:
    """Says who takes over for a member who is away, the first one first; without a name for everybody."""
    people = [member.name for member in face.session.members if member.kind != TEAM] if name is None else [name]
    found = {one: use.stand_ins(face.session, one) for one in people}
    lines = table([("WHO", "FALLBACKS"), *((one, ", ".join(names) or "-") for one, names in found.items())])
    face.tell({"fallbacks": found}, lines)
