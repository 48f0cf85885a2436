"""The verb upgrade."""

from __future__ import annotations

import click

from fedtasks.cli.base import Face, verb


@verb("upgrade", "fedtasks upgrade --dry-run\nfedtasks upgrade")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
def upgrade_command(face: Face, dry_run: bool) -> None:
    """Brings a store that an older version made to this version's format."""
    from fedtasks.app.keeping.upgrade import upgrade

    done = upgrade(face.session, dry_run=dry_run)
    did = "would be written" if dry_run else "written"
    lines = [f"{step.path} {did}: {step.what}" for step in done.steps]
    if done.found == done.newest:
        lines.append(f"format {done.found} is the newest that this version knows")
    payload = {"found": done.found, "newest": done.newest, "dry_run": dry_run}
    face.tell(payload | {"steps": [{"path": step.path, "what": step.what} for step in done.steps]}, lines)
