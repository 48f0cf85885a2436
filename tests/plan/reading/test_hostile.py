"""Whatever bytes a plan has: no traceback, no long time, every line within the file, and the same plan twice."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.plan.errors import InvalidPlan
from fedtasks.plan.model import Plan
from fedtasks.plan.reading.read import LARGEST, parse_text, read_plan
from tests.plan.reconciling.world import World

HERE = Path(__file__).parent
PLANS = [*sorted((HERE / "dialects").glob("*.md")), *sorted((HERE.parents[2] / "sample_plans").glob("*.md"))]
SECONDS = 10

BOMBS = {
    "nested lists": "".join("  " * depth + "- [ ] x\n" for depth in range(3000)),
    "nested quotes": ">" * 10_000 + " [ ] x\n",
    "brackets": "- [ ] " + "[" * 100_000,
    "links": "- [ ] " + "[a](" * 30_000,
    "emphasis": "- [ ] " + "**a" * 50_000,
    "backticks": "- [ ] " + "`" * 100_000,
    "pipes": "|" * 50_000 + "\n" + "|-" * 50_000,
    "one long line": "- [ ] " + "depends on T001, " * 30_000,
    "dots and slashes": "- [ ] " + "a./" * 50_000,
    "html": "<" * 100_000,
    "comments": "<!--" * 30_000,
    "ids": "".join(f"- [ ] T{number:05} x (depends on T{number - 1:05})\n" for number in range(5000)),
    "headings": "\n".join(f"## {number}. foo\ntext\n" for number in range(5000)),
    "rows": "| Task | Status |\n|--|--|\n" + "| a | done |\n" * 5000,
    "same titles": "- [ ] same\n" * 5000,
    "front matter": "---\n" + "a: [" * 20_000 + "\n---\n- [ ] x\n",
    "aliases": "---\na: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nid: *c\n---\n- [ ] x\n",
}


def sound(plan: Plan, data: bytes) -> None:
    """What holds of any plan."""
    last = data.count(b"\n") + data.count(b"\r") + 1
    keys = {item.key for item in plan.items}
    assert len(keys) == len(plan.items)
    for item in plan.items:
        assert 1 <= item.line <= last
        assert 1 <= len(item.title) <= 1000
        assert item.parent is None or item.parent in keys
        assert item.key not in item.depends_on and set(item.depends_on) <= keys
    for remark in plan.diagnostics:
        assert 1 <= remark.line <= last


def read(data: bytes) -> Plan | None:
    try:
        plan = read_plan(data, "plan.md")
    except InvalidPlan as found:
        assert found.exit_code == 6 and found.message.startswith("plan.md:")
        return None
    sound(plan, data)
    return plan


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_in_time(name: str) -> None:
    started = time.monotonic()
    assert read(BOMBS[name].encode()) is not None
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_mutations_of_plans(path: Path) -> None:
    chance = random.Random(path.stem)
    data = path.read_bytes()
    lines = data.split(b"\n")
    for _ in range(15):
        cut = data[: chance.randrange(len(data) + 1)]
        indented = b"\n".join(b" " * chance.randrange(9) + line for line in lines)
        shuffled = b"\n".join(chance.sample(lines, len(lines)))
        noisy = bytearray(data)
        for _ in range(20):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        for mutated in (cut, data + data, indented, shuffled, bytes(noisy)):
            read(mutated)
    for encoding in ("utf-16", "utf-32", "latin-1"):
        read(data.decode().encode(encoding, "replace"))


MARKS = st.sampled_from(
    ["- [ ] ", "  - [x] ", "# ", "## Phase 1: ", "### Task 2: ", "| Task | Status |\n|--|--|\n| ", "> ", "```\n", "**",
     "`", "T001 ", "(depends on T001)", "[NEW] ", "src/a.py", "](", "---\n", "\n", "\n\n", "\t", "|", "<!--", "-->",
     "@kim"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(MARKS, st.text(max_size=12)), max_size=40).map("".join))
def test_any_text_is_a_plan_and_reads_the_same_twice(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    plan = read(data)
    if plan is not None:
        assert plan == read(data)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(MARKS, st.text(st.characters(codec="utf-8"), max_size=12)), max_size=40).map("".join))
def test_a_plan_that_was_parsed_gives_nothing_to_do(text: str) -> None:
    world = World()
    plan = parse_text(text)
    world.parse(plan)
    seen = world.seen
    assert world.parse(plan).actions == () and world.seen == seen


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\0", "NUL"),
        (b"# Plan\n- [ ] \xff\n", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0", "NUL"),
        (b" " * (LARGEST + 1), "larger than"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, problem: str) -> None:
    with pytest.raises(InvalidPlan) as caught:
        read_plan(data, "plan.md")
    assert problem in caught.value.message and caught.value.hint


def test_the_line_of_a_bad_byte_is_said() -> None:
    with pytest.raises(InvalidPlan) as caught:
        read_plan(b"# Plan\n\n- [ ] \xff\n", "plan.md")
    assert caught.value.message.startswith("plan.md:3:1: error: ")


def test_an_empty_plan_says_so() -> None:
    assert [remark.rule for remark in read_plan(b"", "plan.md").diagnostics] == ["empty-plan"]
