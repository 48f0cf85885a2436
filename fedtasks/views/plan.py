"""What a parse decided, and how a plan was read, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from fedtasks.views.text import safe

CODE = "  "


class _Action(Protocol):
    def to_json(self) -> dict[str, Any]: ...


def action_lines(actions: Iterable[_Action]) -> list[str]:
    """One line an action, and one for each field that it changes."""
    lines: list[str] = []
    for action in actions:
        raw = action.to_json()
        lines.append(
            f"{raw['action']:<8} {raw['task']}  {safe(str(raw.get('title') or raw.get('reason') or ''))}".rstrip()
        )
        for name, change in raw.get("changes", {}).items():
            lines.append(f"           {name}: {safe(str(change['from']))} → {safe(str(change['to']))}")
    return lines


def explained_rows(explained: Mapping[int, tuple[str, str]], lines: Sequence[str]) -> list[dict[str, Any]]:
    """For each line of a plan what it is (task, group, text or blank) and by which rule; `belongs_to` is the line of
    the task or group that a line of text stands under."""
    rows: list[dict[str, Any]] = []
    above: int | None = None
    for number, line in enumerate(lines, start=1):
        what, rule = explained.get(number, ("text" if line.strip() else "blank", ""))
        belongs = None if what in ("task", "group") or above is None else above
        above = number if what in ("task", "group") else above
        rows.append({"line": number, "what": what, "rule": rule, "belongs_to": belongs, "text": line})
    return rows


def explain_lines(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The rows as a listing: line, what it is, rule, text."""
    return [
        f"{row['line']:>5}  {row['what']:<5}  {_why(row):<24}  {safe(row['text'])}".rstrip()
        for row in rows
        if row["what"] != "blank"
    ]


def _why(row: Mapping[str, Any]) -> str:
    return row["rule"] or (f"below line {row['belongs_to']}" if row["belongs_to"] else "")
