"""`fedtasks demo`: the real commands in a throw-away repository."""

from __future__ import annotations

import click

from fedtasks.cli.base import Face, verb


@verb("demo", "fedtasks demo\nfedtasks demo --keep")
@click.option("--keep", is_flag=True, help="Leave the repository where it is.")
def demo_command(face: Face, keep: bool) -> None:
    """Shows the whole way, with real commands in a repository of its own that is removed afterwards."""
    from fedtasks.app.keeping.demo import demo

    demo(face.session.context, keep=keep, say=click.echo)
