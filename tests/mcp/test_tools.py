"""Every tool, through the official client, in both generations of the protocol."""

from __future__ import annotations

import json
import re
from typing import Any

import anyio
import pytest

from tests.mcp.desk import MODES, desk, play, stdio

PLAN = "# Shop\n\n## Tasks\n\n- [ ] Draw the cart\n- [ ] Wire the cart `src/cart.py`\n"


@pytest.mark.parametrize("mode", MODES)
def test_a_team_works_through_tools_alone(git_world: Any, mode: str) -> None:
    git_world.ok("member", "add", "lea", "--email", "lea@example.org", "--role", "admin")
    git_world.ok("member", "add", "bo", "--kind", "agent", "--role", "agent")

    async def scene() -> None:
        async with desk((git_world, "lea"), mode) as lead, desk((git_world, "bo"), mode) as worker:
            first, second = await lead.propose("Draw", "Wire", priority="high", tags=["ui"], files=["src/cart.py"])
            waiting = await lead.propose("Sell", depends_on=[first], lead="lea")
            assert (await lead.call("claim_task", id=second))["task"]["assignee"] == "lea"
            taken = await worker.call("claim_task")
            assert taken["task"]["id"] == first and taken["task"]["status"] == "in_progress" and taken["why"]
            assert (await worker.fails("held", "claim_task", id=second))["holder"] == "lea"
            unmet = await worker.fails("unmet_dependencies", "claim_task", id=waiting[0])
            assert unmet["waits_for"][0]["id"] == first
            await worker.fails("nothing_ready", "claim_task")
            told = await worker.call("get_task", id=first, history=True)
            assert told["task"]["files"] == [{"path": "src/cart.py", "action": None}]
            assert [entry["kind"] for entry in told["history"]] == ["created", "claimed"]
            done = await worker.call("update_task_status", id=first, status="blocked", reason="no colours yet")
            assert done["task"]["blocked"]["reason"] == "no colours yet"
            refused = await worker.fails("invalid_transition", "update_task_status", id=first, status="done")
            assert "in_progress" in refused["allowed"]
            await worker.call("update_task_status", id=first, status="in_progress")
            await worker.call("update_task_status", id=first, status="done")
            assert (await lead.call("assign_task", id=waiting[0], assignee="bo"))["task"]["assignee"] == "bo"
            mistyped = await lead.call("assign_task", id=waiting[0], assignee="boo")
            assert mistyped["notes"] == ["boo is no member of this store yet: fedtasks member add boo"]
            assert "notes" not in await lead.call("assign_task", id=waiting[0], assignee="bo")
            await worker.fails("not_allowed", "set_lead", id=second, lead="bo")
            assert (await lead.call("set_lead", id=waiting[0], lead="bo"))["task"]["lead"] == "bo"
            board = await worker.call("task_board", mine=True)
            assert sorted(task["id"] for task in board["tasks"]) == sorted([first, waiting[0]])
            assert board["counts"]["done"] == 1 and board["more"] == 0
            assert (await lead.call("task_board", status=["in_progress"], limit=1))["tasks"][0]["id"] == second

    play(scene)
    git_world.assert_clean()


@pytest.mark.parametrize("mode", MODES)
def test_plans_become_tasks_and_stay_the_same_tasks(git_world: Any, mode: str) -> None:
    path = git_world.project / "plan.md"
    path.write_text(PLAN, encoding="utf-8")

    async def scene() -> None:
        async with desk(git_world, mode) as mine:
            dry = await mine.call("parse_plan", path="plan.md", dry_run=True)
            assert [action["action"] for action in dry["actions"]] == ["create", "create"] and not git_world.ids()
            told = await mine.call("parse_plan", path="plan.md")
            ids = [task["id"] for task in told["tasks"]]
            path.write_text(PLAN.replace("Wire", "Solder") + "- [ ] Paint\n", encoding="utf-8")
            again = await mine.call("parse_plan", path=str(path))
            assert [task["id"] for task in again["tasks"]][:2] == ids and len(again["tasks"]) == 3
            text = await mine.call("propose_task", plan=PLAN, plan_id="by hand")
            more = await mine.call("propose_task", plan=PLAN + "- [ ] Paint\n", plan_id="by hand")
            assert [task["id"] for task in more["tasks"]][:2] == [task["id"] for task in text["tasks"]]
            board = await mine.call("task_board", plan=["by-hand"])
            assert [task["title"] for task in board["tasks"]] == ["Draw the cart", "Wire the cart src/cart.py", "Paint"]

    play(scene)
    git_world.assert_clean()


