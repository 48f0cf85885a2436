"""Items keep their tasks through every kind of edit."""

from __future__ import annotations

import pytest

from fedtasks.plan.model import Item
from fedtasks.plan.reconciling.titles import Side as Title
from fedtasks.plan.reconciling.titles import alike, likeness, normal, words
from tests.plan.reconciling.world import World, item, kinds, nothing_to_do, plan


def begun(*items: Item) -> World:
    world = World()
    world.parse(plan(*items))
    return world


def after(world: World, *items: Item) -> list[str]:
    """The kinds of the actions of the next parse, which must leave nothing to do."""
    text = plan(*items)
    decided = world.parse(text)
    nothing_to_do(world, text)
    return kinds(decided)


def test_a_renamed_title_keeps_its_task_and_leaves_a_tombstone() -> None:
    world = begun(item("Write the tests"), item("Ship"))
    id = world.titled("Write the tests")
    assert after(world, item("Write all the tests"), item("Ship")) == ["update"]
    assert world.titled("Write all the tests") == id
    assert world.tasks[id].state.source["key"] == "phase-1/write-all-the-tests"
    assert world.seen is not None
    old = world.seen.items["phase-1/write-the-tests"]
    assert (old.task, old.removed, old.title) == (id, True, "")


def test_a_typo_in_a_single_word_is_a_rename() -> None:
    world = begun(item("Instal"), item("Ship"))
    id = world.titled("Instal")
    assert after(world, item("Install"), item("Ship")) == ["update"]
    assert world.titled("Install") == id


def test_a_renamed_group_moves_every_task() -> None:
    names = ["Write the tests", "Docs", "Ship it", "Write the tests"]
    world = begun(*(item(name, group="Phase 1") for name in names), item("Docs", group="Phase 2"))
    ids = [world.id(one.key) for one in plan(*(item(name) for name in names)).items]
    renamed = [item(name, group="Phase one: API") for name in names]
    assert after(world, *renamed, item("Docs", group="Phase 2")) == ["move"] * 4
    assert [world.id(one.key) for one in plan(*renamed).items] == ids
    assert {world.tasks[id].state.source["group"] for id in ids} == {"Phase one: API"}


def test_two_renamed_groups_with_the_same_titles_are_told_apart() -> None:
    def phase(group: str, own: str) -> list[Item]:
        return [item(own, group=group), item("Write tests", group=group), item("Docs", group=group)]

    world = begun(*phase("One", "Database"), *phase("Two", "Web"))
    ids = {key: one.task for key, one in world.seen.items.items()} if world.seen else {}
    assert after(world, *phase("Deux", "Web"), *phase("Un", "Database")) == ["move"] * 6
    assert world.id("un/write-tests") == ids["one/write-tests"]
    assert world.id("deux/docs") == ids["two/docs"]


def test_a_move_to_another_phase() -> None:
    world = begun(item("A", group="One"), item("Write docs", group="One"), item("B", group="Two"))
    id = world.titled("Write docs")
    world.claim(id)
    assert after(world, item("A", group="One"), item("B", group="Two"), item("Write docs", group="Two")) == ["move"]
    assert world.titled("Write docs") == id
    assert world.tasks[id].state.assignee == "baby"


def test_a_move_in_two_steps() -> None:
    world = begun(item("A", group="One"), item("Write docs", group="One"), item("Test", group="One"))
    docs, test = world.titled("Write docs"), world.titled("Test")
    world.claim(test)
    assert after(world, item("A", group="One")) == ["cancel"]
    moved = [item("A", group="One"), item("Write docs", group="Two"), item("Test", group="Two")]
    assert after(world, *moved) == ["return", "move"]
    assert (world.titled("Write docs"), world.titled("Test")) == (docs, test)
    assert world.tasks[test].state.assignee == "baby"


def test_finished_work_does_not_come_back_as_new_work() -> None:
    world = begun(item("A", group="One"), item("Write docs", group="One", status="done"))
    done = world.titled("Write docs")
    assert after(world, item("A", group="One")) == []
    assert after(world, item("A", group="One"), item("Write docs", group="Two")) == ["create"]
    assert world.titled("Write docs") != done


def test_reordering_changes_nothing() -> None:
    world = begun(item("A"), item("B"), item("C"))
    assert after(world, item("C"), item("A"), item("B")) == []


