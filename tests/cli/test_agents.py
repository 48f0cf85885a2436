"""The shell way of agents: setup, prime, next."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from fedtasks.app.agents.tools import TOOLS

TOKEN = 4
"""Signs that count as one token; English words and code come to a little more than that."""


def everything(folder: Path) -> dict[str, bytes]:
    """Each file below, its bytes, git's own aside."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.mark.parametrize("tool", list(TOOLS))
def test_a_tool_is_set_up_and_taken_back_to_the_byte(empty_world: Any, tool: str) -> None:
    """It needs no store; a second run changes nothing; what stood there before stays."""
    (guide, _), (servers, _) = TOOLS[tool]
    project = empty_world.project
    project.joinpath(guide).write_bytes("# Größe\r\nno final newline".encode())
    before = everything(project)
    shown = empty_world.ft("setup", tool, "--dry-run")
    assert shown.code == 0 and f"+++ b/{guide}" in shown.out and "+## Tasks" in shown.out
    assert everything(project) == before
    done = empty_world.ft("setup", tool)
    assert done.out.startswith("--- a/") and f"{servers}: created" in done.out
    text = project.joinpath(servers).read_text(encoding="utf-8")
    told = tomllib.loads(text) if servers.endswith("toml") else json.loads(text)
    (named,) = (inner["fedtasks"] for inner in told.values())
    assert named == {"command": "fedtasks", "args": ["mcp"]}
    after = everything(project)
    assert after[guide].startswith(before[guide])
    assert {file["change"] for file in empty_world.ok("setup", tool)["files"]} == {"unchanged"}
    assert everything(project) == after
    empty_world.ok("setup", tool, "--remove")
    assert everything(project) == before
    assert empty_world.ft("setup", tool, "--remove").code == 0


@pytest.mark.parametrize("tool", list(TOOLS))
def test_a_tool_acts_as_a_member_of_its_own(empty_world: Any, tool: str) -> None:
    """`--as` names who its server acts as; again with another name, and out again to the byte."""
    (_, _), (servers, _) = TOOLS[tool]
    place = empty_world.project / servers
    place.parent.mkdir(exist_ok=True)
    there = '[other]\nkey = "1"\n' if servers.endswith("toml") else '{"other": 1}\n'
    place.write_text(there, encoding="utf-8")
    for who in ("bo", 'b"ö'):
        empty_world.ok("setup", tool, "--as", who)
        text = place.read_text(encoding="utf-8")
        told = tomllib.loads(text) if servers.endswith("toml") else json.loads(text)
        (named,) = (inner["fedtasks"] for inner in told.values() if isinstance(inner, dict) and "fedtasks" in inner)
        assert named["args"] == ["mcp", "--as", who]
    empty_world.ok("setup", tool, "--remove")
    assert place.read_text(encoding="utf-8") == there
    assert empty_world.fails(2, "setup", tool, "--as", "a b")["code"] == "usage"
    assert place.read_text(encoding="utf-8") == there


def test_instructions_stay_while_another_tool_reads_them(empty_world: Any) -> None:
    empty_world.ok("setup", "codex")
    empty_world.ok("setup", "cursor")
    empty_world.ok("setup", "codex", "--remove")
    assert "## Tasks" in (empty_world.project / "AGENTS.md").read_text(encoding="utf-8")
    empty_world.ok("setup", "cursor", "--remove")
    assert everything(empty_world.project) == {}


def test_a_file_that_cannot_be_changed_safely_is_left(empty_world: Any, tmp_path: Path) -> None:
    """Nothing is written at all, neither the broken file nor the one that would have been fine."""
    (empty_world.project / ".mcp.json").write_text("{ // mine\n}", encoding="utf-8")
    error = empty_world.fails(6, "setup", "claude")
    assert error["path"] == ".mcp.json" and "fedtasks" in error["hint"]
    assert list(everything(empty_world.project)) == [".mcp.json"]
    outside = tmp_path / "outside.md"
    outside.write_text("theirs", encoding="utf-8")
    (empty_world.project / "GEMINI.md").symlink_to(outside)
    empty_world.fails(1, "setup", "gemini")
    assert outside.read_text(encoding="utf-8") == "theirs"


def test_instructions_through_a_link_inside_stay_a_link(empty_world: Any) -> None:
    target = empty_world.project / "AGENTS.md"
    target.write_text("# Rules\n", encoding="utf-8")
    link = empty_world.project / "CLAUDE.md"
    link.symlink_to("AGENTS.md")
    empty_world.ok("setup", "claude", "--no-mcp")
    assert link.is_symlink() and "fedtasks prime" in target.read_text(encoding="utf-8")
    empty_world.ok("setup", "claude", "--remove")
    assert link.is_symlink() and target.read_text(encoding="utf-8") == "# Rules\n"


