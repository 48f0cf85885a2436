"""All tools, in the order in which agents see them."""

from __future__ import annotations

from fedtasks.mcp import coordinating, looking, planning, reviewing, trying, working
from fedtasks.mcp.toolbox import Tool

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (*working.TOOLS, *looking.TOOLS, *coordinating.TOOLS, *reviewing.TOOLS, *trying.TOOLS, *planning.TOOLS)
}
