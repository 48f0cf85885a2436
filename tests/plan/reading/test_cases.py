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


def test_dots_of_four_colours_state_no_status() -> None:
    text = "# Plan\n## Phase 1: Roof 🟠\n- Lay the slates\n\n## Phase 2: Paint 🟢\n- Paint the door\n"
    assert {item.status for item in read(text)} == {"pending"}
    assert [item.status for item in read(text.replace("🟠", ""))] == ["pending", "done"]


def test_ids_may_have_two_parts_and_name_what_they_wait_for() -> None:
    items = read(
        """
        # Plan
        ## W2 - Works
        ### W2-P1 - Dig
        By hand.

        Tier: 3 · Depends: none · Checks: level
        ### W2-P10 - Drain (prerequisite of W2-P2)
        With gravel.

        Tier: 1 · Depends: W2-P1 · Checks: level
        ### W2-P2 - Fill
        Depends on W2-P1 and W2-P10.
        """
    )
    assert [(item.title, item.external_id) for item in items][:1] == [("Dig", "W2-P1")]
    assert waits(items) == {
        "Drain (prerequisite of W2-P2)": ["Dig"],
        "Fill": ["Dig", "Drain (prerequisite of W2-P2)"],
    }


def test_ranges_of_ids_are_no_ids_of_two_parts() -> None:
    text = "- [ ] T001 Dig\n- [ ] T002 Drain\n- [ ] T003 Fill (depends on T001-T002)\n"
    assert waits(read(text)) == {"Fill": ["Dig", "Drain"]}


def test_several_ids_in_front_are_no_part_of_the_title() -> None:
    text = "# Plan\n## Sprint 1: Leaks\n- B4: seal the roof\n- B1 and B2: seal the doors\n- B6, B9: seal the walls\n"
    assert titles(text) == ["seal the roof", "seal the doors", "seal the walls"]


def test_a_numbered_list_right_below_a_bold_line_is_a_list_wherever_it_starts() -> None:
    text = """
        # Plan
        ## Steps
        **PHASE 1: Ground**
        1. Level it

        **PHASE 2: Walls (2 weeks)**
        6. Raise them
           by hand
        7. Plaster them
        """
    assert [(item.title, item.group) for item in read(text)] == [
        ("Level it", "PHASE 1: Ground"),
        ("Raise them", "PHASE 2: Walls (2 weeks)"),
        ("Plaster them", "PHASE 2: Walls (2 weeks)"),
    ]
    assert titles("# Plan\n## Steps\n- Built in\n  1984. Then torn down\n") == ["Built in"]


def test_labels_between_numbered_items_are_their_details() -> None:
    text = """
        # Plan
        ## Phase 1: Garden
        1. Sow the lawn
        - Delivery:
          - seeds
        2. Plant the hedge
        - Delivery:
          - box trees
        """
    assert titles(text) == ["Sow the lawn", "Plant the hedge"]


def test_a_list_by_its_title_has_sections_that_are_no_work_where_others_say_that_they_are() -> None:
    text = """
        # Garden roadmap
        ## Where it stands
        - The lawn is green
        ## Odds and ends
        - Fix the gate
        - Add a bench
        ## Next steps
        - A pond
        """
    assert titles(text) == ["Fix the gate", "Add a bench", "A pond"]
    assert titles("# Roadmap\n## Soon\n- A pond\n## v2\n- A fountain\n") == ["A pond", "A fountain"]


def test_what_is_pending_is_work_in_any_section() -> None:
    text = "# Plan\n## Pendiente de montar\n### 1. pump.py - Bomba\n```\nx\n```\n### 2. Tubos\nDos.\n"
    items = read(text)
    assert [item.title for item in items] == ["pump.py - Bomba", "Tubos"]
    assert files(items[0]) == [("pump.py", None)]


def test_a_mark_may_be_in_any_language() -> None:
    text = "# 계획\n## 변경 제안\n#### [수정] [pump.py](src/pump.py)\n- faster\n#### [新增] `tap.py`\n"
    assert [files(item) for item in read(text)] == [[("src/pump.py", "modify")], [("tap.py", "new")]]


