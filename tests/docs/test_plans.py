"""The examples of docs/plans.md give what it says."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from fedtasks.plan.reading.read import parse_text

PAGE = Path(__file__).parents[2] / "docs" / "plans.md"
EXAMPLE = re.compile(r"^( *)```markdown\n(.*?)^ *```\n *→ (.*?)$", re.DOTALL | re.MULTILINE)


def examples() -> list[tuple[str, list[str]]]:
    return [(dedent(text), told.split("; ")) for _, text, told in EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))]


def test_there_is_an_example_for_each_rule() -> None:
    assert len(examples()) == 6


@pytest.mark.parametrize(("text", "titles"), examples())
def test_an_example_gives_the_tasks_that_it_names(text: str, titles: list[str]) -> None:
    assert [item.title for item in parse_text(text).items] == titles
