"""Random plans, random edits of them, random work in the store, on one clone and on two."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.domain.status import TRANSITIONS
from fedtasks.errors import FedtasksError
from fedtasks.plan.model import Item, Plan, PlanFile
from fedtasks.plan.reconciling.seen import SeenItem, text_hash
from tests.plan.reconciling.world import World, item, plan, sync

TITLES = ["Build the parser", "Build a parser", "Test", "Test the parser", "Write docs", "Ship", "Ship it", "登录流程"]
GROUPS = ["One", "Two", None]
STATUSES = ["pending", "pending", "in_progress", "blocked", "done"]
FILES = [(), (PlanFile("a.py", "modify"),), (PlanFile("a.py", "new"), PlanFile("b.py"))]
WORDS = [None, "x", "y"]

Rows = list[dict[str, Any]]
Op = tuple[int, int, int]

ops = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 7), st.integers(0, 7)), max_size=6)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(TITLES),
            "group": st.sampled_from(GROUPS),
            "status": st.sampled_from(STATUSES),
            "priority": st.sampled_from([None, "high"]),
            "assignee": st.sampled_from([None, None, "anna"]),
            "description": st.sampled_from(["", "x", "y"]),
            "files": st.sampled_from(FILES),
            "tags": st.sampled_from([(), ("x",), ("x", "y")]),
            "external_id": st.sampled_from([None, None, "T1", "T2"]),
            "above": st.sampled_from([None, None, 0, 1]),
            "waits": st.sampled_from([None, None, 0, 1, 2]),
            "gap": st.integers(1, 3),
        }
    ),
    max_size=6,
)


def text_of(some: Rows) -> Plan:
    """The plan of some rows: keys, lines and links as a reader makes them."""
    made: list[Item] = []
    line = 1
    for row in some:
        line += row["gap"]
        fields = {name: row[name] for name in row if name not in ("above", "waits", "gap")}
        if row["external_id"]:
            fields["key"] = row["external_id"].lower()
        made.append(item(**fields, line=line))
    keyed = plan(*made).items
    linked = []
    for place, (one, row) in enumerate(zip(keyed, some, strict=True)):
        parent = keyed[row["above"]].key if row["above"] is not None and row["above"] < place else None
        waits = (keyed[row["waits"]].key,) if row["waits"] is not None and row["waits"] < len(keyed) else ()
        linked.append(replace(one, parent=parent, depends_on=waits))
    return Plan("The plan", tuple(linked))


def edited(some: Rows, changes: Iterable[Op]) -> Rows:
    """The rows after some edits of an author."""
    now = [dict(row) for row in some]
    fields: list[tuple[str, list[Any]]] = [
        ("title", TITLES), ("group", GROUPS), ("status", STATUSES), ("priority", [None, "high", "low"]),
        ("assignee", [None, "anna", "otto"]), ("description", ["", "x", "z"]), ("files", FILES),
        ("tags", [(), ("x",), ("z",)]), ("external_id", [None, "T1", "T3"]), ("above", [None, 0]),
        ("waits", [None, 1, 3]),
    ]  # fmt: skip
    for what, where, which in changes:
        if not now:
            return now
        place, other = where % len(now), which % len(now)
        if what < len(fields):
            name, values = fields[what]
            now[place][name] = values[which % len(values)]
        elif what == 11:
            del now[place]
        elif what == 12:
            now.insert(other, dict(now[place]))
        elif what == 13:
            now[place], now[other] = now[other], now[place]
        else:
            for row in now:
                if row["group"] == GROUPS[where % 3]:
                    row["group"] = f"Group {which}"
    return now


class People:
    """Works in the store, and remembers what must not be lost: {(task, field): value}."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.mine: dict[tuple[str, str], Any] = {}

    def work(self, changes: Iterable[Op]) -> None:
        for what, where, which in changes:
            ids = sorted(self.world.tasks)
            if ids:
                id = ids[where % len(ids)]
                with suppress(FedtasksError):
                    self.one(what, id, which)
                self.mine |= {(of, name): self.said(of, name) for of, name in self.mine if of == id}

    def one(self, what: int, id: str, which: int) -> None:
        state = self.world.tasks[id].state
        word = ["mine", "x", "y", "yours"][which % 4]
        edits: list[tuple[str, Any]] = [("title", f"{word} title"), ("description", word), ("priority", "critical"),
                                       ("due", f"2026-03-0{1 + which}"), ("lead", word)]  # fmt: skip
        if what < len(edits):
            name, value = edits[what]
            self.world.edit(id, **{name: value})
            self.mine[id, name] = value
        elif what < 7:
            self.world.do(id, "edited", add={"tags": [word]})
            self.mine[id, f"tag {word}"] = True
        elif what < 8:
            self.world.do(id, "edited", remove={"tags": [word]})
            self.mine[id, f"tag {word}"] = False
        elif what < 9:
            self.world.do(id, "assigned", assignee=word)
            self.mine[id, "assignee"] = word
        elif what < 12:
            if state.claim is None and state.status in ("pending", "in_progress") and state.assignee in (None, "baby"):
                self.world.claim(id)
                self.mine |= {(id, "status"): "in_progress", (id, "assignee"): "baby", (id, "claim"): True}
        else:
            steps = TRANSITIONS[state.status]
            to = steps[which % len(steps)]
            after = self.world.do(id, "status", **{"from": state.status, "to": to}).state
            self.mine[id, "status"] = to
            if to == "pending":
                self.mine[id, "assignee"] = None
            self.mine[id, "claim"] = after.claim is not None

    def check(self, before: dict[str, SeenItem]) -> None:
        """What a person said holds, unless the plan had said the same before and then changed its mind."""
        for (id, name), value in list(self.mine.items()):
            if self.said(id, name) != value:
                base = before.get(id)
                assert base is not None and agreed(base, name, value), (id, name, value, self.world.tasks[id].state)
                del self.mine[id, name]

    def said(self, id: str, name: str) -> Any:
        state = self.world.tasks[id].state
        if name.startswith("tag "):
            return name[4:] in state.tags
        return (state.claim is not None) if name == "claim" else getattr(state, name)