def test_a_bare_name_that_repeats_a_path_is_no_second_file() -> None:
    text = "# Plan\n## Proposed changes\n#### [MODIFY] `src/pump.py`\n- `pump.py`: twice as fast\n"
    assert files(read(text)[0]) == [("src/pump.py", "modify")]


def test_a_plan_of_nothing_but_orders_needs_no_heading() -> None:
    assert titles("- fix the gate\n- update map.md\n- the old one squeaks\n") == [
        "fix the gate",
        "update map.md",
        "the old one squeaks",
    ]
    assert titles("- bread\n- milk\n- update\n") == []


def test_the_last_word_of_a_heading_tells_what_it_lists() -> None:
    text = "# Plan\n## Phase 1: Signs\n**Goal:** all can read them\n\n**UI & layout deliverables:**\n- Large letters\n"
    assert titles(text) == ["Large letters"]


def test_items_with_ids_are_finer_than_the_number_of_their_heading() -> None:
    text = """
        # Plan
        ## Sprint 1: Signs
        ### Lot 1 - Letters
        - ✅ SIGN-5 · [1.2] Larger letters
        - SIGN-6 · [1.1] Bold letters
        """
    assert [(item.title, item.status) for item in read(text)] == [
        ("Larger letters", "done"),
        ("Bold letters", "pending"),
    ]


def test_what_a_mark_means_is_no_work() -> None:
    assert titles("# Plan\n## Tasks\n- `[x]` - done\n- `[ ]` - pending\n- Paint the gate\n") == ["Paint the gate"]


def test_a_deliverable_is_work_only_where_nothing_else_is_listed() -> None:
    text = """
        # Plan
        ## Phase 1: Hut
        - **Task 1**: Draw the hut
        - Build it

        **Outputs**:
        - `hut.svg`

        ## Phase 2: Path
        Deliverables:
        - A path of gravel
        """
    assert titles(text) == ["Draw the hut", "Build it", "A path of gravel"]


def test_numbers_may_bear_a_letter() -> None:
    text = "# Plan\n## Phase 1: Ports\n### 1a. Power (Done)\nx\n### 1b. TLC595 driver\n- 48 lamps\n"
    assert [(item.title, item.status) for item in read(text)] == [
        ("Power (Done)", "done"),
        ("TLC595 driver", "pending"),
    ]


def test_a_numbered_heading_that_states_its_file_is_work() -> None:
    text = """
        # Leaks
        ## 🔴 CRITICAL
        ### 1. Twice the same pipe
        **File**: `pipes/main.py`
        ## 🟡 HIGH
        ### 2. The tap drips
        **Effort**: 1 h
        """
    items = read(text)
    assert [(item.title, item.status) for item in items] == [
        ("Twice the same pipe", "pending"),
        ("The tap drips", "pending"),
    ]
    assert files(items[0]) == [("pipes/main.py", None)]


def test_an_order_in_bold_or_above_its_paths_names_files() -> None:
    text = """
        # Plan
        ## Order of work
        ### Step 1 - shared pumps
        - **New `src/pump.py`**: the pump.
        - **Edit `src/tap.py`**: use it.
        ### Step 2 - cleanup
        Delete now unused: `old.py`, `older.py`
        """
    items = read(text)
    assert files(items[0]) == [("src/pump.py", "new"), ("src/tap.py", "modify")]
    assert files(items[1]) == [("old.py", "delete"), ("older.py", "delete")]


def test_a_cell_that_only_numbers_is_no_title() -> None:
    text = "| Milestone | Subject | Effort |\n|---|---|---|\n| M1 | Raise the mast | 1 w |\n| M2 | Set sail | 2 d |\n"
    assert titles(text) == ["Raise the mast", "Set sail"]


