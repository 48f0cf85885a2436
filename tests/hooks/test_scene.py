"""Somebody edits a file under a task, somebody else commits to it: the first one is told, whoever's machine sees it."""

from __future__ import annotations

from tests.hooks.conftest import Person


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
