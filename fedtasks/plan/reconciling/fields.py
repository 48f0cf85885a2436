"""Three-way, field by field: what the plan said last, what it says now, what the store says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fedtasks.domain.fold import steps
from fedtasks.domain.status import BLOCKED, IN_PROGRESS, IN_REVIEW, PENDING
from fedtasks.domain.task import State, Task
from fedtasks.plan.model import Item, PlanFile
from fedtasks.plan.reconciling.actions import Conflict
from fedtasks.plan.reconciling.known import Known, created_base
from fedtasks.plan.reconciling.seen import SeenItem, file_to_json, text_hash

Json = Any

OPTIONAL = ("priority", "assignee", "lead", "due", "estimate")
"""Fields that do not govern where the plan does not state them."""

BLANK = State()


@dataclass(frozen=True, slots=True)
class Said:
    """What the plan says of one item, its links as task ids."""

    item: Item
    parent: str | None
    depends_on: tuple[str, ...]


@dataclass(slots=True)
class Settled:
    """What follows for one task: fields to set as {name: (old, new)}, members to add and remove, the next base."""

    base: dict[str, Json]
    changes: dict[str, tuple[Json, Json]] = field(default_factory=dict)
    add: dict[str, list[Json]] = field(default_factory=dict)
    remove: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


def settle(said: Said, known: Known, *, prefer: str, returned: bool) -> Settled:
    """One task against its item.

    | plan       | store        | what holds                                                    |
    |------------|--------------|---------------------------------------------------------------|
    | as before  | whatever     | the store's                                                   |
    | not stated | whatever     | the store's (sets, group, parent and id are always stated)        |
    | changed    | the same     | nothing to do                                                 |
    | changed    | as before    | the plan's                                                    |
    | changed    | changed else | the store's, with a conflict; the plan's with `prefer="plan"` |

    A kept conflict keeps its base as well, so that it is found again until one side gives in. Sets are compared
    member by member. A claim is a change: no plan takes a claimed task from its holder, or makes it pending.
    """
    return _Settling(said, known, prefer, returned).run()


class _Settling:
    def __init__(self, said: Said, known: Known, prefer: str, returned: bool) -> None:
        self.said, self.task, self.base, self.prefer = said, known.task, known.base, prefer
        self.state: State = known.task.state
        self.first = created_base(known.task)
        self.status = PENDING if returned else self.state.status
        self.out = Settled({"description_sha256": self.base.description_sha256})

    def run(self) -> Settled:
        item, state = self.said.item, self.state
        source = state.source or {}
        self.always("title", item.title, state.title)
        self.described(item.description)
        self.optional("priority", item.priority, state.priority)
        self.optional("lead", item.lead, state.lead)
        self.optional("due", item.due, state.due)
        self.optional("estimate", item.estimate, state.estimate)
        self.always("external_id", item.external_id, source.get("external_id"))
        self.always("group", item.group, source.get("group"))
        self.always("parent", self.said.parent, state.parent)
        self.optional("assignee", item.assignee, state.assignee, pinned=state.claim is not None)
        self.judge_status(item.status)
        self.members("tags", self.base.tags, item.tags, state.tags)
        self.members("depends_on", self.base.depends_on, self.said.depends_on, state.depends_on)
        self.files(item.files)
        return self.out

    def always(self, name: str, plan: Json, store: Json) -> None:
        self.out.base[name] = self.judge(name, getattr(self.base, name), plan, store)

    def optional(self, name: str, plan: Json, store: Json, *, pinned: bool = False) -> None:
        base = getattr(self.base, name)
        if not plan:
            self.out.base[name] = base
            return
        start = base or getattr(self.first, name) or getattr(BLANK, name, None)
        kept = self.judge(name, start, plan, store, pinned=pinned)
        self.out.base[name] = plan if kept == plan else base

    def described(self, text: str) -> None:
        if not text:
            return
        start = self.base.description_sha256 or self.first.description_sha256 or text_hash("")
        new, store = text_hash(text), text_hash(self.state.description)
        values = (self.state.description, text)
        if self.judge("description", start, new, store, values=values) == new:
            self.out.base["description_sha256"] = new

    def judge_status(self, plan: str) -> None:
        base = self.base.status or self.first.status
        held = plan == PENDING and self.state.claim is not None
        same = plan == self.status or (plan == IN_PROGRESS and self.status in (BLOCKED, IN_REVIEW))
        if same and base not in (plan, self.status):
            self.out.base["status"] = plan
            return
        self.out.base["status"] = self.judge("status", base, plan, self.status, pinned=held)

    def judge(
        self,
        name: str,
        base: Json,
        plan: Json,
        store: Json,
        *,
        pinned: bool = False,
        values: tuple[Json, Json] | None = None,
    ) -> Json:
        """The next base; notes a change or a conflict. `values` are the full (old, new) where hashes are compared."""
        if plan in (base, store):
            return plan
        old, new = values or (store, plan)
        if store != base or pinned:
            self.conflict(name, new, old)
            if self.prefer != "plan":
                return base
        self.out.changes[name] = (old, new)
        return plan

    def conflict(self, name: str, plan: Json, store: Json) -> None:
        by, at = last_change(self.task, name)
        line = self.said.item.line
        kept = "plan" if self.prefer == "plan" else "store"
        self.out.conflicts.append(Conflict(self.task.id, line, name, plan, store, by, at, kept))

    def members(self, name: str, base: Iterable[str], plan: Iterable[str], store: Iterable[str]) -> None:
        add, remove = member_changes(base, plan, store)
        self.out.base[name] = tuple(sorted(set(plan)))
        self.change_set(name, sorted(store), add, remove, (set(store) | set(add)) - set(remove))

    def files(self, files: Iterable[PlanFile]) -> None:
        base = {file.path: file.action for file in self.base.files}
        plan = {file.path: file.action for file in files}
        store: dict[str, str | None] = {file["path"]: file.get("action") for file in self.state.files}
        after, kept = dict(store), dict(base)
        for path in sorted({*base, *plan}):
            self.file(path, base, plan, store, after, kept)
        self.out.base["files"] = _files(kept)
        add = [{"path": path, "action": after[path]} for path in after if store.get(path, "") != after[path]]
        remove = [path for path in store if path not in after]
        self.change_set("files", _shown(store), add, remove, _shown(after))

    def file(
        self,
        path: str,
        base: Mapping[str, str | None],
        plan: Mapping[str, str | None],
        store: Mapping[str, str | None],
        after: dict[str, str | None],
        kept: dict[str, str | None],
    ) -> None:
        """One path, three-way; an action that the plan does not say does not govern."""
        gone = ""
        was, now, has = base.get(path, gone), plan.get(path, gone), store.get(path, gone)
        if now is None and has != gone:
            kept[path] = was or None
            return
        filled = has is None and was == gone
        if now not in (was, has) and has not in (gone, was) and not filled:
            self.conflict("files", now or f"no {path}", f"{has or 'change'} {path}")
            if self.prefer != "plan":
                return
        follows = now not in (was, has) and not (has == gone and was != gone)
        for values, ruled in ((after, follows), (kept, True)):
            if ruled and now == gone:
                values.pop(path, None)
            elif ruled:
                values[path] = now

    def change_set(self, name: str, old: Json, add: list[Json], remove: list[str], new: Iterable[Json]) -> None:
        if add or remove:
            self.out.changes[name] = (old, sorted(new, key=str))
            self.out.add[name], self.out.remove[name] = add, remove


def member_changes(base: Iterable[str], plan: Iterable[str], store: Iterable[str]) -> tuple[list[str], list[str]]:
    """What the plan newly names and the store lacks; what the plan no longer names and the store still has."""
    was, now, has = set(base), set(plan), set(store)
    return sorted(now - was - has), sorted((was - now) & has)


def _files(actions: Mapping[str, str | None]) -> tuple[PlanFile, ...]:
    return tuple(PlanFile(path, actions[path]) for path in sorted(actions))


def _shown(actions: Mapping[str, str | None]) -> list[dict[str, str]]:
    return [file_to_json(file) for file in _files(actions)]


def first_base(task_id: str, said: Said) -> SeenItem:
    """What a new task starts from: all that the plan says."""
    item = said.item
    return SeenItem(
        task=task_id,
        at="",
        line=item.line,
        title=item.title,
        status=item.status,
        tags=tuple(sorted(set(item.tags))),
        files=_files({file.path: file.action for file in item.files}),
        depends_on=tuple(sorted(set(said.depends_on))),
        parent=said.parent,
        group=item.group,
        description_sha256=text_hash(item.description) if item.description else None,
        external_id=item.external_id,
        **{name: getattr(item, name) for name in OPTIONAL},
    )


def last_change(task: Task, name: str) -> tuple[str, str]:
    """Who last changed a field of the task, and when; of a claimed task's assignee, who claimed it."""
    if name == "assignee" and task.state.claim:
        return task.state.claim["by"], task.state.claim["since"]
    found = ("", "")
    for step in steps(task):
        if _value(step.before, name) != _value(step.after, name):
            found = (step.event.by, step.event.at)
    return found


def _value(state: State, name: str) -> Json:
    return (state.source or {}).get(name) if name in ("group", "external_id") else getattr(state, name)