def test_the_title_of_a_plan_may_be_a_heading_of_the_second_level() -> None:
    text = """
        ## Plan: a bridge over the brook
        ### How it will look
        - Two planks
        ### Order of work
        1. Cut the planks
        """
    assert [(item.title, item.group) for item in read(text)] == [("Cut the planks", "Order of work")]


def test_a_milestone_with_files_and_proof_is_the_task_itself() -> None:
    text = """
        # Plan
        ## Milestones
        ### Milestone 1 - New route
        **Description:** The gate opens to the road.

        **Files to change:**

        - `gate.py` (formerly door.py) - turn it
        - `road.py`, `path.py`: join them

        **Acceptance criteria:**

        - [ ] The gate opens
        """
    items = read(text)
    assert [(item.title, item.group) for item in items if item.checkbox is False] == [("New route", "Milestones")]
    assert files(items[0]) == [("gate.py", "modify"), ("road.py", "modify"), ("path.py", "modify")]


def test_what_a_product_has_is_no_work_beside_a_roadmap_that_says_so() -> None:
    text = "# Barn\n## Features\n- Dry\n\n## Roadmap\n### Milestone 1 - Doors\n- Hang the doors\n"
    assert titles(text) == ["Hang the doors"]
    assert titles("# Barn plan\n## Features\n- A dry floor\n") == ["A dry floor"]


def test_an_issue_as_title_has_its_steps_as_subtasks() -> None:
    items = read("# Issue 7: Leak\n## Implementation Steps\n1. Find it\n2. Seal it\n## Notes\n- It drips\n")
    assert [item.title for item in items] == ["Leak", "Find it", "Seal it"]
    assert {item.parent for item in items[1:]} == {items[0].key}


def test_an_unknown_plan_or_steps_are_work() -> None:
    text = "# Guide\n## Resealing steps\n1. **Scrape it**\n   well\n## Steps to reproduce\n1. Wait for rain\n"
    assert titles(text) == ["Scrape it"]


def test_a_branch_is_no_folder() -> None:
    assert files(read("- [ ] Create branch `team/pump` for src/pump.py\n")[0]) == [("src/pump.py", None)]


def test_boxes_that_only_prove_leave_the_list_above_them_work() -> None:
    text = """
        # Phase 5: Roof
        **Status:** Completed
        ## Implementation
        - Lay the slates
        ## Definition of Done
        - [x] It is dry
        """
    items = read(text)
    assert [(item.title, item.status) for item in items if not item.checkbox] == [("Lay the slates", "done")]


def test_an_action_stated_beside_the_files_is_theirs() -> None:
    text = """
        # Plan
        ### TASK-001: Pump
        - **Files**: `src/pump.py`
        - **Action**: Create
        ### TASK-002: Tap
        **Deliverables**: `src/tap.py`,
        `tests/test_tap.py`
        ### TASK-003: Hose
        **Deliverables**: a hose like that in `src/tap.py`
        """
    assert [files(item) for item in read(text)] == [
        [("src/pump.py", "new")],
        [("src/tap.py", None), ("tests/test_tap.py", None)],
        [],
    ]


def test_progress_in_percent_states_a_status() -> None:
    text = "| Action | Owner | Progress |\n|--|--|--|\n| Dig | kim | 60% |\n| Fill | jo | 0% |\n| Rake | jo | 100 % |\n"
    assert [item.status for item in read(text)] == ["in_progress", "pending", "done"]


def test_steps_written_one_below_the_other_are_one_task_each() -> None:
    text = """
        # Well plan
        ## Phase 1: Drill
        **Step 1.1**: Level the ground
        **Step 1.2**: Set up the rig
        with the long mast
        **Step 1.3**: Start the pump

        The ground is clay.
        """
    items = read(text)
    assert [item.title for item in items] == ["Level the ground", "Set up the rig", "Start the pump"]
    assert [item.line for item in items] == [4, 5, 7] and items[1].description == "with the long mast"


