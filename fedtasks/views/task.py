"""One task and its history as lines of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.views import structure
from fedtasks.views.people import attempt_lines, review_words
from fedtasks.views.text import safe

Row = Mapping[str, Any]

SHORT = 10


def task_lines(row: Row, path: str, now: str = "") -> list[str]:
    """The task in full, field by field; `now` tells what is overdue."""
    lines = [f"{row['id']}  {safe(row['title'])}", ""]
    claim = row.get("claim")
    holder = f" ({_claimed(claim)})" if claim else ""
    fields: list[tuple[str, str | None]] = [
        ("status", row["status"]),
        ("priority", row["priority"]),
        ("lead", row["lead"] or "-"),
        ("assignee", (row["assignee"] or "-") + holder),
        ("offered", _offered(row.get("handoffs", ()))),
        ("approval", review_words(row)),
        ("blocked", _blocked(row.get("blocked"))),
        ("parent", row.get("parent")),
        ("waits for", ", ".join(row["depends_on"])),
        *structure.about(row),
        ("tags", ", ".join(row.get("tags", ()))),
        ("helped by", ", ".join(row.get("helpers", ()))),
        ("watched by", ", ".join(row.get("watchers", ()))),
        ("due", structure.due_words(row, now)),
        ("estimate", row.get("estimate")),
        ("plan", _source(row.get("source"))),
        ("created", row["created_at"]),
        ("updated", row["updated_at"]),
        ("archived", row.get("archived")),
        ("made for", _delegation(row["delegated_from"]) if row.get("delegated_from") else None),
        ("file", path),
    ]
    lines += [f"{name:<10} {safe(value)}" for name, value in fields if value]
    lines += [f"{'edits':<10} {safe(file['path'])}{_action(file)}" for file in row["files"]]
    lines += [f"{'delegated':<10} {safe(_delegation(one))} ({one['id']})" for one in row.get("delegations", ())]
    lines += structure.lines(row)
    if row.get("attempts"):
        lines += ["", "attempts", *(f"  {line}" for line in attempt_lines(row["attempts"]))]
    if row.get("description"):
        lines += ["", *(safe(line) for line in row["description"].splitlines())]
    return lines


def commit_lines(commits: Sequence[Row]) -> list[str]:
    """The commits that name a task, the youngest first."""
    return [f"{'commit':<10} {one['id'][:SHORT]} {safe(one['subject'])} ({safe(one['author'])})" for one in commits]


def _claimed(claim: Row) -> str:
    parts = [f"claimed {claim['since']}", "" if claim["confirmed"] else "tentative"]
    parts.append(f"until {claim['expires']}" if "expires" in claim else "")
    return ", ".join(part for part in parts if part)


def _offered(handoffs: Sequence[Row]) -> str | None:
    found = [entry for entry in handoffs if entry["status"] == "offered"]
    return f"to {found[-1]['to']} by {found[-1].get('by', found[-1]['from'])}: {found[-1]['reason']}" if found else None


def _blocked(blocked: Row | None) -> str | None:
    if not blocked:
        return None
    parts = [blocked.get("reason"), f"by {blocked['by']}" if blocked.get("by") else None]
    return f"{' '.join(part for part in parts if part)} (since {blocked['since']})"


def _delegation(record: Row) -> str:
    """One delegation in short: where to and how it stands, or for a task made for one where it came from."""
    if "target_instance" in record:
        return f"to {record['target_instance']} ({record['type']}): {record['status']}"
    gone = ", no longer wanted there" if "withdrawn_at" in record and "completed_at" not in record else ""
    return f"{record['source_instance']}: {record['task']} ({record['type']}){gone}"


def _source(source: Row | None) -> str | None:
    return f"{source['plan']}: {source.get('group') or source['key']}" if source else None


def _action(file: Row) -> str:
    return f" ({file['action']})" if file.get("action") else ""


def history_lines(entries: Sequence[Row]) -> list[str]:
    """One line an event: time, actor, what changed; entries as `history --json` shows them."""
    return [_entry(entry) for entry in entries]


def _entry(entry: Row) -> str:
    changes = ", ".join(_change(name, change) for name, change in entry["changes"].items())
    kind = entry["kind"]
    parts = [f"{entry['at']}  {entry['by']}  {kind}"]
    if kind == "created":
        parts.append(safe(str(entry["changes"].get("title", {}).get("to", ""))))
    elif changes:
        parts.append(changes)
    if entry.get("note"):
        parts.append(f"({safe(entry['note'])})")
    if entry.get("void"):
        parts.append(f"[void: {safe(entry['void'])}]")
    return "  ".join(parts)


def _change(name: str, change: Row) -> str:
    old, new = change["from"], change["to"]
    if isinstance(old, list) and isinstance(new, list):
        gone = [f"-{_word(value)}" for value in old if value not in new]
        come = [f"+{_word(value)}" for value in new if value not in old]
        return f"{name} {' '.join([*gone, *come])}"
    if name == "description":
        return "description rewritten"
    return f"{name} {_word(old)} → {_word(new)}"


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        known = _delegation(value) if "source_instance" in value else structure.words(value)
        return safe(known or str(value.get("path", value)))
    return "-" if value in (None, "") else safe(str(value))
