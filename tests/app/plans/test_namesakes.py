"""One store, several repositories: plans of one name are two plans, and neither costs the other a task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PLAN = "# Plan\n\n## Phase 1\n\n- [ ] {0} the house\n- [ ] {0} the shed\n- [ ] {0} the fence\n"


def repository(world: Any, name: str, text: str) -> Path:
    """A repository with a plan, whose store is the world's."""
    place = world.base / name
    place.mkdir()
    world.git("init", "--quiet", cwd=place)
    (place / "plan.md").write_text(text, encoding="utf-8")
    world.git("add", "plan.md", cwd=place)
    world.git("commit", "--quiet", "-m", f"start {name}", cwd=place)
    world.git("config", "fedtasks.store", str(world.root), cwd=place)
    return Path(place)


def test_plans_of_one_name_in_two_repositories(make_world: Any) -> None:
    world = make_world("dir")
    one, two = repository(world, "one", PLAN.format("Paint")), repository(world, "two", PLAN.format("Sell"))
    assert len(world.ok("parse", "plan.md", cwd=one)["actions"]) == 3
    before = world.ids()
    for words in (["plan.md"], ["plan.md", "--dry-run"]):
        error = world.fails(2, "parse", *words, cwd=two)
        assert "another repository's plan.md" in error["message"] and "--plan-id" in error["hint"]
    assert world.ids() == before
    assert len(world.ok("parse", "plan.md", "--plan-id", "selling", cwd=two)["actions"]) == 3
    for place in (one, two):
        words = ["plan.md", *(["--plan-id", "selling"] if place == two else [])]
        assert world.ok("parse", *words, cwd=place)["actions"] == []
    assert len(world.ids()) == 6
    world.assert_clean()


def test_a_plan_that_moved_to_another_repository_goes_on(make_world: Any) -> None:
    world = make_world("dir+git")
    one = repository(world, "one", PLAN.format("Paint"))
    world.ok("parse", "plan.md", cwd=one)
    clone = world.base / "clone"
    world.git("clone", "--quiet", str(one), str(clone), cwd=world.base)
    world.git("config", "fedtasks.store", str(world.root), cwd=clone)
    commits = world.subjects()
    assert world.ok("parse", "plan.md", cwd=clone)["actions"] == [] and world.subjects() == commits
    two = repository(world, "two", PLAN.format("Paint") + "- [ ] Paint the door\n")
    assert [action["action"] for action in world.ok("parse", "plan.md", cwd=two)["actions"]] == ["create"]
    assert len(world.ids()) == 4
    (two / "plan.md").write_text(PLAN.format("Sell"), encoding="utf-8")
    world.ok("parse", "plan.md", cwd=two)
    assert sorted(task["title"] for task in world.ok("list")["tasks"]) == [
        "Sell the fence", "Sell the house", "Sell the shed"
    ]  # fmt: skip
    world.assert_clean()


def test_in_a_repository_s_own_store_nobody_asks(make_world: Any) -> None:
    world = make_world("git")
    (world.project / "plan.md").write_text(PLAN.format("Paint"), encoding="utf-8")
    world.ok("parse", "plan.md")
    assert "repository" not in (world.root / "plans" / "plan.json").read_text(encoding="utf-8")
    (world.project / "plan.md").write_text(PLAN.format("Sell"), encoding="utf-8")
    assert len(world.ok("parse", "plan.md")["tasks"]) == 3 and len(world.ids()) == 3
