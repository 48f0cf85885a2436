"""Lines on standard input that are no message: answered, where the SDK alone would leave the client waiting."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import anyio
import mcp_types as types
from anyio.streams.memory import MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from pydantic import ValidationError

PARSE_ERROR, INVALID_REQUEST = -32700, -32600


async def pass_on(incoming: Any, outgoing: Any, onward: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
    """Passes on the messages that come in, until there are no more or nobody takes them; answers all else."""
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        async with onward:
            async for item in incoming:
                if isinstance(item, SessionMessage):
                    await onward.send(item)
                elif (answer := refusal(item)) is not None:
                    await outgoing.send(SessionMessage(answer))


def refusal(found: Exception) -> types.JSONRPCError | None:
    """The answer to what could not be read, None for a blank line.

    | the line                                   | code   | id                       |
    |--------------------------------------------|--------|--------------------------|
    | is no JSON                                 | -32700 | null                     |
    | is JSON but for half a surrogate pair      | -32700 | the request's            |
    | is JSON, and no message                    | -32600 | null, as far as is known |
    """
    problem = found.errors(include_url=False)[0] if isinstance(found, ValidationError) else {"type": "", "input": None}
    line, unparsed = problem["input"], problem["type"] == "json_invalid"
    if unparsed and not str(line).strip():
        return None
    code, words = (PARSE_ERROR, "Parse error") if unparsed else (INVALID_REQUEST, "Invalid Request")
    detail = f": {problem['msg']}" if unparsed else ""
    return types.JSONRPCError(
        jsonrpc="2.0", id=_id_of(line), error=types.ErrorData(code=code, message=f"{words}{detail}")
    )


def _id_of(line: Any) -> int | str | None:
    """The id of a request; what has no method is none, and its id may be one of our own."""
    with suppress(ValueError, RecursionError):
        asked = json.loads(line) if isinstance(line, str) else line
        if isinstance(asked, dict) and "method" in asked and type(asked.get("id")) in (int, str):
            id: int | str = asked["id"]
            return id if isinstance(id, int) or id.isprintable() else None
    return None