def test_the_next_call_shows_what_an_editor_and_another_process_did(git_world: Any) -> None:
    one = git_world.add("one")

    async def scene() -> None:
        async with desk(git_world) as mine:
            git_world.rewrite(one, title="by hand")
            assert (await mine.call("get_task", id=one))["task"]["title"] == "by hand"
            git_world.ok("claim", one, "--as", "somebody")
            assert (await mine.call("task_board"))["tasks"][0]["assignee"] == "somebody"
            broken = git_world.path(one)
            kept = broken.read_bytes()
            broken.write_bytes(b"{")
            error = await mine.fails("invalid_data", "get_task", id=one)
            assert error["path"] == f"tasks/{one}.json" and error["line"] == 1
            broken.write_bytes(kept)
            assert (await mine.call("get_task", id=one))["task"]["title"] == "by hand"

    play(scene)


def test_standard_input_and_output(git_world: Any) -> None:
    """As a coding tool starts it, in the older and the current protocol; nothing but the protocol on its output."""
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
            "name": "federation_propose_task", "arguments": {"tasks": [{"title": "raw"}]}}},
    ]  # fmt: skip
    process = git_world.popen("mcp", stdin=-1)
    for line in asked:
        process.stdin.write(json.dumps(line).encode() + b"\n")
    process.stdin.flush()
    told = [json.loads(process.stdout.readline()) for _ in range(2)]
    assert told[0]["result"]["protocolVersion"] == "2025-06-18"
    assert told[1]["result"]["structuredContent"]["tasks"][0]["title"] == "raw"
    rest, said = process.communicate(timeout=30)
    assert (process.returncode, rest, said) == (0, b"", b"")

    async def scene() -> None:
        async with desk(stdio(git_world, "bo")) as mine:
            assert mine.client.protocol_version >= "2026"
            assert (await mine.call("claim_task"))["task"]["assignee"] == "bo"

    play(scene)
    git_world.assert_clean()


@pytest.mark.parametrize("mode", MODES)
def test_members_tell_and_hand_over(git_world: Any, mode: str) -> None:
    """The inbox waits for what others do, and tells it until it is acknowledged; a task goes on with what it needs."""
    for name in ("lea", "bo"):
        git_world.ok("member", "add", name, "--kind", "agent", "--role", "agent")

    async def scene() -> None:
        async with desk((git_world, "lea"), mode) as lead, desk((git_world, "bo"), mode) as worker:
            (id,) = await lead.propose("one")
            heard: list[Any] = []

            async def listen() -> None:
                heard.append(await worker.call("inbox", wait=30))

            async with anyio.create_task_group() as group:
                group.start_soon(listen)
                await lead.call("assign_task", id=id, assignee="bo")
            ((notice,),) = (told["notices"] for told in heard)
            assert (notice["kind"], notice["task"], notice["by"]) == ("assigned", id, "lea")
            assert (await worker.call("ack", ids=[notice["id"]]))["notices"][0]["id"] == notice["id"]
            assert (await worker.call("inbox")) == {"notices": [], "more": 0}
            await worker.call("claim_task", id=id)
            assert (await worker.call("heartbeat"))["renewed"] is False
            await worker.call("heartbeat", note="writing the tests")
            (said,) = (await lead.call("task_board"))["working"]
            assert (said["name"], said["task"], said["note"]) == ("bo", id, "writing the tests")
            await lead.fails("not_allowed", "heartbeat", id=id, note="mine")
            await lead.fails("held", "claim_task", id=id, takeover=True)
            await worker.fails("usage", "claim_task", takeover=True)
            offered = await worker.call("handoff_task", id=id, to="lea", reason="away", next="test it", branch="wip")
            assert offered["task"]["assignee"] == "bo"
            assert any(notice.get("needs_ack") for notice in (await lead.call("inbox", task=id))["notices"])
            assert (await lead.call("handoff_task", id=id, answer="accept"))["task"]["assignee"] == "lea"
            handed = (await lead.call("get_task", id=id))["task"]["handoffs"][0]
            assert (handed["from"], handed["to"], handed["next"], handed["branch"]) == ("bo", "lea", "test it", "wip")
            await worker.fails("not_allowed", "handoff_task", id=id, answer="decline")

    play(scene)
    git_world.assert_clean()


