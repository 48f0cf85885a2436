"""Arguments that are missing, wrong or hostile: a clear error each, and nothing changed; and what the tools weigh."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fedtasks.mcp.catalogue import TOOLS
from fedtasks.mcp.server import tool_list
from tests.mcp.desk import MODES, desk, play

SIGNS = 3
"""Signs that count as one token; the JSON of the schemas comes to more than that."""

HUGE, LONG = "x" * 10_000_000, "x" * 2_000_001
SPOILT = ("", "a\x00b", "\ud800", LONG)
HOSTILE = ("../../../etc/passwd", "..", "\x1b[2J", "lea,bo")

GOOD: dict[str, dict[str, Any]] = {
    "federation_propose_task": {"tasks": [{"title": "new"}]},
    "federation_claim_task": {"id": "ID"},
    "federation_assign_task": {"id": "ID", "assignee": "bo"},
    "federation_update_task_status": {"id": "ID", "status": "cancelled"},
    "federation_set_lead": {"id": "ID", "lead": "bo"},
    "federation_task_board": {"limit": 1},
    "federation_get_task": {"id": "ID"},
    "federation_inbox": {"limit": 1},
    "federation_ack": {"ids": ["MINE"]},
    "federation_handoff_task": {"id": "MINE", "to": "bo", "reason": "gone"},
    "federation_heartbeat": {"id": "MINE"},
    "federation_delegate": {"id": "ID", "to": "site", "type": "route"},
    "federation_comment": {"id": "MINE", "text": "so far"},
    "federation_review": {"id": "MINE", "verdict": "request", "text": "look"},
    "federation_attempt": {"id": "MINE", "note": "with a cache"},
    "federation_parse_plan": {"path": "plan.md"},
}
"""Arguments of each tool that it would take, with which it would do something."""

FREE = {
    "text",
    "reason",
    "override",
    "description",
    "estimate",
    "title",
    "plan_id",
    "tag",
    "plan",
    "tags",
    "notes",
    "note",
    "next",
    "branch",
    "parts",
}
"""Fields for people's own words: a path in them is a word like others."""

NESTED: dict[str, tuple[dict[str, Any], ...]] = {
    "federation_propose_task": (
        *({"tasks": [{"title": "fine"}, {"title": "not fine"} | spoilt]} for spoilt in (
            {"title": ""}, {"lead": "../lea"}, {"lead": "a\nb"}, {"depends_on": ["task-00000"]}, {"parent": "../x"},
            {"due": "2026-99-99"}, {"due": "soon"}, {"files": ["../../etc/passwd"]}, {"files": ["a/../../b"]},
            {"priority": "highest"}, {"id": "task-00000"}, {"assignee": "lea"}, {"history": []},
        )),
        {"plan": "- [ ] both", "plan_id": "both"},
    ),
    "federation_claim_task": ({"id": "ID", "takeover": True, "tag": [[]]},),
    "federation_comment": ({"text": " "}, {"reply_to": "nothing"}, {"type": "system"}),
    "federation_review": ({"verdict": "changes", "text": " "}, {"verdict": "approve", "branch": "main"}),
    "federation_ack": ({"ids": []}, {"ids": ["MINE", "nothing"]}),
    "federation_handoff_task": ({"answer": "accept"}, {"id": "ID", "to": "../bo"}),
    "federation_delegate": ({"answer": "accept", "to": "nowhere"}, {"to": "nowhere"}, {"parts": ["a part"]}),
}  # fmt: skip
"""What is wrong deeper inside; of several tasks none is added."""

WORDS = {"usage", "not_found", "not_allowed", "invalid_data", "invalid_plan", "nothing_ready", "out_of_reach"}


def wrong(name: str) -> Iterator[dict[str, Any]]:
    """Arguments that the tool must refuse, each with one thing wrong with it."""
    form, good = TOOLS[name].takes, GOOD[name]
    for field in form.get("required", ()):
        yield {key: value for key, value in good.items() if key != field}
    yield good | {"as": "lea"}
    yield good | {"actor": "lea", "store": "/"}
    yield good | {next(iter(form["properties"])): HUGE}
    for field, inner in form["properties"].items():
        is_name = not TOOLS[name].reads or field == "id"
        for value in (None, 3.5, {"$ref": "x"}, [[]], *SPOILT, *(HOSTILE if is_name and field not in FREE else ())):
            if value is None and inner.get("type") == ["string", "null"]:
                continue
            fits_many = (
                isinstance(value, str) and inner.get("type") == "array" and inner["items"].get("type") == "string"
            )
            yield good | {field: [value] if fits_many else value}
    for inner in NESTED.get(name, ()):
        yield good | inner


def test_the_table_has_every_tool() -> None:
    assert set(GOOD) == set(TOOLS)


