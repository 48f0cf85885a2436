"""Dependencies of a whole plan: references resolved to keys, lists of dependencies read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from fedtasks.plan.model import Diagnostic
from fedtasks.plan.reading.depending import TWICE, resolve, statements
from fedtasks.plan.reading.document import Document
from fedtasks.plan.reading.fields import Draft
from fedtasks.plan.reading.inline import plain
from fedtasks.plan.reading.labels import LabelKind

Linked = list[tuple[str, ...]]


def link(
    drafts: Sequence[Draft], keys: Sequence[str], document: Document, free: Sequence[int]
) -> tuple[Linked, list[Diagnostic]]:
    """The keys that each item depends on, and a warning for each id that is not in the plan; never on itself."""
    named = [(draft.item.external_id, keys[at]) for at, draft in enumerate(drafts) if draft.item.external_id]
    ids = {id.upper(): key for id, key in reversed(named)}
    numbers = _numbers(drafts, keys)
    wanted: list[dict[str, None]] = [{} for _ in drafts]
    remarks: list[Diagnostic] = []
    for at, draft in enumerate(drafts):
        for name in draft.references:
            key = resolve(name, ids, numbers)
            if key is not None:
                wanted[at][key] = None
            elif name.upper() != name.lower() and _is_series(name, ids):
                said = f"depends on {name}, which is not in this plan"
                column = document.lines[draft.item.line - 1].find(name) + 1
                remarks.append(Diagnostic(draft.item.line, said, column=max(column, 1), rule="unknown-dependency"))
    place = {key: at for at, key in enumerate(keys)}
    lines = [plain(line) if TWICE.search(line := document.lines[at]) else "" for at in free]
    for task, other in statements(lines) if ids or numbers else ():
        key, on = resolve(task, ids, numbers), resolve(other, ids, numbers)
        if key and on:
            wanted[place[key]][on] = None
    return [tuple(key for key in found if key != keys[at]) for at, found in enumerate(wanted)], remarks


def _is_series(name: str, ids: dict[str, str]) -> bool:
    """Whether an unknown id looks like one of the plan's own."""
    prefix = name.rstrip("0123456789.").upper()
    return any(id.startswith(prefix) for id in ids)


def _numbers(drafts: Sequence[Draft], keys: Sequence[str]) -> dict[str, str]:
    """Numbers that name one item alone: `Task 3`, `2.1`."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for draft, key in zip(drafts, keys, strict=True):
        if draft.label is None or draft.label.kind is LabelKind.PHASE:
            continue
        number = draft.label.number.lower()
        twice |= {number} & set(found)
        found.setdefault(number, key)
    return {number: key for number, key in found.items() if number not in twice}


def sequence(phases: Sequence[int], parents: Sequence[int | None]) -> dict[int, tuple[int, ...]]:
    """For `phases: sequential`: each task of a phase, subtasks aside, waits for all those of the phase before.

    `phases` names the phase of each item (by the line of its heading), 0 where it stands in none.
    """
    members: dict[int, list[int]] = {}
    for at, phase in enumerate(phases):
        if phase and parents[at] is None:
            members.setdefault(phase, []).append(at)
    ordered = list(members.values())
    return {at: tuple(before) for before, phase in pairwise(ordered) for at in phase}
