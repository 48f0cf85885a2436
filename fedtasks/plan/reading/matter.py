"""YAML front matter: what a plan says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fedtasks.plan.model import Diagnostic
from fedtasks.plan.reading.statuses import PRIORITIES, word_priority

ACTOR = re.compile(r"[^\w.@+-]+")
LONGEST = 100
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Identity and defaults; `sequential` says that each phase waits for the one before."""

    id: str | None = None
    title: str | None = None
    lead: str | None = None
    priority: str | None = None
    tags: tuple[str, ...] = ()
    sequential: bool = False
    remarks: tuple[Diagnostic, ...] = ()


def read_matter(text: str | None) -> FrontMatter:
    """The front matter between the first two `---`; what is no YAML mapping is a remark and says nothing."""
    if text is None:
        return FrontMatter()
    raw = _load(text)
    if not isinstance(raw, dict):
        said = "the front matter is not a YAML mapping and is ignored"
        return FrontMatter(remarks=(Diagnostic(1, said, rule="front-matter"),))
    return FrontMatter(
        id=_text(raw.get("id")),
        title=_text(raw.get("title")),
        lead=actor_of(_text(raw.get("lead"))),
        priority=_priority(raw.get("priority")),
        tags=tags_of(raw.get("tags")),
        sequential=_text(raw.get("phases")) == "sequential",
        remarks=tuple(_remarks(raw)),
    )


def _load(text: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader) if _is_flat(text, loader) else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _is_flat(text: str, loader: Any) -> bool:
    """Whether the YAML nests no deeper than plans do: composing a bomb would overflow the C stack."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            return False
    return True


def _text(value: Any) -> str | None:
    return str(value).strip()[:LONGEST] or None if isinstance(value, (str, int)) else None


def _priority(value: Any) -> str | None:
    return word_priority(value) if isinstance(value, str) else None


def _remarks(raw: dict[Any, Any]) -> list[Diagnostic]:
    given = raw.get("priority")
    if given is None or _priority(given):
        return []
    known = ", ".join(PRIORITIES)
    return [Diagnostic(1, f"the front matter's priority {str(given)[:50]!r} is none of {known}", rule="front-matter")]


def tags_of(value: Any) -> tuple[str, ...]:
    """Tags as the store keeps them: no blanks, no commas, each once."""
    names = value if isinstance(value, list) else re.split(r"[,;]", value) if isinstance(value, str) else ()
    found = (
        "-".join(str(name).strip(" #`*").replace(",", " ").split())[:LONGEST] for name in names if name is not None
    )
    return tuple(dict.fromkeys(name for name in found if name))


def actor_of(text: str | None) -> str | None:
    """A name as the store keeps actors: blanks become `-`."""
    name = ACTOR.sub("-", (text or "").strip().lstrip("@")).strip("-.")
    return name[:LONGEST] or None
