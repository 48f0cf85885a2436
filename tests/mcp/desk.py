"""Clients of the MCP server: in this process, over standard input and output, over HTTP."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from fedtasks.app.context import Context
from fedtasks.mcp.server import build_server

LIMIT = 120

MODES = ("legacy", "auto")
"""The handshake of the previous protocol, and the current one."""


class Desk:
    """A client that checks every answer against the schema that the server has announced for it."""

    def __init__(self, client: Client, forms: dict[str, Any]) -> None:
        self.client, self.forms = client, forms

    async def ask(self, tool: str, given: dict[str, Any]) -> tuple[bool, Any, str]:
        """Whether it failed, the structured answer, the text."""
        done = await self.client.call_tool(tool, given)
        (content,) = done.content
        assert content.text.strip()
        if not done.is_error:
            Draft202012Validator(self.forms[tool]).validate(done.structured_content)
        return bool(done.is_error), done.structured_content, content.text

    async def call(self, tool: str, **given: Any) -> Any:
        """The structured answer of a call that must succeed."""
        failed, told, text = await self.ask(f"federation_{tool}", given)
        assert not failed, (tool, given, text)
        return told

    async def fails(self, code: str, tool: str, **given: Any) -> Any:
        """The error of a call that must fail."""
        failed, told, text = await self.ask(f"federation_{tool}", given)
        assert failed and told["error"]["code"] == code, (tool, given, told)
        error = told["error"]
        assert error["message"] in text and error["hint"] in text
        assert not error["message"].startswith("unexpected ") and "Traceback" not in text
        return error

    async def propose(self, *titles: str, **more: Any) -> list[str]:
        """The ids of new tasks with these titles."""
        told = await self.call("propose_task", tasks=[{"title": title, **more} for title in titles])
        return [task["id"] for task in told["tasks"]]


def context_of(world: Any, who: str | None = None) -> Context:
    """The context that a server in this world has."""
    environ = world.environ(None, who)
    return Context(world.project, environ, time.time_ns, os.urandom, pid=os.getpid(), python=sys.executable)


@asynccontextmanager
async def desk(server: Any, mode: str = "auto", **more: Any) -> AsyncIterator[Desk]:
    """A client of a server, which is a world, something that the SDK's client takes, or a world and a name."""
    if isinstance(server, tuple) or hasattr(server, "project"):
        world, who = server if isinstance(server, tuple) else (server, None)
        server = build_server(context_of(world, who))
    async with Client(server, mode=mode, read_timeout_seconds=LIMIT, **more) as client:
        tools = (await client.list_tools()).tools
        yield Desk(client, {tool.name: tool.output_schema for tool in tools})


def stdio(world: Any, who: str | None = None, *words: str) -> StdioServerParameters:
    """How a coding tool starts the server in this world."""
    command, *rest = world.command("mcp", *words)
    return StdioServerParameters(command=command, args=rest, env=world.environ(None, who), cwd=world.project)


def play(scene: Callable[[], Awaitable[None]]) -> None:
    """Runs a scene to its end, or fails where it hangs."""

    async def limited() -> None:
        with anyio.fail_after(LIMIT):
            await scene()

    try:
        anyio.run(limited)
    except BaseExceptionGroup as group:
        raise _first(group) from None


def _first(found: BaseException) -> BaseException:
    """The one that the groups are about."""
    return _first(found.exceptions[0]) if isinstance(found, BaseExceptionGroup) else found
