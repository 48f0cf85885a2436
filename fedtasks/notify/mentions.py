"""Who is named in what people write: `@name`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fedtasks.domain.conversation import CODE, MENTION
from fedtasks.domain.events import Event

SPOKEN = ("title", "description", "text", "reason", "note", "next")
"""Fields of an event that people write to each other in."""

EXCERPT = 200
"""Signs of a text that a notice quotes."""


def mentions(event: Event) -> list[str]:
    """Those whom an event names as such, and the names after `@` in what it says, each once."""
    named = event.data.get("mentions")
    found = [name for text in _spoken(event) for name in names_in(text)]
    return list(dict.fromkeys([*(named if isinstance(named, list) else ()), *found]))


def names_in(text: str) -> list[str]:
    """The names after `@` in a text, but not in its blocks of code."""
    return [name for found in MENTION.findall(CODE.sub(" ", text)) if (name := found.rstrip(".;!?)]}'\"*_`"))]


def _spoken(event: Event) -> Iterator[str]:
    said: tuple[Mapping[str, Any], ...] = (event.data, event.data.get("set") or {})
    for fields in said:
        yield from (fields[name] for name in SPOKEN if isinstance(fields.get(name), str))


def excerpt(event: Event) -> str:
    """The line of its text in which somebody is named."""
    lines = [line.strip() for text in _spoken(event) for line in text.splitlines()]
    return next((line for line in lines if MENTION.search(line)), "")[:EXCERPT]
