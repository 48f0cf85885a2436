"""A lead and three workers, each with a clone and a server of its own, through MCP and git alone; one of them dies."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import yaml

from tests.mcp.desk import LIMIT, Desk, desk, play, stdio
from tests.team import Team, events

PLAN = """---
lead: ada
---
# Shop

## Tasks

- [ ] T001 Draw the cart in `src/cart.py`
- [ ] T002 Draw the till in `src/till.py`
- [ ] T003 Draw the shelf in `src/shelf.py`
- [ ] T004 Open the shop in `src/shop.py` (depends on T001, T002, T003)
"""

DYING = """
import json, sys
import anyio
from mcp import Client
from mcp.client.stdio import StdioServerParameters

async def main():
    async with Client(StdioServerParameters(**json.loads(sys.argv[1]))) as client:
        done = await client.call_tool("federation_claim_task", {})
        print(done.structured_content["task"]["id"], flush=True)
        await anyio.sleep_forever()

anyio.run(main)
"""
"""A worker that claims a task and is killed over it, its server with it."""

LEASE = "1s"
DEAD = "dan"
"""Only their task is taken over: on a slow machine the living, too, are silent for a second."""


class Worker:
    """Follows the prompt of workers: claim, read, work, commit, push, finish; what is left behind is taken over."""

    def __init__(self, world: Any, mine: Desk) -> None:
        self.world, self.mine = world, mine
        self.finished: list[str] = []

    async def run(self) -> None:
        while True:
            task = await self.next()
            if task is not None:
                await self.work(task)
                continue
            board = (await self.mine.call("task_board"))["counts"]
            if set(board) <= {"done"} or not any(board[status] for status in board if status != "done"):
                return
            told = await self.mine.call("inbox", wait=1)
            if told["notices"]:
                await self.mine.call("ack", ids=[notice["id"] for notice in told["notices"]])

    async def next(self) -> Any:
        failed, told, _ = await self.mine.ask("federation_claim_task", {})
        if not failed:
            return told["task"]
        assert told["error"]["code"] == "nothing_ready", told
        for id in told["error"]["expired"]:
            if (await self.mine.call("get_task", id=id))["task"]["assignee"] != DEAD:
                continue
            given = {"id": id, "takeover": True, "reason": "no sign of work"}
            failed, told, _ = await self.mine.ask("federation_claim_task", given)
            if not failed:
                return told["task"]
            assert told["error"]["code"] in ("held", "invalid_transition"), told
        return None

    async def work(self, task: Any) -> None:
        read = (await self.mine.call("get_task", id=task["id"], history=True))["task"]
        path = self.world.project / read["files"][0]["path"]
        subject = f"feat: {read['title'][:40].lower()}"
        await anyio.to_thread.run_sync(self.commit, path, f"{subject}\n\nTask: {task['id']}")
        await self.mine.call("heartbeat", id=task["id"])
        await self.mine.call("update_task_status", id=task["id"], status="done")
        self.finished.append(task["id"])

    def commit(self, path: Path, message: str) -> None:
        git, project = self.world.git, self.world.project
        path.parent.mkdir(exist_ok=True)
        path.write_text("done\n", encoding="utf-8")
        git("add", str(path), cwd=project)
        git("commit", "-q", "-m", message, cwd=project)
        for _ in range(20):
            git("pull", "-q", "--rebase", "origin", "main", cwd=project)
            if self.world.git_result("push", "-q", "origin", "main", cwd=project).code == 0:
                return
        raise AssertionError("never pushed")


def test_the_ideal_workflow(make_team: Callable[..., Team]) -> None:
    team = make_team(4)
    ada, ben, cleo, dan = team.all
    ada.project.joinpath("plan.md").write_text(PLAN, encoding="utf-8")
    prepare(ada, ben, cleo, dan)
    workers: list[Worker] = []
    dead: list[str] = []

    async def scene() -> None:
        servers = [stdio(world, None, "--sync", "0.5") for world in (ada, ben, cleo)]
        async with desk(servers[0]) as lead, desk(servers[1]) as bens, desk(servers[2]) as cleos:
            made = (await lead.call("parse_plan", path="plan.md"))["tasks"]
            assert [task["lead"] for task in made] == ["ada"] * 4
            await anyio.to_thread.run_sync(lambda: dead.append(claim_and_die(dan)))
            workers.extend([Worker(ben, bens), Worker(cleo, cleos)])
            async with anyio.create_task_group() as group:
                for worker in workers:
                    group.start_soon(worker.run)
                await follow(lead, [task["id"] for task in made])

    play(scene)
    check_story(team, workers, dead[0])


def prepare(lead: Any, *others: Any) -> None:
    """Claims expire soon; everybody has the store."""
    path = lead.root / "fedtasks.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8")) | {"claim": {"human_lease": LEASE}}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    lead.git("commit", "-q", "-am", "let claims expire soon")
    for world in (lead, *others):
        world.ok("sync")


def claim_and_die(world: Any) -> str:
    """The id of the task that a worker has claimed, killed with its server by SIGKILL before it could do anything."""
    server = stdio(world).model_dump(mode="json", include={"command", "args", "env", "cwd"})
    process = world.popen(program=[sys.executable, "-c", DYING, json.dumps(server)], start_new_session=True)
    id = process.stdout.readline().decode().strip()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=LIMIT)
    assert id.startswith("task-")
    return str(id)


async def follow(lead: Desk, ids: list[str]) -> None:
    """The lead waits until all is done and was told of all, dealing with what comes in batches."""
    told: set[str] = set()
    done: set[str] = set()
    while not set(ids) <= told & done:
        notices = (await lead.call("inbox", wait=5))["notices"]
        told |= {notice["task"] for notice in notices if "finished" in notice["text"]}
        if notices:
            await lead.call("ack", ids=[notice["id"] for notice in notices])
        done = {task["id"] for task in (await lead.call("task_board", status=["done"]))["tasks"]}


def check_story(team: Team, workers: list[Worker], dead: str) -> None:
    """Each task was done once, by whom the history says; the commits of code and store tell it."""
    team.settle()
    team.assert_alike()
    ada = team.clones["ada"]
    finished = {id: worker.world.env["FEDTASKS_ACTOR"] for worker in workers for id in worker.finished}
    assert len(finished) == 4 == sum(len(worker.finished) for worker in workers)
    for id, who in finished.items():
        task, story = ada.show(id), events(ada, id)
        assert (task["status"], task["assignee"], task["lead"]) == ("done", who, "ada")
        assert story[0] == ("created", "ada") and story[-1] == ("status", who)
    assert ("claimed", DEAD) in events(ada, dead) and ("taken_over", finished[dead]) in events(ada, dead)
    (handed,) = ada.show(dead)["handoffs"]
    assert (handed["from"], handed["to"], handed["how"]) == (DEAD, finished[dead], "takeover")
    subjects = ada.subjects("--topo-order", "--", f"tasks/{dead}.json")
    steps = [one.partition(" task-")[0] for one in subjects if " task-" in one]
    assert [step for step in steps if step != "heartbeat"] == ["claim", "take over", "done"]
    ada.git("pull", "-q", "origin", "main", cwd=ada.project)
    code = ada.git("log", "--format=%s|%(trailers:key=Task,valueonly,separator=)", "main", cwd=ada.project)
    commits = [line.split("|") for line in code.splitlines()]
    assert sorted(trailer for _, trailer in commits[:4]) == sorted(finished) and commits[4:] == [["start", ""]]
    assert commits[0][0].startswith("feat: open the shop")
