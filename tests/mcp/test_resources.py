"""Resources and prompts: read from the files at each call, and told of when they change."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from mcp_types import ResourceUpdatedNotification

from tests.mcp.desk import MODES, desk, play

pytestmark = pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")
"""The current protocol has no subscribe request; the test of the previous one uses it all the same."""

SECONDS = 20.0
"""For slow machines; how long it takes is measured in benchmarks/agents.py."""
BOARD, INBOX = "fedtasks://board", "fedtasks://inbox"

Told = Callable[[], Any]


@asynccontextmanager
async def following(server: Any, mode: str, uris: list[str]) -> AsyncIterator[tuple[Any, Told]]:
    """A client that is subscribed to the resources; the second answers the URI of the next one that has changed."""
    if mode == "auto":
        async with desk(server) as mine, mine.client.listen(resource_subscriptions=uris) as stream:

            async def heard() -> str:
                return str((await anext(stream)).uri)

            yield mine, heard
        return
    send, receive = anyio.create_memory_object_stream[str](100)

    async def handler(message: Any) -> None:
        if isinstance(message, ResourceUpdatedNotification):
            await send.send(str(message.params.uri))

    with send, receive:
        async with desk(server, mode, message_handler=handler) as mine:
            for uri in uris:
                await mine.client.subscribe_resource(uri)
            yield mine, receive.receive
            await mine.client.unsubscribe_resource(uris[0])


async def text_of(mine: Any, uri: str) -> Any:
    (content,) = (await mine.client.read_resource(uri)).contents
    assert content.mime_type == "application/json"
    return json.loads(content.text)


@pytest.mark.parametrize("mode", MODES)
def test_a_change_by_anybody_is_told(make_team: Callable[..., Any], mode: str) -> None:
    """Another process, an editor, a broken file, its repair, and what a pull brings; told once each."""
    team = make_team(2)
    ada, ben = team.all
    id = ada.add("one")
    uri = f"fedtasks://task/{id}"

    async def scene() -> None:
        async with following(ada, mode, [uri]) as (mine, heard):

            async def expect(title: str | None) -> None:
                with anyio.fail_after(SECONDS):
                    assert await heard() == uri
                if title is not None:
                    assert (await text_of(mine, uri))["task"]["title"] == title

            await anyio.to_thread.run_sync(lambda: ada.run("edit", id, "--title", "by a process"))
            await expect("by a process")
            ada.rewrite(id, title="by an editor")
            await expect("by an editor")
            kept = ada.path(id).read_bytes()
            ada.path(id).write_bytes(b"{")
            await expect(None)
            ada.path(id).write_bytes(kept)
            await expect("by an editor")
            await anyio.to_thread.run_sync(lambda: (ada.run("sync"), ben.run("sync")))
            await anyio.to_thread.run_sync(lambda: ben.run("edit", id, "--title", "by a pull"))
            await anyio.to_thread.run_sync(lambda: (ben.run("sync"), ada.git("pull", "-q", "origin", "fedtasks")))
            await expect("by a pull")
            await mine.propose("another task")
            with anyio.move_on_after(1.0):
                raise AssertionError(f"told of {await heard()}, which nobody changed")

    play(scene)


@pytest.mark.parametrize("mode", MODES)
def test_what_there_is_to_read(git_world: Any, mode: str) -> None:
    git_world.project.joinpath("plan.md").write_text("- [ ] one\n- [ ] two\n", encoding="utf-8")
    ids = [task["id"] for task in git_world.ok("parse", "plan.md")["tasks"]]
    other = git_world.add("another", "--lead", "bo", who="bo")

    async def scene() -> None:
        async with desk(git_world, mode) as mine:
            listed = (await mine.client.list_resources()).resources
            templates = (await mine.client.list_resource_templates()).resource_templates
            uris = [str(one.uri) for one in listed] + [one.uri_template for one in templates]
            assert {BOARD, INBOX, "fedtasks://task/{id}", "fedtasks://plan/{id}"} <= set(uris)
            assert [task["id"] for task in (await text_of(mine, BOARD))["tasks"]] == [*ids, other]
            git_world.ok("done", git_world.ok("claim", ids[0])["task"]["id"])
            assert [task["id"] for task in (await text_of(mine, BOARD))["tasks"]] == [*ids[1:], other]
            assert [task["id"] for task in (await text_of(mine, "fedtasks://plan/plan"))["tasks"]] == ids
            told = await text_of(mine, f"fedtasks://task/{ids[0]}")
            assert [entry["kind"] for entry in told["task"]["history"]] == ["created", "claimed", "status"]
            git_world.ok("assign", other, "ada-lovelace", who="bo")
            assert [notice["task"] for notice in (await text_of(mine, INBOX))["notices"]] == [other]
            names = [prompt.name for prompt in (await mine.client.list_prompts()).prompts]
            assert names == ["work_on_the_next_task", "lead_this_plan"]
            for name, given in (("work_on_the_next_task", {"tag": "ui"}), ("lead_this_plan", {"plan": "plan.md"})):
                (message,) = (await mine.client.get_prompt(name, given)).messages
                words = set(re.findall(r"\w+", message.content.text))
                assert given.popitem()[1] in message.content.text
                assert {word for word in words if word.startswith("federation_")} <= {
                    tool.name for tool in (await mine.client.list_tools()).tools
                }

    play(scene)
