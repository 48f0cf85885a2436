"""What an event says in words, beside the fields that it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.fold import Step
from fedtasks.domain.task import State

Data = Mapping[str, Any]
Words = Callable[[Data, State], Iterable[Any]]

SHORT = 10


def remark(step: Step) -> str | None:
    """The words of one event: its own by `WORDS`, then why, whatever the kind."""
    data = step.event.data
    found = [*WORDS.get(step.event.kind, _nothing)(data, step.after)]
    found += [data.get("reason"), data.get("override")]
    if step.event.kind == kinds.STATUS and data.get("commit"):
        found.append(f"with {data['commit'][:SHORT]}")
    if data.get("blocked_by"):
        found.append(f"blocked by {data['blocked_by']}")
    return "; ".join(part for part in found if part and isinstance(part, str)) or None


def _nothing(data: Data, state: State) -> Iterable[Any]:
    return ()


def _code(data: Data) -> str:
    commit = data.get("commit") or data.get("after") or data.get("before")
    parts = [f"on {data['branch']}" if data.get("branch") else "", f"at {commit[:SHORT]}" if commit else ""]
    return " ".join(part for part in parts if part)


def _offered(data: Data, state: State) -> Iterable[Any]:
    return f"to {data['to']}", _code(data), f"next: {data['next']}" if data.get("next") else None


def _answered(data: Data, state: State) -> Iterable[Any]:
    found = _named(state.handoffs, data["handoff"])
    return (f"{found['from']} → {found['to']}, {found['status']}" if found else None,)


def _took_over(data: Data, state: State) -> Iterable[Any]:
    last = max(state.handoffs, key=lambda entry: str(entry.get("answered_at", "")), default=None)
    return (f"from {last['from']}" if last and last["how"] == "takeover" else None,)


def _began(data: Data, state: State) -> Iterable[Any]:
    parent = data.get("parent")
    return data.get("agent"), _code(data), f"follows {parent[-SHORT:]}" if parent else None, data.get("note")


def _ended(data: Data, state: State) -> Iterable[Any]:
    count = len(data.get("commits", ()))
    return data["outcome"], _code(data), f"{count} commit{'s' if count > 1 else ''}" if count else None


def _said(data: Data, state: State) -> Iterable[Any]:
    line = next((line.strip() for line in data["text"].splitlines() if line.strip()), "")
    return (f"{data['type']}: {line[:200]}",)


def _reacted(data: Data, state: State) -> Iterable[Any]:
    return (f"{'takes back ' if data.get('remove') else ''}{data['reaction']}",)


def _asked(data: Data, state: State) -> Iterable[Any]:
    return _code(data), data.get("note")


def _judged(data: Data, state: State) -> Iterable[Any]:
    return data["verdict"], _code(data), data.get("text")


def _lifted(data: Data, state: State) -> Iterable[Any]:
    found = _named(state.reviews, data["review"])
    return (f"{found['verdict']} by {found['by']}" if found else None,)


def _named(entries: Iterable[Mapping[str, Any]], id: str) -> Mapping[str, Any] | None:
    return next((entry for entry in entries if entry["id"] == id), None)


WORDS: dict[str, Words] = {
    kinds.HANDOFF_OFFERED: _offered,
    kinds.HANDOFF_ACCEPTED: _answered,
    kinds.HANDOFF_DECLINED: _answered,
    kinds.TAKEN_OVER: _took_over,
    kinds.ATTEMPT_STARTED: _began,
    kinds.ATTEMPT_FINISHED: _ended,
    kinds.COMMENTED: _said,
    kinds.REACTED: _reacted,
    kinds.REVIEW_REQUESTED: _asked,
    kinds.REVIEWED: _judged,
    kinds.REVIEW_LIFTED: _lifted,
    kinds.TIME_ADDED: lambda data, state: (data.get("note"),),
}
"""What the data of a kind say, with the state after the event."""
