"""The fold: from an ordered history to the state that readers see.

Legality in the fold depends on the task's own history alone, so that every machine folds alike. An event that is
not legal in its place is void: it stays in the history, has no effect, and the reason is kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact
from fedtasks.domain.events import Event
from fedtasks.domain.status import BLOCKED, FINISHED, IN_PROGRESS, PENDING, allowed
from fedtasks.domain.task import SCALARS, State, Task

Reason = str | None

STATE_FIELDS = tuple(field.name for field in fields(State))


class _Beaten(Exception):
    """A confirmed claim met the tentative claim `token`: fold again without that one."""

    def __init__(self, token: str) -> None:
        self.token = token


class _Draft:
    """The state while it is being folded; `tenure` is the claim under which the present status was reached."""

    def __init__(self, confirmed: Collection[str]) -> None:
        self.values: dict[str, Any] = {"metadata": {}}
        self.sets: dict[str, dict[str, Any]] = {"tags": {}, "depends_on": {}, "files": {}}
        self.confirmed = confirmed
        self.tenure: str | None = None
        self.status = PENDING
        self.assignee: str | None = None

    def end_tenure(self) -> None:
        self.tenure = None
        self.values["claim"] = None

    def freeze(self) -> State:
        files = tuple(self.sets["files"][path] for path in sorted(self.sets["files"]))
        return State(
            **{name: value for name, value in self.values.items() if name in STATE_FIELDS},
            status=self.status,
            assignee=self.assignee,
            tags=tuple(sorted(self.sets["tags"])),
            depends_on=tuple(sorted(self.sets["depends_on"])),
            files=files,
        )


def _created(draft: _Draft, event: Event) -> Reason:
    """Sets all that it names. Of two (the same plan's task, parsed in two versions) the later one's words hold."""
    for name in SCALARS:
        if name in event.data:
            draft.values[name] = event.data[name]
    draft.status = event.data.get("status", draft.status)
    draft.assignee = event.data.get("assignee", draft.assignee)
    _add(draft, event.data)
    _merge_metadata(draft, event.data.get("metadata", {}))
    draft.values["created_at"] = min(draft.values.get("created_at", event.at), event.at)
    return None


def _edited(draft: _Draft, event: Event) -> Reason:
    """Sets single fields (null removes), adds to and removes from sets; metadata is patched key by key."""
    for name, value in event.data.get("set", {}).items():
        if name in SCALARS:
            draft.values[name] = value
    _add(draft, event.data.get("add", {}))
    for name, gone in event.data.get("remove", {}).items():
        for member in gone:
            draft.sets.get(name, {}).pop(member, None)
    _merge_metadata(draft, event.data.get("set", {}).get("metadata", {}))
    return None


def _add(draft: _Draft, added: Mapping[str, Any]) -> None:
    for name in ("tags", "depends_on"):
        draft.sets[name].update((member, None) for member in added.get(name, ()))
    draft.sets["files"].update((file["path"], {"action": None, **file}) for file in added.get("files", ()))


def _merge_metadata(draft: _Draft, patch: Mapping[str, Any]) -> None:
    merged = draft.values["metadata"] | dict(patch)
    draft.values["metadata"] = {name: merged[name] for name in sorted(merged) if merged[name] is not None}


def _claimed(draft: _Draft, event: Event) -> Reason:
    """Legal while nobody else has the task; a confirmed claim beats a tentative one wherever that stands."""
    free = draft.status in (PENDING, IN_PROGRESS) and draft.tenure is None
    if not free or draft.assignee not in (None, event.by):
        if event.id in draft.confirmed and draft.tenure is not None and draft.tenure not in draft.confirmed:
            raise _Beaten(draft.tenure)
        return f"already {draft.status}, held by {draft.assignee}"
    draft.status, draft.assignee, draft.tenure = IN_PROGRESS, event.by, event.id
    claim = {"by": event.by, "since": event.at, "token": event.id, "confirmed": event.id in draft.confirmed}
    draft.values["claim"] = claim | ({"exclusive": True} if event.data.get("exclusive") else {})
    return None


def _confirmed(draft: _Draft, event: Event) -> Reason:
    return None if event.data.get("claim") == draft.tenure else "the claim that it confirms does not hold"


def _released(draft: _Draft, event: Event) -> Reason:
    """Gives the task back: pending, without assignee."""
    if draft.status != PENDING and not allowed(draft.status, PENDING):
        return f"{draft.status} already"
    if draft.assignee is None and draft.status == PENDING:
        return "nobody held it"
    draft.status, draft.assignee = PENDING, None
    draft.values["blocked"] = None
    draft.end_tenure()
    return None


def _assigned(draft: _Draft, event: Event) -> Reason:
    """Names the assignee (null: nobody); another one's claim ends with it."""
    if event.data.get("assignee") != draft.assignee:
        draft.end_tenure()
    draft.assignee = event.data.get("assignee")
    return None


def _status(draft: _Draft, event: Event) -> Reason:
    """One step of the table, out of the status that the author saw."""
    wanted = event.data["to"]
    if event.data["from"] != draft.status:
        return f"made when {event.data['from']}, but {draft.status} already"
    if not allowed(draft.status, wanted):
        return f"{draft.status} cannot become {wanted}"
    if draft.status in FINISHED:
        draft.end_tenure()
    draft.status = wanted
    draft.values["blocked"] = None
    if wanted == BLOCKED:
        found = {"reason": event.data.get("reason"), "by": event.data.get("blocked_by"), "since": event.at}
        draft.values["blocked"] = {name: value for name, value in found.items() if value is not None}
    if wanted == PENDING:
        draft.assignee = None
        draft.end_tenure()
    if wanted in FINISHED:
        draft.values["claim"] = None
    return None


EFFECTS: dict[str, Callable[[_Draft, Event], Reason]] = {
    kinds.CREATED: _created,
    kinds.EDITED: _edited,
    kinds.CLAIMED: _claimed,
    kinds.CONFIRMED: _confirmed,
    kinds.RELEASED: _released,
    kinds.ASSIGNED: _assigned,
    kinds.STATUS: _status,
}
"""One effect a kind; it returns why the event is void, or None. A kind that is not here has no effect."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a history and what it did: the states around it, and why it is void, if it is."""

    event: Event
    before: State
    after: State
    void: Reason


class _Fold:
    """One pass over an ordered history; `beaten` are the tentative claims that a confirmed one has overruled."""

    def __init__(self, ordered: tuple[Event, ...], confirmed: Collection[str], beaten: Collection[str]) -> None:
        self.ordered, self.beaten = ordered, beaten
        self.draft = _Draft(confirmed)

    def run(self) -> Iterator[tuple[Event, Reason]]:
        draft = self.draft
        for event in self.ordered:
            draft.values["updated_at"] = max(draft.values.get("updated_at", ""), event.at)
            yield event, self._effect(event)

    def _effect(self, event: Event) -> Reason:
        token = event.data.get("claim") if event.kind in (kinds.STATUS, kinds.RELEASED) else None
        if event.id in self.beaten:
            return "a confirmed claim was first"
        if token is not None and token != self.draft.tenure:
            return "made under a claim that no longer holds"
        effect = EFFECTS.get(event.kind)
        return effect(self.draft, event) if effect else None


def _ordered(history: Iterable[Event]) -> tuple[Event, ...]:
    """Each event once, by (seq, at, id); of two contents of one id the lesser (see merge)."""
    once: dict[str, Event] = {}
    for event in history:
        known = once.get(event.id)
        once[event.id] = event if known is None else min(known, event, key=_content)
    return tuple(sorted(once.values(), key=lambda event: event.order))


def _content(event: Event) -> tuple[int, str, str]:
    return (event.seq, event.at, compact(event.to_json()))


def _settled(history: Iterable[Event]) -> tuple[_Fold, dict[str, str]]:
    """The pass in which no tentative claim is overruled any more, and its void events."""
    ordered = _ordered(history)
    confirmed = {event.id for event in ordered if event.kind == kinds.CLAIMED and event.data.get("confirmed")}
    confirmed |= {event.data["claim"] for event in ordered if event.kind == kinds.CONFIRMED}
    beaten: set[str] = set()
    while True:
        current = _Fold(ordered, confirmed, beaten)
        try:
            return current, {event.id: reason for event, reason in current.run() if reason}
        except _Beaten as found:
            beaten.add(found.token)


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
