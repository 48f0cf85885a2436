"""Notices as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fedtasks.domain.times import ago
from fedtasks.views.text import safe, table

Row = Mapping[str, Any]

SHORT = 8
"""Signs of a notice's id that a list shows; any unambiguous part of it will do."""


def inbox_lines(rows: Sequence[Row], now: str, columns: int | None) -> list[str]:
    """One line a notice: mark (`!` urgent, `?` wants an acknowledgement), id, age, task, what happened, title."""
    return table([_cells(row, now) for row in rows], columns)


def _cells(row: Row, now: str) -> tuple[str, ...]:
    return (_mark(row), row["id"][:SHORT], ago(row["at"], now), row.get("task") or "-", _words(row))


def _mark(row: Row) -> str:
    if _is_settled(row):
        return "."
    return "!" if row.get("urgent") else "?" if row.get("needs_ack") else " "


def _is_settled(row: Row) -> bool:
    return bool(row.get("acked_at") or (row.get("read_at") and not row.get("needs_ack")))


def _words(row: Row) -> str:
    title = f" ({safe(row['title'])})" if row.get("title") else ""
    again = f" [told {len(row['reminded']) + 1} times]" if row.get("reminded") else ""
    return safe(row["text"]) + title + again


def thread_lines(rows: Iterable[Row], now: str, columns: int | None) -> list[str]:
    """The same by task, each task's notices in the order in which they came."""
    threads: dict[str, list[Row]] = {}
    for row in rows:
        threads.setdefault(row.get("task") or "", []).append(row)
    lines: list[str] = []
    for task, notices in threads.items():
        title = next((row["title"] for row in notices if row.get("title")), "")
        head = f"{task}  {safe(title)}" if task else "about no single task"
        notices.sort(key=lambda row: (row["at"], row.get("event", ""), row["id"]))
        cells = [("  " + _mark(row), row["id"][:SHORT], ago(row["at"], now), safe(row["text"])) for row in notices]
        lines += [*([""] if lines else []), head.rstrip(), *table(cells, columns)]
    return lines


def notice_lines(row: Row, now: str) -> list[str]:
    """One notice in full."""
    lines = [f"{row['id']}  {_words(row)}"]
    asks = "urgent, " * bool(row.get("urgent")) + "wants an acknowledgement" * bool(row.get("needs_ack"))
    fields = [
        ("when", f"{row['at']} ({ago(row['at'], now)})"),
        ("task", row.get("task")),
        ("tasks", ", ".join(row.get("tasks", ()))),
        ("state", asks.removesuffix(", ")),
        ("paths", ", ".join(row.get("paths", ()))),
    ]
    lines += [f"  {name:<7} {safe(str(value))}" for name, value in fields if value]
    lines += [f"  {'commit':<7} {safe(_commit(commit))}" for commit in row.get("commits", ())]
    return lines + [f"  {'next':<7} {safe(command)}" for command in row.get("next", ())]


def _commit(commit: Row) -> str:
    stat = [
        f"{file.get('path')} +{file.get('added') or 0} -{file.get('removed') or 0}" for file in commit.get("files", ())
    ]
    return f"{str(commit.get('id'))[:12]} {commit.get('by')}: {commit.get('subject')}" + f" ({', '.join(stat)})" * bool(
        stat
    )


def count_line(rows: Sequence[Row], who: str) -> str:
    """How many there are, in one line."""
    waiting = [row for row in rows if not _is_settled(row)]
    urgent = sum(bool(row.get("urgent")) for row in waiting)
    asking = sum(bool(row.get("needs_ack")) for row in waiting)
    if not waiting:
        return f"nothing waits for {safe(who)}"
    parts = [f"{urgent} urgent"] * bool(urgent) + [f"{asking} to acknowledge: fedtasks ack ID"] * bool(asking)
    return f"{len(waiting)} for {safe(who)}" + (f" ({', '.join(parts)})" if parts else "")


def hint_line(rows: Sequence[Row]) -> str | None:
    """That something waits, in a few words; None where nothing does."""
    waiting = [row for row in rows if not _is_settled(row)]
    urgent = sum(bool(row.get("urgent")) for row in waiting)
    if not waiting:
        return None
    count = f"{len(waiting)} notice{'s wait' if len(waiting) != 1 else ' waits'} for you"
    return count + (f", {urgent} urgent" if urgent else "") + ": fedtasks inbox"
