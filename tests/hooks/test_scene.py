"""Somebody edits a file under a task, somebody else commits to it: the first one is told, whoever's machine sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.conftest import World
from tests.hooks.conftest import Person
from tests.team import Team


def test_a_pull_brings_the_notice_of_a_commit_to_a_file_that_one_is_editing(pair: tuple[Person, Person]) -> None:
    ada, ben = pair
    ada.commit("src/auth.py", "start auth")
    ada.git("push", "--quiet", "origin", "main")
    task = ada.task("Sign people in", "src/auth.py")
    ben.git("pull", "--quiet")
    commit = ben.commit("src/auth.py", "Hash the passwords")
    ben.commit("docs/other.md", "Nobody's file")
    ben.git("push", "--quiet", "origin", "main")
    assert ada.told() == []
    ada.git("pull", "--quiet")
    (notice,) = ada.inbox()
    assert (notice["kind"], notice["to"], notice["by"], notice["task"]) == ("commit", "ada", "ben", task)
    assert notice["title"] == "Sign people in" and notice["paths"] == ["src/auth.py"]
    assert notice["text"] == f"ben changed src/auth.py in {commit[:12]}: Hash the passwords"
    assert notice["next"] == [f"git show {commit[:12]}", f"fedtasks show {task}"]
    assert notice["commits"][0]["files"] == [{"path": "src/auth.py", "action": "M", "added": 1, "removed": 0}]
    ada.world.ok("sync")
    ben.world.ok("sync")
    assert ben.told("ada") == ada.told() == [[commit]] and ben.told() == []
    for person in pair:
        person.world.assert_clean()


def test_two_machines_that_pull_different_ranges_name_a_commit_once(make_team: Callable[..., Team]) -> None:
    """Ben sees the first commit, Cleo both, before they sync; Ada, whose file it is, hears of each once."""
    team = make_team(3)
    ada, ben, cleo = people = [Person(world, name) for name, world in team.clones.items()]
    task = ada.task("Sign people in", "src/auth.py")
    ada.world.ok("sync")
    for person in (ben, cleo):
        person.world.ok("sync"), person.world.ok("hooks", "install")
    ids = []
    for number in range(2):
        writer = World(team.base / f"writer{number}", "git", "Dan", "dan@example.org")
        writer.git("clone", "--quiet", str(team.remote), str(writer.project), cwd=writer.base)
        (writer.project / "src").mkdir(exist_ok=True)
        (writer.project / "src/auth.py").write_text(f"{number}\n")
        writer.git("add", ".", cwd=writer.project)
        writer.git("commit", "--quiet", "-m", f"step {number}", cwd=writer.project)
        writer.git("push", "--quiet", "origin", "main", cwd=writer.project)
        ids.append(writer.git("rev-parse", "HEAD", cwd=writer.project))
        person = (ben, cleo)[number]
        person.git("fetch", "--quiet", "origin", "main"), person.git("merge", "--quiet", "--ff-only", "FETCH_HEAD")
        assert person.follow()["notices"]
    assert sorted(map(len, ben.told("ada") + cleo.told("ada"))) == [1, 2]
    team.settle()
    for person in people:
        named = [commit["id"] for notice in files_of(person, "ada") for commit in notice["commits"]]
        assert sorted(named) == sorted(ids) and task
    team.assert_alike()


def files_of(person: Person, member: str) -> list[Any]:
    """A member's notices of commits as they stand in one clone."""
    found = map(json.loads, (path.read_text() for path in (person.world.root / "inbox" / member).glob("*.json")))
    return [notice for notice in found if notice["kind"] == "commit"]


def test_a_push_sends_the_tasks_and_the_notices_along(pair: tuple[Person, Person]) -> None:
    ada, ben = pair
    ada.task("Sign people in", "src/auth.py")
    ben.world.ok("sync")
    commits = [ben.commit("src/auth.py", f"step {number}") for number in range(3)]
    said = ben.world.git_result("push", "origin", "main", cwd=ben.project)
    assert said.code == 0
    ada.world.git("-c", "core.hooksPath=/dev/null", "fetch", "--quiet", cwd=ada.project)
    ada.world.ok("sync")
    assert ada.told() == [commits], "one notice a push, and it came with the tasks"
    ada.git("pull", "--quiet")
    assert ada.told() == [commits]
