"""Verbs that say what a task is: add, edit, tag, depend, lead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from fedtasks.app.tasks import edit as use
from fedtasks.app.tasks.create import add
from fedtasks.app.tasks.fields import wish
from fedtasks.cli.base import Face, complete_ids, task_argument, verb
from fedtasks.domain.status import PRIORITIES
from fedtasks.domain.task import Task
from fedtasks.views.text import safe


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A date as `2026-12-24`."""
    from datetime import date

    try:
        is_day = value is None or date.fromisoformat(value).isoformat() == value
    except ValueError:
        is_day = False
    if not is_day:
        raise click.BadParameter(f"{value!r} is no day of the calendar; write it as 2026-12-24.", ctx, param)
    return value


FIELDS = (
    click.option("--description", "-d", metavar="TEXT", help="What is to be done, in full."),
    click.option("--priority", "-p", type=click.Choice(PRIORITIES), help="How urgent it is."),
    click.option("--lead", metavar="NAME", help="Who leads it."),
    click.option("--due", metavar="DATE", callback=_day, help="When it is due: 2026-12-24."),
    click.option("--estimate", metavar="TEXT", help="How much work it is: 2d, 4h."),
    click.option("--parent", metavar="ID", shell_complete=complete_ids, help="The task that it is a part of."),
    click.option("--file", "files", multiple=True, metavar="PATH", help="A file that it changes; repeatable."),
    click.option("--tag", "tags", multiple=True, metavar="TAG", help="A tag; repeatable."),
    click.option("--skill", "skills", multiple=True, metavar="WORD", help="What it asks of who does it; repeatable."),
    click.option("--helper", "helpers", multiple=True, metavar="NAME", help="Who works on it, too; repeatable."),
    click.option(
        "--related", multiple=True, metavar="ID", shell_complete=complete_ids, help="A task it has to do with."
    ),
)

SETS = ("files", "tags", "skills", "helpers", "related")

CLEAR = ("due", "estimate", "lead", "parent")
"""Fields that can be emptied."""


def _fields(body: Any) -> Any:
    for option in reversed(FIELDS):
        body = option(body)
    return body


def _set(rest: dict[str, Any], helpers: Iterable[str] = ()) -> dict[str, Any]:
    from fedtasks.app.identity import check_name

    for name in (rest.get("lead"), *helpers):
        if name is not None:
            check_name(name)
    return rest


@verb("add", "fedtasks add 'Rotate the signing keys' --priority high --file deploy/keys.sh --depends-on 7k3q2")
@click.argument("title")
@_fields
@click.option("--depends-on", multiple=True, metavar="ID", help="A task to wait for; repeatable.")
def add_command(face: Face, title: str, depends_on: tuple[str, ...], **rest: Any) -> None:
    """Adds a task; you lead it unless you name somebody else."""
    members = {name: rest.pop(name) for name in SETS}
    fields = {"title": title, **_set(rest, members["helpers"])}
    task = add(face.session, wish(set=fields, depends_on=depends_on, **members))
    face.tell_task(task, f"{task.id} added: {safe(task.state.title)}")
    face.warn_strangers(rest.get("lead"), *members["helpers"])


@verb("edit", "fedtasks edit 7k3q2 --title 'Rotate all keys' --file deploy/keys.sh --no-file old.sh")
@task_argument
@click.option("--title", metavar="TEXT", help="What it is called.")
@_fields
@click.option("--no-file", "no_files", multiple=True, metavar="PATH", help="A file that it does not change.")
@click.option("--no-skill", "no_skills", multiple=True, metavar="WORD", help="What it does not ask for.")
@click.option("--no-helper", "no_helpers", multiple=True, metavar="NAME", help="Who does not work on it any more.")
@click.option("--no-related", multiple=True, metavar="ID", help="A task that it has nothing to do with.")
@click.option("--clear", multiple=True, type=click.Choice(CLEAR), help="A field to empty; repeatable.")
def edit_command(face: Face, id: str, clear: tuple[str, ...], **rest: Any) -> None:
    """Changes what a task says."""
    names = (*SETS, "no_files", "no_skills", "no_helpers", "no_related")
    members = {name: rest.pop(name) for name in names}
    _tell(face, *use.edit(face.session, id, wish(set=_set(rest, members["helpers"]), clear=clear, **members)))
    face.warn_strangers(rest.get("lead"), *members["helpers"])


@verb("tag", "fedtasks tag 7k3q2 security urgent\nfedtasks tag 7k3q2 --no urgent")
@task_argument
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--no", "no_tags", multiple=True, metavar="NAME", help="A tag to take off; repeatable.")
def tag_command(face: Face, id: str, names: tuple[str, ...], no_tags: tuple[str, ...]) -> None:
    """Puts tags on a task, and takes them off."""
    if not names and not no_tags:
        raise click.UsageError("Name at least one tag.")
    _tell(face, *use.edit(face.session, id, wish(tags=names, no_tags=no_tags), "tag"))


@verb("depend", "fedtasks depend 7k3q2 x1m9f\nfedtasks depend 7k3q2 --no x1m9f")
@task_argument
@click.argument("others", nargs=-1, metavar="OTHER...", shell_complete=complete_ids)
@click.option("--on", multiple=True, metavar="ID", help="The same as OTHER; repeatable.")
@click.option("--no", multiple=True, metavar="ID", help="A task not to wait for; repeatable.")
def depend_command(face: Face, id: str, others: tuple[str, ...], on: tuple[str, ...], no: tuple[str, ...]) -> None:
    """Makes a task wait until others are done."""
    if not (others or on or no):
        raise click.UsageError("Name at least one other task.")
    _tell(face, *use.depend(face.session, id, (*others, *on), no))


@verb("lead", "fedtasks lead 7k3q2 taichi")
@task_argument
@click.argument("who")
def lead_command(face: Face, id: str, who: str) -> None:
    """Names the lead of a task."""
    _tell(face, *use.edit(face.session, id, wish(set=_set({"lead": who})), "lead"))
    face.warn_strangers(who)


def _tell(face: Face, task: Task, changed: bool) -> None:
    words = f"{task.id} changed: {safe(task.state.title)}" if changed else f"{task.id}: nothing to change"
    face.tell_task(task, words)