def test_two_items_swapped_between_groups() -> None:
    world = begun(item("Alpha", group="One"), item("Beta", group="Two"))
    ids = world.titled("Alpha"), world.titled("Beta")
    assert after(world, item("Beta", group="One"), item("Alpha", group="Two")) == ["move", "move"]
    assert (world.titled("Alpha"), world.titled("Beta")) == ids


def test_a_split_keeps_the_task_in_one_part() -> None:
    world = begun(item("Write tests and documentation for the parser"))
    (id,) = world.tasks
    assert sorted(after(world, item("Write tests for the parser"), item("Write documentation for the parser"))) == [
        "create", "update",
    ]  # fmt: skip
    assert id in (world.titled("Write tests for the parser"), world.titled("Write documentation for the parser"))


def test_a_merge_keeps_one_task_and_nobodys_work_is_cancelled() -> None:
    world = begun(item("Write tests for the parser"), item("Write documentation for the parser"))
    for id in list(world.tasks):
        world.claim(id)
    assert after(world, item("Write tests and documentation for the parser")) == ["update"]
    assert {task.state.status for task in world.tasks.values()} == {"in_progress"}


def test_the_first_of_two_alike_is_deleted() -> None:
    world = begun(item("Do", 10, description="one"), item("Do", 20, description="two"), item("Ship", 30))
    first, second = world.id("phase-1/do"), world.id("phase-1/do~2")
    world.claim(second)
    assert after(world, item("Do", 12, description="two"), item("Ship", 20)) == ["cancel"]
    assert world.tasks[first].state.status == "cancelled"
    assert world.id("phase-1/do") == second
    back = [item("Do", 10, description="one"), item("Do", 20, description="two"), item("Ship", 30)]
    assert after(world, *back) == ["return"]
    assert (world.id("phase-1/do"), world.id("phase-1/do~2")) == (first, second)


def test_the_first_of_two_quite_alike_is_deleted() -> None:
    world = begun(item("A"), item("Do"), item("B"), item("Do"), item("C"))
    second = world.id("phase-1/do~2")
    assert after(world, item("A"), item("B"), item("Do"), item("C")) == ["cancel"]
    assert world.id("phase-1/do") == second


def test_twins_below_twins_follow_their_parents() -> None:
    def tree(*, first: bool) -> list[Item]:
        head = [item("Setup", key="p/setup"), item("Install", key="p/setup/install", parent="p/setup")]
        own = "p/setup~2" if first else "p/setup"
        tail = [
            item("Setup", key="p/setup", description="b"),
            item("Install", key="p/setup/install", parent=own),
        ]
        return [*(head if first else []), *tail]

    world = begun(*tree(first=True))
    second, below = world.id("p/setup~2"), world.id("p/setup/install~2")
    assert after(world, *tree(first=False)) == ["cancel", "cancel"]
    assert (world.id("p/setup"), world.id("p/setup/install")) == (second, below)


def test_swapped_twins_are_told_apart_by_what_stands_in_them() -> None:
    world = begun(item("Do", description="one"), item("Do", description="two"))
    first = world.id("phase-1/do")
    assert after(world, item("Do", description="two"), item("Do", description="one")) == []
    assert world.id("phase-1/do~2") == first


def test_an_explicit_id_decides_over_the_title() -> None:
    world = begun(item("Alpha", external_id="T001", key="t001"), item("Beta", external_id="T002", key="t002"))
    first = world.id("t001")
    assert after(
        world, item("Beta", external_id="T001", key="t001"), item("Gamma", external_id="T002", key="t002")
    ) == ["update", "update"]
    assert world.id("t001") == first


def test_an_explicit_id_is_followed_to_another_key() -> None:
    world = begun(item("Alpha", external_id="T001"))
    (id,) = world.tasks
    assert after(world, item("Something else", external_id="T001", group="Two")) == ["update"]
    assert world.titled("Something else") == id


def test_ids_given_anew_do_not_swap_tasks() -> None:
    titles = ["Database", "Web", "Docs", "Ship"]
    world = begun(*(item(title, key=f"t{n}", external_id=f"T{n}") for n, title in enumerate(titles)))
    ids = {title: world.titled(title) for title in titles}
    shifted = [item(title, key=f"t{n}", external_id=f"T{n}") for n, title in enumerate(["Plan", *titles])]
    assert sorted(after(world, *shifted)) == ["create", *["update"] * 4]
    assert {title: world.titled(title) for title in titles} == ids


