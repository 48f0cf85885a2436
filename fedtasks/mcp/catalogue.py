"""All tools, in the order in which agents see them."""

from __future__ import annotations

from fedtasks.mcp import judging, looking, planning, talking, trying, working
from fedtasks.mcp.toolbox import Tool

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (*working.TOOLS, *looking.TOOLS, *talking.TOOLS, *judging.TOOLS, *trying.TOOLS, *planning.TOOLS)
}
