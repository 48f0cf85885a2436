"""A task as a frozen value: the fields that every reader sees, and the history that they are folded from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fedtasks.domain.events import Event

SCHEMA = 1

SEGMENT = 256
"""Events in a segment (see compaction); part of the format."""

Json = Any

SCALARS = ("title", "description", "priority", "lead", "parent", "due", "estimate", "source", "requires_approval",
           "min_approvals")  # fmt: skip
"""Fields that an `edited` event sets, each with its own last writer."""

SETS = ("tags", "depends_on", "related", "skills", "files", "helpers", "reviewers", "watchers")
"""Fields that an `edited` event adds to and removes from."""

FIELDS = (
    "schema", "id", "title", "description", "status", "priority", "lead", "assignee", "team", "claim", "blocked",
    "parent", "depends_on", "related", "skills", "tags", "helpers", "watchers", "files", "due", "estimate",
    "requires_approval", "min_approvals", "reviewers", "review", "reviews", "handoffs", "attempts",
    "tracked", "tools", "permits",
    "source", "delegated_from", "delegations", "archived",
    "created_at", "updated_at",
    "compacted", "history", "metadata",
)  # fmt: skip
"""Top-level keys of a task file in their canonical order; unknown ones follow, sorted."""

ALWAYS = frozenset(
    {"schema", "id", "title", "status", "priority", "lead", "assignee", "depends_on", "files", "created_at",
     "updated_at", "history", "metadata"}
)  # fmt: skip
"""Keys that are written even when they are null or empty."""


@dataclass(frozen=True, slots=True)
class State:
    """What the history folds to; values are plain JSON, sets are sorted tuples or lists.

    `claim` is {by, since, token, confirmed, exclusive?, lease?, expires?}, the token being the claim event's id and the
    lease in seconds; `blocked` is {reason, by?, since}; `files` is a list of {path, action}; `archived` is the year in
    whose archive the task is. Each of `handoffs` and `attempts` has the id of the event that began it; `reviews` holds
    the last verdict of each reviewer. `team` may claim what nobody has; `skills` are what the work asks for; `tracked`
    is {by, seconds, since?} for each member, `since` while a timer runs; a permit's status is asked, given, used
    or refused.
    What stands in each of these objects is said by the schema.
    """

    title: str = ""
    description: str = ""
    status: str = "pending"
    priority: str = "medium"
    lead: str | None = None
    assignee: str | None = None
    team: str | None = None
    claim: Mapping[str, Json] | None = None
    blocked: Mapping[str, Json] | None = None
    parent: str | None = None
    depends_on: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    files: tuple[Mapping[str, Json], ...] = ()
    due: str | None = None
    estimate: str | None = None
    requires_approval: bool | None = None
    min_approvals: int | None = None
    reviewers: tuple[str, ...] = ()
    review: Mapping[str, Json] | None = None
    reviews: tuple[Mapping[str, Json], ...] = ()
    handoffs: tuple[Mapping[str, Json], ...] = ()
    attempts: tuple[Mapping[str, Json], ...] = ()
    tracked: tuple[Mapping[str, Json], ...] = ()
    tools: tuple[Mapping[str, Json], ...] = ()
    permits: tuple[Mapping[str, Json], ...] = ()
    source: Mapping[str, Json] | None = None
    delegated_from: Mapping[str, Json] | None = None
    delegations: tuple[Mapping[str, Json], ...] = ()
    archived: str | None = None
    created_at: str = ""
    updated_at: str = ""
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Task:
    """One task: `state` is the fold of `history`; `void` maps ids of events without effect to the reason;
    `extra` holds top-level fields that this version does not know; `compacted` names the segments, oldest first, in
    which the file keeps the beginning of the history (see compaction)."""

    id: str
    state: State
    history: tuple[Event, ...]
    void: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Json] = field(default_factory=dict)
    schema: int = SCHEMA
    compacted: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The task file as a JSON object in canonical key order."""
        known: dict[str, Json] = {"schema": self.schema, "id": self.id}
        older = SEGMENT * len(self.compacted)
        outside = {
            "compacted": {"events": older, "segment": self.compacted[-1]} if older else None,
            "history": [event.to_json() for event in self.history[older:]],
        }
        for name in FIELDS[2:]:
            value = outside[name] if name in outside else getattr(self.state, name)
            value = list(value) if isinstance(value, tuple) else value
            if value or value is False or name in ALWAYS:
                known[name] = value
        return known | {name: self.extra[name] for name in sorted(self.extra)}
