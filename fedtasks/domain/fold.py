"""The fold: from an ordered history to the state that readers see.

Legality in the fold depends on the task's own history alone, so that every machine folds alike. An event that is
not legal in its place is void: it stays in the history, has no effect, and the reason is kept beside it. What each kind
does stands in `domain/effects/`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import lt
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact
from fedtasks.domain.effects import EFFECTS, UNDER_CLAIM
from fedtasks.domain.effects.archiving import leave_archive
from fedtasks.domain.effects.draft import Beaten, Draft, Reason
from fedtasks.domain.effects.permits import use_leave
from fedtasks.domain.events import Event
from fedtasks.domain.status import FINISHED
from fedtasks.domain.task import State, Task

CONFIRMING = frozenset({kinds.CONFIRMED, kinds.CLAIMED, kinds.TAKEN_OVER, kinds.HANDOFF_ACCEPTED})
LOST = "made under a claim that no longer holds"


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a history and what it did: the states around it, and why it is void, if it is."""

    event: Event
    before: State
    after: State
    void: Reason


class _Fold:
    """One pass over an ordered history; `beaten` are the events that were overruled by published ones, and why."""

    def __init__(self, ordered: tuple[Event, ...], confirmed: Collection[str], beaten: Mapping[str, str]) -> None:
        self.ordered, self.beaten = ordered, beaten
        self.draft = Draft(confirmed)

    def run(self) -> Iterator[tuple[Event, Reason]]:
        draft = self.draft
        for event in self.ordered:
            if event.at > draft.updated_at:
                draft.updated_at = event.at
            reason = self._effect(event)
            if "archived" in draft.values:
                leave_archive(draft)
            yield event, reason

    def _effect(self, event: Event) -> Reason:
        draft = self.draft
        token = event.data.get("claim") if event.kind in UNDER_CLAIM else None
        if event.id in self.beaten:
            return self.beaten[event.id]
        if token is not None and token != draft.tenure:
            return LOST
        effect = EFFECTS.get(event.kind)
        void = effect(draft, event) if effect else None
        if void is None:
            if draft.values.get("claim"):
                draft.renew(event)
            if "leave" in event.data:
                use_leave(draft, event)
            if token is not None and (draft.tenure != token or draft.status in FINISHED):
                draft.ended[token] = event.id
        return void


def _ordered(history: Iterable[Event]) -> tuple[Event, ...]:
    """Each event once, by (seq, at, id); of two contents of one id the lesser (see merge)."""
    given = tuple(history)
    seqs = [event.seq for event in given]
    if all(map(lt, seqs, seqs[1:])) and len({event.id for event in given}) == len(given):
        return given
    once: dict[str, Event] = {}
    for event in given:
        known = once.get(event.id)
        once[event.id] = event if known is None else min(known, event, key=_content)
    return tuple(sorted(once.values(), key=lambda event: event.order))


def _content(event: Event) -> tuple[int, str, str]:
    return (event.seq, event.at, compact(event.to_json()))


def _settled(history: Iterable[Event]) -> tuple[_Fold, dict[str, str]]:
    """The pass in which nothing is overruled any more, and its void events."""
    ordered = _ordered(history)
    confirmed = {claim for event in ordered if event.kind in CONFIRMING and (claim := _confirms(event))}
    beaten: dict[str, str] = {}
    while True:
        current = _Fold(ordered, confirmed, beaten)
        try:
            return current, {event.id: reason for event, reason in current.run() if reason}
        except Beaten as found:
            beaten[found.id] = found.reason


def _confirms(event: Event) -> str | None:
    """The claim that the event says is confirmed, be it its own."""
    if event.kind == kinds.CONFIRMED:
        token: str = event.data["claim"]
        return token
    return None if event.kind == kinds.CLAIMED and not event.data.get("confirmed") else event.id


def fold(id: str, history: Iterable[Event], extra: Mapping[str, Any] | None = None) -> Task:
    """The task of a history: ordered by (seq, at, id), folded, its void events named."""
    current, void = _settled(history)
    return Task(id, current.draft.freeze(), current.ordered, void, dict(extra or {}))


def steps(task: Task) -> Iterator[Step]:
    """The history of a task, event by event, with the states around each."""
    settled, _ = _settled(task.history)
    again = _Fold(settled.ordered, settled.draft.confirmed, settled.beaten)
    before = State()
    for event, void in again.run():
        after = again.draft.freeze()
        yield Step(event, before, after, void)
        before = after
