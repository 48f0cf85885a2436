"""Delegations and chains as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.views.text import safe

Row = Mapping[str, Any]


def delegation_rows(found: Sequence[Row]) -> list[tuple[str, ...]]:
    """A table of delegations, with its head."""
    rows = [("DELEGATION", "STATUS", "FROM", "TO", "TYPE", "TASK", "TITLE")]
    return rows + [_row(one) for one in found]


def _row(one: Row) -> tuple[str, ...]:
    status = f"{one['status']}{' (waits)' if one['waiting'] else ''}"
    ends = (safe(one["source_instance"]), safe(one["target_instance"]))
    own = one["task"] if one["direction"] == "out" else next(iter(one.get("tasks", ())), f"({one['task']} there)")
    return (one["id"], status, *ends, one["type"], own, safe(one["title"]))


def offer_lines(record: Row) -> list[str]:
    """What another store asks, field by field."""
    offer = record.get("offer", {})
    way = [f"{one['instance']} ({one['task']})" for one in record.get("chain", ())]
    fields: list[tuple[str, Any]] = [
        ("status", record["status"]),
        ("from", f"{record['source_instance']}, {record['delegated_by']}, {record['delegated_at']}"),
        ("type", record["type"]),
        ("way", " -> ".join(way)),
        ("notes", record.get("notes")),
        ("parts", "; ".join(record.get("parts", ()))),
        *((name, offer.get(name)) for name in ("priority", "due", "estimate")),
        ("tags", ", ".join(offer.get("tags", ()))),
        ("tasks", ", ".join(record.get("tasks", ()))),
        ("reason", record.get("reason")),
        ("result", _compact(record["result"]) if record.get("completed_at") else None),
    ]
    lines = [f"{record['id']}  {safe(record['title'])}", ""]
    lines += [f"{name:<10} {safe(str(value))}" for name, value in fields if value]
    text = offer.get("description", "")
    return lines + (["", *map(safe, text.splitlines())] if text else [])


def _compact(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def record_line(record: Row) -> str:
    """One delegation after a step: who it is for, what became of it and why."""
    more = record.get("reason") if record["status"] in ("rejected", "withdrawn") else None
    ends = f"from {record['source_instance']}" if record["status"] != "withdrawn" else f"to {record['target_instance']}"
    words = f"{record['id']} {safe(ends)} is {record['status']}"
    return f"{words}{f' ({safe(more)})' if more else ''}: {safe(record['title'])}"


def chain_rows(links: Sequence[Row]) -> list[tuple[str, ...]]:
    """A table of a chain, with its head; the link that stands here is marked with a star."""
    rows = [("INSTANCE", "TASK", "STATUS", "DELEGATION", "TITLE")]
    return rows + [_link(one) for one in links]


def _link(one: Row) -> tuple[str, ...]:
    name = f"{'  ' * one['level']}{safe(one['instance'])}{' *' if one['here'] else ''}"
    via = one["delegation"]
    how = f"{via['type']}: {via['status'] or '?'}" if via else "-"
    parts = f" ({len(one['parts'])} parts)" if one["parts"] else ""
    return (name, one["task"] or "-", one["status"] or "?", how, safe(one["title"]) + parts)
