"""Plans through the command line, on each kind of store: parse, edit, rename, write back, watch, explain, check."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

PLAN = """# Plan

## Phase 1: Store

- [ ] Write the store
- [ ] Write the lock
  - [ ] Test the lock
- [ ] Write the index
"""


def write(world: Any, text: str, name: str = "plan.md") -> Path:
    path = Path(world.project) / name
    path.write_bytes(text.encode())
    return path


def tasks(world: Any) -> dict[str, dict[str, Any]]:
    return {task["title"]: task for task in world.ok("list", "--all")["tasks"]}


def commits(world: Any) -> int:
    return len(world.git("log", "--format=%H").splitlines()) if world.recorded else 0


def test_parse_again_does_nothing(world: Any) -> None:
    write(world, PLAN)
    assert len(world.ok("parse", "plan.md")["actions"]) == 4
    before = commits(world)
    again = world.ok("parse", "plan.md")
    assert again["actions"] == [] and again["notes"] == []
    assert commits(world) == before


def test_a_renamed_plan_keeps_its_tasks(world: Any) -> None:
    write(world, PLAN)
    world.ok("parse", "plan.md")
    before = tasks(world)
    (Path(world.project) / "plan.md").rename(Path(world.project) / "moved.md")
    assert world.ok("parse", "moved.md")["actions"] == []
    write(world, PLAN.replace("Write the lock", "Write the fence"), "moved.md")
    assert [action["action"] for action in world.ok("parse", "moved.md")["actions"]] == ["update"]
    assert {task["id"] for task in tasks(world).values()} == {task["id"] for task in before.values()}


def test_a_plan_renamed_and_edited_in_git_keeps_its_tasks(make_world: Any) -> None:
    world = make_world("git")
    git = ["git", "-C", str(world.project)]
    text = PLAN + "".join(f"- [ ] Step number {number} of the long tail\n" for number in range(20))
    write(world, text)
    world.ok("parse", "plan.md")
    for words in (["add", "plan.md"], ["commit", "-qm", "plan"], ["mv", "plan.md", "moved.md"]):
        subprocess.run([*git, *words], check=True, env=world.env)
    write(world, text.replace("Write the lock", "Write the fence"), "moved.md")
    subprocess.run([*git, "commit", "-qam", "move"], check=True, env=world.env)
    assert [action["action"] for action in world.ok("parse", "moved.md")["actions"]] == ["update"]


def test_two_plans_of_one_name_are_told_apart(world: Any) -> None:
    (Path(world.project) / "a").mkdir()
    write(world, PLAN)
    write(world, PLAN, "a/plan.md")
    world.ok("parse", "plan.md")
    assert len(world.ok("parse", "a/plan.md")["actions"]) == 4
    assert len(world.ok("list", "--all")["tasks"]) == 8


def test_two_plans_that_claim_one_id_are_refused(world: Any) -> None:
    write(world, "---\nid: the-plan\n---\n" + PLAN)
    write(world, "---\nid: the-plan\n---\n" + PLAN, "other.md")
    world.ok("parse", "plan.md")
    error = world.fails(2, "parse", "other.md")
    assert "plan.md" in error["message"] and "--plan-id" in error["hint"]
    assert len(world.ok("parse", "other.md", "--plan-id", "other")["actions"]) == 4


def test_one_changed_line_of_a_thousand_writes_one_task(make_world: Any) -> None:
    world = make_world("git")
    lines = [f"- [ ] Task number {number} of the plan" for number in range(1000)]
    write(world, "# Plan\n\n## Phase 1\n\n" + "\n".join(lines) + "\n")
    world.ok("parse", "plan.md")
    before = commits(world)
    lines[500] = "- [ ] Task number 500, which has another name now"
    write(world, "# Plan\n\n## Phase 1\n\n" + "\n".join(lines) + "\n")
    world.ok("parse", "plan.md")
    changed = world.git("show", "--format=", "--name-only", "HEAD").split()
    assert commits(world) == before + 1
    assert len([path for path in changed if path.startswith("tasks/")]) == 1 and len(changed) == 2


def test_a_line_moved_writes_no_task(make_world: Any) -> None:
    world = make_world("git")
    write(world, PLAN)
    world.ok("parse", "plan.md")
    write(world, PLAN.replace("# Plan\n", "# Plan\n\nSome words.\n\n"))
    world.ok("parse", "plan.md")
    assert world.git("show", "--format=", "--name-only", "HEAD").split() == ["plans/plan.json"]


ODD = "\ufeff# Tasks\r\n\r\n-\t[ ] One   \r\n\t- [ ] Two\r\n* [~] Three\r\n1. [x] Four"


def test_write_back_ticks_boxes_and_nothing_else(world: Any) -> None:
    path = write(world, ODD)
    world.ok("parse", "plan.md")
    known = tasks(world)
    world.ok("claim", known["Two"]["id"])
    world.ok("done", known["Two"]["id"])
    world.ok("claim", known["One"]["id"])
    told = world.ok("parse", "--write-back", "plan.md")
    assert told["actions"] == [] and told["written_back"] == [{"plan": "plan.md", "lines": [3, 4]}]
    assert path.read_bytes().decode() == ODD.replace("[ ] One", "[/] One").replace("[ ] Two", "[x] Two")
    before = commits(world)
    assert world.ok("parse", "plan.md")["actions"] == []
    assert commits(world) == before


def test_write_back_keeps_the_permissions_and_says_what_it_would_do(world: Any) -> None:
    path = write(world, PLAN)
    path.chmod(0o640)
    world.ok("parse", "plan.md")
    id = tasks(world)["Write the store"]["id"]
    world.ok("claim", id)
    assert world.ok("parse", "--write-back", "--dry-run", "plan.md")["written_back"][0]["lines"] == [5]
    assert path.read_text() == PLAN
    world.ok("parse", "--write-back", "plan.md")
    assert "- [/] Write the store" in path.read_text() and path.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(world.project)) == sorted({"plan.md", *os.listdir(world.project)} - {".plan.md.fedtasks"})


def test_what_both_changed_is_kept_and_said(world: Any) -> None:
    write(world, PLAN)
    world.ok("parse", "plan.md")
    id = tasks(world)["Write the lock"]["id"]
    world.ok("edit", id, "--title", "Write the mutex", who="ada-lovelace")
    write(world, PLAN.replace("Write the lock", "Write the fence"))
    done = world.ft("parse", "plan.md")
    assert done.code == 0 and f"plan.md:6:1: warning: title changed here and in {id} (by ada-lovelace, " in done.err
    assert "kept the store's" in done.err and "Write the mutex" in tasks(world)
    world.ok("parse", "--prefer", "plan", "plan.md")
    assert "Write the fence" in tasks(world)


def test_what_left_the_plan_is_cancelled_unless_somebody_works_on_it(world: Any) -> None:
    write(world, PLAN)
    world.ok("parse", "plan.md")
    world.ok("claim", tasks(world)["Write the index"]["id"])
    write(world, "# Plan\n\n## Phase 1: Store\n\n- [ ] Write the store\n")
    done = world.ok("parse", "plan.md")
    assert sorted(action["action"] for action in done["actions"]) == ["cancel", "cancel"]
    assert [note["action"] for note in done["notes"]] == ["keep"]
    assert {title: task["status"] for title, task in tasks(world).items()} == {
        "Write the store": "pending", "Write the lock": "cancelled", "Test the lock": "cancelled",
        "Write the index": "in_progress",
    }  # fmt: skip


def test_several_plans_and_patterns_in_one_call(world: Any) -> None:
    write(world, PLAN)
    write(world, "# Other\n\n- [ ] Something else\n", "other.md")
    assert len(world.ok("parse", "*.md")["tasks"]) == 5
    nothing = world.ft("parse", "*.txt")
    assert nothing.code == 2 and "*.txt" in nothing.err


def test_explain_tells_each_line(world: Any) -> None:
    write(world, PLAN + "\nWords.\n")
    rows = world.ok("parse", "--explain", "plan.md")["plans"][0]["lines"]
    told = {row["line"]: (row["what"], row["rule"]) for row in rows if row["what"] != "blank"}
    assert told[1][0] == told[3][0] == "group" and told[5] == ("task", "checkbox") and told[10][0] == "text"
    assert {row["line"]: row["belongs_to"] for row in rows}[10] == 8
    assert "    5  task   checkbox" in world.ft("parse", "--explain", "plan.md").out


BAD = "- [ ] T001 One (depends on T002)\n- [ ] T002 Two (depends on T001)\n- [ ] T001 Three, after T099\n"


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_check_names_the_mistakes(world: Any, form: str) -> None:
    write(world, BAD, "bad.md")
    done = world.ft("parse", "--check", "--format", form, "bad.md")
    assert done.code == 6 and not world.ok("list", "--all")["tasks"]
    if form == "text":
        assert done.out.splitlines()[-1].startswith("bad.md:3:1: error: the id T001 stands here once more")
        assert "bad.md:3:25: warning: depends on T099, which is not in this plan" in done.out
    elif form == "github":
        assert "::error file=bad.md,line=2,col=1,title=dependency-cycle::" in done.out
    elif form == "json":
        found = json.loads(done.out)["diagnostics"]
        assert [(one["line"], one["rule"]) for one in found] == [
            (2, "dependency-cycle"), (3, "unknown-dependency"), (3, "duplicate-id"),
        ]  # fmt: skip
    else:
        run = json.loads(done.out)["runs"][0]
        assert [one["level"] for one in run["results"]] == ["error", "warning", "error"]


def test_a_sound_plan_passes_the_check(world: Any) -> None:
    write(world, PLAN)
    done = world.ft("parse", "--check", "plan.md")
    assert (done.code, done.out) == (0, "")


def test_watch_parses_on_save(world: Any) -> None:
    path = write(world, PLAN)
    words = [sys.executable, "-m", "fedtasks", "parse", "--watch", "plan.md"]
    running = subprocess.Popen(words, cwd=world.project, env=world.env, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        assert running.stdout.readline() == "plan.md: 4 created\n"
        until = time.monotonic() + 30
        title = ""
        for number in range(300):
            title = f"- [ ] Another task {number}\n"
            path.write_text(PLAN + title)
            if any(name.startswith("Another") for name in tasks(world)) or time.monotonic() > until:
                break
        assert any(name.startswith("Another") for name in tasks(world))
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
    assert running.returncode == 130
