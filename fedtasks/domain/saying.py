"""What an event did, in a few words: `baby` + `claimed it`; as written by people, so not yet safe for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event

Data = Mapping[str, Any]

STEPS = {"done": "finished it", "cancelled": "cancelled it", "in_review": "gave it to review", "pending": "freed it"}
UP = {"blocked": "unblocked it", "pending": "started it"}


def words_of(event: Event) -> str:
    """What the event's author did; a kind that has no words here is named."""
    say = WORDS.get(event.kind)
    return say(event.data) if say else f"recorded '{event.kind}'"


def _edited(data: Data) -> str:
    names = {*data.get("set", {}), *data.get("add", {}), *data.get("remove", {})}
    return "changed " + (", ".join(name.replace("_", " ") for name in sorted(names)) or "it")


def _assigned(data: Data) -> str:
    return (f"assigned it to {data['assignee']}" if data.get("assignee") else "unassigned it") + _why(data)


def _status(data: Data) -> str:
    if data["to"] == "blocked":
        step = "blocked it"
    elif data["to"] == "in_progress":
        step = UP.get(data["from"], "took it up again")
    else:
        step = STEPS.get(data["to"], f"made it {data['to']}")
    return step + _why(data)


def _why(data: Data) -> str:
    return f": {data['reason']}" if data.get("reason") else ""


def _delegated(words: str) -> Callable[[Data], str]:
    def say(data: Data) -> str:
        where = data.get("target_instance") or data.get("source_instance")
        return words + (f" {where}" if where else "") + _why(data)

    return say


WORDS: dict[str, Callable[[Data], str]] = {
    kinds.CREATED: lambda data: "added it",
    kinds.EDITED: _edited,
    kinds.CLAIMED: lambda data: "claimed it" if data.get("confirmed") else "claimed it tentatively",
    kinds.CONFIRMED: lambda data: "confirmed the claim",
    kinds.RELEASED: lambda data: "released it" + _why(data),
    kinds.ASSIGNED: _assigned,
    kinds.STATUS: _status,
    kinds.DELEGATED: _delegated("delegated it to"),
    kinds.DELEGATION_ACCEPTED: _delegated("accepted the delegation"),
    kinds.DELEGATION_REJECTED: _delegated("rejected the delegation"),
    kinds.DELEGATION_COMPLETED: _delegated("completed the delegation"),
}
"""One row a kind of event."""
