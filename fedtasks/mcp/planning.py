"""The tool that turns a plan of the repository into tasks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.app.context import Context
from fedtasks.app.session import Session
from fedtasks.errors import UsageError
from fedtasks.mcp.forms import MANY, OBJECT, TEXT, choice, flag, listed, string, takes
from fedtasks.mcp.toolbox import Answer, Arguments, Tool, short

if TYPE_CHECKING:
    from fedtasks.app.plans.parsing import Parsed


def parse_plan(session: Session, given: Arguments) -> Answer:
    """Brings the tasks up to date with a plan file of this repository."""
    from fedtasks.app.plans.parsing import parse

    path = inside(session.context, given["path"])
    return told(
        parse(session, path, dry_run=bool(given.get("dry_run")), prefer=given.get("prefer", "store")),
        dry=bool(given.get("dry_run")),
    )


def inside(context: Context, given: str) -> Path:
    """The path below the repository (below the working directory outside of one); raises UsageError for another."""
    from fedtasks.git.repository import top_level

    top = (top_level(context.git) or context.directory).resolve()
    path = (context.directory / given).resolve()
    if not path.is_relative_to(top):
        raise UsageError(f"{given} is outside of {top}", hint="name a plan by its path in the repository", path=given)
    return path


def told(parsed: Parsed, *, dry: bool = False) -> Answer:
    """What a parse did, its remarks and the tasks."""
    from fedtasks.app.plans.parsing import summary, task_rows
    from fedtasks.views.diagnostics import text_lines

    remarks = [*text_lines((parsed.document.shown, one) for one in parsed.diagnostics), *parsed.refused]
    actions = [action.to_json() for action in parsed.decided.actions]
    words = f"{parsed.document.shown}: {summary(parsed.decided)}" + (" (dry run)" if dry else "")
    return Answer(
        {"tasks": [short(row) for row in task_rows(parsed)], "actions": actions, "remarks": remarks},
        "\n".join([words, *remarks]),
    )


TOOLS = (
    Tool(
        "federation_parse_plan",
        "Turns a plan file (implementation_plan.md, task.md) into tasks; again after each edit of the plan."
        " dry_run only shows what would change.",
        takes(("path",), path=string(4096), dry_run=flag(), prefer=choice("store", "plan", about="Who wins conflicts")),
        MANY | {"properties": MANY["properties"] | {"actions": listed(OBJECT), "remarks": listed(TEXT)}},
        parse_plan,
    ),
)
