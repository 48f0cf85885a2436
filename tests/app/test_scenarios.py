"""People, agents and automation at work on several machines, through the command line alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.crowd import Crowd


def notices(world: Any, who: str) -> list[tuple[str, str]]:
    """What is new in a member's inbox: kind and author."""
    return [(notice["kind"], notice["by"]) for notice in world.ok("inbox", who=who)["notices"]]


def hire(world: Any, kind: str, *names: str) -> None:
    for name in names:
        world.ok("member", "add", name, "--kind", kind)


def test_a_person_gives_work_to_an_agent_and_reviews_it(make_team: Callable[..., Any]) -> None:
    team = make_team(2)
    ada, ben = team.all
    hire(ada, "agent", "baby")
    id = ada.ok("assign", "Rotate the keys", "baby", "--subtask", "Find them")["task"]["id"]
    ada.ok("edit", id, "--file", "keys.sh")
    ada.ok("review", "require", id)
    team.settle()

    assert ("assigned", "ada") in notices(ben, "baby")
    claim = ben.ok("claim", id, who="baby")["task"]["claim"]
    shown = {"FEDTASKS_TOKEN": claim["token"]}
    ben.git("switch", "-qc", "keys", cwd=ben.project)
    ben.ok("attempt", "start", id, who="baby")
    first = ben.commit("keys.sh")
    ben.git("push", "-q", "-u", "origin", "keys", cwd=ben.project)
    ben.ok("comment", id, "done but for the tests, @ada", who="baby", env=shown)
    ben.ok("review", "request", id, who="baby", env=shown)
    assert ben.fails(4, "done", id, who="baby", env=shown)["code"] == "needs_approval"
    ben.ok("sync")

    ada.ok("sync")
    assert {("mentioned", "baby"), ("review", "baby")} <= set(notices(ada, "ada"))
    assert [task["id"] for task in ada.ok("review", "list")["tasks"]] == [id]
    ada.git("fetch", "-q", "origin", "keys", cwd=ada.project)
    ada.ok("review", "changes", id, "--commit", first, "--reason", "and the tests")
    ada.ok("sync")

    ben.ok("sync")
    assert ("reviewed", "ada") in notices(ben, "baby")
    second = ben.commit("test_keys.sh")
    ben.git("push", "-q", cwd=ben.project)
    ben.ok("attempt", "finish", id, "--outcome", "success", who="baby", env=shown)
    ben.ok("review", "request", id, who="baby", env=shown)
    ben.ok("sync")
    ada.ok("review", "approve", id)
    done = ben.ok("done", id, who="baby", env=shown)["task"]
    assert (done["status"], done["assignee"], done["lead"]) == ("done", "baby", "ada")
    assert done["attempts"][0]["commits"] == [first, second] and done["review"]["commit"] == second
    team.settle()
    kinds = [entry["kind"] for entry in ada.ok("history", id)["history"]]
    assert kinds[-9:] == [
        "claimed", "attempt_started", "commented", "review_requested", "reviewed", "attempt_finished",
        "review_requested", "reviewed", "status",
    ]  # fmt: skip
    team.assert_alike()


def test_several_agents_share_out_what_is_to_do(make_team: Callable[..., Any]) -> None:
    """Three agents go for the same task at once: one gets it, the others take the next; and two try the hard one."""
    team = make_team(3)
    ada = team.clones["ada"]
    hire(ada, "agent", "bot-ada", "bot-ben", "bot-cleo")
    ids = [ada.add(f"bug {number}", "--priority", "high" if number == 0 else "medium") for number in range(3)]
    team.settle()
    crowd = Crowd(team.all)
    won: dict[str, list[str]] = {name: [] for name in team.clones}
    for id in ids:
        calls = [[["claim", id, "--json", "--as", f"bot-{name}"]] if not won[name] else [] for name in team.clones]
        for name, answers in zip(team.clones, crowd.run(calls), strict=True):
            won[name] += [id for answer in answers if answer.code == 0]
            assert all(answer.code in (0, 5) for answer in answers), answers
    crowd.close()
    assert sorted(id for mine in won.values() for id in mine) == sorted(ids)
    assert all(len(mine) == 1 for mine in won.values()), won
    team.settle()

    owner = ada.show(ids[0])["assignee"]
    helper = next(name for name in team.clones if f"bot-{name}" != owner)
    ada.ok("attempt", "start", ids[0], "--note", "with a cache", who=owner)
    team.clones[helper].ok("attempt", "start", ids[0], "--note", "without", who=f"bot-{helper}")
    team.clones[helper].ok("attempt", "finish", ids[0], "--outcome", "failed", who=f"bot-{helper}")
    ada.ok("attempt", "finish", ids[0], "--outcome", "success", who=owner)
    assert ada.ok("done", ids[0], who=owner)["task"]["status"] == "done"
    team.settle()
    task = team.clones[helper].show(ids[0])
    assert sorted(entry["outcome"] for entry in task["attempts"]) == ["failed", "success"]
    assert task["assignee"] == owner and task["status"] == "done"
    team.assert_alike()


