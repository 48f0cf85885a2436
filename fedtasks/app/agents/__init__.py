"""Use-cases of coding agents and their tools."""
