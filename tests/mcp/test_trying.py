"""Tries, and the token of a claim, through the tools."""

from __future__ import annotations

from typing import Any

from tests.mcp.desk import desk, play


def test_tries_and_the_token_of_a_claim(git_world: Any) -> None:
    git_world.ok("member", "add", "bo", "--kind", "agent", "--role", "agent")

    async def scene() -> None:
        async with desk((git_world, "bo")) as worker:
            (id,) = await worker.propose("one")
            token = (await worker.call("claim_task", id=id))["task"]["claim"]["token"]
            first = (await worker.call("attempt", id=id, note="with a cache"))["attempt"]
            assert (first["by"], first["agent"], first["note"], first["branch"]) == ("bo", "bo", "with a cache", "main")
            await worker.call("attempt", id=id, outcome="failed", note="too slow")
            await worker.fails("not_allowed", "attempt", id=id, outcome="success")
            second = (await worker.call("attempt", id=id, attempt=first["id"]))["attempt"]
            ended = await worker.call("attempt", id=id, attempt=second["id"], outcome="success")
            assert (ended["attempt"]["parent"], ended["attempt"]["outcome"]) == (first["id"], "success")
            await worker.fails("lost_claim", "update_task_status", id=id, status="done", token="0" * 26)
            await worker.fails("lost_claim", "heartbeat", id=id, token="0" * 26)
            assert (await worker.call("heartbeat", id=id, token=token))["renewed"] is False
            done = await worker.call("update_task_status", id=id, status="done", token=token)
            assert done["task"]["status"] == "done"

    play(scene)
    git_world.assert_clean()
