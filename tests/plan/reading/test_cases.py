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
