"""A notice: one thing that one member is told, as it stands in `inbox/<member>/<id>.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fedtasks.domain.ids import base32, digest

SCHEMA = 1
ID_LENGTH = 16

Json = Any

HEAD = (
    "schema", "id", "to", "kind", "at", "by", "task", "title", "text", "urgent", "needs_ack", "next",
    "reminded", "read_at", "acked_at",
)  # fmt: skip


def notice_id(to: str, kind: str, *told: str) -> str:
    """The id of what `told` names (an event's id, a commit), told to one member: every machine derives the same."""
    return base32(int.from_bytes(digest(to, kind, *told), "big"), ID_LENGTH)


@dataclass(frozen=True, slots=True)
class Notice:
    """`to` is told of it, `by` made it happen, at the time `at`; `task` and `title` name the task it is about.

    `text` is one line for people, `next` are commands that go on from here, `reminded` are the times at which it was
    told again; `data` has the kind's own fields (such as commits, paths, event) and what this version does not know.
    """

    id: str
    to: str
    kind: str
    at: str
    by: str
    text: str
    task: str | None = None
    title: str | None = None
    urgent: bool = False
    needs_ack: bool = False
    next: tuple[str, ...] = ()
    reminded: tuple[str, ...] = ()
    read_at: str | None = None
    acked_at: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def settled(self) -> bool:
        """Whether nobody waits for it any more: acknowledged where it asks for that, else read."""
        return self.acked_at is not None or (self.read_at is not None and not self.needs_ack)

    def read(self, at: str) -> Notice:
        """The notice after it was read; the first time stands."""
        return self if self.read_at else replace(self, read_at=at)

    def acked(self, at: str) -> Notice:
        """The notice after it was acknowledged, and so read."""
        return self.read(at) if self.acked_at else replace(self.read(at), acked_at=at)

    def to_json(self) -> dict[str, Json]:
        """The notice file as a JSON object; what is not so or not known is left out."""
        found = {name: getattr(self, name) for name in HEAD} | {
            "next": list(self.next),
            "reminded": list(self.reminded),
        }
        always = ("schema", "id", "to", "kind", "at", "by", "task", "text")
        head = {name: value for name, value in found.items() if value or name in always}
        return head | {name: self.data[name] for name in sorted(self.data)}


def make_notice(to: str, kind: str, told: tuple[str, ...], **fields: Json) -> Notice:
    """A notice whose id is derived from what it tells and to whom."""
    return Notice(notice_id(to, kind, *told), to, kind, **fields)


def from_json(raw: Mapping[str, Json]) -> Notice:
    """The notice of an object that the schema has accepted."""
    data = {name: value for name, value in raw.items() if name not in HEAD}
    head = {name: raw[name] for name in HEAD if name in raw} | {
        name: tuple(raw.get(name, ())) for name in ("next", "reminded")
    }
    return Notice(**head, data=data)
