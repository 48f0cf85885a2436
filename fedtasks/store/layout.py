"""Where things stand in a store, as paths relative to its root, and how to tell that a directory is one."""

from __future__ import annotations

import os
import re
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
PRESENCE = "presence"
ATTACHMENTS = "attachments"
"""Contents of files attached to comments, each named by its SHA-256."""

HISTORY = "history"
"""Older events of long histories, in a folder a task; each file never changes and is named by its SHA-256."""

ARCHIVE = "archive"
"""Long-finished tasks, in a folder a year."""

ARCHIVE_FOLDER = re.compile(f"{ARCHIVE}/[0-9]{{4}}")
LOCAL = ".local"
LOCK = f"{LOCAL}/lock"
HOLDER = f"{LOCAL}/holder.json"
PUBLISHING = (f"{LOCAL}/publish.lock", f"{LOCAL}/publisher.json")
HEARD = f"{LOCAL}/heard"
"""Touched whenever the remote has answered."""

JOURNAL = f"{LOCAL}/journal.json"
DAMAGED = f"{LOCAL}/damaged"
"""What `check --fix` found and replaced."""

TEMPORARY = f"{LOCAL}/tmp"
UNSETTLED = f"{LOCAL}/unsettled"
OVERRULED = f"{LOCAL}/overruled"
"""The commit up to which merges have been looked at for what they overrule."""

PAUSES = f"{LOCAL}/pauses.json"
"""The stores that were out of reach from this machine, and when to try them again."""

GITATTRIBUTES_FILE = ".gitattributes"
GITIGNORE_FILE = ".gitignore"
GITATTRIBUTES = "".join(
    f"{place}/*.json merge=fedtasks -text\n"
    for place in (TASKS, PLANS, f"{INBOX}/*", DELEGATIONS, PRESENCE, f"{ARCHIVE}/*")
) + "".join(f"{place}/** -text\n" for place in (HISTORY, ATTACHMENTS))
GITIGNORE = f"/{LOCAL}/\n"


def is_store(path: Path) -> bool:
    """Whether the directory is a store: it holds a fedtasks.yaml."""
    return (path / CONFIG).is_file()


def archive_years(root: Path) -> list[str]:
    """The years that have an archive; none in most stores."""
    try:
        names = os.listdir(root / ARCHIVE)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(name for name in names if ARCHIVE_FOLDER.fullmatch(f"{ARCHIVE}/{name}"))


def task_path(id: str) -> str:
    """The file of a task."""
    return f"{TASKS}/{id}.json"


def archived_path(id: str, year: str) -> str:
    """The file of an archived task."""
    return f"{ARCHIVE}/{year}/{id}.json"


def task_id_at(path: str) -> str | None:
    """The id of the task whose file a path of the store is, live or archived; None for any other path."""
    folder, _, name = path.rpartition("/")
    return task_id_of(name) if folder == TASKS or ARCHIVE_FOLDER.fullmatch(folder) else None


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


def attachment_path(digest: str) -> str:
    """The file of an attached content."""
    return f"{ATTACHMENTS}/{digest}"


def segment_path(id: str, digest: str) -> str:
    """The file of a segment of a task's history."""
    return f"{HISTORY}/{id}/{digest}.json"


def presence_path(name: str) -> str:
    """The file of what a member says that they are working on."""
    return f"{PRESENCE}/{name}.json"


def task_id_of(name: str) -> str | None:
    """The task id of a file name in tasks/, or None for a file that is no task (`.nfs*`, editors' backups)."""
    return name[:-5] if name.endswith(".json") and not name.startswith(".") else None
