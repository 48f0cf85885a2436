"""Conversations: what was said on a task, as trees of remarks; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.task import Task

Data = Mapping[str, Any]

TYPES = ("comment", "status_update", "review", "approval", "system", "handoff", "mcp_notification")
"""What a comment may be; other types, written by a later version, are shown as they are."""

CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
MENTION = re.compile(r"(?<![\w@./+-])@([^\s/\\@,:]+)")


@dataclass
class Remark:
    """One thing that was said; `reactions` maps a sign to who gave it, `resolved` is {by, at} or None."""

    id: str
    by: str
    at: str
    type: str
    text: str
    reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    attachments: tuple[Mapping[str, Any], ...] = ()
    reactions: dict[str, list[str]] = field(default_factory=dict)
    resolved: dict[str, str] | None = None
    replies: list[Remark] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The remark with its replies, as `thread --json` shows it."""
        shown: dict[str, Any] = {"id": self.id, "by": self.by, "at": self.at, "type": self.type, "text": self.text}
        named: dict[str, Any] = {
            "reply_to": self.reply_to,
            "mentions": list(self.mentions),
            "attachments": list(self.attachments),
        }
        named |= {"reactions": self.reactions, "resolved": self.resolved}
        shown |= {name: value for name, value in named.items() if value}
        return shown | {"replies": [reply.to_json() for reply in self.replies]}


def conversation(task: Task) -> list[Remark]:
    """The trees, the oldest first.

    | event                                 | what it is                                                              |
    |---------------------------------------|-------------------------------------------------------------------------|
    | commented                             | a remark of its type; a reply where it names an earlier remark          |
    | handoff_offered                       | a remark of type `handoff`                                              |
    | reviewed with a text                  | a remark of type `approval` (an approval) or `review`                   |
    | reacted                               | puts a sign on a remark, or takes the author's own off                  |
    | resolved                              | marks a remark as settled or as open again; the last one counts         |

    Events without effect (void) are not shown.
    """
    found: dict[str, Remark] = {}
    roots: list[Remark] = []
    for event in task.history:
        if event.id in task.void:
            continue
        if event.kind in SPOKEN:
            made = SPOKEN[event.kind](event)
            if made is not None:
                above = found.get(made.reply_to or "")
                (above.replies if above else roots).append(made)
                found[made.id] = made
        elif event.data.get("comment") in found:
            ABOUT.get(event.kind, _nothing)(found[event.data["comment"]], event)
    return roots


def _comment(event: Event) -> Remark:
    data = event.data
    return Remark(
        event.id,
        event.by,
        event.at,
        data["type"],
        data["text"],
        data.get("reply_to"),
        tuple(data.get("mentions", ())),
        tuple(data.get("attachments", ())),
    )


def _offer(event: Event) -> Remark:
    text = f"to {event.data['to']}: {event.data['reason']}"
    after = f"\nnext: {event.data['next']}" if event.data.get("next") else ""
    return Remark(event.id, event.by, event.at, "handoff", text + after)


def _verdict(event: Event) -> Remark | None:
    if not event.data.get("text"):
        return None
    type = "approval" if event.data["verdict"] == "approve" else "review"
    return Remark(event.id, event.by, event.at, type, event.data["text"])


def _react(remark: Remark, event: Event) -> None:
    sign, names = event.data["reaction"], remark.reactions.get(event.data["reaction"], [])
    names = [name for name in names if name != event.by] + ([] if event.data.get("remove") else [event.by])
    remark.reactions.pop(sign, None)
    if names:
        remark.reactions[sign] = sorted(names)


def _resolve(remark: Remark, event: Event) -> None:
    remark.resolved = {"by": event.by, "at": event.at} if event.data["resolved"] else None


def _nothing(remark: Remark, event: Event) -> None:
    pass


SPOKEN: dict[str, Callable[[Event], Remark | None]] = {
    kinds.COMMENTED: _comment,
    kinds.HANDOFF_OFFERED: _offer,
    kinds.REVIEWED: _verdict,
}
ABOUT: dict[str, Callable[[Remark, Event], None]] = {kinds.REACTED: _react, kinds.RESOLVED: _resolve}


def remarks(roots: Iterable[Remark]) -> Iterator[Remark]:
    """All remarks of some trees, each before its replies; trees may be of any depth."""
    waiting = list(roots)[::-1]
    while waiting:
        remark = waiting.pop()
        yield remark
        waiting += remark.replies[::-1]


def mentioned(text: str, known: Collection[str]) -> list[str]:
    """The known names that a Markdown text mentions as `@name`, each once; blocks of code are not looked at."""
    found: dict[str, None] = {}
    for word in MENTION.findall(CODE.sub(" ", text)):
        name = word
        while name and name not in known and not name[-1].isalnum():
            name = name[:-1]
        if name in known:
            found[name] = None
    return list(found)
