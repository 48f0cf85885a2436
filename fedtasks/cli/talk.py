"""Verbs that talk: comment, react, resolve, thread."""

from __future__ import annotations

import sys

import click

from fedtasks.app.people import comments as use
from fedtasks.cli.base import Face, task_argument, verb
from fedtasks.domain.conversation import TYPES

TEMPLATE = (
    "\n\n# Say it in Markdown; @name tells somebody. Lines below this one are left out. An empty text says nothing.\n"
)
MARK = TEMPLATE.strip().splitlines()[0]


@verb(
    "comment", "fedtasks comment 7k3q2 'Which keys, @ben?'\nfedtasks comment 7k3q2 --reply-to 4F2K9X1A 'All of them.'"
)
@task_argument
@click.argument("text", required=False)
@click.option("--reply-to", metavar="COMMENT", help="The remark that it answers: the end of its id.")
@click.option("--type", "type_", type=click.Choice(TYPES), default="comment", show_default=True, metavar="TYPE")
@click.option("--attach", multiple=True, metavar="FILE", help="A file to keep in the store; repeatable.")
@click.option("--link", multiple=True, metavar="FILE", help="A file of the repository to name; repeatable.")
def comment_command(
    face: Face,
    id: str,
    text: str | None,
    reply_to: str | None,
    type_: str,
    attach: tuple[str, ...],
    link: tuple[str, ...],
) -> None:
    """Says something on a task, in Markdown: TEXT, else standard input, on a terminal your editor."""
    said = _written() if text is None or text == "-" else text
    task, made = use.comment(face.session, id, said, type=type_, reply_to=reply_to, attach=attach, link=link)
    face.tell_task(task, f"said on {task.id}: {made[-8:]}")


def _written() -> str:
    """The text from standard input, on a terminal from the editor."""
    if not sys.stdin.isatty():
        from fedtasks.errors import InvalidData

        try:
            return sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError:
            raise InvalidData("standard input", "not UTF-8") from None
    edited = click.edit(TEMPLATE, extension=".md") or ""
    return edited.partition(MARK)[0]


@verb("react", "fedtasks react 7k3q2 4F2K9X1A +1\nfedtasks react 7k3q2 4F2K9X1A +1 --remove")
@task_argument
@click.argument("comment")
@click.argument("sign")
@click.option("--remove", is_flag=True, help="Take your own off again.")
def react_command(face: Face, id: str, comment: str, sign: str, remove: bool) -> None:
    """Puts a sign on what somebody said."""
    if not sign.strip():
        raise click.UsageError("A reaction is a sign or a word: +1, thanks.")
    task, about = use.react(face.session, id, comment, sign.strip(), remove=remove)
    face.tell_task(task, f"{sign} {'taken off' if remove else 'put on'} {about[-8:]}")


@verb("resolve", "fedtasks resolve 7k3q2 4F2K9X1A\nfedtasks resolve 7k3q2 4F2K9X1A --reopen")
@task_argument
@click.argument("comment")
@click.option("--reopen", is_flag=True, help="It is not settled after all.")
def resolve_command(face: Face, id: str, comment: str, reopen: bool) -> None:
    """Marks a conversation as settled."""
    task, about = use.resolve(face.session, id, comment, resolved=not reopen)
    face.tell_task(task, f"{about[-8:]} is {'open again' if reopen else 'settled'}")


@verb("thread", "fedtasks thread 7k3q2\nfedtasks thread 7k3q2 --open")
@task_argument
@click.option("--open", "open_", is_flag=True, help="Only conversations that are not settled.")
def thread_command(face: Face, id: str, open_: bool) -> None:
    """Shows what was said on a task as trees: comments, handoffs and reviews."""
    from fedtasks.domain.codec import task_to_json
    from fedtasks.views.thread import thread_lines

    task, found = use.thread(face.session, id)
    shown = [remark for remark in found if not (open_ and remark.resolved)]
    payload = {"task": task_to_json(task), "thread": [remark.to_json() for remark in shown]}
    face.tell(payload, thread_lines(shown) or [f"nothing was said on {task.id}"])