def agreed(base: SeenItem, name: str, value: Any) -> bool:
    if name.startswith("tag "):
        return (name[4:] in base.tags) is value
    if name == "claim":
        return base.status == "in_progress" or not value
    if name == "description":
        return base.description_sha256 == (text_hash(value) if value else None)
    return bool(getattr(base, name) == value)


def bases(world: World) -> dict[str, SeenItem]:
    assert world.seen is not None
    return {one.task: one for one in sorted(world.seen.items.values(), key=lambda one: not one.removed)}


def sound(world: World, text: Plan) -> None:
    """What holds after every parse."""
    assert world.seen is not None
    live = {key: one.task for key, one in world.seen.items.items() if not one.removed}
    assert set(live) == {one.key for one in text.items}
    assert len(set(live.values())) == len(live)
    assert set(live.values()) <= set(world.tasks)
    again = world.decide(text)
    assert again.actions == ()
    assert again.seen is world.seen
    assert not any(task.void for task in world.tasks.values())


def no_twins(world: World) -> None:
    """Every task that nobody touched and that is open is in the plan."""
    assert world.seen is not None
    live = {one.task for one in world.seen.items.values() if not one.removed}
    for task in world.tasks.values():
        if (task.state.source or {}).get("plan") == "p" and all(event.by in ("a", "b") for event in task.history):
            assert task.id in live or task.state.status != "pending" or task.state.assignee is not None


@settings(max_examples=150, deadline=None)
@given(rows, st.lists(st.tuples(ops, ops), max_size=3))
def test_parsed_for_ever(some: Rows, rounds: list[tuple[list[Op], list[Op]]]) -> None:
    world = World()
    text = text_of(some)
    world.parse(text, plan_id="other")
    other = dict(world.tasks)
    world.seen = None
    world.parse(text)
    sound(world, text)
    for work, changes in rounds:
        people = People(world)
        people.work(
            [op for op in work if sorted(world.tasks)[op[1] % len(world.tasks)] not in other] if other else work
        )
        before = bases(world)
        some = edited(some, changes)
        text = text_of(some)
        world.parse(text)
        people.check(before)
        sound(world, text)
        no_twins(world)
        assert {id: world.tasks[id] for id in other} == other


@settings(max_examples=60, deadline=None)
@given(rows, st.lists(st.tuples(ops, ops), max_size=3))
def test_what_people_said_in_any_round_is_never_lost(some: Rows, rounds: list[tuple[list[Op], list[Op]]]) -> None:
    world = World()
    world.parse(text_of(some))
    people = People(world)
    for work, changes in rounds:
        people.work(work)
        before = bases(world)
        some = edited(some, changes)
        world.parse(text_of(some))
        people.check(before)


@settings(max_examples=60, deadline=None)
@given(rows, ops, ops)
def test_the_plan_wins_where_it_is_preferred(some: Rows, work: list[Op], changes: list[Op]) -> None:
    world = World()
    world.parse(text_of(some))
    People(world).work(work)
    text = text_of(edited(some, changes))
    decided = world.parse(text, prefer="plan")
    assert all(note.kept == "plan" for note in decided.notes if note.action == "conflict")  # type: ignore[union-attr]
    again = world.decide(text, prefer="plan")
    assert (again.actions, again.seen) == ((), world.seen)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_two_clones_that_begin_alike_make_the_same(some: Rows) -> None:
    one, two = World(name="a"), World(name="b", clock=700)
    text = text_of(some)
    one.parse(text)
    two.parse(text)
    assert {id: task.history[0].id for id, task in one.tasks.items()} == {
        id: task.history[0].id for id, task in two.tasks.items()
    }
    assert one.seen is not None and two.seen is not None
    assert [replace(of, at="") for of in one.seen.items.values()] == [
        replace(of, at="") for of in two.seen.items.values()
    ]
    sync(one, two)
    assert all(len(task.history) == 1 for task in one.tasks.values())
    sound(one, text)


@settings(max_examples=60, deadline=None)
@given(rows, ops, ops)
def test_two_clones_that_parse_the_same_edit_make_one_change(some: Rows, work: list[Op], changes: list[Op]) -> None:
    one = World(name="a")
    one.parse(text_of(some))
    People(one).work(work)
    two = one.copy("b")
    text = text_of(edited(some, changes))
    one.parse(text)
    lengths = {id: len(task.history) for id, task in one.tasks.items()}
    two.parse(text)
    sync(one, two)
    assert {id: len(task.history) for id, task in one.tasks.items()} == lengths
    sound(one, text)


@settings(max_examples=80, deadline=None)
@given(rows, ops, ops, ops, ops, st.booleans())
def test_two_clones_that_parse_different_texts_end_without_twins(
    some: Rows, work: list[Op], more: list[Op], mine: list[Op], theirs: list[Op], apart: bool
) -> None:
    one = World(name="a")
    one.parse(text_of(some))
    two = World(name="b", clock=900) if apart else one.copy("b")
    People(one).work(work)
    People(two).work(more)
    one.parse(text_of(edited(some, mine)))
    two.parse(text_of(edited(some, theirs)))
    sync(one, two)
    text = text_of(edited(edited(some, mine), theirs))
    one.parse(text)
    two.parse(text)
    sync(one, two)
    one.parse(text)
    again = one.decide(text)
    assert (again.actions, again.seen) == ((), one.seen)
    no_twins(one)
