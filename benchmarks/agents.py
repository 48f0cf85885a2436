"""What an agent pays: tokens of what it reads at each start, start-up and calls of the MCP server.

`python benchmarks/agents.py [--sizes 100,10000]`. Tokens are estimated twice, three signs to one and four: schemas are
somewhere between. Times are medians, given as milliseconds and as times the bare interpreter in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from run import fill

from fedtasks.mcp.prompts import PROMPTS, prompt_text
from fedtasks.mcp.server import INSTRUCTIONS, tool_list

SCRIPT = str(Path(sys.executable).parent / "fedtasks")
MOST = {"tool list": 6_000, "prime": 800}


def main() -> None:
    """Prints the tokens, then one table a store size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,10000")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fedtasks-bench-") as base:
        weigh(Path(base) / "small")
        for size in map(int, options.sizes.split(",")):
            anyio.run(measure, Path(base) / str(size), size, options.rounds)


def command(environ: dict[str, str], cwd: Path, *words: str) -> None:
    """Runs one command; a failure ends the benchmark."""
    subprocess.run([SCRIPT, *words], cwd=cwd, env=environ, check=True, capture_output=True)


def store(base: Path, size: int) -> dict[str, str]:
    """A directory store of so many tasks; the environment in which commands find it."""
    found = {**os.environ, "XDG_CACHE_HOME": str(base / "cache"), "FEDTASKS_STORE": str(base / "store")}
    found |= {"FEDTASKS_ACTOR": "ann", "GIT_CONFIG_GLOBAL": os.devnull}
    base.mkdir()
    command(found, base, "init", "--dir", str(base / "store"))
    fill(base / "store", size)
    return found


def weigh(base: Path) -> None:
    """Prints the tokens of what an agent reads."""
    environ = store(base, 50)
    command(environ, base, "next", "--claim")
    prime = subprocess.run([SCRIPT, "prime"], env=environ, cwd=base, capture_output=True, check=True, text=True).stdout
    tools = [tool.model_dump(by_alias=True, exclude_none=True) for tool in tool_list()]
    texts = {"tool list": json.dumps(tools, ensure_ascii=False), "instructions": INSTRUCTIONS, "prime": prime}
    texts |= {f"prompt {name}": prompt_text(name, {"plan": "plan.md"}) for name in PROMPTS}
    print(f"{len(tools)} tools; tokens at 3 and at 4 signs each, and the most there may be")
    for name, text in texts.items():
        most = f"   at most {MOST[name]:,}" if name in MOST else ""
        print(f"  {name:<30} {len(text) // 3:6,} {len(text) // 4:6,}{most}")


async def measure(base: Path, size: int, rounds: int) -> None:
    """Prints what a start and each call take in a store of `size` tasks."""
    environ = store(base, size)
    server = StdioServerParameters(command=SCRIPT, args=["mcp"], env=environ, cwd=base)
    times: dict[str, list[float]] = {}

    def note(name: str, began: float) -> None:
        times.setdefault(name, []).append(time.perf_counter() - began)

    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        note("bare interpreter", began)
        began = time.perf_counter()
        async with Client(server) as client:
            await client.list_tools()
            note("start to tool list", began)
            for name, given in calls(size):
                began = time.perf_counter()
                done = await client.call_tool(f"federation_{name}", given)
                assert not done.is_error, done
                note(name, began)
            async with client.listen(resource_subscriptions=["fedtasks://board"]) as told:
                await anyio.sleep(1)
                began = time.perf_counter()
                command(environ, base, "add", "by another process")
                await anext(told)
                note("told of an add", began)
    bare = statistics.median(times["bare interpreter"])
    print(f"\n{size} tasks; milliseconds, times the bare interpreter (median of {rounds})")
    for name, found in times.items():
        print(f"  {name:<22} {statistics.median(found) * 1000:7.0f} ms {statistics.median(found) / bare:7.1f} x")


def calls(size: int) -> list[tuple[str, dict[str, Any]]]:
    """One call of each kind that matters; the first also makes the index."""
    return [
        ("task_board", {"limit": 20}),
        ("claim_task", {}),
        ("get_task", {"id": "task-00000000"}),
        ("inbox", {}),
        ("propose_task", {"tasks": [{"title": "one more"}]}),
    ]


if __name__ == "__main__":
    main()
