"""`reconcile`: what a plan, as it reads now, changes about its tasks. Pure: it decides, others carry it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from fedtasks.domain.ids import DERIVED_LENGTH, derived_task_id
from fedtasks.domain.status import CANCELLED, FINISHED
from fedtasks.domain.task import Task
from fedtasks.plan.model import Diagnostic, Item, Plan
from fedtasks.plan.reconciling.actions import (
    Action,
    Cancel,
    Conflict,
    Create,
    Keep,
    Move,
    Note,
    Return,
    Update,
    created_event_id,
    event_id,
)
from fedtasks.plan.reconciling.events import cancelling, creation, following
from fedtasks.plan.reconciling.fields import Said, first_base, last_change, settle
from fedtasks.plan.reconciling.known import Known, known_tasks, untouched
from fedtasks.plan.reconciling.links import linked
from fedtasks.plan.reconciling.matching import match
from fedtasks.plan.reconciling.record import record
from fedtasks.plan.reconciling.seen import Seen, SeenItem, items_digest

__all__ = [
    "Action", "Cancel", "Conflict", "Create", "Keep", "Move", "Note", "Options", "Reconciled", "Return", "Update",
    "created_event_id", "event_id", "reconcile",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`prefix` of new ids, defaults of new tasks, who wins a conflict, the parse's time and actor."""

    prefix: str
    default_priority: str
    default_lead: str | None = None
    prefer: str = "store"
    now: str
    by: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`actions` write tasks, `seen` is the next record; `notes` (kept, conflicting) and `diagnostics` only tell."""

    actions: tuple[Action, ...]
    seen: Seen
    diagnostics: tuple[Diagnostic, ...] = ()
    notes: tuple[Note, ...] = ()


def reconcile(
    plan: Plan, plan_id: str, path: str, seen: Seen | None, tasks: Mapping[str, Task], options: Options
) -> Reconciled:
    """The actions that bring the tasks up to date with the plan, three-way against `seen`.

    Without a record, what each task was created with is the base. An item without a task gets one; a task without an
    item is cancelled if nobody has touched it, else kept. A plan that says nothing new gives no action, and `seen`
    itself.
    """
    items = tuple({item.key: item for item in reversed(plan.items)}.values())[::-1]
    known = known_tasks(plan_id, seen, tasks)
    digest = items_digest(items)
    found = _as_before(items, known) if seen and seen.digest == digest else None
    if found is None:
        found = match(items, known, lambda key: derived_task_id(options.prefix, plan_id, key))
    ids = _ids(items, found, plan_id, tasks, options.prefix)
    said, remarks = linked(items, ids, found, tasks)
    parse = _Parse(plan_id, options, ids, remarks)
    for item in items:
        parse.item(said[item.key], found.get(item.key))
    taken = {one.id for one in found.values()}
    gone = [one for one in known if one.id not in taken]
    for one in sorted(gone, key=lambda one: (one.line, one.id)):
        parse.removed(one)
    now = Seen(plan_id, plan.title, path, options.now, options.by, parse.items, digest)
    diagnostics = tuple(sorted(parse.remarks, key=lambda remark: (remark.line, remark.message)))
    return Reconciled(tuple(parse.actions), record(seen, now, gone), diagnostics, tuple(parse.notes))


def _as_before(items: Sequence[Item], known: Sequence[Known]) -> dict[str, Known] | None:
    """The tasks of a plan that reads as at the last parse; None where the record does not fit it."""
    live = {one.key: one for one in known if one.live}
    return {item.key: live[item.key] for item in items} if set(live) == {item.key for item in items} else None


def _ids(
    items: Sequence[Item], found: Mapping[str, Known], plan_id: str, tasks: Mapping[str, Task], prefix: str
) -> dict[str, str]:
    """The task id of each item: its task's, else the derived one, longer while another task has that."""
    ids: dict[str, str] = {}
    used = set(tasks)
    for item in items:
        if item.key in found:
            ids[item.key] = found[item.key].id
            continue
        candidates = (derived_task_id(prefix, plan_id, item.key, length) for length in count(DERIVED_LENGTH, 2))
        ids[item.key] = next(id for id in candidates if id not in used)
        used.add(ids[item.key])
    return ids


@dataclass(slots=True)
class _Parse:
    """What has been decided so far."""

    plan_id: str
    options: Options
    ids: Mapping[str, str]
    remarks: list[Diagnostic]
    actions: list[Action] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    items: dict[str, SeenItem] = field(default_factory=dict)

    def item(self, said: Said, known: Known | None) -> None:
        key = said.item.key
        if known is None:
            options = self.options
            self.actions.append(
                creation(self.ids[key], self.plan_id, said, options.default_lead, options.default_priority)
            )
            self.items[key] = first_base(self.ids[key], said)
        elif known.ours:
            self.follow(said, known)
        else:
            self.remark(said.item.line, f"{known.id} is no longer this plan's: left alone", "detached", "note")
            self.items[key] = replace(known.base, line=said.item.line, removed=False)

    def follow(self, said: Said, known: Known) -> None:
        item = said.item
        returned = known.returns
        settled = settle(said, known, prefer=self.options.prefer, returned=returned)
        action = following(self.plan_id, item, known, settled, returned=returned)
        if action is not None:
            self.actions.append(action)
        for conflict in settled.conflicts:
            self.notes.append(conflict)
            self.remark(item.line, conflict.message(self.options.now), "conflict")
        if not known.live and not returned and known.task.state.status == CANCELLED:
            by, at = last_change(known.task, "status")
            self.keep(known, item.line, f"it came back, but {by} cancelled {known.id} ({at})")
        self.items[item.key] = replace(known.base, line=item.line, removed=False, **settled.base)

    def removed(self, known: Known) -> None:
        """Nobody's work is cancelled by a plan, finished work is left alone; what is kept is said once."""
        if not known.ours or known.task.state.status in FINISHED:
            return
        state = known.task.state
        if untouched(known.task, self.plan_id):
            self.actions.append(cancelling(self.plan_id, known))
        elif known.live:
            holder = f" with {state.assignee}" if state.assignee else ""
            self.keep(known, known.base.line, f"it is no longer in the plan, but {known.id} is {state.status}{holder}")

    def keep(self, known: Known, line: int | None, why: str) -> None:
        state = known.task.state
        self.notes.append(Keep(known.id, line, state.title, why, state.assignee or state.lead))
        self.remark(line or 1, f"'{state.title}': {why}; kept", "kept")

    def remark(self, line: int, message: str, rule: str, severity: str = "warning") -> None:
        self.remarks.append(Diagnostic(line, message, severity, rule=rule))