def test_wrong_arguments_change_nothing(git_world: Any) -> None:
    known = prepare(git_world)
    before, head = snapshot(git_world), git_world.git("rev-parse", "HEAD")

    async def scene() -> None:
        async with desk(git_world) as mine:
            for name in GOOD:
                for given in wrong(name):
                    asked = named(given, known)
                    check(name, asked, *await mine.ask(name, asked))
                assert snapshot(git_world) == before, name
            await mine.call("get_task", id=known["ID"])

    play(scene)
    assert git_world.git("rev-parse", "HEAD") == head
    git_world.assert_clean()


def prepare(world: Any) -> dict[str, str]:
    """A store in which all good arguments are good, and the tasks that they name."""
    world.ok("member", "add", "bo", "--kind", "agent", "--role", "agent")
    world.ok("instance", "add", "hq", "--scope", "global", "--store", ".")
    elsewhere = str(world.base / "elsewhere")
    world.ok("init", "--dir", elsewhere, cwd=world.base)
    world.ok("instance", "add", "site", "--scope", "project", "--parent", "hq", "--store", elsewhere)
    world.project.joinpath("plan.md").write_text("- [ ] one\n", encoding="utf-8")
    mine = world.add("mine", who="bo")
    world.ok("assign", mine, "ada-lovelace", who="bo")
    world.ok("claim", mine)
    return {"ID": world.add("one"), "MINE": mine}


def named(given: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """The arguments with the ids of the tasks that stand there."""

    def put(value: Any) -> Any:
        return known.get(value, value) if isinstance(value, str) else value

    return {key: [*map(put, value)] if isinstance(value, list) else put(value) for key, value in given.items()}


def check(name: str, asked: dict[str, Any], failed: bool, told: Any, text: str) -> None:
    """One clear, short error."""
    shown = name, {key: str(value)[:60] for key, value in asked.items()}
    assert failed, (shown, told)
    error = told["error"]
    assert error["code"] in WORDS and error["message"] and error["hint"], (shown, error)
    assert len(text) < 2_000 and not set(text) & set("\x00\x1b") and text.isprintable() | ("\n" in text), shown
    assert not error["message"].startswith("unexpected"), (shown, text)


def test_good_arguments_are_good(git_world: Any) -> None:
    """The arguments that the others spoil do work."""
    known = prepare(git_world)

    async def scene() -> None:
        async with desk(git_world) as mine:
            for name, given in GOOD.items():
                known["ID"] = (await mine.propose("one"))[0]
                failed, told, _ = await mine.ask(name, named(given, known))
                assert not failed, (name, told)

    play(scene)


def test_a_plan_outside_of_the_repository_is_not_read(git_world: Any) -> None:
    outside = git_world.base / "outside.md"
    outside.write_text("- [ ] secret\n", encoding="utf-8")
    git_world.project.joinpath("link.md").symlink_to(outside)

    async def scene() -> None:
        async with desk(git_world) as mine:
            for path in ("../outside.md", str(outside), "link.md", "a/../../outside.md"):
                error = await mine.fails("usage", "parse_plan", path=path)
                assert "outside" in error["message"] and "secret" not in json.dumps(error)

    play(scene)
    assert git_world.ids() == []


@pytest.mark.parametrize("mode", MODES)
def test_unknown_tools_resources_and_prompts_are_named(git_world: Any, mode: str) -> None:
    from mcp.shared.exceptions import MCPError

    async def scene() -> None:
        async with desk(git_world, mode) as mine:
            for asked in (
                mine.client.call_tool("rm", {}),
                mine.client.read_resource("file:///etc/passwd"),
                mine.client.read_resource("fedtasks://plan/..%2F..%2Fetc"),
                mine.client.read_resource("fedtasks://task/..%2F..%2Ffedtasks"),
                mine.client.get_prompt("rm"),
                mine.client.get_prompt("lead_this_plan"),
            ):
                with pytest.raises(MCPError) as found:
                    await asked
                assert found.value.error.code == -32602 and found.value.error.data, found.value.error

    play(scene)


def test_the_tool_list_is_small() -> None:
    """Fewer than 6,000 tokens with all schemas, and each description says when to use the tool."""
    tools = [tool.model_dump(by_alias=True, exclude_none=True) for tool in tool_list()]
    weight = len(json.dumps(tools, ensure_ascii=False)) / SIGNS
    assert weight < 6_000, weight
    for tool in tools:
        assert tool["name"].startswith("federation_") and 40 < len(tool["description"]) < 400
        assert tool["inputSchema"]["additionalProperties"] is False and tool["outputSchema"]["type"] == "object"


def snapshot(world: Any) -> dict[str, bytes]:
    """Each file of the world's project and store, git's own aside."""
    found = (path for path in world.base.rglob("*") if path.is_file() and not {".git", "cache"} & set(path.parts))
    return {path.relative_to(world.base).as_posix(): path.read_bytes() for path in found}
