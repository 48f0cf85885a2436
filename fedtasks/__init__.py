"""A task registry for people and coding agents: one JSON file per task, shared by git or NFS."""

__version__ = "0.1.0"
