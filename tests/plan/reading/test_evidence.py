"""Sections whose names say nothing: what their lists and the plan around show decides."""

from __future__ import annotations

from textwrap import dedent

import pytest

from fedtasks.plan.reading.read import parse_text

DOORS = [
    "1. The hinge\n2. Add a frame\n3. A lock",
    "- Fix the hinge\n- Add a frame\n- Remove the lock",
    "- Scharnier reparieren und anpassen\n- Rahmen einbauen\n- Schloss entfernen",
    "- 実装する\n- 扉を追加\n- 枠を作成",
    "- 修复铰链\n- 搭建门框\n- 移除门锁",
    "- tối ưu bản lề\n- thêm khung\n- xóa khóa",
]
FACTS = [
    "- The hinge squeaks\n- It was built in 1960\n- Oak",
    "1. Visitors ring\n2. They wait\n3. Somebody opens",
    "1. Paint the frame now?\n2. Which lock?\n3. Which hinge?",
    "- Hinge: carries the door\n- Frame: holds it\n- Lock: closes it",
]


def titles(text: str) -> list[str]:
    return [item.title for item in parse_text(dedent(text)).items]


@pytest.mark.parametrize("listed", DOORS)
@pytest.mark.parametrize("title", ["# Plan: the door", "# The door"])
def test_steps_are_work_under_any_name(listed: str, title: str) -> None:
    found = titles(f"{title}\nIt squeaks.\n\n## Blue\n{listed}\n")
    assert found == [line.split(" ", 1)[1] for line in listed.split("\n")]


@pytest.mark.parametrize("listed", FACTS)
def test_facts_flows_and_questions_are_none(listed: str) -> None:
    assert titles(f"# The door\n\n## Blue\n{listed}\n") == []


@pytest.mark.parametrize("listed", [*DOORS, *FACTS])
def test_beside_checkboxes_a_list_under_an_unknown_name_is_text(listed: str) -> None:
    assert titles(f"# Plan: the door\n## Blue\n{listed}\n## Red\n- [ ] Oil it\n") == ["Oil it"]


def test_known_work_needs_no_signs_and_unknown_work_beside_it_does() -> None:
    text = """
        # The door
        ## Next steps
        - A lock
        ## Green
        - Oak
        - Brass
        ## Blue
        1. Take it off
        2. Remove the paint
        3. Hang it again
        """
    assert titles(text) == ["A lock", "Take it off", "Remove the paint", "Hang it again"]


def test_signs_of_state_are_signs_of_work() -> None:
    assert titles("# The door\n## Blue\n1. ✅ Hinges\n2. Frame\n3. Lock\n") == ["Hinges", "Frame", "Lock"]


def test_a_table_of_phases_repeats_them() -> None:
    text = """
        # Plan
        ## Phase 1: Wood
        - [ ] Fell the oak
        ## Blue
        | Phase | Effort | Description |
        |---|---|---|
        | Phase 1: the wood | 1 day | Oak |
        """
    assert titles(text) == ["Fell the oak"]


def test_the_only_counted_list_counts_the_steps() -> None:
    flow = "## Green\n1. Visitors ring\n2. They wait\n3. Somebody opens\n"
    doors = "## Blue\n1. Hinges\n2. A frame\n3. A lock\n"
    assert titles(f"# Plan: the door\n## Red\n- Oak\n{doors}") == ["Hinges", "A frame", "A lock"]
    assert titles(f"# The door\n{flow}{doors}") == []


def test_a_table_of_stages_with_their_status_is_work() -> None:
    header = "| Stage | Goal | Status |\n|---|---|---|\n"
    assert titles(f"# Plan\n## Milestones\n{header}| Wood | Fell the oak | done |\n| Iron | Forge it | next |\n") == [
        "Wood",
        "Iron",
    ]


def test_a_table_of_work_that_nothing_plans_is_work_where_the_plan_has_nothing_stricter() -> None:
    table = "| # | Task | Notes |\n|---|---|---|\n| A.1 | Fell the oak | |\n| A.2 | Forge it | |\n"
    assert titles(f"# Plan\n## Phase A: Wood\n{table}") == ["Fell the oak", "Forge it"]
    assert titles(f"# Plan\n## Wood\n{table}") == []
    assert titles(f"# Plan\n## Phase A: Wood\n{table}## Phase B: Iron\n- [ ] Melt it\n") == ["Melt it"]


