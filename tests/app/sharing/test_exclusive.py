"""Claims through a remote that none of us runs: one winner, a recorded owner, and refusals that say who."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.crowd import Crowd
from tests.team import events, files

ROUNDS = int(os.environ.get("CLAIM_ROUNDS", "6"))


@pytest.fixture
def eight(make_team: Any) -> Iterator[Any]:
    """Eight clones with a process each: `team.crowd`."""
    team = make_team(8)
    team.settle()
    team.crowd = Crowd(team.all)
    yield team
    team.crowd.close()


def test_eight_clones_claim_one_task(eight: Any) -> None:
    names = list(eight.clones)
    for number in range(ROUNDS):
        id = eight.all[number % 8].add(f"round {number}")
        eight.settle()
        answers = [answer for (answer,) in eight.crowd.run([[["claim", id, "--json"]]] * 8)]
        assert sorted(answer.code for answer in answers) == [0, *[5] * 7], answers
        winner = names[[answer.code for answer in answers].index(0)]
        since = answers[names.index(winner)].json["task"]["claim"]["since"]
        for answer in answers:
            if answer.code == 5:
                error = answer.json["error"]
                assert (error["holder"], error["since"]) == (winner, since)
        assert {clone.raw(id)["assignee"] for clone in eight.all} == {winner}
        assert events(eight.all[0], id)[1:] == [("claimed", winner)]
    eight.settle()
    eight.assert_alike()


def test_eight_clones_claim_eight_tasks(eight: Any) -> None:
    ids = [eight.all[0].add(f"task {number}") for number in range(8)]
    eight.settle()
    answers = [answer for (answer,) in eight.crowd.run([[["claim", id, "--json"]] for id in ids])]
    assert [answer.code for answer in answers] == [0] * 8, answers
    eight.settle()
    assert [eight.all[0].raw(id)["assignee"] for id in ids] == list(eight.clones)
    eight.assert_alike()


def test_local_work_and_claims_at_once(eight: Any) -> None:
    ids = [eight.all[0].add(f"task {number}") for number in range(4)]
    eight.settle()
    commands = [
        [
            ["claim", ids[number % 4], "--json"],
            ["tag", ids[(number + 1) % 4], f"t{number}", "--json"],
            ["sync", "--json"],
        ]
        for number in range(8)
    ]
    answers = eight.crowd.run(commands)
    assert sorted(all[0].code for all in answers) == [0] * 4 + [5] * 4, answers
    assert {all[1].code for all in answers} == {0} and {all[2].code for all in answers} <= {0, 7}
    eight.settle()
    tags = {tag for id in ids for tag in eight.all[0].raw(id)["tags"]}
    assert tags == {f"t{number}" for number in range(8)}
    eight.assert_alike()


def test_processes_of_one_clone_take_turns(team: Any) -> None:
    """Linked worktrees of the code share one store; their claims do not overtake one another."""
    places = []
    for number in range(4):
        place = team.ada.base / f"tree{number}"
        team.ada.git("worktree", "add", "--quiet", "-b", f"work{number}", str(place), cwd=team.ada.project)
        places.append(place)
    ids = [team.ada.add(f"task {number}") for number in range(4)]
    running = [team.ada.popen("claim", id, cwd=place) for id, place in zip(ids, places, strict=True)]
    running += [team.ada.popen("claim", team.id, who=f"agent{place.name}", cwd=place) for place in places]
    codes = [process.wait(60) for process in running]
    for process in running:
        process.communicate()
    assert codes[:4] == [0] * 4 and sorted(codes[4:]) == [0, 5, 5, 5]
    team.settle()
    team.assert_alike()


# --- one after the other -------------------------------------------------------------------------------------------


def test_the_loser_is_told_who_and_then_knows(team: Any) -> None:
    team.ada.ok("claim", team.id)
    error = team.ben.fails(5, "claim", team.id)
    assert error["holder"] == "ada" and error["since"] == team.ada.raw(team.id)["claim"]["since"]
    assert team.ben.raw(team.id)["assignee"] == "ada"
    assert team.ben.ok("ready")["tasks"] == []


def test_a_claim_again_is_yours_already(team: Any) -> None:
    team.ada.ok("claim", team.id)
    assert "yours already" in team.ada.fails(5, "claim", team.id)["message"]


def test_a_start_of_an_unowned_task_is_a_claim(team: Any) -> None:
    team.ada.ok("start", team.id)
    assert team.ben.fails(5, "start", team.id)["holder"] == "ada"
    other = team.ada.add("other")
    team.settle()
    team.away()
    team.ada.fails(7, "start", other)
    team.ada.ok("block", team.id, "--reason", "x"), team.ada.ok("start", team.id)


def test_what_is_not_pushed_yet_travels_with_a_claim(team: Any) -> None:
    mine, tag = team.ada.add("mine"), team.ada.ok("tag", team.id, "a")["task"]["tags"]
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync")
    team.ada.ok("claim", mine)
    assert team.ada.raw(team.id)["tags"] == [*tag, "b"]
    assert team.ada.ok("sync")["pushed"] == 0
    team.ben.ok("sync")
    assert team.ben.raw(mine)["assignee"] == "ada" and team.ben.raw(team.id)["tags"] == ["a", "b"]
    team.assert_alike()


def test_a_task_that_only_the_remote_has_can_be_claimed(team: Any) -> None:
    new = team.ben.add("new")
    team.ben.ok("sync")
    assert team.ada.ok("claim", new[-6:])["task"]["assignee"] == "ada"
    assert team.ada.fails(3, "claim", "zzzzzz")["given"] == "zzzzzz"


def test_dependencies_are_judged_on_the_remotes_state(team: Any) -> None:
    after = team.ada.add("after", "--depends-on", team.id)
    team.settle()
    assert team.ada.fails(4, "claim", after)["waits_for"][0]["id"] == team.id
    team.ben.ok("claim", team.id), team.ben.ok("done", team.id), team.ben.ok("sync")
    team.ada.ok("claim", after)


def test_a_released_task_can_be_claimed_elsewhere(team: Any) -> None:
    team.ada.ok("claim", team.id), team.ada.ok("release", team.id)
    team.ben.fails(5, "claim", team.id)
    team.ada.ok("sync")
    team.ben.ok("claim", team.id)
    team.settle()
    assert team.ada.raw(team.id)["assignee"] == "ben"
    team.assert_alike()


def test_others_who_always_push_first_end_with_the_store_unchanged(team: Any) -> None:
    """Whenever Ada pushes, somebody else has just pushed."""
    team.ada.configure("sync: {retries: 2}")
    team.settle()
    team.hook(
        "pre-receive",
        'test -n "$BUSY" && exit 0\n'
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
        "next=$(git -c user.name=x -c user.email=x@x commit-tree -p fedtasks -m busy 'fedtasks^{tree}')\n"
        "git update-ref refs/heads/fedtasks $next\n",
    )
    before, head = files(team.ada.root), team.ada.git("rev-parse", "HEAD")
    error = team.ada.fails(7, "claim", team.id)
    assert "3 times in a row" in error["message"]
    assert (files(team.ada.root), team.ada.git("rev-parse", "HEAD")) == (before, head)


# --- offline -------------------------------------------------------------------------------------------------------


def test_an_offline_claim_is_confirmed_by_the_next_sync(team: Any) -> None:
    team.away()
    done = team.ada.ft("claim", team.id, "--offline")
    assert done.code == 0 and "tentatively" in done.out
    assert team.ada.raw(team.id)["claim"]["confirmed"] is False
    team.back()
    done = team.ada.ok("sync")
    assert done["confirmed"] == [team.id] and done["withdrawn"] == []
    assert team.ada.raw(team.id)["claim"]["confirmed"] is True
    assert team.ben.fails(5, "claim", team.id)["holder"] == "ada"
    team.settle()
    team.assert_alike()


def test_an_offline_claim_that_came_too_late_is_withdrawn(team: Any) -> None:
    team.ada.ok("claim", team.id, "--offline", env={"FEDTASKS_NOW": "2020-01-01T00:00:00Z"})
    team.ada.ok("block", team.id, "--reason", "x", env={"FEDTASKS_NOW": "2020-01-01T00:00:00Z"})
    team.ben.ok("claim", team.id)
    done = team.ada.ft("sync", "--json")
    (lost,) = done.json["withdrawn"]
    assert (lost["task"], lost["by"], lost["holder"]) == (team.id, "ada", "ben") and done.json["confirmed"] == []
    assert lost["since"] == team.ben.raw(team.id)["claim"]["since"]
    team.settle()
    assert team.ada.raw(team.id)["status"] == "in_progress" and team.ada.raw(team.id)["assignee"] == "ben"
    (told,) = team.ada.ok("inbox")["notices"]
    assert told["kind"] == "withdrawn" and told["urgent"] and "ben has it since" in told["text"]
    team.assert_alike()


def test_a_claim_that_is_found_withdrawn_on_the_way_is_told(team: Any) -> None:
    """Not by a sync, but by the next claim that looks at the remote."""
    other = team.ben.add("another")
    team.ada.ok("claim", team.id, "--offline")
    team.ben.ok("claim", team.id)
    team.ben.ok("sync")
    team.ada.ok("claim", other)
    assert [told["kind"] for told in team.ada.ok("inbox")["notices"]] == ["withdrawn"]
    team.settle()
    team.assert_alike()


def test_of_two_offline_claims_the_first_sync_wins(team: Any) -> None:
    team.ada.ok("claim", team.id, "--offline", env={"FEDTASKS_NOW": "2020-01-01T00:00:00Z"})
    team.ben.ok("claim", team.id, "--offline", env={"FEDTASKS_NOW": "2030-01-01T00:00:00Z"})
    assert team.ben.ok("sync")["confirmed"] == [team.id]
    done = team.ada.ft("sync")
    assert f"{team.id}: the claim of ada is withdrawn; ben has it" in done.out
    team.settle()
    assert {clone.raw(team.id)["assignee"] for clone in team.all} == {"ben"}
    team.assert_alike()


def test_without_a_remote_an_offline_claim_is_a_claim(git_world: Any) -> None:
    id = git_world.add()
    assert git_world.ok("claim", id, "--offline")["task"]["claim"]["confirmed"] is True


def test_an_offline_claim_that_git_pushed_is_respected_and_confirmed(team: Any) -> None:
    team.ada.ok("claim", team.id, "--offline")
    team.ada.git("push", "--quiet", "origin", "fedtasks")
    assert team.ben.fails(5, "claim", team.id)["holder"] == "ada"
    assert team.ada.ok("sync")["confirmed"] == [team.id]
    team.settle()
    team.assert_alike()