def test_items_that_begin_with_the_id_of_a_task_speak_of_it() -> None:
    text = """
        # Well plan
        ## Phase 1: Drill
        - [ ] T001 Level the ground
        - [ ] T002 Set up the rig
        ## Side by side
        ### Phase 1
        - T001, T002 (two crews)
        """
    assert titles(text) == ["Level the ground", "Set up the rig"]


def test_a_path_in_bold_below_a_step_is_a_detail_of_it() -> None:
    text = """
        # Pump plan
        ## Steps
        ### Step 1: Rename the valve
        **valve.py**:

        Old and new name.
        """
    assert titles(text) == ["Rename the valve"]


def test_a_heading_in_the_work_whose_list_states_its_fields_is_a_task() -> None:
    text = """
        # Pump plan
        ## Proposed changes
        ### Names
        #### `valves`
        - **File:** `valves/names.po`
        - **Action:** Translate all of them
        - **Key terms:**
          - "Pipe" -> "Rohr"
        #### `tanks`
        - **File:** `tanks/names.po`
        - **Action:** Translate all of them
        """
    assert titles(text) == ["valves", "tanks"]


def test_numbered_parts_of_a_phase_are_tasks_whatever_they_are_named() -> None:
    text = """
        # Pump plan
        ## Phase 6: Yard
        ### 6.1 — Ditch
        - Deep enough
        ### 6.2 — Milestones (first ten)
        - One after the other
        """
    assert titles(text) == ["Ditch", "Milestones (first ten)"]


def test_a_sign_in_front_of_the_name_of_a_section_adorns_it() -> None:
    assert [item.status for item in read("# Pump\n## 🏗️ Implementation phases\n### Phase 1: Yard\n1. Dig\n")] == [
        "pending"
    ]


def test_a_total_in_many_words_bears_no_id_where_others_do() -> None:
    text = """
        # Pump plan
        ## Tasks
        | ID | Task | Effort |
        |---|---|---|
        | A1 | Buffer time between two visits | 2h |
        | | Buffer for rain, frost and holidays | 9h |
        """
    assert titles(text) == ["Buffer time between two visits"]


def test_ids_stand_before_code_and_wide_colons_and_in_pairs() -> None:
    text = """
        # Pump plan
        - [ ] **S-01：`/valves` 加認證**
        - [ ] **S-02：搜尋修正**
        - [ ] C1 `feat(valve): close it`
        - [ ] C2 `feat(valve): open it`
        - [ ] **Task T-01 / Q-01:** Fit the lock
        - [ ] **Task T-02 [LOCK]:** Fit it
        - [ ] Oil the hinges (05.08.2026)
        """
    named = ["/valves 加認證", "搜尋修正", "feat(valve): close it", "feat(valve): open it", "Fit the lock", "[LOCK]"]
    assert titles(text) == [*named, "Oil the hinges"]


def test_m_and_a_number_head_a_milestone_and_the_id_of_a_document_no_task() -> None:
    text = """
        # PUMP-16: Two valves
        ## M1: Yard
        - Dig
        ## M2：Field
        - Plough
        ## PUMP-17: Pipes
        Cut them.
        """
    assert titles(text) == ["Dig", "Plough", "Pipes"]


def test_a_path_apart_from_the_verb_is_not_its_object() -> None:
    lines = ("创建数据模型 (`pump.py`)", "创建 `valve.py`", "建立基类：`base.py`", "수정 (pipe.py 추가)")
    items = read("# Pump\n" + "".join(f"- [ ] {line}\n" for line in lines))
    assert [files(item) for item in items] == [
        [("pump.py", None)],
        [("valve.py", "new")],
        [("base.py", None)],
        [("pipe.py", "new")],
    ]


def test_a_phase_that_titles_a_document_is_no_task_of_it() -> None:
    assert titles("# Phase 1 inventory\nWhat there is.\n## Commands\n- `list` shows them\n") == []
    listed = "1. Build the walls\n2. Add a roof\n3. A door\n"
    assert titles(f"# Sprint 1: Yard\nTwo weeks.\n## Wood\n{listed}") == ["Build the walls", "Add a roof", "A door"]


