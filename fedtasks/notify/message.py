"""A message: what a channel carries, one notice or several, in words and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fedtasks.notify.notice import Notice

SCHEMA = "fedtasks.notice/1"
LONGEST_TITLE = 150


@dataclass(frozen=True, slots=True)
class Message:
    """The notices for one member that go together, what matters most first."""

    member: str
    address: str | None
    project: str
    notices: Sequence[Notice]

    @property
    def key(self) -> str:
        """The same for the same notices told for the same time, so that a receiver knows what it has had."""
        first = self.notices[0]
        return f"{first.id}-{len(self.notices)}-{len(first.reminded)}"

    @property
    def urgent(self) -> bool:
        """Whether any of its notices is urgent."""
        return any(notice.urgent for notice in self.notices)

    @property
    def title(self) -> str:
        """One line."""
        mark = "urgent: " if self.urgent else ""
        if len(self.notices) > 1:
            return f"{mark}{len(self.notices)} notices in {_line(self.project)}"
        return mark + _clip(_line(self.notices[0].text), LONGEST_TITLE)

    @property
    def body(self) -> str:
        """The notices in full."""
        return "\n\n".join("\n".join(_lines(notice)) for notice in self.notices)

    def to_json(self) -> dict[str, Any]:
        """What a command and a webhook get."""
        rows = [notice.to_json() for notice in self.notices]
        head = {"schema": SCHEMA, "key": self.key, "member": self.member, "project": self.project}
        return head | {"notice": rows[0], "notices": rows}


def _lines(notice: Notice) -> list[str]:
    lines = [_line(notice.text)]
    if notice.task:
        lines.append(f"{notice.task}: {_line(notice.title or '')}".rstrip(": "))
    lines.append(notice.at)
    lines += [f"  {_line(command)}" for command in notice.next]
    if notice.needs_ack:
        lines.append(f"  fedtasks ack {notice.id}")
    return lines


def _line(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
