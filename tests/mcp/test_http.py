"""The server over HTTP: for this machine alone, or for who bears the token."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from mcp.client.streamable_http import streamable_http_client

from tests.mcp.desk import MODES, desk, play

TOKEN = "long-and-random"


@contextmanager
def served(world: Any, *words: str, **env: str) -> Iterator[str]:
    """The address of a server in a process of its own, which Ctrl-C ends well."""
    process: subprocess.Popen[bytes] = world.popen("mcp", "--http", "--port", "0", *words, env=env)
    try:
        line = process.stderr.readline().decode()
        found = re.search(r"serving (http://\S+/mcp) as ", line)
        assert found, line + process.stderr.read().decode()
        yield found[1]
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 130) and out == b"" and b"Traceback" not in err, (process.returncode, out, err)


def test_who_bears_the_token_is_served(git_world: Any) -> None:
    git_world.add("one")
    with served(git_world, "--as", "bo", FEDTASKS_MCP_TOKEN=TOKEN) as url:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
            refused = httpx2.post(url, json={}, headers=headers)
            assert refused.status_code == 401 and refused.json()["error"]["code"] == "not_allowed"
            assert refused.headers["www-authenticate"] == "Bearer"
        elsewhere = {"Authorization": f"Bearer {TOKEN}", "Host": "evil.example", "Content-Type": "application/json"}
        assert httpx2.post(url, json={}, headers=elsewhere).status_code in (403, 421)

        async def scene() -> None:
            for mode, tool in zip(MODES, ("claim_task", "task_board"), strict=True):
                http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"})
                async with http, desk(streamable_http_client(url, http_client=http), mode) as mine:
                    told = await mine.call(tool)
                    assert [task["assignee"] for task in told.get("tasks", [told.get("task")])] == ["bo"]

        play(scene)
    git_world.assert_clean()


def test_only_this_machine_is_served_without_a_token(git_world: Any) -> None:
    assert git_world.fails(2, "mcp", "--http", "--host", "0.0.0.0")["hint"].startswith("set FEDTASKS_MCP_TOKEN")
    with served(git_world) as url:

        async def scene() -> None:
            async with desk(url) as mine:
                assert (await mine.call("task_board"))["tasks"] == []

        play(scene)
        port = url.split(":")[2].partition("/")[0]
        taken = git_world.run("mcp", "--http", "--port", port)
        assert taken.code == 7 and "cannot be served" in taken.err and "Traceback" not in taken.err
