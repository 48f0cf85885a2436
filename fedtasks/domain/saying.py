"""What an event did, in a few words: `baby` + `claimed it`; as written by people, so not yet safe for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event

Data = Mapping[str, Any]

STEPS = {"done": "finished it", "cancelled": "cancelled it", "in_review": "gave it to review", "pending": "freed it"}
UP = {"blocked": "unblocked it", "pending": "started it"}


VERDICTS = {"approve": "approved it", "changes": "asks for changes", "reject": "rejected it"}


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


def _said(words: str, *names: str) -> Callable[[Data], str]:
    """`words` with the first of these fields that the event has behind them, and its reason."""

    def say(data: Data) -> str:
        value = next((str(data[name]) for name in names if data.get(name)), "")
        return words.format(value).rstrip() + _why(data)

    return say


WORDS: dict[str, Callable[[Data], str]] = {
    kinds.CREATED: lambda data: "added it",
    kinds.EDITED: _edited,
    kinds.CLAIMED: lambda data: "claimed it" if data.get("confirmed") else "claimed it tentatively",
    kinds.CONFIRMED: lambda data: "confirmed the claim",
    kinds.RELEASED: lambda data: "released it" + _why(data),
    kinds.ASSIGNED: _assigned,
    kinds.STATUS: _status,
    kinds.DELEGATED: _said("delegated it to {}", "target_instance"),
    kinds.DELEGATION_ACCEPTED: _said("accepted the delegation {}", "source_instance"),
    kinds.DELEGATION_REJECTED: _said("rejected the delegation"),
    kinds.DELEGATION_COMPLETED: _said("completed the delegation"),
    kinds.DELEGATION_WITHDRAWN: _said("withdrew the delegation"),
    kinds.ARCHIVED: _said("archived it"),
    kinds.UNARCHIVED: _said("took it out of the archive"),
    kinds.RENEWED: _said("is still at it"),
    kinds.TAKEN_OVER: _said("took it over"),
    kinds.HANDOFF_OFFERED: _said("hands it to {}", "to"),
    kinds.HANDOFF_ACCEPTED: _said("accepted the handoff"),
    kinds.HANDOFF_DECLINED: _said("declined the handoff"),
    kinds.ATTEMPT_STARTED: _said("began an attempt {}", "branch"),
    kinds.ATTEMPT_FINISHED: _said("ended an attempt: {}", "outcome"),
    kinds.COMMENTED: lambda data: f"wrote: {' '.join(str(data['text']).split())[:200]}",
    kinds.REACTED: _said("reacted {}", "reaction"),
    kinds.RESOLVED: _said("resolved a comment"),
    kinds.REVIEW_REQUESTED: _said("asks for a review {}", "note"),
    kinds.REVIEWED: lambda data: (
        VERDICTS.get(data["verdict"], "reviewed it") + (f": {data['text']}" if data.get("text") else "")
    ),
    kinds.REVIEW_LIFTED: _said("lifted a review"),
    kinds.TIMER_STARTED: _said("began to count time"),
    kinds.TIMER_STOPPED: _said("stopped counting time"),
    kinds.TIME_ADDED: _said("added time"),
    kinds.TOOL_ADDED: _said("attached {}", "name"),
    kinds.TOOL_REMOVED: _said("took off {}", "name"),
    kinds.PERMIT_ASKED: _said("asks for leave: {}", "action"),
    kinds.PERMIT_GIVEN: _said("gave leave: {}", "action"),
    kinds.PERMIT_REFUSED: _said("refused leave: {}", "action"),
}
"""One row a kind of event."""