@pytest.mark.parametrize("mode", MODES)
def test_members_ask_and_review(git_world: Any, mode: str) -> None:
    """A question reaches the lead and its answer the thread; work is handed in and sent back with what is missing."""
    for name in ("lea", "bo"):
        git_world.ok("member", "add", name, "--kind", "agent", "--role", "agent")

    async def scene() -> None:
        async with desk((git_world, "lea"), mode) as lead, desk((git_world, "bo"), mode) as worker:
            (id,) = await lead.propose("one")
            await worker.call("claim_task", id=id)
            asked = await worker.call("comment", id=id, text="@lea which colour?")
            assert (await lead.call("inbox", task=id))["notices"][0]["text"].endswith("which colour?")
            await lead.call("comment", id=id, text="green", reply_to=asked["comment"])
            (said,) = (await worker.call("get_task", id=id, thread=True))["thread"]
            assert (said["text"], said["replies"][0]["text"]) == ("@lea which colour?", "green")
            reviewed = await worker.call("review", id=id, verdict="request", text="have a look", reviewers=["lea"])
            assert reviewed["task"]["status"] == "in_review"
            await worker.fails("not_allowed", "review", id=id, verdict="approve")
            await lead.fails("usage", "review", id=id, verdict="changes")
            sent_back = await lead.call("review", id=id, verdict="changes", text="a test")
            assert sent_back["task"]["status"] == "in_progress"

    play(scene)
    git_world.assert_clean()


def test_long_answers_fit_their_schema(git_world: Any) -> None:
    path = f"src/{'deep/' * 60}one.py"
    busy, other = git_world.add("busy", "--file", path, who="bo"), git_world.add("next", "--file", path)
    git_world.ok("claim", busy, who="bo")

    async def scene() -> None:
        async with desk((git_world, "lea")) as lead:
            told = await lead.call("claim_task")
            assert told["task"]["id"] == other and any(path in reason for reason in told["why"])
            for tool, form in lead.forms.items():
                assert not {"maxItems", "maxLength"} & set(re.findall(r"\w+", json.dumps(form))), tool

    play(scene)


def test_calls_at_the_same_time_do_not_meet(git_world: Any) -> None:
    """One server, many calls at once: each task has one owner, none is lost, and the store is sound."""
    for name in ("lea", "bo"):
        git_world.ok("member", "add", name, "--kind", "agent", "--role", "agent")
    claimed: list[str] = []

    async def scene() -> None:
        async with desk((git_world, "lea")) as lead, desk((git_world, "bo")) as worker:

            async def take(one: Any) -> None:
                failed, told, _ = await one.ask("federation_claim_task", {})
                assert not failed or told["error"]["code"] == "nothing_ready", told
                claimed.extend([] if failed else [told["task"]["id"]])

            async with anyio.create_task_group() as group:
                for number in range(6):
                    group.start_soon(lead.propose, f"task {number}")
            async with anyio.create_task_group() as group:
                for one in (lead, worker) * 4:
                    group.start_soon(take, one)

    play(scene)
    assert len(claimed) == len(set(claimed)) == 6 == len(git_world.ids("--status", "in_progress"))
    git_world.assert_clean()
