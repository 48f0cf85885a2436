"""`fedtasks overlaps`: which tasks can touch the same files, and who should talk to whom."""

from __future__ import annotations

import click

from fedtasks.app.tasks import overlaps as use
from fedtasks.cli.base import Face, complete_ids, verb
from fedtasks.views.overlaps import overlap_lines, talk_lines


@verb("overlaps", "fedtasks overlaps\nfedtasks overlaps 7k3q2\nfedtasks overlaps --pending --json")
@click.argument("ids", nargs=-1, metavar="[ID...]", shell_complete=complete_ids)
@click.option("--pending", is_flag=True, help="Also tasks that nobody has begun.")
def overlaps_command(face: Face, ids: tuple[str, ...], pending: bool) -> None:
    """Shows the tasks in work whose files can be the same, and who should talk to whom."""
    found = use.overlaps(face.session, ids, pending=pending)
    pairs = use.talk(found)
    rows = [overlap.to_json() for overlap in found]
    payload = {
        "overlaps": rows,
        "talk": [{"members": list(people), "pairs": count} for people, count in pairs.items()],
    }
    lines = overlap_lines(rows, face.columns) or ["no two tasks can touch the same files"]
    face.tell(payload, [*lines, *([""] if pairs else []), *talk_lines(pairs)])
