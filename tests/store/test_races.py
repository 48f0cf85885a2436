"""Several real processes at once: nothing is lost, and a claim has one winner."""

from __future__ import annotations

import json
from typing import Any

import pytest

ROUNDS = 20


def test_eight_processes_create_two_hundred_tasks(world: Any, workers: Any) -> None:
    if world.kind == "dir+git":
        world.env["FEDTASKS_FSYNC"] = "off"
    crowd = workers(world)
    before = len(world.subjects()) if world.recorded else 0
    answers = crowd.run([[["add", f"task {number}.{count}"] for count in range(25)] for number in range(8)])
    assert [answer for all in answers for answer in all if answer[0] != 0] == []
    said = [out.split()[0] for all in answers for _, out, _ in all]
    assert len(set(said)) == 200
    files = sorted(path.stem for path in (world.root / "tasks").iterdir())
    assert files == sorted(said) == sorted(world.ids())
    titles = sorted(task["title"] for task in world.ok("list")["tasks"])
    assert titles == sorted(f"task {number}.{count}" for number in range(8) for count in range(25))
    world.assert_clean()
    if world.recorded:
        assert len(world.subjects()) == before + 200
        names = world.git("log", "--format=", "--name-only", "--diff-filter=A", "--", "tasks").splitlines()
        assert sorted(names) == [f"tasks/{id}.json" for id in files]
        assert world.git("fsck", "--strict") == ""


@pytest.mark.parametrize("kind", ["git", "dir"])
def test_a_claim_has_one_winner(make_world: Any, workers: Any, kind: str) -> None:
    world = make_world(kind)
    crowd = workers(world)
    winners = []
    for number in range(ROUNDS):
        id = world.add(f"round {number}")
        answers = [answer for (answer,) in crowd.run([[["claim", id, "--json"]]] * 8)]
        codes = [code for code, _, _ in answers]
        assert sorted(codes) == [0, *[5] * 7], answers
        winner = f"worker{codes.index(0)}"
        winners.append(winner)
        since = world.raw(id)["claim"]["since"]
        for code, out, err in answers:
            if code == 5:
                error = json.loads(out)["error"]
                assert (error["holder"], error["since"]) == (winner, since) and err == ""
        task = world.raw(id)
        assert (task["assignee"], task["status"], len(task["history"])) == (winner, "in_progress", 2)
        if world.recorded:
            log = world.git("log", "--format=%an", "--", f"tasks/{id}.json").splitlines()
            assert log == [winner, "Ada Lovelace"]
    world.assert_clean()


def test_no_update_of_one_task_is_lost(world: Any, workers: Any) -> None:
    id = world.add()
    crowd = workers(world)
    answers = crowd.run([[["tag", id, f"tag-{number}-{count}"] for count in range(5)] for number in range(8)])
    assert {code for all in answers for code, _, _ in all} == {0}
    task = world.raw(id)
    assert task["tags"] == sorted(f"tag-{number}-{count}" for number in range(8) for count in range(5))
    assert [event["seq"] for event in task["history"]] == list(range(1, 42))
    world.assert_clean()


def test_readers_never_see_half_a_file_and_never_wait(world: Any, workers: Any) -> None:
    ids = [world.add(f"task {number}") for number in range(4)]
    crowd = workers(world, 6)
    writing = [
        [["edit", id, "--description", f"{letter * 3000}", "--as", "ada-lovelace"] for letter in "abcdefgh"]
        for id in ids
    ]
    reading = [[["list", "--json"], ["show", ids[0], "--json"], ["board", "--json"]] * 8 for _ in range(2)]
    answers = crowd.run([*writing, *reading])
    assert [answer for all in answers for answer in all if answer[0] != 0 or answer[2]] == []
    for all in answers[4:]:
        for _, out, _ in all:
            answer = json.loads(out)
            for task in answer.get("tasks", [answer.get("task")]):
                text = task.get("description", "")
                assert len(set(text)) <= 1 and len(text) in (0, 3000)
            assert len(answer.get("tasks", ids)) == 4
    world.assert_clean()


def test_opposite_dependencies_cannot_make_a_circle(world: Any, workers: Any) -> None:
    crowd = workers(world, 2)
    for _ in range(5):
        first, second = world.add("a"), world.add("b")
        answers = crowd.run([[["depend", first, second]], [["depend", second, first]]])
        assert sorted(code for ((code, _, _),) in answers) == [0, 4]
    world.assert_clean()


def test_a_member_is_added_once(world: Any, workers: Any) -> None:
    crowd = workers(world, 4)
    command = ["member", "add", "baby", "--as", "ada-lovelace", "--json"]
    answers = [answer for (answer,) in crowd.run([[[*command, "--skill", f"s{number}"]] for number in range(4)])]
    assert sorted(code for code, _, _ in answers) == [0, 1, 1, 1], answers
    told = next(json.loads(out)["member"] for code, out, _ in answers if code == 0)
    assert world.ok("member", "show", "baby")["member"] == told
    world.assert_clean()
