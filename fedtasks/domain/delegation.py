"""Delegations: a task given to another store, its life, and what both stores keep of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact, ordered
from fedtasks.domain.events import Event, event_from_json

SCHEMA = 1

Json = Any
Record = Mapping[str, Json]

ROUTE, DECOMPOSE, ESCALATE = "route", "decompose", "escalate"
TYPES = (ROUTE, DECOMPOSE, ESCALATE)

PENDING, ACCEPTED, REJECTED, COMPLETED, WITHDRAWN = "pending", "accepted", "rejected", "completed", "withdrawn"
STATUSES = (PENDING, ACCEPTED, REJECTED, COMPLETED, WITHDRAWN)
OPEN = (PENDING, ACCEPTED)

STEPS = {
    kinds.DELEGATION_ACCEPTED: {PENDING: ACCEPTED, WITHDRAWN: WITHDRAWN},
    kinds.DELEGATION_REJECTED: {PENDING: REJECTED},
    kinds.DELEGATION_COMPLETED: {ACCEPTED: COMPLETED, WITHDRAWN: COMPLETED},
    kinds.DELEGATION_WITHDRAWN: {PENDING: WITHDRAWN, ACCEPTED: WITHDRAWN, REJECTED: WITHDRAWN},
}
"""Where each step leads from where. The two stores learn of each other's steps in different orders: whichever came
first, a withdrawal stands against an acceptance and a rejection, and a result against a withdrawal."""


FIELDS = (
    "schema", "id", "task", "title", "source_instance", "target_instance", "type", "status", "delegated_at",
    "delegated_by", "notes", "parts", "accepted_at", "accepted_by", "tasks", "rejected_at", "rejected_by",
    "withdrawn_at", "withdrawn_by", "reason", "completed_at", "completed_by", "result", "offer", "chain", "history",
)  # fmt: skip
"""Keys of a delegation's file in their order; unknown ones follow, sorted."""

ALWAYS = ("completed_at", "result", "notes")
"""Fields of a record that are there from the beginning, null until they are known."""


def begun(event: Event) -> dict[str, Json]:
    """The record of a `delegated` event; its id is the event's."""
    data = event.data
    head = {name: data.get(name) for name in ("task", "source_instance", "target_instance", "type")}
    stamps = {"status": PENDING, "delegated_at": event.at, "delegated_by": event.by, "notes": data.get("notes")}
    parts = {"parts": list(data["parts"])} if data.get("parts") else {}
    return {"id": event.id, **head, **stamps, **parts, "completed_at": None, "result": None}


def refusal(record: Record, event: Event) -> str | None:
    """Why an event is no step of this delegation now; None where it is one."""
    if record["status"] in STEPS[event.kind]:
        return None
    return f"the delegation is {record['status']} already and cannot be {step_name(event.kind)}"


def step_name(kind: str) -> str:
    """What a step of this kind makes of a delegation."""
    return kind.removeprefix("delegation_")


def stepped(record: Record, event: Event) -> dict[str, Json]:
    """The record after a step that nothing refuses."""
    name = step_name(event.kind)
    told = {name: event.data[name] for name in ("tasks", "reason", "result") if name in event.data}
    stamp = {f"{name}_at": event.at, f"{name}_by": event.by}
    return {**record, "status": STEPS[event.kind][record["status"]], **stamp, **told}


def fold_record(history: Iterable[Event]) -> dict[str, Json]:
    """A delegation's file: the record of its history, what was offered, the chain above, and the history itself."""
    once: dict[str, Event] = {}
    for event in history:
        known = once.get(event.id)
        once[event.id] = event if known is None else min(known, event, key=_content)
    events = sorted(once.values(), key=lambda event: event.order)
    first = next(event for event in events if event.kind == kinds.DELEGATED)
    record = begun(first)
    for event in events:
        if event.kind in STEPS and refusal(record, event) is None:
            record = stepped(record, event)
    offer = first.data.get("offer", {})
    found = {**record, "schema": SCHEMA, "title": offer.get("title", ""), "offer": offer}
    found |= {"chain": first.data.get("chain", []), "history": [event.to_json() for event in events]}
    return {name: found[name] for name in FIELDS if name in found}


def _content(event: Event) -> tuple[int, str, str]:
    return (event.seq, event.at, compact(event.to_json()))


def history_of(file: Record) -> tuple[Event, ...]:
    """The events of a delegation's file."""
    return tuple(map(event_from_json, file["history"]))


def merge_records(ours: Record, theirs: Record) -> dict[str, Json]:
    """The one delegation that two versions of its file make: all events of both, folded again; unknown fields of
    either, the greater by JSON where they differ."""
    folded = fold_record([*history_of(ours), *history_of(theirs)])
    unknown = sorted({*ours, *theirs} - set(FIELDS))
    extra = {name: max((side[name] for side in (ours, theirs) if name in side), key=compact) for name in unknown}
    newest = max(ours["schema"], theirs["schema"])
    merged: dict[str, Json] = folded | {"schema": newest} | {name: ordered(extra[name]) for name in extra}
    return merged


def link(instance: str, task: str, title: str, delegation: str, type: str) -> dict[str, str]:
    """One link of a chain: a task of an instance, and the delegation that leads on from it."""
    return {"instance": instance, "task": task, "title": title, "delegation": delegation, "type": type}


def circle(chain: Sequence[Mapping[str, str]], here: str, target: str) -> list[str] | None:
    """The names along a chain that would come back to an instance which it has passed; None where it does not."""
    names = [one["instance"] for one in chain] + [here]
    return [*names[names.index(target) :], target] if target in names else None


def answers(record: Record) -> tuple[str, ...]:
    """What the store that was asked may answer now; of what was withdrawn only the result of what it had accepted."""
    if record["status"] == PENDING:
        return (ACCEPTED, REJECTED)
    return (COMPLETED,) if record["status"] in (ACCEPTED, WITHDRAWN) and record.get("tasks") else ()


def unfinished(records: Iterable[Record]) -> list[Record]:
    """The delegations of a task that nobody has rejected, completed or withdrawn."""
    return [record for record in records if record["status"] in OPEN]


def all_answered(records: Sequence[Record]) -> bool:
    """Whether a task needs nothing more from other stores: one delegation is completed, none is open, and each one
    that was rejected was followed by another."""
    rejected = [record["rejected_at"] for record in records if record["status"] == REJECTED]
    answered = [record["delegated_at"] for record in records if record["status"] == COMPLETED]
    return bool(answered) and not unfinished(records) and all(at <= max(answered) for at in rejected)


def results(records: Iterable[Record]) -> Json:
    """What the completed delegations of a task have answered: the one answer, or all of them by instance."""
    found = [record for record in records if record["status"] == COMPLETED]
    if len(found) == 1:
        return found[0]["result"]
    return [{"instance": record["target_instance"], "result": record["result"]} for record in found]
