"""The root command: global options, and verbs loaded when they are called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from fedtasks import __version__
from fedtasks.cli.verbs import VERBS

HIDDEN = ("merge-driver",)


class LazyGroup(click.Group):
    """Imports a verb's module when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of their table, without those that only git calls."""
        return [name for name in VERBS if name not in HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb; its module is imported here."""
        module = VERBS.get(cmd_name)
        if module is None:
            return None
        found: click.Command = getattr(import_module(f"fedtasks.cli.{module}"), cmd_name.replace("-", "_") + "_command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name; for a verb that does not exist, raises click.UsageError with the nearest."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], VERBS, n=1)
            more = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"There is no verb '{args[0]}'.{more}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """A closed pipe reaches the boundary as itself; click would end the process with 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as found:
            raise ClosedPipe from found


class ClosedPipe(Exception):
    """Nobody reads the output any more."""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Every verb has --json and an example in its own --help.",
)
@click.version_option(__version__, message="fedtasks %(version)s")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--store", metavar="PATH", help="The store to work on.")
@click.option("--as", "actor", metavar="NAME", help="Who acts.")
@click.option("--lock-timeout", type=click.FloatRange(0), metavar="SECONDS", help="How long to wait for the store.")
@click.pass_context
def root(ctx: click.Context, as_json: bool, store: str | None, actor: str | None, lock_timeout: float | None) -> None:
    """A task registry for people and coding agents: one JSON file per task, shared by git or NFS."""
    ctx.obj = {"as_json": as_json, "store": store, "actor": actor, "lock_timeout": lock_timeout}