def test_the_words_of_a_name_hint_at_what_it_names() -> None:
    doors = "1. Hinges\n2. A frame\n3. A lock\n"
    flow = "1. Visitors ring\n2. They wait\n3. Somebody opens\n"
    for name in ("Sequence of building steps", "Nächste kleine Schritte", "改造任务步骤"):
        assert titles(f"# The door\n## Green\n{flow}## {name}\n{doors}") == ["Hinges", "A frame", "A lock"]
    for name in ("Architecture of the door", "Design goals and limits"):
        assert titles(f"# Plan: the door\n## {name}\n{doors}") == []


def test_a_list_of_links_and_one_beside_other_work_need_more_signs() -> None:
    links = "1. [Oak](oak.md)\n2. [Brass](brass.md)\n3. [Iron](iron.md)\n"
    assert titles(f"# Plan: the door\n## Blue\n{links}") == []
    assert titles("# Plan: the door\n## Phases\n### Phase 1: Wood\nFell it.\n## Red\n1. Oak\n2. Ash\n3. Elm\n") == [
        "Wood"
    ]


def test_numbered_headings_beside_the_title_count_sections() -> None:
    assert titles("# The door\n# 1. The frame\n- Keep it dry\n# 2. The hinge\n- Steel\n") == []


def test_tests_numbered_in_a_phase_are_work() -> None:
    text = "# Plan\n## Phase 6: Trials\n### 6.1 Unit testing\n- Every hinge\n### 6.2 The lock\n- Twice\n"
    assert titles(text) == ["Unit testing", "The lock"]


def test_a_timeline_repeats_stricter_tasks() -> None:
    text = "# Plan\n## Phase 1: Wood\n### 1.1 The oak\n- Fell it\n## Timeline\n### Week 1: Wood\n- Fell the oak\n"
    assert titles(text) == ["The oak"]


def test_labels_that_sections_share_are_fields_and_their_phase_is_the_task() -> None:
    form = "- **Ziel**: {0}\n- **Bauteile**: Holz\n- **Haken**: Regen\n"
    text = f"# Plan\n## Phase 1: Rahmen\n{form.format('steht')}## Phase 2: Tor\n{form.format('dicht')}"
    assert titles(text) == ["Rahmen", "Tor"]
    once = (
        "# Plan\n## Phase 1: Rahmen\n- **Pfosten**: setzen\n- **Riegel**: sägen\n## Phase 2: Tor\n- **Band**: biegen\n"
    )
    assert titles(once) == ["Pfosten", "Riegel", "Band"]


def test_numbered_headings_over_code_alone_are_no_work() -> None:
    code = "```\nPOST /door\n```\n"
    assert titles(f"# Doors\n## Calls\n### 1. Opening\n{code}### 2. Closing\n{code}") == []
    assert titles(f"# Doors\n## Calls\n### 1. hinge.py - Opening\n{code}### 2. Closing\nSlowly.\n") == [
        "hinge.py - Opening",
        "Closing",
    ]


def test_phases_under_a_name_that_ends_in_acceptance_are_work() -> None:
    assert titles("# 方案\n## 阶段与验收\n### Phase 1：木工\n- 门框\n- 门板\n") == ["门框", "门板"]


def test_a_table_that_numbers_every_phase_once_repeats_them() -> None:
    text = "# Plan\n## Phase 1 - Wood\n- Fell the oak\n## Phase 2 - Iron\n- Forge it\n## Overall\n{0}"
    table = "| Phase | Task | Effort |\n|---|---|---|\n| 1 | Oaks | 1 d |\n| {0} | Nails | 2 d |\n"
    assert titles(text.format(table.format(2))) == ["Fell the oak", "Forge it"]
    assert "Nails" in titles(text.format(table.format(1)))


def test_a_sign_and_a_short_word_state_a_status() -> None:
    [item] = parse_text("# 계획\n## P0 — 문 ✅ 완료\n- 경첩\n").items
    assert item.status == "done"


def test_a_sentence_in_front_of_a_list_is_no_heading() -> None:
    items = parse_text(
        "# 計画\n## 段階1：門\n閉まらない扉は困るので、直します。\n- 蝶番\n- 鍵\n\n## Phase 2\nDOORS\n- 板\n"
    ).items
    assert [(item.title, item.group) for item in items] == [("蝶番", "段階1：門"), ("鍵", "段階1：門"), ("板", "DOORS")]
