"""The verb compact."""

from __future__ import annotations

import click

from fedtasks.cli.base import Face, complete_ids, verb
from fedtasks.views.text import safe


@verb("compact", "fedtasks compact --dry-run\nfedtasks compact 7k3q2")
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_ids)
@click.option("--dry-run", is_flag=True, help="Only say what would be compacted.")
def compact_command(face: Face, ids: tuple[str, ...], dry_run: bool) -> None:
    """Moves older events of long histories into files of their own: of the tasks named, or of all."""
    from fedtasks.app.keeping import compacting as use

    session = face.session
    found = use.compact_named(session, ids, dry_run=dry_run) if ids else use.compact_long(session, dry_run=dry_run)
    rows = [
        {"id": one.task.id, "title": one.task.state.title, "moved": one.moved, "events": one.events} for one in found
    ]
    did = "would move" if dry_run else "moved"
    lines = [f"{one.task.id} {did} {one.moved} of {one.events} events: {safe(one.task.state.title)}" for one in found]
    face.tell({"tasks": rows, "dry_run": dry_run}, lines or ["no history is long enough to be compacted"])