def test_prime_says_what_is_in_hand_and_what_comes(git_world: Any) -> None:
    git_world.ok("member", "add", "bot", "--kind", "agent", "--role", "agent")
    first = git_world.add("Rotate the keys", "--file", "deploy/keys.sh", "--description", "All of them.", "-p", "high")
    later = git_world.add("Write it down")
    empty = git_world.ft("prime", who="bot")
    assert "You are bot (agent, agent) in project." in empty.out and "In hand: nothing." in empty.out
    assert empty.out.index(first) < empty.out.index(later)
    git_world.ok("claim", first, who="bot")
    told = git_world.ok("prime", who="bot")
    assert (told["task"]["id"], told["others"], [row["id"] for row in told["ready"]]) == (first, [], [later])
    shown = git_world.ft("prime", who="bot").out
    for words in ("Rotate the keys", "lead: ada-lovelace", "file: deploy/keys.sh", "asks: All of them."):
        assert words in shown
    assert len(re.findall(r"^  fedtasks ", shown, re.MULTILINE)) == 5


def test_prime_stays_short_whatever_the_tasks_hold(git_world: Any) -> None:
    """The longest titles, descriptions, names and lists come to fewer than 800 tokens."""
    long = "wörk " * 180
    files = [word for number in range(60) for word in ("--file", f"src/{'deep/' * 20}file{number}.py")]
    ids = [git_world.add(long, "--description", long * 20, *files) for _ in range(8)]
    who = "b" * 64
    for id in ids[:5]:
        git_world.ok("claim", id, who=who)
    git_world.ok("block", ids[4], "--reason", long * 3, who=who)
    for id, other in zip(ids[5:], "cde", strict=True):
        git_world.ok("work", id, "--note", long, who=other * 64)
    for number in range(5):
        git_world.ok("assign", git_world.add(f"{number} {long}", who="d" * 64), who, who="d" * 64)
    shown = git_world.ft("prime", who=who).out
    assert f"You are {who}" in shown and len(shown) / TOKEN < 800, len(shown) / TOKEN
    assert "and 55 more files" in shown and "Notices, " in shown and shown.count("🔧 WORKING:") == 3


def test_next_goes_by_owner_priority_files_and_dependencies(git_world: Any) -> None:
    """What is assigned comes first, then what is urgent, then what nobody's files meet; what waits never comes."""
    low = git_world.add("low", "-p", "low")
    meets = git_world.add("meets", "--file", "src/a.py")
    alone = git_world.add("alone", "--file", "src/b.py")
    urgent = git_world.add("urgent", "-p", "critical", "--depends-on", low)
    busy = git_world.add("busy", "--file", "src/a.py")
    git_world.ok("claim", busy, who="ben")
    given = git_world.add("given", "-p", "low")
    git_world.ok("assign", given, "cleo")
    seen = git_world.ok("next", "--why", who="cleo")
    assert seen["task"]["id"] == given and "assigned to you" in seen["why"]["chosen"]["because"]
    assert [one["id"] for one in seen["why"]["others"]] == [alone, meets, low]
    assert f"ben edits src/a.py for {busy}" in seen["why"]["others"][1]["because"]
    order = [git_world.ok("next", "--claim", who="cleo")["task"] for _ in range(4)]
    assert [task["id"] for task in order] == [given, alone, meets, low]
    assert {task["assignee"] for task in order} == {"cleo"}
    error = git_world.fails(3, "next", "--claim", who="cleo")
    assert (error["code"], error["waiting"]) == ("nothing_ready", 1) and "--why" in error["hint"]
    git_world.ok("done", low, who="cleo")
    assert git_world.ok("next", "--claim", who="cleo")["task"]["id"] == urgent


def test_next_only_looks_unless_it_claims(git_world: Any) -> None:
    id = git_world.add("one", "--tag", "backend")
    assert git_world.ok("next", "--tag", "backend")["task"]["id"] == id
    assert git_world.show(id)["assignee"] is None
    git_world.fails(3, "next", "--tag", "frontend")


def test_next_takes_the_next_best_where_somebody_was_quicker(make_team: Any) -> None:
    """Both clones see the same list; the one that comes second learns it at the remote and takes another."""
    team = make_team(2)
    ada, ben = team.all
    ids = [ada.add("a task", "--priority", priority) for priority in ("high", "medium", "low")]
    team.settle()
    first = ada.ok("next", "--claim")["task"]["id"]
    second = ben.ok("next", "--claim", "--why")
    assert first == ids[0] and second["task"]["id"] == ids[1]
    assert second["why"]["lost"] == [first]
    fresh = ada.add("fresh")
    ada.ok("claim", ids[2])
    assert ben.ok("next", "--claim")["task"]["id"] == fresh, "the remote is asked before there is nothing"
