"""A store and a plan file without disks: carries actions out through the fold, as the use-case does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from fedtasks.domain.apply import apply
from fedtasks.domain.events import Event, next_seq
from fedtasks.domain.fold import fold
from fedtasks.domain.ids import derived_ulid
from fedtasks.domain.merge import merge_plans, merge_tasks
from fedtasks.domain.task import Task
from fedtasks.plan.model import Item, Plan, PlanFile
from fedtasks.plan.reconciling.reconcile import Create, Options, Reconciled, event_id, reconcile
from fedtasks.plan.reconciling.seen import Seen, seen_from_json


def item(title: str, line: int = 1, *, group: str | None = "Phase 1", **fields: Any) -> Item:
    """An item whose key is made as the reader makes it, but for the `~2` of twins."""
    slug = "-".join(title.casefold().split())
    key = fields.pop("key", None) or (f"{group.casefold().replace(' ', '-')}/{slug}" if group else slug)
    fields["files"] = tuple(f if isinstance(f, PlanFile) else PlanFile(*f) for f in fields.get("files", ()))
    return Item(key=key, line=line, title=title, group=group, **fields)


def plan(*items: Item, title: str = "The plan") -> Plan:
    """A plan of these items; lines left at 1 are numbered, and twins' keys told apart."""
    made: list[Item] = []
    used: dict[str, int] = {}
    for place, one in enumerate(items):
        used[one.key] = used.get(one.key, 0) + 1
        key = one.key if used[one.key] == 1 else f"{one.key}~{used[one.key]}"
        made.append(replace(one, key=key, line=one.line if one.line > 1 else 10 + place))
    return Plan(title, tuple(made))


@dataclass
class World:
    """One clone: its tasks, and what its last parse saw."""

    tasks: dict[str, Task] = field(default_factory=dict)
    seen: Seen | None = None
    clock: int = 0
    name: str = "a"

    def now(self) -> str:
        self.clock += 1
        return f"2026-01-{1 + self.clock // 1440:02}T{self.clock // 60 % 24:02}:{self.clock % 60:02}:00Z"

    def decide(self, text: Plan, prefer: str = "store", plan_id: str = "p", seen: Any = ...) -> Reconciled:
        options = Options(
            prefix="task", default_priority="medium", default_lead="boss", prefer=prefer, now=self.now(), by=self.name
        )
        return reconcile(text, plan_id, "plan.md", self.seen if seen is ... else seen, self.tasks, options)

    def parse(self, text: Plan, prefer: str = "store", plan_id: str = "p") -> Reconciled:
        """Decides, and carries it out."""
        decided = self.decide(text, prefer, plan_id)
        at = self.now()
        for action in decided.actions:
            for kind, data in action.events:
                if isinstance(action, Create):
                    assert action.id not in self.tasks
                    self.tasks[action.id] = fold(action.id, [Event(action.event_id, 1, at, self.name, kind, data)])
                    continue
                task = self.tasks[action.task]
                event = Event(event_id(task, kind, data), next_seq(task.history), at, self.name, kind, data)
                self.tasks[action.task] = apply(task, event)
        self.seen = decided.seen
        return decided

    def do(self, id: str, kind: str, by: str = "baby", **data: Any) -> Task:
        """A person's change."""
        task, at = self.tasks[id], self.now()
        event = Event(derived_ulid(self.clock, self.name, at), next_seq(task.history), at, by, kind, data)
        self.tasks[id] = apply(task, event)
        return self.tasks[id]

    def edit(self, id: str, **values: Any) -> Task:
        return self.do(id, "edited", set=values)

    def claim(self, id: str, by: str = "baby") -> Task:
        return self.do(id, "claimed", by=by, confirmed=True)

    def id(self, key: str) -> str:
        assert self.seen is not None
        return self.seen.items[key].task

    def state(self, key: str) -> Any:
        return self.tasks[self.id(key)].state

    def titled(self, title: str) -> str:
        """The one id of a title that the plan has."""
        assert self.seen is not None
        live = [one.task for one in self.seen.items.values() if not one.removed and one.title == title]
        assert len(live) == 1, live
        return live[0]

    def copy(self, name: str) -> World:
        return World(dict(self.tasks), self.seen, self.clock + (1 if name > self.name else 0), name)


def sync(*worlds: World) -> None:
    """All clones have the merge of all."""
    tasks: dict[str, Task] = {}
    for world in worlds:
        for id, task in world.tasks.items():
            tasks[id] = merge_tasks(tasks[id], task) if id in tasks else task
    records = [world.seen.to_json() for world in worlds if world.seen]
    merged = records[0]
    for other in records[1:]:
        merged = merge_plans(merged, other)
    for world in worlds:
        world.tasks, world.seen = dict(tasks), seen_from_json(merged)
        world.clock = max(one.clock for one in worlds)


def kinds(decided: Reconciled) -> list[str]:
    return [action.action for action in decided.actions]


def nothing_to_do(world: World, text: Plan) -> None:
    """A second parse writes nothing, and leaves the record as it is."""
    decided = world.decide(text)
    assert decided.actions == ()
    assert decided.seen is world.seen


def open_ids(tasks: Iterable[Task]) -> set[str]:
    return {task.id for task in tasks if task.state.status != "cancelled"}


def test_the_helper_makes_keys_as_the_reader_does() -> None:
    made = plan(item("Add a login"), item("Add a login"), item("Top", group=None))
    assert [one.key for one in made.items] == ["phase-1/add-a-login", "phase-1/add-a-login~2", "top"]
