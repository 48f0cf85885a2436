"""Commits that name a task in their messages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fedtasks.git.run import Git

TRAILERS = ("Task", "Closes", "Fixes")
MOST = 50
SECONDS = 3.0
FIELDS = ("%H", "%an", "%cI", "%s")


@dataclass(frozen=True, slots=True)
class Naming:
    """One such commit: id, author's name, when it was made (ISO 8601), subject."""

    id: str
    author: str
    at: str
    subject: str

    def to_json(self) -> dict[str, str]:
        """As `show --json` lists it."""
        return {"id": self.id, "author": self.author, "at": self.at, "subject": self.subject}


def commits_naming(git: Git, task: str, since: str) -> list[Naming]:
    """The commits here and at remotes, made since the task was, that name it; the youngest first, at most 50.

    Raises OutOfReach where git takes too long to look.
    """
    pattern = f"^({'|'.join(TRAILERS)}):[ \t](.*[^a-z0-9-])?{re.escape(task)}([^a-z0-9-]|$)"
    form = "%x00".join(FIELDS)
    words = ("log", "-z", f"--since={since}", f"--max-count={MOST}", "-i", "-E", f"--grep={pattern}")
    done = git.attempt(*words, f"--format={form}", "--branches", "--remotes", "HEAD", "--", timeout=SECONDS)
    if done.returncode != 0 or not done.stdout:
        return []
    found = done.stdout.decode("utf-8", "replace").rstrip("\0").split("\0")
    return [Naming(*found[at : at + len(FIELDS)]) for at in range(0, len(found), len(FIELDS))]
