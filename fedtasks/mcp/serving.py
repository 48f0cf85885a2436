"""Serving over standard input and output, and over HTTP."""

from __future__ import annotations

import hmac
import sys
from ipaddress import ip_address
from typing import TYPE_CHECKING

import anyio
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage

from fedtasks.app.context import Context
from fedtasks.errors import OutOfReach, UsageError
from fedtasks.mcp.server import build_server
from fedtasks.mcp.unreadable import pass_on

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/mcp"


def warn(words: str) -> None:
    """A remark; standard output belongs to the protocol."""
    print(f"fedtasks: {words}", file=sys.stderr, flush=True)


def serve_stdio(context: Context, sync_seconds: float) -> None:
    """Serves one client until it closes its end."""
    server = build_server(context, sync_seconds=sync_seconds, warn=warn)

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            onward, messages = anyio.create_memory_object_stream[SessionMessage | Exception](0)
            async with anyio.create_task_group() as group:
                group.start_soon(pass_on, incoming, outgoing, onward)
                await server.run(messages, outgoing, server.create_initialization_options())
                group.cancel_scope.cancel()

    anyio.run(serve)


def serve_http(context: Context, sync_seconds: float, host: str, port: int, token: str | None, who: str) -> None:
    """Serves many clients, all as one member, until it is interrupted; port 0 takes a free one.

    Raises UsageError for a host that others can reach and no token, OutOfReach where the port is taken.
    """
    if token is None and not is_loopback(host):
        raise UsageError(
            f"{host} can be reached by others, and there is no token",
            hint="set FEDTASKS_MCP_TOKEN to a long random word, and give it to the clients as their bearer token",
        )
    import uvicorn

    server = build_server(context, sync_seconds=sync_seconds, warn=warn)
    app: ASGIApp = server.streamable_http_app(streamable_http_path=PATH, host=host)
    if token is not None:
        app = _Guard(app, token)
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", lifespan="on")
    try:
        socket = config.bind_socket()
    except SystemExit:
        raise OutOfReach(f"{host}:{port} cannot be served", hint="another program may have it; try --port 0") from None
    socket.listen()
    shown = f"[{host}]" if ":" in host else host
    warn(f"serving http://{shown}:{socket.getsockname()[1]}{PATH} as {who}; Ctrl-C ends it")
    uvicorn.Server(config).run([socket])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Guard:
    """Lets in who bears the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self.token = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self.token):
                error = {"code": "not_allowed", "message": "the bearer token is missing or wrong"}
                from starlette.responses import JSONResponse

                refusal = JSONResponse({"error": error}, status_code=401, headers={"WWW-Authenticate": "Bearer"})
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)
