"""What a parse decided and remarked, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from fedtasks.plan.model import Diagnostic
from fedtasks.views.text import safe


class _Action(Protocol):
    def to_json(self) -> dict[str, Any]: ...


def diagnostic_lines(path: str, diagnostics: Iterable[Diagnostic]) -> list[str]:
    """One line a remark, as a compiler's: `plan.md:41:3: warning: ...`."""
    return [f"{path}:{found.line}:{found.column}: {found.severity}: {safe(found.message)}" for found in diagnostics]


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
