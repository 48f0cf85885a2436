"""Verbs for coding agents: prime, next, work, setup."""

from __future__ import annotations

import click

from fedtasks.cli.base import Face, complete_ids, verb
from fedtasks.domain.status import PRIORITIES
from fedtasks.store.query import Filter
from fedtasks.views.text import safe


@verb("prime", "fedtasks prime")
def prime_command(face: Face) -> None:
    """Says what an agent needs to know now: who it is, its task, what waits, the five verbs."""
    from fedtasks.app.agents.briefing import brief
    from fedtasks.views.briefing import briefing_lines

    told = brief(face.session).to_json()
    face.tell(told, briefing_lines(told))


@verb("next", "fedtasks next\nfedtasks next --claim --json\nfedtasks next --claim --why --tag backend")
@click.option("--claim", is_flag=True, help="Claim it, or the next best where somebody was quicker.")
@click.option("--why", is_flag=True, help="Also why this one, and what came after it.")
@click.option("--tag", "-t", multiple=True, metavar="TAG", help="Only with this tag.")
@click.option("--plan", multiple=True, metavar="PLAN", help="Only of this plan.")
@click.option("--priority", "-p", multiple=True, type=click.Choice(PRIORITIES), help="Only this priority.")
def next_command(
    face: Face, claim: bool, why: bool, tag: tuple[str, ...], plan: tuple[str, ...], priority: tuple[str, ...]
) -> None:
    """Names the best task that you can start now; exit 3 when there is none."""
    from fedtasks.app.tasks.nextup import next_task
    from fedtasks.domain.codec import task_to_json

    found = next_task(face.session, Filter(tag=tag, plan=plan, priority=priority), take=claim)
    task = found.task
    lines = [f"{task.id} is {'yours' if claim else 'next'}: {safe(task.state.title)}"]
    if why:
        lines += [f"  {reason}" for reason in found.chosen.reasons()]
        lines += [f"after it: {one.row['id']} ({'; '.join(one.reasons())})" for one in found.others[:5]]
        lines += [f"somebody was quicker: {id}" for id in found.lost]
    face.tell({"task": task_to_json(task), **({"why": found.why()} if why else {})}, map(safe, lines))


@verb("work", "fedtasks work 7k3q2 --note 'writing the tests'\nfedtasks work")
@click.argument("id", metavar="[ID]", required=False, shell_complete=complete_ids)
@click.option("--note", metavar="TEXT", help="What you are doing, in a few words.")
def work_command(face: Face, id: str | None, note: str | None) -> None:
    """Says what you work on, for all to see, and claims it where nobody has it; without ID shows who works on what."""
    from fedtasks.app.people.presence import present, work_on
    from fedtasks.domain.codec import task_to_json
    from fedtasks.views.briefing import WORKING, present_lines

    if id is None:
        found = present(face.session)
        face.tell({"working": found}, present_lines(found) or ["nobody works on anything"])
        return
    task = work_on(face.session, id, note)
    words = f"{task.id}: {safe(task.state.title)}" + (f" ({safe(note)})" if note else "")
    face.tell({"task": task_to_json(task)}, [f"{WORKING} {words}"])


@verb("setup", "fedtasks setup claude\nfedtasks setup codex --dry-run --as baby\nfedtasks setup cursor --remove")
@click.argument("tool", type=click.Choice(["claude", "codex", "gemini", "cursor", "copilot"]))
@click.option("--remove", is_flag=True, help="Take the lines out again, to the byte.")
@click.option("--dry-run", "-n", is_flag=True, help="Only show what would change.")
@click.option("--no-mcp", is_flag=True, help="Only the instructions, not the MCP server.")
def setup_command(face: Face, tool: str, remove: bool, dry_run: bool, no_mcp: bool) -> None:
    """Tells a coding tool about fedtasks, in the files that it reads; shows each change first."""
    from fedtasks.app.agents.tools import carry_out, plan_setup

    top, edits = plan_setup(face.session.context, tool, remove=remove, mcp=not no_mcp)
    if not face.as_json:
        for line in (line for edit in edits for line in edit.diff()):
            print(safe(line), flush=True)
    if not dry_run:
        carry_out(top, edits)
    would = "would be " if dry_run else ""
    rows = [{"path": edit.path, "change": edit.word, "diff": edit.diff()} for edit in edits]
    words = [f"{edit.path}: {would if edit.word != 'unchanged' else ''}{edit.word}" for edit in edits]
    face.tell({"tool": tool, "files": rows, "dry_run": dry_run}, words or ["nothing to remove"])
