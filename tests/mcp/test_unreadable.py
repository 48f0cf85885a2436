"""Lines on standard input that are no message are answered, so that nobody waits for ever."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.conftest import World

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}


def request(id: Any, method: str, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params})


def test_what_cannot_be_read_is_answered_and_the_next_request_too(git_world: World) -> None:
    call = request(7, "tools/call", name="federation_propose_task", arguments={"tasks": [{"title": "\ud800"}]})
    lines = [
        request(1, "initialize", **HELLO),
        '{"jsonrpc": "2.0", "method": "notifications/initialized"}',
        '{"jsonrpc": "2.0", "id": 6, ',
        call,
        "",
        "[" * 100_000,
        '{"jsonrpc": "2.0", "id": 8, "method": 3}',
        '{"id": 9, "result": 3}',
        request("\ud800", "tools/list"),
        request(10, "tools/list"),
    ]
    with git_world.popen("mcp", stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(("\n".join(lines) + "\n").encode())
        process.stdin.flush()
        told = [json.loads(process.stdout.readline()) for _ in range(8)]
        process.stdin.close()
        assert process.wait(60) == 0
    answers = {one["id"]: one for one in told if one["id"] is not None}
    assert answers[7]["error"]["code"] == -32700 and answers[7]["error"]["message"].startswith("Parse error: ")
    assert "result" in answers[1] and "tools" in answers[10]["result"] and len(answers) == 3
    assert sorted(one["error"]["code"] for one in told if one["id"] is None) == [-32700, -32700, -32700, -32600, -32600]
    assert git_world.ids() == []
