"""What all verbs share: how a function becomes one, and their common options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import click

from fedtasks.app.session import Session
from fedtasks.cli.face import Face, carry_out, process_context

__all__ = ["Face", "complete_ids", "process_context", "task_argument", "token_option", "verb"]

Body = Callable[..., None]


def verb(
    name: str, example: str, *, group: click.Group | None = None, own_store: bool = False
) -> Callable[[Body], click.Command]:
    """Makes a function a verb: its first argument is the Face, its docstring the help, `example` the epilog.

    `own_store`: its `--store` is an option of its own; which store to work on is said before the verb.
    """

    def make(body: Body) -> click.Command:
        def run(*, as_json: bool, actor: str | None, lock_timeout: float | None, **rest: Any) -> None:
            require_text([actor, *rest.values()])
            store = None if own_store else rest.pop("store")
            above = cast(dict[str, Any], click.get_current_context().obj or {})
            context = process_context(
                store or above.get("store"),
                actor or above.get("actor"),
                lock_timeout if lock_timeout is not None else above.get("lock_timeout"),
            )
            words = click.get_current_context().command_path.partition(" ")[2]
            session = Session(context, words)
            session.token = rest.pop("token", None)
            face = Face(session, words.replace(" ", "."), as_json or bool(above.get("as_json")))
            carry_out(face, lambda: body(face, **rest))

        run.__doc__ = body.__doc__
        run.__click_params__ = getattr(body, "__click_params__", [])  # type: ignore[attr-defined]
        for option in reversed([option for option in COMMON if not own_store or option is not store_option]):
            run = option(run)
        epilog = "\b\nExample:\n" + "\n".join(f"  {line}" for line in example.splitlines())
        make_command = group.command if group is not None else click.command
        return make_command(name=name, epilog=epilog)(run)

    return make


def require_text(values: Iterable[Any]) -> None:
    """Raises UsageError for words that were not UTF-8 on the command line."""
    for value in values:
        for word in value if isinstance(value, tuple) else (value,):
            if isinstance(word, str) and not word.isascii() and any("\ud800" <= sign <= "\udfff" for sign in word):
                raise click.UsageError(f"{word!r} is not UTF-8.")


store_option = click.option("--store", metavar="PATH", help="The store to work on.")

COMMON = (
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    store_option,
    click.option("--as", "actor", metavar="NAME", help="Who acts."),
    click.option("--lock-timeout", type=click.FloatRange(0), metavar="SECONDS", help="How long to wait for the store."),
)


def complete_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Task ids that begin with what is typed, for shell completion; none, silently, where no store can be read."""
    from fedtasks.errors import FedtasksError

    try:
        store = ctx.params.get("store") or ctx.find_root().params.get("store")
        session = Session(process_context(store, None, 0.0), "complete")
        return sorted(id for id in session.reader.ids() if id.startswith(incomplete))
    except (FedtasksError, OSError):
        return []


token_option = click.option("--token", metavar="TOKEN", help="The claim that you work under, as 'claim' answered it.")
"""Shows the claim's token; taken into the session by `verb`."""

task_argument = click.argument("id", metavar="ID", shell_complete=complete_ids)
