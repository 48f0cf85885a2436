"""Lines of ours in files of others: what was put in comes out again to the byte, whatever stood there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedtasks.app.agents.marked import ENTRY, Block, JsonMember
from fedtasks.app.agents.tools import CODEX, GUIDE
from fedtasks.errors import InvalidData

SERVERS = JsonMember("mcpServers")
BYTES = st.binary(max_size=80) | st.text("ab \r\n#<!->", max_size=40).map(str.encode)
VALUES = st.sampled_from([None, 1, "é", '"mcpServers": {', [], [{}], {"mcpServers": {}}, {'"': {"mcpServers": [1]}}])


@pytest.mark.parametrize("block", [GUIDE, CODEX], ids=["Markdown", "TOML"])
@given(before=st.none() | BYTES)
def test_a_block_comes_out_as_it_went_in(block: Block, before: bytes | None) -> None:
    after = block.put(before, "x")
    assert block.is_in(after, "x") and (before or b"") in after
    assert block.put(after, "x") == after
    assert block.take(after, "x") == before
    assert before is None or block.take(before, "x") == before


@given(before=BYTES, behind=st.binary(max_size=40))
def test_what_was_written_behind_a_block_stays(before: bytes, behind: bytes) -> None:
    assert GUIDE.take(GUIDE.put(before, "x") + b"more\n" + behind, "x") == before + b"more\n" + behind


def test_a_block_of_an_older_version_is_renewed_in_its_place() -> None:
    old = b"# Mine\n\n" + Block(("old words",), "<!-- ", " -->").put(None, "x") + b"tail\n"
    new = GUIDE.put(old, "x")
    assert new.startswith(b"# Mine\n\n<!-- fedtasks:begin -->\n## Tasks\n") and new.endswith(b"-->\ntail\n")
    assert b"old words" not in new


def test_a_beginning_without_an_end_is_left_alone() -> None:
    with pytest.raises(InvalidData):
        GUIDE.put(b"<!-- fedtasks:begin -->\nhalf\n", "CLAUDE.md")


@given(
    value=st.none()
    | st.dictionaries(st.sampled_from(["a", "b"]), VALUES, max_size=2)
    | st.fixed_dictionaries(
        {"x": VALUES, "mcpServers": st.dictionaries(st.sampled_from(["one", "two"]), VALUES, max_size=2), "y": VALUES}
    ),
    indent=st.sampled_from([None, 1, 2, 4, "\t"]),
    end=st.sampled_from(["", "\n", "\r\n"]),
)
def test_a_member_comes_out_as_it_went_in(value: dict[str, object] | None, indent: int | str | None, end: str) -> None:
    before = None if value is None else (json.dumps(value, indent=indent) + end).encode()
    after = SERVERS.put(before, "x")
    told = json.loads(after)
    assert told.pop("mcpServers")["fedtasks"] == json.loads(f"{{{ENTRY}}}")["fedtasks"]
    assert told == {name: inner for name, inner in (value or {}).items() if name != "mcpServers"}
    assert SERVERS.put(after, "x") == after
    assert SERVERS.take(after, "x") == before


@pytest.mark.parametrize("before", [b"[1]", b"{", b'{"mcpServers": 3}', b"\xff", b"// a comment\n{}"])
def test_a_file_that_is_no_json_object_is_refused(before: bytes) -> None:
    with pytest.raises(InvalidData) as found:
        SERVERS.put(before, ".mcp.json")
    assert found.value.hint


def test_a_member_changed_by_hand_is_not_taken_out() -> None:
    with pytest.raises(InvalidData):
        SERVERS.take(b'{"mcpServers": {"fedtasks": {"command": "/opt/fedtasks"}}}', ".mcp.json")