def test_an_agent_hands_a_failed_try_to_another(make_team: Callable[..., Any]) -> None:
    team = make_team(2)
    ada, ben = team.all
    hire(ada, "agent", "baby", "bot")
    id = ada.add("Port it to the new API")
    team.settle()
    ada.ok("claim", id, who="baby")
    failed = ada.ok("attempt", "start", id, "--config", "model=small", who="baby")["attempt"]["id"]
    head = ada.commit("port.py")
    ada.git("push", "-q", "origin", "main", cwd=ada.project)
    ada.ok("attempt", "finish", id, "--outcome", "failed", "--reason", "too large for me", who="baby")
    said = ada.ft("handoff", id, "--to", "bot", "--reason", "too large", "--next", "the second half", who="baby")
    assert said.code == 0 and "pushed" not in said.err
    ada.ok("sync")

    ben.ok("sync")
    assert ("handoff", "baby") in notices(ben, "bot")
    (offer,) = ben.ok("handoffs", who="bot")["handoffs"]
    assert (offer["commit"], offer["next"], offer["from"]) == (head, "the second half", "baby")
    ben.ok("accept", id, who="bot")
    ben.git("pull", "-q", cwd=ben.project)
    ben.ok("attempt", "start", id, "--parent", failed, "--config", "model=large", who="bot")
    last = ben.commit("port2.py")
    ended = ben.ok("attempt", "finish", id, "--outcome", "success", who="bot")["attempt"]
    assert (ended["parent"], ended["before"], ended["commits"]) == (failed, head, [last])
    ben.ok("done", id, who="bot")
    team.settle()
    assert ada.fails(4, "reopen", id, who="baby")["code"] == "not_allowed"
    assert [line.split()[2] for line in ada.ft("attempt", "list", id).out.splitlines()] == ["baby", "bot"]
    assert ("handoff_answered", "bot") in notices(ada, "baby")
    team.assert_alike()


def test_a_scheduled_job_fails_and_opens_a_subtask(make_team: Callable[..., Any]) -> None:
    team = make_team(2)
    ada, ben = team.all
    hire(ada, "system", "nightly")
    hire(ada, "agent", "baby")
    team.settle()
    job = {"FEDTASKS_ACTOR": "nightly"}
    id = ben.ok("add", "Nightly import", "--lead", "ada", env=job)["task"]["id"]
    ben.ok("claim", id, env=job)
    first = ben.ok("attempt", "start", id, env=job)["attempt"]["id"]
    ben.ok("attempt", "finish", id, "--outcome", "failed", "--reason", "the disk is full", env=job)
    part = ben.ok("add", "Free the disk", "--parent", id, "--lead", "ada", env=job)["task"]["id"]
    ben.ok("block", id, "--by", part, "--reason", "the disk is full", env=job)
    ben.ok("sync")

    ada.ok("sync")
    assert ("blocked", "nightly") in notices(ada, "ada")
    ada.ok("assign", part, "baby", "--reason", "you know the disk")
    ada.ok("claim", part, who="baby")
    ada.ok("done", part, who="baby")
    ada.ok("sync")

    ben.ok("sync")
    assert ben.show(part)["status"] == "done" and ben.show(id)["blocked"]["by"] == part
    ben.ok("unblock", id, env=job)
    ben.ok("attempt", "start", id, "--parent", first, env=job)
    ben.ok("attempt", "finish", id, "--outcome", "success", env=job)
    assert ben.ok("done", id, env=job)["task"]["status"] == "done"
    team.settle()
    assert [entry["outcome"] for entry in ada.show(id)["attempts"]] == ["failed", "success"]
    team.assert_alike()
