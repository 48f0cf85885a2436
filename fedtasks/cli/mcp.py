"""The verb that starts the MCP server."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from fedtasks.cli.base import Face, verb
from fedtasks.errors import FedtasksError, UsageError

TOKEN = "FEDTASKS_MCP_TOKEN"


@verb("mcp", "fedtasks mcp --as baby\nfedtasks mcp --http --port 8765")
@click.option("--http", is_flag=True, help="Serve HTTP instead of standard input and output.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help=f"With --http; others than this machine need {TOKEN}."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="With --http; 0: a free one."
)
@click.option("--sync", type=click.FloatRange(0), default=2.0, show_default=True, metavar="SECONDS",
              help="How often to ask the remote; 0: never.")  # fmt: skip
def mcp_command(face: Face, http: bool, host: str, port: int, sync: float) -> None:
    """Serves the tasks to coding agents (MCP), as one member."""
    context = face.session.context
    try:
        who = face.session.actor.name
    except FedtasksError as found:
        who = "nobody yet"
        face.warn(f"{found.message}; each call will say so until that is mended")
    serving = _serving()
    if http:
        serving.serve_http(context, sync, host, port, context.environ.get(TOKEN) or None, who)
    else:
        serving.serve_stdio(context, sync)


def _serving() -> Any:
    """The server stands beside the command line, not below it: it is named here, and imported only when it starts."""
    if find_spec("mcp") is None:
        raise UsageError("the MCP server needs its extra", hint="pip install 'fedtasks[mcp]'")
    return import_module("fedtasks.mcp.serving")
