"""Handoffs, attempts and reviews as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.views.text import safe

Row = Mapping[str, Any]

DEEPEST = 12
"""Levels that are indented."""

VERDICTS = {"approve": "approves", "changes": "asks for changes", "reject": "rejects"}

WORDS = {"assigned": "assigned", "takeover": "taken over"}
"""Handoffs that nobody had offered, in words."""


def handoff_lines(rows: Sequence[Row]) -> list[str]:
    """Each handoff: when, from whom to whom, how it stands, why; below it what the receiver needs."""
    lines = []
    for row in rows:
        how = WORDS.get(row["how"], row["status"])
        lines.append(f"{row['at']}  {row['from']} → {row['to']}  {how}  {safe(row['reason'])}")
        lines += [f"  {line}" for line in needs_lines(row)]
        if row.get("answer"):
            lines.append(f"  answer: {safe(row['answer'])}")
    return lines


def needs_lines(row: Row) -> list[str]:
    """What the receiver of a handoff needs."""
    where = [row.get("branch"), f"at {row['commit'][:10]}" if row.get("commit") else None]
    code = " ".join(part for part in where if part)
    found = (("code", code), ("next", row.get("next", "")))
    return [f"{name}: {safe(value)}" for name, value in found if value]


def offer_lines(rows: Sequence[Row]) -> list[str]:
    """Offers of several tasks, with the commands that answer them."""
    lines: list[str] = []
    for row in rows:
        lines += [f"{row['task']}  {safe(row['title'])}", f"  from {row['from']}: {safe(row['reason'])}"]
        lines += [f"  {line}" for line in needs_lines(row)]
        lines.append(f"  fedtasks accept {row['task']}, or fedtasks decline {row['task']} --reason TEXT")
    return lines


def attempt_lines(rows: Sequence[Row]) -> list[str]:
    """Attempts as trees: each below the one that it follows."""
    known = {row["id"] for row in rows}
    below: dict[str | None, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["started_at"], row["id"])):
        parent = row.get("parent")
        below.setdefault(parent if parent in known and parent != row["id"] else None, []).append(row)
    lines: list[str] = []
    waiting = [(row, 0) for row in reversed(below.get(None, ()))]
    while waiting:
        row, depth = waiting.pop()
        lines.append("  " * min(depth, DEEPEST) + _attempt(row))
        waiting += [(after, depth + 1) for after in reversed(below.get(row["id"], ()))]
    return lines


def _attempt(row: Row) -> str:
    who = row["by"] if row.get("agent") in (None, row["by"]) else f"{row['by']} with {safe(row['agent'])}"
    span = "..".join(commit[:10] for commit in (row.get("before"), row.get("after")) if commit)
    count = len(row.get("commits", ()))
    parts = [row["started_at"], who, row.get("outcome") or "under way", row.get("branch"), span]
    parts += [f"{count} commit{'s' if count > 1 else ''}" if count else None, row.get("reason") or row.get("note")]
    return f"{row['id'][-8:]}  " + "  ".join(safe(part) for part in parts if part)


def review_words(row: Row) -> str | None:
    """What a task says of its own review: whether it needs approvals, whose, and each verdict that stands."""
    parts = []
    if row.get("requires_approval"):
        least = row.get("min_approvals") or 1
        parts.append(f"needs {least if least > 1 else 'one'}")
    if row.get("reviewers"):
        parts.append(f"reviewers {', '.join(row['reviewers'])}")
    for entry in row.get("reviews", ()):
        if "lifted" not in entry:
            outdated = " (outdated)" if entry.get("outdated") else ""
            parts.append(f"{entry['by']} {VERDICTS.get(entry['verdict'], entry['verdict'])}{outdated}")
    return "; ".join(parts) or None
