"""Events: the only way a task changes. An event is never altered once it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any

CREATED = "created"
EDITED = "edited"
CLAIMED = "claimed"
CONFIRMED = "confirmed"
RELEASED = "released"
ASSIGNED = "assigned"
STATUS = "status"
DELEGATED = "delegated"
DELEGATION_ACCEPTED = "delegation_accepted"
DELEGATION_REJECTED = "delegation_rejected"
DELEGATION_COMPLETED = "delegation_completed"
DELEGATION_WITHDRAWN = "delegation_withdrawn"
ARCHIVED = "archived"
UNARCHIVED = "unarchived"
RENEWED = "renewed"
TAKEN_OVER = "taken_over"
HANDOFF_OFFERED = "handoff_offered"
HANDOFF_ACCEPTED = "handoff_accepted"
HANDOFF_DECLINED = "handoff_declined"
ATTEMPT_STARTED = "attempt_started"
ATTEMPT_FINISHED = "attempt_finished"
COMMENTED = "commented"
REACTED = "reacted"
RESOLVED = "resolved"
REVIEW_REQUESTED = "review_requested"
REVIEWED = "reviewed"
REVIEW_LIFTED = "review_lifted"
TIMER_STARTED = "timer_started"
TIMER_STOPPED = "timer_stopped"
TIME_ADDED = "time_added"
TOOL_ADDED = "tool_added"
TOOL_REMOVED = "tool_removed"
PERMIT_ASKED = "permit_asked"
PERMIT_GIVEN = "permit_given"
PERMIT_REFUSED = "permit_refused"
"""The kinds; what is optional has a `?`, and `claim` is the token of the claim that an event is made under.
Any event may have `leave`: the ids of the `permit_given` events that it was made with and that hold once.

| kind                | its own fields                                                                       |
|---------------------|--------------------------------------------------------------------------------------|
| `created`           | `title`, any field of a task, `status?`, `assignee?`                                 |
| `edited`            | `set?`, `add?`, `remove?`                                                            |
| `claimed`           | `confirmed`, `exclusive?`, `lease?` (seconds), `override?`                           |
| `confirmed`         | `claim`                                                                              |
| `released`          | `claim?`, `reason?`                                                                  |
| `assigned`          | `assignee`, `team?`, `reason?`                                                       |
| `status`            | `from`, `to`, `claim?`, `reason?`, `blocked_by?`, `override?`, `commit?`             |
| `delegated`         | `task`, `source_instance`, `target_instance`, `type`, `notes?`, `parts?`            |
| `delegation_*`      | `delegation` and what the step says, see `domain/delegation.py`                      |
| `archived`          | `year`                                                                               |
| `renewed`           | `claim`                                                                              |
| `taken_over`        | `claim` (the one that ends), `lease?`, `reason?`                                     |
| `handoff_offered`   | `to`, `reason`, `branch?`, `commit?`, `next?`, `claim?`; its id is the handoff's     |
| `handoff_accepted`  | `handoff`, `claim?` (the one that ends), `lease?`                                    |
| `handoff_declined`  | `handoff`, `reason?`; by another than the receiver it is withdrawn                   |
| `attempt_started`   | `agent?`, `config?`, `branch?`, `before?`, `parent?`, `note?`; its id is the attempt's |
| `attempt_finished`  | `attempt`, `outcome`, `reason?`, `branch?`, `after?`, `commits?`                     |
| `commented`         | `text`, `type`, `reply_to?`, `mentions?`, `attachments?`; its id is the comment's    |
| `reacted`           | `comment`, `reaction`, `remove?`                                                     |
| `resolved`          | `comment`, `resolved`                                                                |
| `review_requested`  | `commit?`, `branch?`, `note?`, `reviewers?`, `claim?`                                |
| `reviewed`          | `verdict` (approve, changes, reject), `digest`, `commit?`, `text?`                   |
| `review_lifted`     | `review` (a verdict's event), `reason?`                                              |
| `timer_started`     | nothing                                                                              |
| `timer_stopped`     | `seconds?` (instead of what it ran)                                                  |
| `time_added`        | `seconds` (below zero: taken off), `note?`                                           |
| `tool_added`        | `name`, `purpose?`, `auto_invoke?`, `config?`                                        |
| `tool_removed`      | `name`                                                                               |
| `permit_asked`      | `action`, `reason?`                                                                  |
| `permit_given`      | `action`, `member`, `once?`, `until?`, `reason?`                                     |
| `permit_refused`    | `action`, `member`, `reason?`                                                        |
"""

HEAD = ("id", "seq", "at", "by", "kind")


@dataclass(frozen=True, slots=True)
class Event:
    """One change: ULID, Lamport sequence, UTC time (`2026-01-27T16:00:00Z`), actor, kind, the kind's own fields."""

    id: str
    seq: int
    at: str
    by: str
    kind: str
    data: Mapping[str, Json] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, str, str]:
        """The key that every machine sorts a history by."""
        return (self.seq, self.at, self.id)

    def to_json(self) -> dict[str, Json]:
        """The event as it stands in the history, the kind's own fields sorted behind the head."""
        head = {"id": self.id, "seq": self.seq, "at": self.at, "by": self.by, "kind": self.kind}
        return head | {name: self.data[name] for name in sorted(self.data)}


def event_from_json(raw: Mapping[str, Json]) -> Event:
    """The event of an object; raises TypeError where its head is not as the schema wants it."""
    data = dict(raw)
    id, seq, at, by, kind = map(data.pop, HEAD)
    if not (type(seq) is int and type(id) is type(at) is type(by) is type(kind) is str):
        raise TypeError("an event's head")
    return Event(id, seq, at, by, kind, data)


def next_seq(history: Iterable[Event]) -> int:
    """Lamport's rule: one more than the highest sequence seen in the task."""
    return 1 + max((event.seq for event in history), default=0)
