"""What is wrong with a plan by itself, whatever the store says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fedtasks.plan.model import Diagnostic, Item, Plan

ERRORS = frozenset(("duplicate-id", "dependency-cycle", "front-matter"))


def lint(plan: Plan) -> tuple[Diagnostic, ...]:
    """All remarks by line; two items with one id, a dependency cycle and broken front matter are errors."""
    found = [replace(one, severity="error") if one.rule in ERRORS else one for one in plan.diagnostics]
    return tuple(sorted([*found, *_cycles(plan.items)], key=lambda one: (one.line, one.message)))


def _cycles(items: Sequence[Item]) -> list[Diagnostic]:
    """One error for each item that a walk along the dependencies comes back to."""
    by_key = {item.key: item for item in items}
    state: dict[str, int] = {}
    found = []
    for item in items:
        stack = [(item.key, iter(item.depends_on))] if item.key not in state else []
        while stack:
            key, rest = stack[-1]
            state[key] = 1
            other = next(rest, None)
            if other is None:
                state[key] = 2
                stack.pop()
            elif state.get(other) == 1:
                said = f"'{by_key[key].title}' and '{by_key[other].title}' wait for each other"
                found.append(Diagnostic(by_key[key].line, said, "error", rule="dependency-cycle"))
            elif other not in state and other in by_key:
                stack.append((other, iter(by_key[other].depends_on)))
    return found
