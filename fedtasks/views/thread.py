"""Conversations as indented text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fedtasks.domain.conversation import Remark
from fedtasks.views.text import safe

DEEPEST = 12
"""Levels that are indented; deeper replies stand below each other."""


def thread_lines(roots: Iterable[Remark]) -> list[str]:
    """Each remark with its head, text and reactions, replies indented below it; a blank line between trees."""
    lines: list[str] = []
    for root in roots:
        lines += [""] if lines else []
        for remark, depth in _walk(root):
            indent = "  " * min(depth, DEEPEST)
            lines += [f"{indent}{line}".rstrip() for line in _remark_lines(remark)]
    return lines


def _walk(root: Remark) -> Iterator[tuple[Remark, int]]:
    waiting = [(root, 0)]
    while waiting:
        remark, depth = waiting.pop()
        yield remark, depth
        waiting += [(reply, depth + 1) for reply in remark.replies[::-1]]


def _remark_lines(remark: Remark) -> Iterator[str]:
    kind = "" if remark.type == "comment" else f"  [{safe(remark.type)}]"
    settled = f"  (settled by {remark.resolved['by']})" if remark.resolved else ""
    yield f"{remark.id[-8:]}  {remark.by}  {remark.at}{kind}{settled}"
    yield from (f"  {safe(line)}" for line in remark.text.splitlines())
    yield from (f"  attached: {_attachment(entry)}" for entry in remark.attachments)
    signs = ", ".join(f"{safe(sign)} {' '.join(names)}" for sign, names in sorted(remark.reactions.items()))
    if signs:
        yield f"  {signs}"


def _attachment(entry: Mapping[str, Any]) -> str:
    where = f"attachments/{entry['sha256']}" if entry.get("kept") else f"sha256 {entry['sha256'][:12]}"
    return f"{safe(entry.get('path', '-'))} ({entry['size']} bytes, {where})"
