"""Handoffs, attempts and reviews as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.views.text import safe

Row = Mapping[str, Any]

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
