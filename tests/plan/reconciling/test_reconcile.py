"""A plan becomes tasks, and is parsed again after edits of the plan, of the store and of both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fedtasks.domain.ids import derived_task_id
from fedtasks.plan.model import Plan
from fedtasks.plan.reconciling.reconcile import Conflict, Keep, Update
from fedtasks.plan.reconciling.record import without
from tests.plan.reconciling.world import World, item, kinds, nothing_to_do, plan


def begun(*items: object, **fields: object) -> tuple[World, Plan]:
    text = plan(*items, **fields)  # type: ignore[arg-type]
    world = World()
    world.parse(text)
    return world, text


def test_a_new_plan_makes_its_tasks() -> None:
    text = plan(
        item("Build", status="in_progress", priority="high", tags=("b", "a"), files=(("src/a.py", "new"),)),
        item("Test", depends_on=("phase-1/build",), parent="phase-1/build", assignee="baby", external_id="T002"),
    )
    world = World()
    first = world.parse(text)
    assert kinds(first) == ["create", "create"]
    build, test = world.state("phase-1/build"), world.state("phase-1/test")
    assert world.id("phase-1/build") == derived_task_id("task", "p", "phase-1/build")
    assert (build.status, build.priority, build.lead, build.tags) == ("in_progress", "high", "boss", ("a", "b"))
    assert build.files == ({"path": "src/a.py", "action": "new"},)
    assert (test.parent, test.depends_on) == (world.id("phase-1/build"), (world.id("phase-1/build"),))
    assert test.source == {"plan": "p", "key": "phase-1/test", "group": "Phase 1", "external_id": "T002"}
    assert (test.assignee, test.priority) == ("baby", "medium")
    nothing_to_do(world, text)


def test_empty_fields_are_left_out_of_what_is_written() -> None:
    world, _ = begun(item("Build", group=None))
    (task,) = world.tasks.values()
    assert set(task.history[0].data) == {"title", "status", "priority", "lead", "source"}
    assert task.history[0].data["source"] == {"plan": "p", "key": "build"}


def test_a_moved_line_changes_the_record_only() -> None:
    world, text = begun(item("Build"), item("Test"))
    assert world.seen is not None
    before = world.seen
    lower = replace(text, items=(text.items[0], replace(text.items[1], line=99)))
    assert world.parse(lower).actions == ()
    assert world.seen is not before
    assert world.seen.items["phase-1/build"] is before.items["phase-1/build"]
    assert world.seen.items["phase-1/test"].at > before.items["phase-1/test"].at
    nothing_to_do(world, lower)


@pytest.mark.parametrize(
    ("field", "value", "event"),
    [
        ("title", "Build it", "edited"),
        ("description", "How to build", "edited"),
        ("priority", "high", "edited"),
        ("lead", "anna", "edited"),
        ("due", "2026-03-01", "edited"),
        ("estimate", "2 d", "edited"),
        ("assignee", "anna", "assigned"),
        ("status", "in_progress", "status"),
    ],
)
def test_what_changed_in_the_plan_only_is_followed(field: str, value: str, event: str) -> None:
    world, text = begun(item("Build", key="k"), item("Test"))
    edited = replace(text, items=(replace(text.items[0], **{field: value}), text.items[1]))
    decided = world.parse(edited)
    (action,) = decided.actions
    assert isinstance(action, Update)
    assert [kind for kind, _ in action.events] == [event]
    assert list(action.changes) == [field]
    assert getattr(world.state("k"), field) == value
    assert not decided.diagnostics
    nothing_to_do(world, edited)
    again = replace(text, items=(replace(text.items[0], **{field: value}), replace(text.items[1], line=50)))
    assert world.parse(again).actions == ()


@pytest.mark.parametrize(
    ("field", "mine", "theirs"),
    [
        ("title", "Build A", "Build B"),
        ("description", "A", "B"),
        ("priority", "high", "low"),
        ("lead", "anna", "otto"),
        ("due", "2026-03-01", "2026-04-01"),
        ("estimate", "2 d", "3 d"),
    ],
)
@pytest.mark.parametrize("prefer", ["store", "plan"])
def test_what_both_changed_is_a_conflict(field: str, mine: str, theirs: str, prefer: str) -> None:
    world, text = begun(item("Build", 41, key="k"))
    world.edit(world.id("k"), **{field: theirs})
    nothing_to_do(world, text)
    edited = replace(text, items=(replace(text.items[0], **{field: mine}),))
    decided = world.parse(edited, prefer)
    (note,) = decided.notes
    at = world.tasks[world.id("k")].history[1].at
    assert note == Conflict(world.id("k"), 41, field, mine, theirs, "baby", at, prefer)
    (remark,) = decided.diagnostics
    assert remark.line == 41
    assert remark.message == (f"{field} changed here and in {world.id('k')} (by baby, 2 min ago); kept the {prefer}'s")
    assert getattr(world.state("k"), field) == (theirs if prefer == "store" else mine)
    assert (decided.actions == ()) is (prefer == "store")
    nothing_to_do(world, edited)


def test_a_kept_conflict_is_said_again_until_a_side_gives_in() -> None:
    world, text = begun(item("Build", key="k"))
    world.edit(world.id("k"), title="Theirs")
    edited = replace(text, items=(replace(text.items[0], title="Mine"),))
    assert len(world.parse(edited).notes) == len(world.parse(edited).notes) == 1
    assert kinds(world.parse(edited, prefer="plan")) == ["update"]
    assert world.state("k").title == "Mine"
    world.edit(world.id("k"), title="Theirs again")
    agreed = replace(text, items=(replace(text.items[0], title="Theirs again"),))
    decided = world.parse(agreed)
    assert (decided.actions, decided.notes) == ((), ())


def test_both_to_the_same_is_no_conflict() -> None:
    world, text = begun(item("Build", key="k"))
    world.edit(world.id("k"), title="Better")
    edited = replace(text, items=(replace(text.items[0], title="Better"),))
    decided = world.parse(edited)
    assert (decided.actions, decided.notes, decided.diagnostics) == ((), (), ())


def test_what_the_plan_does_not_state_does_not_govern() -> None:
    world, text = begun(item("Build", key="k", assignee="anna", due="2026-03-01", description="How"))
    silent = plan(item("Build", key="k"))
    assert world.parse(silent).actions == ()
    assert (world.state("k").assignee, world.state("k").due, world.state("k").description) == (
        "anna", "2026-03-01", "How",
    )  # fmt: skip
    assert kinds(world.parse(plan(item("Build", key="k", assignee="otto")))) == ["update"]
    assert world.state("k").assignee == "otto"
    assert world.parse(text).notes == ()


def test_a_default_that_nobody_touched_yields_to_the_plan() -> None:
    world, _ = begun(item("Build", key="k"))
    decided = world.parse(plan(item("Build", key="k", priority="high", lead="anna")))
    assert not decided.notes
    assert (world.state("k").priority, world.state("k").lead) == ("high", "anna")


def test_sets_are_compared_member_by_member() -> None:
    first = item("Build", key="k", tags=("a", "b"), files=(("x.py", "new"), ("y.py", None)))
    world, _ = begun(first)
    world.do(world.id("k"), "edited", add={"tags": ["mine"], "files": [{"path": "m.py", "action": None}]})
    world.do(world.id("k"), "edited", remove={"tags": ["a"], "files": ["y.py"]})
    text = plan(item("Build", key="k", tags=("a", "c"), files=(("x.py", "modify"), ("y.py", None), ("z.py", None))))
    decided = world.parse(text)
    assert world.state("k").tags == ("c", "mine")
    assert {file["path"]: file["action"] for file in world.state("k").files} == {
        "m.py": None, "x.py": "modify", "z.py": None,
    }  # fmt: skip
    assert decided.notes == ()
    nothing_to_do(world, text)


def test_a_file_whose_action_both_changed_is_a_conflict() -> None:
    world, _ = begun(item("Build", key="k", files=(("x.py", "new"),)))
    world.do(world.id("k"), "edited", add={"files": [{"path": "x.py", "action": "delete"}]})
    text = plan(item("Build", key="k", files=(("x.py", "modify"),)))
    decided = world.parse(text)
    assert [(note.field, note.kept) for note in decided.notes if isinstance(note, Conflict)] == [("files", "store")]
    nothing_to_do(world, text)
    world.parse(text, prefer="plan")
    assert world.state("k").files == ({"path": "x.py", "action": "modify"},)


def test_the_last_dependency_can_be_taken_away() -> None:
    world, _ = begun(item("Build"), item("Test", depends_on=("phase-1/build",)))
    world.parse(plan(item("Build"), item("Test")))
    assert world.state("phase-1/test").depends_on == ()


def test_the_way_through_the_statuses() -> None:
    world, _ = begun(item("Build", key="k"))
    action = world.parse(plan(item("Build", key="k", status="done"))).actions[0]
    assert [(data["from"], data["to"]) for _, data in action.events] == [
        ("pending", "in_progress"), ("in_progress", "done"),
    ]  # fmt: skip
    action = world.parse(plan(item("Build", key="k", status="blocked"))).actions[0]
    assert [(data["to"], data.get("reason")) for _, data in action.events] == [
        ("in_progress", None), ("blocked", "blocked in the plan"),
    ]  # fmt: skip
    world.parse(plan(item("Build", key="k")))
    assert world.state("k").status == "pending"


def test_an_assignment_survives_the_way_back_to_pending() -> None:
    world, _ = begun(item("Build", key="k", status="in_progress"))
    world.do(world.id("k"), "assigned", assignee="otto")
    world.parse(plan(item("Build", key="k")))
    assert (world.state("k").status, world.state("k").assignee) == ("pending", "otto")


def test_a_claim_is_never_undone_by_a_plan() -> None:
    world, text = begun(item("Build", key="k"))
    world.claim(world.id("k"))
    ticked = plan(item("Build", key="k", status="in_progress"))
    assert world.parse(ticked).actions == ()
    for other in (text, plan(item("Build", key="k", status="in_progress", assignee="otto"))):
        decided = world.parse(other)
        assert decided.actions == ()
        assert [note.action for note in decided.notes] == ["conflict"]
    assert world.state("k").claim["by"] == "baby"


@pytest.mark.parametrize("way", [["in_progress"], ["in_progress", "blocked"], ["in_progress", "in_review"]])
def test_a_box_that_was_written_back_is_nothing_new(way: list[str]) -> None:
    world, text = begun(item("Build", key="k"))
    for to in way:
        world.do(world.id("k"), "status", **{"from": world.state("k").status, "to": to})
    ticked = replace(text, items=(replace(text.items[0], status="in_progress"),))
    assert world.parse(ticked).actions == ()
    nothing_to_do(world, ticked)
    assert world.state("k").status == way[-1]


def test_a_done_task_whose_box_is_open_stays_done() -> None:
    world, text = begun(item("Build", key="k"))
    world.claim(world.id("k"))
    world.do(world.id("k"), "status", **{"from": "in_progress", "to": "done"})
    nothing_to_do(world, text)
    decided = world.parse(plan(item("Build", key="k", status="in_progress")))
    assert [note.action for note in decided.notes] == ["conflict"]
    assert world.state("k").status == "done"


def test_without_a_record_the_created_event_is_the_base() -> None:
    world, text = begun(item("Build", key="k", description="How", tags=("a",)), item("Test"))
    assert world.decide(text, seen=None).actions == ()
    world.edit(world.id("k"), title="Theirs")
    world.seen = None
    decided = world.parse(replace(text, items=(replace(text.items[0], priority="high"), text.items[1])))
    assert kinds(decided) == ["update"]
    assert (world.state("k").title, world.state("k").priority) == ("Theirs", "high")


def test_removed_untouched_tasks_are_cancelled_and_others_kept() -> None:
    world, _ = begun(*(item(title) for title in ("Stay", "Idle", "Active", "Noted", "Done", "Named")))
    world.claim(world.titled("Active"))
    world.edit(world.titled("Noted"), description="a person's words")
    world.do(world.titled("Named"), "assigned", assignee="otto")
    done = world.titled("Done")
    for step in (("pending", "in_progress"), ("in_progress", "done")):
        world.do(done, "status", **dict(zip(("from", "to"), step, strict=True)))
    ids = {title: world.titled(title) for title in ("Idle", "Active", "Noted", "Done", "Named")}
    text = plan(item("Stay"))
    decided = world.parse(text)
    assert [(action.action, action.task) for action in decided.actions] == [("cancel", ids["Idle"])]
    assert world.tasks[ids["Idle"]].history[-1].data["reason"] == "removed from the plan"
    owners = {note.task: note.owner for note in decided.notes if isinstance(note, Keep)}
    assert owners == {ids["Active"]: "baby", ids["Noted"]: "boss", ids["Named"]: "otto"}
    assert len(decided.diagnostics) == 3
    assert {world.tasks[ids[title]].state.status for title in ("Noted", "Named")} == {"pending"}
    nothing_to_do(world, text)
    assert world.decide(text).notes == ()


def test_what_comes_back_is_pending_again() -> None:
    world, text = begun(item("Stay"), item("Gone"))
    id = world.titled("Gone")
    world.parse(plan(item("Stay")))
    assert world.tasks[id].state.status == "cancelled"
    decided = world.parse(plan(item("Stay"), item("Gone", status="done", assignee="anna")))
    assert kinds(decided) == ["return"]
    assert (world.titled("Gone"), world.tasks[id].state.status, world.tasks[id].state.assignee) == (id, "done", "anna")
    world.parse(plan(item("Stay")))
    assert world.tasks[id].state.status == "done"
    world.parse(text)


def test_what_a_person_cancelled_stays_cancelled_when_it_comes_back() -> None:
    world, text = begun(item("Stay"), item("Gone"))
    id = world.titled("Gone")
    world.do(id, "status", **{"from": "pending", "to": "cancelled"})
    nothing_to_do(world, text)
    world.parse(plan(item("Stay")))
    decided = world.parse(text)
    assert decided.actions == ()
    assert [note.action for note in decided.notes] == ["keep"]
    assert "baby cancelled" in decided.diagnostics[0].message
    nothing_to_do(world, text)
    assert world.decide(text).notes == ()


def test_what_a_person_reopened_is_not_cancelled_again() -> None:
    world, _ = begun(item("Stay"), item("Gone"))
    id = world.titled("Gone")
    short = plan(item("Stay"))
    world.parse(short)
    world.do(id, "status", **{"from": "cancelled", "to": "pending"})
    nothing_to_do(world, short)
    assert world.tasks[id].state.status == "pending"


def test_a_task_that_a_person_took_out_of_the_plan_is_left_alone() -> None:
    world, _ = begun(item("Build", key="k"))
    id = world.id("k")
    world.edit(id, source=None)
    decided = world.parse(plan(item("Build it", key="k")))
    assert (decided.actions, [remark.rule for remark in decided.diagnostics]) == ((), ["detached"])
    assert world.parse(plan()).actions == ()


def test_a_task_whose_file_is_gone_is_made_again() -> None:
    world, text = begun(item("Build"))
    id = world.titled("Build")
    del world.tasks[id]
    assert [(action.action, action.task) for action in world.parse(text).actions] == [("create", id)]


def test_another_plans_task_is_never_touched() -> None:
    mine = plan(item("Build", files=(("src/a.py", "modify"),)))
    world = World()
    world.parse(mine, plan_id="other")
    other, seen = dict(world.tasks), world.seen
    world.seen = None
    assert kinds(world.parse(mine)) == ["create"]
    world.parse(plan(item("Build more", files=(("src/a.py", "modify"),))))
    world.parse(plan())
    assert {id: world.tasks[id] for id in other} == other
    world.seen = seen
    assert world.decide(mine, plan_id="other").actions == ()


def test_an_id_that_another_plan_has_is_made_longer() -> None:
    world, _ = begun(item("Build", key="k"))
    world.edit(world.id("k"), source={"plan": "other", "key": "k"})
    world.seen = None
    (action,) = world.parse(plan(item("Build", key="k"))).actions
    assert action.task == derived_task_id("task", "p", "k", 10)
    nothing_to_do(world, plan(item("Build", key="k")))
    world.seen = None
    assert world.parse(plan(item("Build", key="k"))).actions == ()


def test_circles_are_left_out_and_said() -> None:
    text = plan(
        item("A", depends_on=("phase-1/b",)),
        item("B", depends_on=("phase-1/c", "phase-1/b")),
        item("C", depends_on=("phase-1/a",)),
    )
    world = World()
    decided = world.parse(text)
    assert [(remark.line, remark.rule) for remark in decided.diagnostics] == [(11, "circle"), (12, "circle")]
    assert world.state("phase-1/c").depends_on == ()
    nothing_to_do(world, text)
    turned = plan(item("A"), item("B", depends_on=("phase-1/a",)), item("C", depends_on=("phase-1/b",)))
    assert world.parse(turned).diagnostics == ()
    assert world.state("phase-1/b").depends_on == (world.id("phase-1/a"),)


def test_a_circle_through_the_store_is_left_out() -> None:
    world, _ = begun(item("A"), item("B"))
    a, b = world.titled("A"), world.titled("B")
    world.do(a, "edited", add={"depends_on": [b]})
    world.edit(a, parent=b)
    text = plan(item("A"), item("B", depends_on=("phase-1/a",), parent="phase-1/a"))
    decided = world.parse(text)
    assert (decided.actions, [remark.rule for remark in decided.diagnostics]) == ((), ["circle", "circle"])
    nothing_to_do(world, text)


def test_the_actions_as_json() -> None:
    world, _ = begun(item("Stay"), item("Gone"), item("Other"))
    decided = world.parse(plan(item("Stay"), item("Other", group="Phase 2")))
    shown = {action.action: action.to_json() for action in decided.actions}
    assert shown["move"]["from"] == {"group": "Phase 1", "line": 12}
    assert shown["move"]["to"] == {"group": "Phase 2", "line": 11}
    assert shown["cancel"]["reason"] == "removed from the plan"
    changed = world.parse(plan(item("Stay", priority="high"), item("Other", group="Phase 2"))).actions[0].to_json()
    assert changed["changes"] == {"priority": {"from": "medium", "to": "high"}}


def test_two_items_of_one_key_are_one() -> None:
    text = Plan(None, (item("A", key="k"), item("B", key="k")))
    assert [action.title for action in World().parse(text).actions] == ["A"]


def test_what_was_refused_is_decided_again() -> None:
    world, _ = begun(item("Build", key="k"), item("Gone"), item("Stay"))
    text = plan(item("Build it", key="k"), item("New"), item("Stay"))
    before = world.seen
    decided = world.decide(text)
    assert kinds(decided) == ["update", "create", "cancel"]
    world.seen = without(decided.seen, before, {action.task for action in decided.actions})
    again = world.decide(text)
    assert [action.to_json() for action in again.actions] == [action.to_json() for action in decided.actions]
    assert without(decided.seen, before, ()) == decided.seen
    world.parse(text)
    nothing_to_do(world, text)