def test_the_same_file_is_the_same_task() -> None:
    files = (("src/login.py", "modify"),)
    world = begun(item("Sign-in", files=files), item("Other", files=(("src/login.py", "delete"),)))
    id = world.titled("Sign-in")
    assert after(
        world,
        item("A form for people who know a password", files=files),
        item("Other", files=(("src/login.py", "delete"),)),
    ) == ["update"]
    assert world.titled("A form for people who know a password") == id


def test_other_work_on_a_finished_tasks_file_is_other_work() -> None:
    files = (("src/login.py", "modify"),)
    world = begun(item("Sign-in", files=files))
    (id,) = world.tasks
    for old, new in (("pending", "in_progress"), ("in_progress", "done")):
        world.do(id, "status", **{"from": old, "to": new})
    assert after(world, item("Throw the old code away", files=files)) == ["create"]


def test_a_typo_in_a_finished_title_makes_no_new_work() -> None:
    world = begun(item("Write teh tests"))
    (id,) = world.tasks
    world.do(id, "status", **{"from": "pending", "to": "cancelled"})
    assert after(world, item("Write the tests")) == ["update"]
    assert world.titled("Write the tests") == id


def test_the_same_description_is_the_same_task() -> None:
    world = begun(item("Alpha", description="A long text."), item("Beta", description="Another."))
    id = world.titled("Alpha")
    assert after(world, item("Omega", description="A long text."), item("Beta", description="Another.")) == ["update"]
    assert world.titled("Omega") == id


def test_back_to_a_former_title() -> None:
    world = begun(item("Write the tests"))
    (id,) = world.tasks
    after(world, item("Write all the tests"))
    assert after(world, item("Write the tests")) == ["update"]
    assert world.titled("Write the tests") == id
    after(world, item("Write all the tests"))
    assert after(world, item("Write all the tests"), item("Write the tests")) == ["create"]
    assert world.titled("Write all the tests") == id


def test_tasks_told_apart_by_a_number_are_not_renamed() -> None:
    world = begun(item("Task 1"), item("Task 2"))
    assert sorted(after(world, item("Task 1"), item("Task 3"))) == ["cancel", "create"]


def test_lines_alone_do_not_make_tasks_alike() -> None:
    world = begun(item("Database"))
    assert sorted(after(world, item("Write the manual"))) == ["cancel", "create"]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [("Write the tests", "write  the TESTS!", 1, 1), ("Step 1", "Step 2", 0, 0.7), ("abc", "xyz", 0, 0)],
)
def test_likeness(one: str, other: str, least: float, most: float) -> None:
    assert least <= likeness(one, other) <= most


def test_words_of_scripts_without_spaces() -> None:
    assert words("登录流程") == {"登录", "录流", "流程"}
    assert words("Straße, bauen") == {"strasse", "bauen"}
    assert normal("?!") == "?!"


def test_five_thousand_strangers_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def counted(one: str, other: str) -> float:
        nonlocal calls
        calls += 1
        return likeness(one, other) if calls < 10 else 0.0

    monkeypatch.setattr("fedtasks.plan.reconciling.titles.likeness", counted)
    old = {f"o{n}": Title(f"Write a{n} of b{n % 70} with c{n % 9}", "One", n) for n in range(5000)}
    new = {f"n{n}": Title(f"Remove a{n + 9000} of b{n % 70} with c{n % 9}", "One", n) for n in range(5000)}
    alike(old, new)
    assert calls <= 5000 * 16


def test_five_thousand_twins_are_matched_in_order() -> None:
    many = [item("Do", group="One", description=str(n // 2)) for n in range(5000)]
    world = begun(*many)
    assert world.seen is not None
    last = world.id("one/do~5000")
    decided = world.decide(plan(*many[1:]))
    assert kinds(decided) == ["cancel"]
    assert decided.seen.items["one/do~4999"].task == last


def test_tombstones_of_taken_keys_are_kept_elsewhere() -> None:
    world = begun(item("Do", description="one"), item("Do", description="two"), item("Do", description="three"))
    first = world.id("phase-1/do")
    after(world, item("Do", description="two"), item("Do", description="three"))
    assert world.seen is not None
    gone = {key: one.task for key, one in world.seen.items.items() if one.removed}
    assert gone == {"phase-1/do~3": world.id("phase-1/do~2"), "phase-1/do~4": first}
