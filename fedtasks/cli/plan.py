"""The verb that turns plans into tasks."""

from __future__ import annotations

from pathlib import Path

import click

from fedtasks.cli.base import Face, verb


@verb("parse", "fedtasks parse implementation_plan.md\nfedtasks parse --dry-run --json plans/*.md")
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...", type=click.Path(path_type=Path))
@click.option("--dry-run", "-n", is_flag=True, help="Only say what would be done.")
@click.option("--plan-id", metavar="NAME", help="The plan's identity, instead of its path.")
@click.option("--prefer", type=click.Choice(["store", "plan"]), default="store", help="Who wins where both changed.")
def parse_command(face: Face, plans: tuple[Path, ...], dry_run: bool, plan_id: str | None, prefer: str) -> None:
    """Turns a Markdown plan into tasks; again and again, as the plan is edited."""
    from fedtasks.app import plan as use
    from fedtasks.views.plan import action_lines, diagnostic_lines

    if plan_id and len(plans) > 1:
        raise click.UsageError("--plan-id goes with one plan.")
    done = [use.parse(face.session, path, dry_run=dry_run, plan_id=plan_id, prefer=prefer) for path in plans]
    lines: list[str] = []
    for path, parsed in zip(plans, done, strict=True):
        lines += action_lines(parsed.decided.actions) if dry_run else []
        lines.append(f"{path}: {use.summary(parsed.decided)}" + (" (dry run)" if dry_run else ""))
        for line in (*diagnostic_lines(str(path), parsed.diagnostics), *parsed.refused):
            click.echo(line, err=True)
    face.tell(
        {
            "tasks": [row for parsed in done for row in use.task_rows(parsed)],
            "actions": [action.to_json() for parsed in done for action in parsed.decided.actions],
            "notes": [note.to_json() for parsed in done for note in parsed.decided.notes],
            "dry_run": dry_run,
        },
        lines,
    )
