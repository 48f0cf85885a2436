"""The archive: out of the lists, never out of reach; merges decide purely where a task stands."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.team import Team, events

OLD, NOW = {"FEDTASKS_NOW": "2025-03-01T10:00:00Z"}, {"FEDTASKS_NOW": "2026-01-27T16:00:00Z"}
PLAN = "---\nid: plan\n---\n# Plan\n\n## Phase one\n\n- [x] Dig a trench for pipes\n- [ ] Build\n"


def finished(world: Any, title: str = "an old one") -> str:
    """A task that was done in 2025."""
    id = world.add(title, env=OLD)
    world.ok("claim", id, env=OLD), world.ok("done", id, env=OLD)
    return str(id)


def place(world: Any, id: str) -> str:
    """Where the one file of a task stands."""
    found = [path.relative_to(world.root).as_posix() for path in world.root.rglob(f"{id}.json")]
    assert len(found) == 1, found
    return str(found[0]).removesuffix(f"/{id}.json")


def test_what_was_finished_long_ago_leaves_the_lists_and_comes_back(world: Any) -> None:
    id, other = finished(world), finished(world, "another")
    young, waits = world.add("open", env=OLD), world.add("waits", "--depends-on", id, env=NOW)
    dry = world.ok("archive", "--older", "90d", "--dry-run", env=NOW)
    assert sorted(task["id"] for task in dry["tasks"]) == sorted([id, other]) and dry["dry_run"]
    assert place(world, id) == "tasks"
    assert world.ok("archive", "--before", "1y", env=NOW)["tasks"] == []
    done = world.ok("archive", env=NOW)
    assert len(done["tasks"]) == 2 and not done["left"] and world.ok("archive", env=NOW)["tasks"] == []
    assert place(world, id) == place(world, other) == "archive/2025"
    assert sorted(world.ids("--all")) == sorted([young, waits])
    assert sorted(world.ids("--archived")) == sorted([id, other]) and world.ids("--archived", "--text", "another") == [
        other
    ]
    assert world.ok("board")["counts"] == {"pending": 2}
    assert {task["id"] for task in world.ok("ready")["tasks"]} == {young, waits}
    shown = world.ok("show", id[-5:])["task"]
    assert shown["archived"] == "2025" and shown["history"][-1]["kind"] == "archived"
    assert "archive/2025" in world.ft("show", id).out
    world.assert_clean()
    if world.recorded:
        assert world.subjects()[-1] == "archive 2 tasks"
    world.ok("tag", id, "late")
    assert place(world, id) == "archive/2025" and world.ids("--archived", "--tag", "late") == [id]
    assert world.ok("unarchive", id)["task"].get("archived") is None
    assert place(world, id) == "tasks" and world.fails(4, "unarchive", id)["task"] == id
    assert world.ok("reopen", other)["task"]["status"] == "in_progress" and place(world, other) == "tasks"
    assert sorted(world.ids("--all")) == sorted([id, other, young, waits]) and world.ids("--archived") == []
    world.assert_clean()


def test_what_may_not_be_archived_stays(dir_world: Any) -> None:
    world = dir_world
    id = finished(world)
    open = world.add("open")
    assert world.fails(4, "archive", open)["status"] == "pending"
    assert world.fails(4, "archive", id, open)["task"] == open and place(world, id) == "tasks"
    world.ok("member", "add", "baby", "--kind", "agent")
    assert world.ok("archive", env=NOW, who="baby") == {
        "schema": "fedtasks.archive/1", "tasks": [], "left": [id], "dry_run": False
    }  # fmt: skip
    assert world.fails(4, "archive", id, who="baby")["actor"] == "baby"
    assert world.fails(2, "archive", "--older", "soon")["code"] == "usage"
    assert world.fails(3, "archive", "nothing-here")["code"] == "not_found"
    assert world.ok("archive", id, id)["tasks"][0]["id"] == id and place(world, id) == "archive/2025"
    assert world.ok("archive", id)["tasks"][0]["id"] == id
    assert len([event for event in world.show(id)["history"] if event["kind"] == "archived"]) == 1


def test_a_plan_knows_its_archived_tasks(world: Any) -> None:
    plan = world.project / "plan.md"
    plan.write_text(PLAN, encoding="utf-8")
    dig, build = (row["id"] for row in world.ok("parse", "plan.md", env=OLD)["tasks"])
    world.ok("archive", dig)
    assert world.ok("parse", "plan.md")["actions"] == [] and place(world, dig).startswith("archive/")
    plan.write_text(PLAN.replace("for pipes", "for the pipes"), encoding="utf-8")
    again = world.ok("parse", "plan.md")
    assert [row["id"] for row in again["tasks"]] == [dig, build]
    assert world.show(dig)["title"] == "Dig a trench for the pipes" and place(world, dig).startswith("archive/")
    (world.root / "plans" / "plan.json").unlink()
    if world.recorded:
        world.git("commit", "-qam", "lose what the plan saw")
    assert [row["id"] for row in world.ok("parse", "plan.md")["tasks"]] == [dig, build]
    assert world.ids("--all") == [build] and world.ids("--archived") == [dig]


@pytest.fixture
def team(make_team: Any) -> Team:
    """Ada and Ben, who both know a task that was done in 2025: `team.id`."""
    made = make_team(2)
    made.id = finished(made.ada)
    made.settle()
    return made


def meet(team: Any, how: str) -> None:
    """Both changes come together: through sync, or as git's own merge does it."""
    team.ada.ok("sync")
    if how == "git":
        team.ben.git("-c", "pull.rebase=false", "pull", "--quiet", "--no-edit", "origin", "fedtasks")
        assert team.ben.git("status", "--porcelain") == ""
        found = team.ben.ft("check", "--fix", "--json")
        assert found.code == 0 and found.json["problems"] == [], found
    team.settle()
    team.assert_alike()


