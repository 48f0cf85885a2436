"""The server: the SDK's requests answered by tools, resources and prompts, for clients of both protocols."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeAlias

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.subscriptions import ListenHandler
from mcp.shared.exceptions import MCPError

from fedtasks import __version__
from fedtasks.app.context import Context
from fedtasks.errors import FedtasksError
from fedtasks.mcp import resources
from fedtasks.mcp.catalogue import TOOLS
from fedtasks.mcp.follow import Follower, Warn
from fedtasks.mcp.prompts import PROMPTS, prompt_text
from fedtasks.mcp.toolbox import Answer, Failure, Tool, run

INSTRUCTIONS = (
    "fedtasks shares out the work of this repository. Claim a task before you change its files"
    " (federation_claim_task), commit, then set it done (federation_update_task_status). Work on nothing unclaimed."
)
LOOK_AGAIN = 0.5
INVALID_PARAMS = -32602

Request: TypeAlias = ServerRequestContext[Any, Any]


def tool_list() -> list[types.Tool]:
    """The tools as clients see them."""
    return [
        types.Tool(
            name=tool.name,
            description=tool.about,
            input_schema=tool.takes,
            output_schema=tool.gives,
            annotations=types.ToolAnnotations(read_only_hint=True) if tool.reads else None,
        )
        for tool in TOOLS.values()
    ]


def build_server(context: Context, *, sync_seconds: float = 0.0, warn: Warn = lambda words: None) -> Server[Any]:
    """A server that acts as one member, who stands in the context; `sync_seconds` between looks at the remote."""
    follower = Follower(context, sync_seconds, warn)
    desk = _Desk(context, follower)
    return Server(
        "fedtasks",
        version=__version__,
        title="fedtasks",
        instructions=INSTRUCTIONS,
        lifespan=partial(_life, follower),
        on_list_tools=desk.list_tools,
        on_call_tool=desk.call_tool,
        on_list_resources=desk.list_resources,
        on_list_resource_templates=desk.list_templates,
        on_read_resource=desk.read_resource,
        on_subscribe_resource=desk.subscribe,
        on_unsubscribe_resource=desk.unsubscribe,
        on_subscriptions_listen=desk.listen,
        on_list_prompts=desk.list_prompts,
        on_get_prompt=desk.get_prompt,
    )


@asynccontextmanager
async def _life(follower: Follower, _: Server[Any]) -> AsyncIterator[dict[str, Any]]:
    """While a server runs its store is followed; at the end what was done is shared."""
    async with anyio.create_task_group() as group:
        group.start_soon(follower.watch)
        if follower.seconds:
            group.start_soon(follower.share)
        yield {}
        group.cancel_scope.cancel()
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(follower.finish)


class _Desk:
    """Answers one request after the other; nothing of an answer is kept for the next."""

    def __init__(self, context: Context, follower: Follower) -> None:
        self.context, self.follower = context, follower
        self.listening = ListenHandler(follower.bus)

    async def list_tools(self, _: Request, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tool_list())

    async def call_tool(self, _: Request, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"no tool {params.name[:100]!r}", {"tools": list(TOOLS)})
        answer = await self._answer(tool, params.arguments or {})
        if isinstance(answer, Failure):
            return _result(answer.text, {"error": answer.error}, is_error=True)
        return _result(answer.text, answer.told)

    async def _answer(self, tool: Tool, given: dict[str, Any]) -> Answer | Failure:
        """The tool's answer; where it was asked to wait, the first that is not empty."""
        deadline = anyio.current_time() + _seconds(given)
        while True:
            answer, wrote = await anyio.to_thread.run_sync(run, self.context, tool, given)
            if wrote:
                self.follower.wake.set()
            if isinstance(answer, Failure) or not answer.empty or anyio.current_time() >= deadline:
                return answer
            await anyio.sleep(LOOK_AGAIN)

    async def list_resources(
        self, _: Request, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=resources.listed())

    async def list_templates(
        self, _: Request, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=resources.templates())

    async def read_resource(self, _: Request, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(params.uri)
        text = await anyio.to_thread.run_sync(_asked, resources.read, self.context, uri)
        content = types.TextResourceContents(uri=uri, mime_type=resources.MIME, text=text)
        return types.ReadResourceResult(contents=[content])

    async def subscribe(self, asked: Request, params: types.SubscribeRequestParams) -> types.EmptyResult:
        await self.follower.subscribe(str(params.uri), asked.session)
        return types.EmptyResult()

    async def unsubscribe(self, asked: Request, params: types.UnsubscribeRequestParams) -> types.EmptyResult:
        self.follower.unsubscribe(str(params.uri), asked.session)
        return types.EmptyResult()

    async def listen(
        self, asked: Request, params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        uris = [str(uri) for uri in params.notifications.resource_subscriptions or ()]
        await self.follower.listen(uris)
        try:
            return await self.listening(asked, params)
        finally:
            self.follower.stop_listening(uris)

    async def list_prompts(self, _: Request, params: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=list(PROMPTS.values()))

    async def get_prompt(self, _: Request, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        text = _asked(prompt_text, params.name, params.arguments or {})
        message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
        return types.GetPromptResult(description=PROMPTS[params.name].description, messages=[message])


def _seconds(given: dict[str, Any]) -> float:
    wanted = given.get("wait")
    return float(wanted) if isinstance(wanted, int | float) and 0 < wanted <= 600 else 0.0


def _asked(use: Callable[..., str], *given: Any) -> str:
    """The answer, an error of ours as the protocol's, with code, hint and fields as its data."""
    try:
        return use(*given)
    except FedtasksError as found:
        raise MCPError(INVALID_PARAMS, found.message, found.to_json()) from found


def _result(text: str, told: dict[str, Any], *, is_error: bool = False) -> types.CallToolResult:
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=text)]
    return types.CallToolResult(content=content, structured_content=told, is_error=is_error)
