"""Write-back sets boxes, and changes no other byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedtasks.domain.status import STATUSES
from fedtasks.plan.writeback import write_back


@pytest.mark.parametrize(
    ("line", "status", "written"),
    [
        ("- [ ] Build", "done", "- [x] Build"),
        ("* [ ] Build", "in_progress", "* [/] Build"),
        ("+ [ ] Build", "blocked", "+ [/] Build"),
        ("1. [ ] Build", "in_review", "1. [/] Build"),
        ("12) [x] Build", "pending", "12) [ ] Build"),
        ("- [X] Build", "done", "- [X] Build"),
        ("- [~] Build", "in_progress", "- [~] Build"),
        ("- [-] Build", "blocked", "- [-] Build"),
        ("- [-] Build", "done", "- [x] Build"),
        ("- [x] Build", "cancelled", "- [x] Build"),
        ("- [ ] Build", "strange", "- [ ] Build"),
        ("\t-\t[ ]\tBuild [ ] more", "done", "\t-\t[x]\tBuild [ ] more"),
        ("> > - [ ] Build", "done", "> > - [x] Build"),
        (">- [ ] Build", "done", ">- [x] Build"),
        ("- 1. [ ] Build", "done", "- 1. [x] Build"),
        ("### [ ] Build", "done", "### [x] Build"),
        ("- [ ]* 2.1 Build", "done", "- [x]* 2.1 Build"),
        ("[ ] Build", "done", "[x] Build"),
        ("- [ ]", "done", "- [x]"),
        ("\ufeff- [ ] Build", "done", "\ufeff- [x] Build"),
        ("- [ ](link)", "done", "- [ ](link)"),
        ("- [>] Build", "done", "- [>] Build"),
        ("- [] Build", "done", "- [] Build"),
        ("- Build [ ] later", "done", "- Build [ ] later"),
        ("| [ ] | Build |", "done", "| [ ] | Build |"),
        ("", "done", ""),
    ],
)
def test_one_line(line: str, status: str, written: str) -> None:
    assert write_back(line.encode(), {1: status}) == written.encode()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_commonmark_does(end: str) -> None:
    text = end.join(["# Plan\x0b", "- [ ] One\u2028", "", "- [ ] Two"])
    assert write_back(text.encode(), {2: "done", 4: "in_progress", 9: "done"}).decode() == end.join(
        ["# Plan\x0b", "- [x] One\u2028", "", "- [/] Two"]
    )


def test_bytes_that_are_no_text_stay() -> None:
    assert write_back(b"\xff\xfe\x00\n- [ ] \xff", {1: "done", 2: "done"}) == b"\xff\xfe\x00\n- [x] \xff"


pieces = st.sampled_from(
    [
        "- [ ] a",
        "- [x] b",
        "  * [/] c",
        "> 1. [X] d",
        "- [ ] [x] e",
        "text [ ]",
        "\t- [~]",
        "\r\n",
        "\n",
        "\r",
        "é",
        " ",
    ]
)


@given(st.lists(pieces).map("".join), st.dictionaries(st.integers(1, 12), st.sampled_from([*STATUSES, "odd"])))
def test_only_box_characters_change_and_twice_is_once(text: str, boxes: dict[int, str]) -> None:
    data = text.encode()
    written = write_back(data, boxes)
    assert write_back(written, boxes) == written
    assert len(written) == len(data)
    for place, (old, new) in enumerate(zip(data, written, strict=True)):
        if old != new:
            assert (data[place - 1 : place], data[place + 1 : place + 2]) == (b"[", b"]")
            assert chr(old) in " xX/~-" and chr(new) in " x/"