@pytest.mark.parametrize("how", ["sync", "git"])
def test_archived_here_and_changed_there_loses_nothing(team: Any, how: str) -> None:
    team.ada.ok("archive", team.id), team.ben.ok("tag", team.id, "late")
    meet(team, how)
    assert place(team.ada, team.id) == "archive/2025" and team.ada.show(team.id)["tags"] == ["late"]
    team.ada.ok("unarchive", team.id), team.ben.ok("tag", team.id, "later")
    meet(team, how)
    assert place(team.ben, team.id) == "tasks" and team.ben.show(team.id)["tags"] == ["late", "later"]
    team.ada.ok("archive", team.id), team.ben.ok("reopen", team.id, who="ada")
    meet(team, how)
    assert place(team.ada, team.id) == "tasks" and team.ada.show(team.id)["status"] == "in_progress"
    assert len(events(team.ada, team.id)) == 9


def test_archived_on_both_sides_is_archived_once(team: Any) -> None:
    team.ada.ok("archive", team.id, env=NOW), team.ben.ok("archive", team.id, env=NOW, who="ada")
    team.settle()
    assert place(team.ada, team.id) == "archive/2025"
    team.ben.ok("reopen", team.id, who="ada")
    news = team.ben.ok("sync"), team.ada.ok("sync")
    assert news[1]["changes"][0]["kind"] == "status" and place(team.ada, team.id) == "tasks"
    assert team.ada.ok("list")["tasks"][0]["id"] == team.id
    team.ada.ok("done", team.id), team.ada.ok("archive", team.id), team.ada.ok("sync")
    assert team.ben.fails(4, "claim", team.id)["code"] == "invalid_transition"
    team.settle()
    team.assert_alike()


def test_a_task_in_two_places_is_one_task_until_it_is_put_right(world: Any) -> None:
    id = finished(world)
    before = world.path(id).read_bytes()
    world.ok("archive", id)
    world.ok("tag", id, "late")
    world.path(id).write_bytes(before)
    assert len(world.show(id)["history"]) == 5 and world.ids("--all") == [id]
    twice = world.ft("list", "--all")
    assert "archive/2025" in twice.err and "check --fix" in twice.err
    found = world.ft("check", "--json")
    assert found.code == 6 and found.json["problems"][0]["severity"] == "error"
    fixed = world.ft("check", "--fix")
    assert fixed.code == 0 and "archive/2025" in fixed.err, fixed
    assert place(world, id) == "archive/2025" and len(world.show(id)["history"]) == 5
    world.assert_clean()
    archived = world.root / "archive" / "2025" / f"{id}.json"
    shutil.move(archived, Path(world.root) / "archive" / f"{id}.json.mine")
    assert world.fails(3, "show", id)["code"] == "not_found" and world.ids("--archived") == []
    shutil.move(Path(world.root) / "archive" / f"{id}.json.mine", world.path(id))
    assert world.ft("check").out.count("belongs to archive/2025") == 1
    world.ok("tag", id, "again")
    assert place(world, id) == "archive/2025"
    world.assert_clean()
