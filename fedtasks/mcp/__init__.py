"""The MCP server: the same use-cases as the command line, as tools, resources and prompts for agents."""
