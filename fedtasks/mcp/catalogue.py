"""All tools, in the order in which agents see them."""

from __future__ import annotations

from fedtasks.mcp import judging, looking, planning, talking, working
from fedtasks.mcp.toolbox import Tool

TOOLS: dict[str, Tool] = {
    tool.name: tool for tool in (*working.TOOLS, *looking.TOOLS, *talking.TOOLS, *judging.TOOLS, *planning.TOOLS)
}
