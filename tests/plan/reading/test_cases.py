"""What plans in the wild taught the reader: one small case for each, in words of our own."""

from __future__ import annotations

from textwrap import dedent

from fedtasks.plan.model import Item
from fedtasks.plan.reading.read import parse_text


def read(text: str) -> list[Item]:
    return list(parse_text(dedent(text)).items)


def titles(text: str) -> list[str]:
    return [item.title for item in read(text)]


def files(item: Item) -> list[tuple[str, str | None]]:
    return [(file.path, file.action) for file in item.files]


def waits(items: list[Item]) -> dict[str, list[str]]:
    named = {item.key: item.title for item in items}
    return {item.title: [named[key] for key in item.depends_on] for item in items if item.depends_on}


def test_the_fields_below_the_subtasks_of_a_task_are_its_own() -> None:
    items = read(
        """
        # Pump plan
        ## Phase 1: Yard
        ### Task 1.1: Dig the trench
        - [ ] Rent a digger

        ### Task 1.2: Lay the pipe
        - [ ] Cut the pipe
          - measure twice

        **Dependencies:** Task 1.1 (needs the trench)
        **Files likely touched:**
        - `plans/pipe.md`
        """
    )
    assert waits(items) == {"Lay the pipe": ["Dig the trench"]}
    assert files(items[2]) == [("plans/pipe.md", None)]
    assert items[3].files == () and "measure twice" in items[3].description
    assert "measure twice" not in items[2].description and "needs the trench" in items[2].description


def test_a_task_is_named_by_its_word_and_number_together() -> None:
    text = "## task-001: Sow\n- **Depends on**: none\n\n## task-002: Water\n- **Depends on**: task-001\n"
    assert waits(read(text)) == {"Water": ["Sow"]}


def test_a_list_named_tasks_is_the_work_of_its_phase_and_its_other_lists_are_not() -> None:
    text = """
        # Well plan
        ## Phase 1: Drill
        **What the rig needs:**
        - Diesel: 40 litres a day

        **Tasks:**
        1. Level the ground
        2. Mount the rig:
           - bolts first

        **Depth:**
        - 30 m in clay
        """
    assert titles(text) == ["Level the ground", "Mount the rig"]


def test_the_states_of_work_are_lists_of_their_own() -> None:
    text = """
        # Well plan
        ## Phase 1: Drill
        Done:
        - Level the ground

        In progress:
        - Mount the rig
        """
    assert [(item.title, item.status) for item in read(text)] == [
        ("Level the ground", "done"),
        ("Mount the rig", "in_progress"),
    ]


def test_items_that_state_fields_make_their_phase_the_task_unless_they_list_tasks() -> None:
    text = """
        # Farm plan
        ## Phase 1: Fence the field
        - **Goal**: no more deer
        - **Effort**: 3 days
        - **Files**: `map.md`

        ## Phase 2: Plant
        - **Goal**: a full cellar
        - **Tasks**:
          - Plough the field
          - Set the potatoes
        """
    items = read(text)
    assert [(item.title, item.group) for item in items] == [
        ("Fence the field", None),
        ("Plough the field", "Phase 2: Plant"),
        ("Set the potatoes", "Phase 2: Plant"),
    ]
    assert (items[0].estimate, files(items[0])) == ("3 days", [("map.md", None)])


def test_a_name_in_code_is_no_work_and_a_path_is() -> None:
    text = "# Barn plan\n## Phase 1: Doors\n- `openDoor`\n- `barn/door.py`\n- Oil the hinges\n"
    assert titles(text) == ["barn/door.py", "Oil the hinges"]


def test_a_bold_sentence_collects_no_tasks() -> None:
    text = "# Barn\n## Phase 1: Doors\n**The doors come first, because nothing else may start.**\n\n- [ ] Hang them\n"
    assert [item.group for item in read(text)] == ["Phase 1: Doors"]


def test_an_order_is_work_whatever_its_object() -> None:
    text = """
        # Shed
        ## Phase 1: Base (Week 1)
        ### 1.1 Create project structure
        - four walls
        ### 1.2 Key components
        Two doors and a bench.
        ### 1.3 Tier 1 checks
        Dry and level.
        """
    assert titles(text) == ["Create project structure", "Key components", "Tier 1 checks"]


def test_what_remains_is_work_and_what_was_done_is_not() -> None:
    text = """
        # Move to the new shed
        ## What was done
        1. **Shelves** - carried over
        ## What remains
        1. **Bench** - still in the old shed
        ## Sequencing rationale
        1. The shelves were light
        """
    assert titles(text) == ["Bench"]


def test_a_state_told_by_sign_and_word_is_no_part_of_the_title() -> None:
    items = read("# Plan\n### Task 1: Lay the `pipe` ✅ done\nx\n### Task 2: Fill the trench (✅ Completed)\nx\n")
    assert [(item.title, item.status) for item in items] == [("Lay the pipe", "done"), ("Fill the trench", "done")]


def test_a_long_row_that_ends_in_a_word_for_sums_is_work() -> None:
    text = "| Task | Owner |\n|---|---|\n| Check the upload before it fills the buffer | kim |\n| Grand total | 4 |\n"
    assert titles(text) == ["Check the upload before it fills the buffer"]


def test_an_optional_mark_may_be_escaped() -> None:
    assert titles("# Plan\n- [ ]\\* 10. Weed the path\n") == ["Weed the path"]


def test_a_wrapped_list_of_files_goes_on_in_the_next_line() -> None:
    text = """
        # Plan
        ### Task 1: Sow
        **Files:** create `bed.py` (rows and
        columns), `seed.py`;
        test `tests/test_bed.py`.
        The bed follows `old.py`.
        """
    assert files(read(text)[0]) == [("bed.py", "new"), ("seed.py", None), ("tests/test_bed.py", None)]


def test_what_is_no_path() -> None:
    text = "# Plan\n- [ ] Install `Vendor.Data.Sqlite` under a free license\n- [ ] Add .stylelintrc, Makefile\n"
    items = read(text)
    assert [files(item) for item in items] == [[], [(".stylelintrc", "new"), ("Makefile", "new")]]


def test_a_heading_over_code_in_a_section_of_examples_is_no_task() -> None:
    text = """
        # Tasks: hedge
        ## Phase 1: User Story 1
        - [ ] T001 Cut the hedge
        ## Parallel Execution Examples
        ### User Story 1
        ```
        T001
        ```
        """
    assert titles(text) == ["Cut the hedge"]
