"""What a plan says, as frozen values: the one shape between the readers and `reconcile`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A path that an item changes; `action` is new, modify, delete, rename or None (not said)."""

    path: str
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One compiler-style remark; `line` is 1-based, `severity` is error, warning or note."""

    line: int
    message: str
    severity: str = "warning"
    column: int = 1
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One task of a plan, anchored at one 1-based source line.

    `key` is the item's anchor inside the plan: the explicit id where the plan gives one, else the slugs of its
    group, parent and title joined by `/`, made unique by a `~2`, `~3` suffix in document order. `parent` and
    `depends_on` are keys of other items. A field that the plan does not state is None or empty.
    """

    key: str
    line: int
    title: str
    status: str = "pending"
    rule: str = ""
    description: str = ""
    external_id: str | None = None
    group: str | None = None
    group_line: int | None = None
    parent: str | None = None
    priority: str | None = None
    assignee: str | None = None
    lead: str | None = None
    due: str | None = None
    estimate: str | None = None
    tags: tuple[str, ...] = ()
    files: tuple[PlanFile, ...] = ()
    depends_on: tuple[str, ...] = ()
    checkbox: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan: its identity, its items in document order, and what was odd about it.

    `declared_id` is the front matter's id, `lead`, `priority` and `tags` its defaults for items (already applied
    to `items`); `explained` maps each 1-based line to (what it is: task, group or text; the rule that made it so).
    """

    title: str | None
    items: tuple[Item, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    declared_id: str | None = None
    lead: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    explained: dict[int, tuple[str, str]] = field(default_factory=dict)