def test_counted_rows_of_milestones_are_work_under_an_unknown_name() -> None:
    header = "| Milestone | Result | Limit |\n|---|---|---|\n"
    counted = f"{header}| M1 Walls | They stand | No roof |\n| M2 Roof | It is dry | No door |\n"
    assert titles(f"# House\n## How we deliver\n{counted}") == ["M1 Walls", "M2 Roof"]
    assert titles(f"# House\n## How we deliver\n{header}| Walls | They stand | No roof |\n") == []


def test_labels_that_two_lists_of_many_share_make_no_form() -> None:
    lists = (
        "- **Data**: Connect it\n- **Tests**: Bind them",
        "- **Data**: Join it\n- **Tests**: Add them",
        "- **Skin**: Red",
    )
    text = "".join(f"### Part {name}\n{listed}\n" for name, listed in zip("xyz", lists, strict=True))
    assert titles(f"# Plan\n## Proposed changes\n{text}") == ["Data", "Tests", "Data", "Tests", "Skin"]
    owners = "### Day {0}\n- **34**: saw the {0} planks\n- **36**: dry the {0} logs\n"
    assert len(titles("# Plan\n## Sprint\n" + "".join(map(owners.format, (1, 2, 3))))) == 6


def test_a_phase_whose_headings_state_its_files_is_a_task() -> None:
    phase = "## Phase 2: Wire the pumps\n### Goal:\nOne switch.\n### Test files to create:\n```\npump_test.py\n```\n"
    assert titles(f"# Plan\n{phase}") == ["Wire the pumps"]


def test_a_row_with_a_checkbox_for_a_cell_is_a_task_under_any_header() -> None:
    header = "| Status | Component | Purpose |\n|---|---|---|\n"
    items = read(f"# Plan\n## Doors\n{header}| [ ] | `ui/door/` | Opens |\n| [x] | Hinge | Carries |\n")
    assert [(item.title, item.status) for item in items] == [("ui/door/", "pending"), ("Hinge", "done")]


def test_a_mark_in_any_language_stands_before_a_bare_path() -> None:
    text = "# Plan\n## Cambios propuestos\n#### [NUEVO] src/pump/\nOpens.\n#### [NUEVO] Dockerfile\n1. Build\n"
    assert [files(item) for item in read(text)] == [[("src/pump/", "new")], [("Dockerfile", "new")]]


def test_the_backlog_of_a_sprint_is_its_work_and_a_backlog_beside_it_is_not() -> None:
    text = "# Pumps\n\n## Sprint 2 backlog (ordered)\n- Fit the pump\n- Fill the tank\n\n## Backlog\n- Paint the shed\n"
    assert titles(text) == ["Fit the pump", "Fill the tank"]


def test_a_table_of_days_is_work_where_a_column_says_when_each_is_done() -> None:
    text = """
        # Well plan

        ## 1. What the survey showed

        The water stands at nine metres.

        ## 2. Days

        | Day | Do | Done when |
        |---|---|---|
        | **Mon** | Drill the shaft | Water comes |
        | **Tue** | Lower the pump | It runs dry |
        """
    assert titles(text) == ["Drill the shaft", "Lower the pump"]


def test_the_order_of_work_is_work_in_any_language() -> None:
    for order in ("Working order", "Порядок работ", "工作顺序", "Urutan pengerjaan", "작업 순서"):
        text = f"# Well\n\n## 1. Background\n- Dry since May\n\n## 2. {order}\n- Week 1-2: shaft\n- Week 3: pump\n"
        assert len(titles(text)) == 2, order


def test_ordinal_rounds_in_korean_are_phases() -> None:
    text = "# 우물\n\n## 단계별 정리\n\n### 1차 — 굴착\n\n- 펌프 제거\n- 관 교체\n"
    assert titles(text) == ["펌프 제거", "관 교체"]


