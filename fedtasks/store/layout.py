"""Where things stand in a store, as paths relative to its root, and how to tell that a directory is one."""

from __future__ import annotations

from pathlib import Path

FOLDER = ".fedtasks"
"""Where a git store is checked out, below the top of its repository."""

CONFIG = "fedtasks.yaml"
TASKS = "tasks"
PLANS = "plans"
MEMBERS = "members"
INBOX = "inbox"
DELEGATIONS = "delegations"
OUTBOX = "outbox"
LOCAL = ".local"
LOCK = f"{LOCAL}/lock"
HOLDER = f"{LOCAL}/holder.json"
PUBLISHING = (f"{LOCAL}/publish.lock", f"{LOCAL}/publisher.json")
HEARD = f"{LOCAL}/heard"
"""Touched whenever the remote has answered."""

JOURNAL = f"{LOCAL}/journal.json"
TEMPORARY = f"{LOCAL}/tmp"
UNSETTLED = f"{LOCAL}/unsettled"

GITATTRIBUTES_FILE = ".gitattributes"
GITIGNORE_FILE = ".gitignore"
GITATTRIBUTES = "".join(f"{place}/*.json merge=fedtasks -text\n" for place in (TASKS, PLANS, f"{INBOX}/*", DELEGATIONS))
GITIGNORE = f"/{LOCAL}/\n"


def is_store(path: Path) -> bool:
    """Whether the directory is a store: it holds a fedtasks.yaml."""
    return (path / CONFIG).is_file()


def task_path(id: str) -> str:
    """The file of a task."""
    return f"{TASKS}/{id}.json"


def plan_path(id: str) -> str:
    """The file of what a plan's last parse saw."""
    return f"{PLANS}/{id}.json"


def member_path(name: str) -> str:
    """The file of a member."""
    return f"{MEMBERS}/{name}.json"


def notice_path(member: str, id: str) -> str:
    """The file of a notice to a member."""
    return f"{INBOX}/{member}/{id}.json"


def delegation_path(id: str) -> str:
    """The file of a delegation that another store offers to this one."""
    return f"{DELEGATIONS}/{id}.json"


def message_path(id: str) -> str:
    """The file of a message to another store."""
    return f"{OUTBOX}/{id}.json"


def task_id_of(name: str) -> str | None:
    """The task id of a file name in tasks/, or None for a file that is no task (`.nfs*`, editors' backups)."""
    return name[:-5] if name.endswith(".json") and not name.startswith(".") else None
