"""Each dialect of plans, by one small plan of our own: what its tasks are, told in full.

GOLDEN=write writes the expected files anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fedtasks.plan.model import Item, Plan
from fedtasks.plan.reading.read import read_plan

HERE = Path(__file__).parent
TOP = HERE.parents[2]
PLANS = [*sorted((HERE / "dialects").glob("*.md")), *sorted((TOP / "sample_plans").glob("*.md"))]


def told(plan: Plan) -> str:
    """A plan as lines of text: one a task, its fields indented below it."""
    head = [
        f"{name}: {getattr(plan, name)}" for name in ("title", "declared_id", "lead", "priority") if getattr(plan, name)
    ]
    lines = [line for item in plan.items for line in _item(item, {one.key: one.line for one in plan.items})]
    remarks = [f"{one.line}:{one.column}: {one.severity}: {one.message} [{one.rule}]" for one in plan.diagnostics]
    return "\n".join([*head, *lines, *remarks]) + "\n"


def _item(item: Item, lines: dict[str, int]) -> list[str]:
    fields = {
        "key": item.key,
        "group": f"{item.group} ({item.group_line})" if item.group else None,
        "parent": lines[item.parent] if item.parent else None,
        "after": [lines[key] for key in item.depends_on],
        "files": [f"{file.path} ({file.action})" for file in item.files],
        "tags": list(item.tags),
        **{name: getattr(item, name) for name in ("external_id", "assignee", "lead", "priority", "due", "estimate")},
        "about": item.description.split("\n") if item.description else None,
    }
    said = [f"    {name}: {value}" for name, value in fields.items() if value]
    return [f"{item.line}: {item.title} [{item.status}, {item.rule}]", *said]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_plan_reads_as_told(path: Path) -> None:
    text = told(read_plan(path.read_bytes(), path.name))
    golden = HERE / "golden" / f"{path.stem}.txt"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
@pytest.mark.parametrize(("old", "new"), [(b"\n", b"\r\n"), (b"\n", b"\r"), (b"", b"\xef\xbb\xbf")])
def test_line_ends_and_a_byte_order_mark_do_not_matter(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    other = data.replace(old, new) if old else new + data
    assert told(read_plan(other, path.name)) == told(read_plan(data, path.name))