def test_a_row_that_its_number_names_takes_its_title_from_the_next_column() -> None:
    text = "| Tâche | Description |\n|---|---|\n| 1.1 | Poser le tuyau |\n| 1.2.3 | Couper l'eau |\n"
    assert titles(text) == ["Poser le tuyau", "Couper l'eau"]


def test_a_column_that_says_who_or_when_plans_the_work() -> None:
    for who, when in (("Who", "When"), ("Кто", "Когда"), ("Quién", "Cuándo")):
        text = f"# X\n\n## Notes\n\n| Task | {who} | {when} |\n|---|---|---|\n| Dig | kim | 2026-12-01 |\n"
        assert [(item.assignee, item.due) for item in read(text)] == [("kim", "2026-12-01")], who


def test_numbered_headings_that_ask_count_the_sections_of_a_document() -> None:
    asks = "# Well\n\n## 1. Why a well\n\nThe river is dry.\n\n## 2. The depth of it\n\nNine metres.\n"
    orders = "# Well\n\n## 1. Create the shaft\n\nDeep.\n\n## 2. Add the pump\n\nNow.\n\n## 3. Who pays?\n\nAll.\n"
    assert titles(asks) == [] and titles(orders)[:2] == ["Create the shaft", "Add the pump"]


def test_a_heading_that_speaks_of_a_phase_whose_work_stands_elsewhere_is_no_task() -> None:
    text = "# Well\n\n## Sprint 1: Shaft\n\n- [ ] Dig\n\n## Sprint 1 rules\n\nNobody digs alone.\n"
    assert titles(text) == ["Dig"]


def test_the_scope_of_a_plan_is_no_work_beside_its_tasks_but_that_of_a_phase_is() -> None:
    sprint = "# Sprint 4\n\n## Scope\n\n- Pump\n- Tank\n\n## Tasks\n\n- Dig the shaft\n"
    phase = "# Well\n\n## Phase 1: Dig\n\nScope:\n- Dig the shaft\n- Line it\n"
    assert titles(sprint) == ["Dig the shaft"] and titles(phase) == ["Dig the shaft", "Line it"]


def test_a_numbered_order_in_a_section_of_work_is_a_task_though_its_first_word_names_work() -> None:
    text = """
        # Rename the mill

        ## Implementation plan

        ### 1. Change the sign over the gate
        - Old name: Mill
        - New name: Bakery

        ### 2. Paint the van
        - Red
        """
    assert titles(text) == ["Change the sign over the gate", "Paint the van"]


def test_a_list_that_counts_weeks_is_work_where_nothing_else_is() -> None:
    weeks = "- Week 1: the shaft\n- Week 2: the pump\n"
    assert titles(f"# Well plan\n\nWater.\n\n## How we get there\n\n{weeks}") == [
        "Week 1: the shaft",
        "Week 2: the pump",
    ]
    assert len(titles(f"# Well plan\n\n## Schedule\n\n{weeks}")) == 2
    assert titles(f"# Well plan\n\n## Tasks\n\n- [ ] Dig\n\n## Schedule\n\n{weeks}") == ["Dig"]


def test_headings_with_prose_in_a_section_of_work_are_tasks_where_nothing_else_is() -> None:
    parts = "### Add the pump\n\nBy hand.\n\n### The shaft\n\nNine metres.\n"
    assert titles(f"# Well\n\n## Steps\n\n{parts}") == ["Add the pump", "The shaft"]
    assert titles(f"# Well\n\n## Components\n\n{parts}") == ["Add the pump"]
    assert titles(f"# Well\n\n## Overview\n\n{parts}") == []
    assert titles(f"# Well\n\n## Steps\n\n{parts}\n## Todo\n\n- [ ] Dig\n") == ["Dig"]


def test_a_table_of_what_is_to_do_in_a_section_of_work_is_work() -> None:
    assert titles("# X\n\n## Steps\n\n| # | What | Why |\n|---|---|---|\n| 1 | Dig | water |\n") == ["Dig"]
