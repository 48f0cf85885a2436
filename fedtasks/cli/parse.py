"""The verb that turns plans into tasks."""

from __future__ import annotations

import click

from fedtasks.cli.base import Face, verb

EXAMPLE = """fedtasks parse implementation_plan.md
fedtasks parse --dry-run --json plans/*.md
fedtasks parse --write-back task.md
fedtasks parse --explain task.md
fedtasks parse --check --format github plans/*.md"""


@verb("parse", EXAMPLE)
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...")
@click.option("--dry-run", "-n", is_flag=True, help="Only say what would be done.")
@click.option("--plan-id", metavar="NAME", help="The plan's identity, instead of its path.")
@click.option("--prefer", type=click.Choice(["store", "plan"]), default="store", help="Who wins where both changed.")
@click.option("--write-back", is_flag=True, help="Tick the plan's checkboxes from the tasks; change no other byte.")
@click.option("--explain", is_flag=True, help="Only say, line by line, what is a task, a group or text, and why.")
@click.option("--check", is_flag=True, help="Only look for mistakes in the plan; exit 6 on errors.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="How --check tells.",
)
@click.option("--watch", is_flag=True, help="Parse again whenever a plan is saved, until Ctrl-C.")
def parse_command(
    face: Face, plans: tuple[str, ...], plan_id: str | None, explain: bool, check: bool, form: str, watch: bool,
    dry_run: bool, prefer: str, write_back: bool,
) -> None:  # fmt: skip
    """Turns a Markdown plan into tasks; again and again, as the plan is edited."""
    from fedtasks.app.plans.files import expand
    from fedtasks.cli import planning

    files = expand(face.session.context, plans)
    if plan_id and len(files) > 1:
        raise click.UsageError("--plan-id goes with one plan.")
    if explain:
        planning.explain(face, files)
    elif check:
        planning.check(face, files, "json" if face.as_json else form)
    else:
        how = planning.How(dry_run=dry_run, plan_id=plan_id, prefer=prefer, write_back=write_back)
        planning.parse(face, files, how)
        if watch:
            planning.watch(face, files, how)
