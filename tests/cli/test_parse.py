"""The main job: a plan becomes tasks, is parsed again, claimed, done and audited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "sample_plans"
PLANS = sorted(path.name for path in SAMPLES.glob("*.md"))


def test_done_when(world: Any) -> None:
    """init, parse, parse, board, claim, done, git log, show from a sub folder: each in a process of its own."""
    plan = str(SAMPLES / "implementation_plan.md")
    start = len(world.subjects()) if world.recorded else 0
    first = world.run("parse", plan)
    ids = world.ids()
    assert first.code == 0 and first.out == f"{plan}: {len(ids)} created\n" and len(ids) == 9, first
    assert len(list((world.root / "tasks").iterdir())) == len(ids)
    if world.recorded:
        assert len(world.subjects()) == start + 1
    before = {path: path.read_bytes() for path in sorted(world.root.glob("*/*.json"))}

    again = world.run("parse", plan)
    assert (again.code, again.out, again.err) == (0, f"{plan}: nothing to do\n", "")
    assert {path: path.read_bytes() for path in sorted(world.root.glob("*/*.json"))} == before
    if world.recorded:
        assert len(world.subjects()) == start + 1

    board = world.run("board")
    assert board.code == 0 and board.out.startswith(f"PENDING ({len(ids)})\n") and all(id in board.out for id in ids)

    id = ids[0]
    assert world.run("claim", id, "--as", "ana").code == 0
    assert world.run("done", id, "--as", "ana").code == 0
    assert "DONE (1)\n" in world.run("board").out
    if world.recorded:
        log = world.git("log", "--format=%an: %s", "--", f"tasks/{id}.json").splitlines()
        assert [line.partition(f" {id}")[0] for line in log[:2]] == ["ana: done", "ana: claim"]
        assert log[2:] == [f"Ada Lovelace: parse {created_from(world, id)}: 9 created"]
        assert world.git("log", "-1", "--format=%(trailers:key=Fedtasks-Actor,valueonly)") == "ana"
        if world.kind == "git":
            seen = world.git("log", "--oneline", "fedtasks", "--", f"tasks/{id}.json", cwd=world.project)
            assert len(seen.splitlines()) == 3

    folder = world.project / "sub" / "folder"
    folder.mkdir(parents=True)
    shown = world.run("show", id, "--json", cwd=folder)
    answer = json.loads(shown.out)
    assert shown.code == 0 and answer["schema"] == "fedtasks.show/1"
    assert [(entry["kind"], entry["by"]) for entry in answer["history"]] == [
        ("created", "ada-lovelace"),
        ("claimed", "ana"),
        ("status", "ana"),
    ]
    assert answer["task"]["status"] == "done" and answer["task"] == world.raw(id)
    world.assert_clean()


def created_from(world: Any, id: str) -> str:
    """The plan's path as the store keeps it."""
    plan = world.raw(id)["source"]["plan"]
    return str(json.loads((world.root / "plans" / f"{plan}.json").read_text(encoding="utf-8"))["path"])


@pytest.mark.parametrize("name", PLANS)
def test_each_sample_is_parsed_twice(world: Any, name: str) -> None:
    first = world.ok("parse", str(SAMPLES / name))
    assert first["schema"] == "fedtasks.parse/1" and first["dry_run"] is False and len(first["tasks"]) >= 5
    ids = [task["id"] for task in first["tasks"]]
    assert sorted(ids) == sorted(set(ids)) == sorted(world.ids("--all"))
    for task in first["tasks"]:
        kept = world.raw(task["id"])
        assert (kept["title"], kept["status"]) == (task["title"], task["status"])
    again = world.ok("parse", str(SAMPLES / name))
    assert again["actions"] == [] and [task["id"] for task in again["tasks"]] == ids
    world.assert_clean()


@pytest.mark.parametrize("name", PLANS)
def test_ids_are_the_same_everywhere(make_world: Any, name: str) -> None:
    """Two people who parse one plan apart derive the same ids, so their stores can be merged."""
    found = []
    for kind, person in (("git", "Ada Lovelace"), ("dir", "Ben Bitdiddle")):
        world = make_world(kind, name=f"{kind}-{person[:3]}", email=f"{person[:3].lower()}@example.org")
        (world.project / "plan.md").write_bytes((SAMPLES / name).read_bytes())
        found.append({task["id"]: task["title"] for task in world.ok("parse", "plan.md")["tasks"]})
    assert found[0] == found[1]


def test_a_dry_run_writes_nothing(world: Any) -> None:
    plan = str(SAMPLES / "task.md")
    before = {path: path.read_bytes() for path in world.root.rglob("*.json")}
    dry = world.ok("parse", "--dry-run", plan)
    text = world.ft("parse", "-n", plan)
    assert text.out.splitlines()[-1].endswith("(dry run)") and len(text.out.splitlines()) == len(dry["actions"]) + 1
    assert {path: path.read_bytes() for path in world.root.rglob("*.json")} == before and world.ids() == []
    wet = world.ok("parse", plan)
    assert dry["dry_run"] is True and wet["dry_run"] is False
    assert [task["id"] for task in wet["tasks"]] == [task["id"] for task in dry["tasks"]]


def test_an_edited_plan_changes_only_its_task(world: Any) -> None:
    plan = world.project / "plan.md"
    plan.write_text("# Plan\n\n- [ ] Write the parser\n- [ ] Test the parser\n", encoding="utf-8")
    one, two = (task["id"] for task in world.ok("parse", "plan.md")["tasks"])
    kept = world.path(one).read_bytes()
    plan.write_text("# Plan\n\n- [ ] Write the parser\n- [x] Test the parser\n- [ ] Ship it\n", encoding="utf-8")
    tasks = world.ok("parse", "plan.md")["tasks"]
    assert [task["id"] for task in tasks[:2]] == [one, two] and tasks[2]["title"] == "Ship it"
    assert world.path(one).read_bytes() == kept
    assert world.show(two)["status"] == "done" and world.show(tasks[2]["id"])["status"] == "pending"
    world.assert_clean()


def test_several_plans_and_patterns(world: Any) -> None:
    for name in PLANS:
        (world.project / name).write_bytes((SAMPLES / name).read_bytes())
    shown = world.ft("parse", "*.md")
    assert shown.code == 0 and [line.partition(":")[0] for line in shown.out.splitlines()] == PLANS
    before = world.ids("--all")
    assert all(line.endswith(": nothing to do") for line in world.ft("parse", *PLANS).out.splitlines())
    assert world.ids("--all") == before and world.fails(2, "parse", "*.md", "--plan-id", "x")["code"] == "usage"
    world.assert_clean()
