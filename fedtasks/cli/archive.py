"""Verbs about the archive: archive, unarchive."""

from __future__ import annotations

import re

import click

from fedtasks.cli.base import Face, complete_ids, task_argument, verb
from fedtasks.views.text import safe

DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


@verb("archive", "fedtasks archive --older 90d --dry-run\nfedtasks archive 7k3q2")
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_ids)
@click.option("--older", "--before", default="90d", show_default=True, metavar="AGE", help="12d, 8w, 6m or 1y.")
@click.option("--dry-run", is_flag=True, help="Only say what would be archived.")
def archive_command(face: Face, ids: tuple[str, ...], older: str, dry_run: bool) -> None:
    """Moves finished tasks out of the lists: those named, or all that have not changed for long."""
    from fedtasks.app.keeping import archive as use

    seconds = _seconds(older)
    found = (
        use.archive_named(face.session, ids, dry_run=dry_run)
        if ids
        else use.archive_older(face.session, seconds, dry_run=dry_run)
    )
    rows = [
        {"id": task.id, "title": task.state.title, "status": task.state.status, "updated_at": task.state.updated_at}
        for task in found.tasks
    ]
    did = "would be archived" if dry_run else "archived"
    lines = [f"{row['id']} {did}: {safe(row['title'])}" for row in rows] or ["nothing to archive"]
    if found.left:
        face.warn(
            f"{len(found.left)} finished tasks of others stay: their lead, their assignee or an admin archives them"
        )
    face.tell({"tasks": rows, "left": found.left, "dry_run": dry_run}, lines)


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,5})([dwmy])", text)
    if found is None:
        raise click.UsageError(f"{text!r} is no age; write it as 12d, 8w, 6m or 1y.")
    return int(found[1]) * DAYS[found[2]] * 86400


@verb("unarchive", "fedtasks unarchive 7k3q2")
@task_argument
def unarchive_command(face: Face, id: str) -> None:
    """Brings an archived task back into the lists."""
    from fedtasks.app.keeping.archive import unarchive

    task = unarchive(face.session, id)
    face.tell_task(task, f"{task.id} is back: {safe(task.state.title)}")
