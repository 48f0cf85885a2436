"""JSON Schemas of what tools take and answer, written small: an agent reads all of them at each start."""

from __future__ import annotations

from typing import Any

from fedtasks.domain.status import PRIORITIES, STATUSES

Form = dict[str, Any]

TITLE, WORDS, LONG, PLAN = 1_000, 10_000, 100_000, 2_000_000
"""How many signs a title, a reason, a description and a plan may have."""


def string(most: int = 200, about: str = "", *, least: int = 1) -> Form:
    """A text of at most so many signs."""
    return {"type": "string", "minLength": least, "maxLength": most} | _about(about)


def choice(*words: str, about: str = "") -> Form:
    """One of these words."""
    return {"enum": list(words)} | _about(about)


def flag(about: str = "") -> Form:
    """True or false."""
    return {"type": "boolean"} | _about(about)


def number(least: int, most: int, about: str = "") -> Form:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most} | _about(about)


def many(item: Form, most: int = 100, about: str = "", *, least: int = 0) -> Form:
    """A list."""
    return {"type": "array", "items": item, "maxItems": most} | ({"minItems": least} if least else {}) | _about(about)


def listed(item: Form) -> Form:
    """A list in an answer, however long."""
    return {"type": "array", "items": item}


def takes(required: tuple[str, ...] = (), /, **fields: Form) -> Form:
    """The arguments of a tool: these and no others."""
    form: Form = {"type": "object", "properties": fields, "additionalProperties": False}
    return form | ({"required": list(required)} if required else {})


def gives(required: tuple[str, ...] = (), /, **fields: Form) -> Form:
    """What a tool answers: at least these."""
    form: Form = {"type": "object", "properties": fields}
    return form | ({"required": list(required)} if required else {})


def _about(words: str) -> Form:
    return {"description": words} if words else {}


TEXT: Form = {"type": "string"}
NAME: Form = {"type": ["string", "null"]}
ID = string(about="Task id, or an unambiguous part of one")
WHO = string(64)
STATUS = choice(*STATUSES)
PRIORITY = choice(*PRIORITIES)
REASON = string(WORDS)
TOKEN: Form = {"type": "string", "pattern": "^[0-9A-Z]{26}$", "description": "claim.token"}
"""Shows the claim that a call is made under; see `under_claim`."""

OBJECT: Form = {"type": "object"}

TASK = gives(("id", "title", "status", "lead", "assignee"), id=TEXT, title=TEXT, status=TEXT, lead=NAME, assignee=NAME)
"""A task in short; `federation_get_task` has all of it."""

ONE = gives(("task",), task=TASK)
MANY = gives(("tasks",), tasks=listed(TASK))
