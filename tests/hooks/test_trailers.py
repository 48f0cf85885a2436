"""Commits and the tasks that their messages name: `Task:` is added, `Closes:` closes, `show` lists."""

from __future__ import annotations

from tests.hooks.conftest import Person
from tests.team import events


def message(person: Person) -> str:
    return person.git("log", "-1", "--format=%B").strip()


def test_the_task_in_hand_becomes_a_trailer_until_it_is_finished(alone: Person) -> None:
    alone.commit("a.txt", "Without a task")
    assert message(alone) == "Without a task"
    task = alone.task("Sign people in", "src/auth.py")
    alone.commit("a.txt", "Begin")
    assert message(alone) == f"Begin\n\nTask: {task}"
    alone.git("commit", "-q", "--amend", "--no-edit")
    assert message(alone) == f"Begin\n\nTask: {task}", "once"
    amended = alone.git("rev-parse", "HEAD")
    alone.commit("a.txt", "Another one\n\nWith a body.\n\nTask: task-00000\nSigned-off-by: Ada <ada@example.org>")
    assert message(alone).endswith("\n\nTask: task-00000\nSigned-off-by: Ada <ada@example.org>"), "a named one stays"
    other = alone.world.base / "linked"
    alone.git("worktree", "add", "-q", "-b", "side", str(other))
    alone.git("commit", "-q", "--allow-empty", "-m", "Elsewhere", cwd=other)
    assert alone.git("log", "-1", "--format=%B", "side").strip() == "Elsewhere", "in hand is per working tree"
    alone.git("checkout", "-q", "-b", "topic")
    alone.commit("b.txt", "On a branch")
    alone.git("checkout", "-q", "main")
    alone.git("merge", "-q", "--no-ff", "-m", "Merge it", "topic")
    assert message(alone) == "Merge it", "merges are nobody's work"
    shown = alone.world.ok("show", task)["commits"]
    assert [one["subject"] for one in shown] == ["On a branch", "Begin"]
    assert shown[1]["id"] == amended and shown[1]["author"] == "Ada Lovelace"
    assert f"commit     {amended[:10]} Begin (Ada Lovelace)" in alone.world.ft("show", task).out
    alone.world.ok("done", task)
    alone.commit("a.txt", "After")
    assert message(alone) == "After"
    alone.git("commit", "-q", "--allow-empty", "-m", "empty but for the subject")
    assert alone.world.show(task)["status"] == "done"


def test_an_empty_message_still_commits_nothing(alone: Person) -> None:
    task = alone.task("Sign people in", "src/auth.py")
    alone.write("a.txt")
    done = alone.world.git_result("commit", cwd=alone.project, env={"GIT_EDITOR": "true"})
    assert done.code == 1 and "but for the task in hand" in done.err
    write = """sh -c 'printf "Typed\\n\\n" | cat - "$1" >"$1.new" && mv "$1.new" "$1"' -"""
    alone.git("commit", "-q", "-v", env={"GIT_EDITOR": write})
    assert message(alone) == f"Typed\n\nTask: {task}"


def test_closes_closes_once_it_has_landed_whoever_sees_it(pair: tuple[Person, Person]) -> None:
    """In the name of the commit's author, with the commit; two machines make the one event."""
    ada, ben = pair
    mine = ada.task("Mine", "a.py")
    free = ada.world.add("Nobody's")
    bens = ben.world.add("Not to be closed by others", "--lead", "ben")
    ada.world.ok("sync")
    ben.world.ok("sync")
    ada.world.ok("sync")
    ada.git("checkout", "-q", "-b", "topic")
    commit = ada.commit("a.py", f"Do it\n\nCloses: {mine}, {free} task-zzzzz #12")
    ada.follow()
    assert ada.world.show(mine)["status"] == "in_progress", "it has not landed yet"
    ada.git("checkout", "-q", "main")
    ada.git("merge", "-q", "--ff-only", "topic")
    assert ada.follow()["closed"] in ([], [mine, free]), "it may be done already, behind git"
    for id in (mine, free):
        assert ada.world.show(id)["status"] == "done" and ada.world.show(id)["assignee"] == "ada"
        last = ada.world.raw(id)["history"][-1]
        assert (last["kind"], last["to"], last["by"], last["commit"]) == ("status", "done", "ada", commit)
    ada.git("push", "-q", "origin", "main")
    ben.git("-c", "core.hooksPath=/dev/null", "fetch", "-q")
    ben.git("pull", "-q")
    ben.follow()
    before = ada.world.raw(mine)["history"]
    for person in (ada, ben, ada):
        person.world.ok("sync")
    assert events(ben.world, mine) == [(event["kind"], event["by"]) for event in before]
    assert "void" not in str(ben.world.ok("history", mine))
    assert ben.world.show(bens)["status"] == "pending"
    assert f"with {commit[:10]}" in ada.world.ft("history", mine).out


def test_what_may_not_be_closed_stays_and_is_said(alone: Person) -> None:
    alone.world.ok("member", "add", "zoe", "--role", "viewer", "--email", "zoe@example.org")
    task = alone.task("Ada's", "a.py")
    alone.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "--author=Zoe <zoe@example.org>", "-m",
              f"Sneak\n\nFixes: {task}")  # fmt: skip
    said = alone.world.ft("hooks", "run")
    assert f"would close {task}, but" in said.err and alone.world.show(task)["status"] == "in_progress"
    told = {who: alone.world.ok("inbox", "--as", who)["notices"] for who in ("ada", "zoe")}
    assert [(one["kind"], one["task"]) for who in told for one in told[who]] == [("unclosed", task)] * 2, told
    assert "would close" not in alone.world.ft("hooks", "run").err, "once"


def test_done_can_be_asked_for_a_commit_that_has_landed(alone: Person) -> None:
    alone.world.configure("done_needs_commit: true\nmain_branch: main")
    task = alone.task("Sign people in", "src/auth.py")
    assert "no commit on the main branch names" in alone.world.fails(4, "done", task)["message"]
    alone.git("checkout", "-q", "-b", "topic")
    commit = alone.commit("src/auth.py", "Do it")
    assert "is not on the main branch" in alone.world.fails(4, "done", task, "--commit", "HEAD")["message"]
    assert alone.world.fails(3, "done", task, "--commit", "nowhere")["message"] == "there is no commit 'nowhere' here"
    alone.git("checkout", "-q", "main")
    alone.git("merge", "-q", "--ff-only", "topic")
    alone.world.ok("done", task)
    assert alone.world.raw(task)["history"][-1]["commit"] == commit
