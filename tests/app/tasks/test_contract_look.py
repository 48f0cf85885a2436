"""The verbs that look, on every kind of store: filters, orders, board, ready, check, doctor."""

from __future__ import annotations

import json
from typing import Any

import pytest

PUBLIC = {
    "schema", "id", "title", "status", "priority", "lead", "assignee", "depends_on", "files", "created_at",
    "updated_at", "metadata",
}  # fmt: skip


@pytest.fixture
def team(world: Any) -> Any:
    """Six tasks of a team."""
    times = (f"2026-01-27T16:00:0{number}Z" for number in range(9))

    def add(title: str, *words: str, who: str = "taichi") -> str:
        return world.add(title, *words, who=who, env={"FEDTASKS_NOW": next(times)})

    world.keys = add("Rotate the keys", "-p", "critical", "--tag", "security", "--due", "2026-12-24")
    world.login = add("Add the login flow", "-p", "high", "--tag", "security", "--tag", "web", "--due", "2026-11-01")
    world.docs = add("write the Docs", "-p", "low", "--description", "about the Größe", who="baby")
    world.deploy = add("Deploy 100%_done", "--depends-on", world.keys, "--depends-on", world.login)
    world.old = add("An old idea")
    world.ship = add("Ship it", "--lead", "ben")
    now = {"FEDTASKS_NOW": "2026-01-28T00:00:00Z"}
    world.ok("claim", world.docs, who="baby", env=now)
    world.ok("cancel", world.old, who="taichi", env=now)
    world.ok("claim", world.ship, who="ben", env=now)
    world.ok("done", world.ship, who="ben", env=now)
    world.ok("assign", world.login, "baby", who="taichi", env={"FEDTASKS_NOW": "2026-01-29T00:00:00Z"})
    return world


def test_list_shows_the_open_tasks(team: Any) -> None:
    answer = team.ok("list")
    assert list(answer) == ["schema", "tasks"] and answer["schema"] == "fedtasks.list/1"
    assert [task["id"] for task in answer["tasks"]] == [team.keys, team.login, team.docs, team.deploy]
    for task in answer["tasks"]:
        assert set(task) >= PUBLIC and "history" not in task
        raw = team.raw(task["id"])
        assert task == {name: value for name, value in raw.items() if name != "history"}


def test_filters(team: Any) -> None:
    def found(*words: str) -> set[str]:
        return set(team.ids(*words))

    assert found("--all") == {team.keys, team.login, team.docs, team.deploy, team.old, team.ship}
    assert found("--status", "done") == {team.ship}
    assert found("-s", "done", "-s", "cancelled") == {team.ship, team.old}
    assert found("--assignee", "baby") == found("--owner", "baby") == {team.docs, team.login}
    assert found("--lead", "baby") == {team.docs}
    assert found("--lead", "ben", "--all") == {team.ship}
    assert found("--tag", "security") == {team.keys, team.login}
    assert found("--tag", "web", "--tag", "nothing") == {team.login}
    assert found("--priority", "critical", "-p", "low") == {team.keys, team.docs}
    assert found("--text", "KEYS") == {team.keys}
    assert found("--text", "GRÖSSE") == {team.docs} == found("--text", "größe")
    assert found("--text", team.docs) == {team.docs}
    assert found("--text", "100%_") == {team.deploy}
    assert found("--priority", "high", "--assignee", "baby") == {team.login}
    assert found("--priority", "high", "--assignee", "ben") == set()
    assert found("--plan", "no-such-plan") == found("--group", "no such group") == set()
    assert {task["id"] for task in team.ok("list", "--mine", who="baby")["tasks"]} == {team.docs, team.login}
    team.ok("edit", team.keys, "--helper", "ben", "--helper", "baby")
    team.ok("review", "require", team.login, "--reviewer", "ben", who="taichi")
    assert found("--helper", "ben") == found("--helper", "ben", "--helper", "cleo") == {team.keys}
    assert found("--reviewer", "ben") == {team.login} and found("--reviewer", "baby") == set()
    assert found("--helper", "ben", "--reviewer", "ben") == set()
    for role, id in (("--helper", team.keys), ("--reviewer", team.login)):
        assert [task["id"] for task in team.ok("list", role, "me", who="ben")["tasks"]] == [id]
    assert {task["id"] for task in team.ok("board", "--assignee", "me", who="baby")["tasks"]} == {team.docs, team.login}
    team.ok("edit", team.keys, "--no-helper", "ben")
    assert found("--helper", "ben") == set() and found("--helper", "baby") == {team.keys}
    assert team.ft("list", "--text", "no such text").out == "no tasks\n"
    assert team.fails(2, "list", "--status", "finished")["code"] == "usage"


def test_a_text_is_not_sought_in_the_names_of_fields(team: Any) -> None:
    assert team.ids("--text", "created_at") == team.ids("--text", "metadata") == []


def test_a_text_with_quotes_is_found(world: Any) -> None:
    id = world.add('the "quoted" \\ word', "--description", "one\ntwo")
    assert world.ids("--text", '"quoted"') == world.ids("--text", "\\ word") == world.ids("--text", "one\ntwo") == [id]


def test_orders(team: Any) -> None:
    def order(name: str, *words: str) -> list[str]:
        return team.ids("--all", "--sort", name, *words)

    assert order("created") == [team.keys, team.login, team.docs, team.deploy, team.old, team.ship]
    assert order("priority")[:2] == [team.keys, team.login] and order("priority")[-1] == team.docs
    assert order("due")[:2] == [team.login, team.keys]
    assert order("updated")[0] == team.login and order("updated")[-1] in (team.keys, team.deploy)
    assert order("title") == [team.login, team.old, team.deploy, team.keys, team.ship, team.docs]
    assert order("id") == sorted(order("plan"))
    assert order("assignee")[:3] == [team.login, team.docs, team.ship]
    assert len(order("status")) == 6
    assert order("created", "--limit", "2") == [team.keys, team.login]
    assert team.fails(2, "list", "--sort", "colour")["code"] == "usage"
    assert team.fails(2, "list", "--limit", "0")["code"] == "usage"


def test_list_as_text(team: Any) -> None:
    lines = team.ft("list", "--sort", "created").out.splitlines()
    assert lines[0].split() == ["ID", "STATUS", "PRIORITY", "LEAD", "ASSIGNEE", "TITLE"]
    assert lines[1].split(maxsplit=5) == [team.keys, "pending", "critical", "taichi", "-", "Rotate the keys"]
    assert len(lines) == 5
    assert "\x1b" not in "".join(lines)


def test_ready_and_why(team: Any) -> None:
    answer = team.ok("ready")
    assert answer["schema"] == "fedtasks.ready/1" and list(answer) == ["schema", "tasks"]
    assert [task["id"] for task in answer["tasks"]] == [team.keys]
    why = team.ok("ready", "--why")
    waiting = {entry["id"]: entry for entry in why["waiting"]}
    assert set(waiting) == {team.deploy, team.login}
    assert {reason["id"]: reason["status"] for reason in waiting[team.deploy]["waits_for"]} == {
        team.keys: "pending",
        team.login: "pending",
    }
    assert waiting[team.login]["waits_for"] == [] and waiting[team.login]["assignee"] == "baby"
    text = team.ft("ready", "--why").out
    assert f"{team.keys} (pending: Rotate the keys)" in text and "baby, to whom it is assigned" in text
    team.ok("cancel", team.keys, who="taichi")
    assert team.ft("ready").out == "nothing is ready\n"


def test_ready_follows_the_dependencies(team: Any) -> None:
    for id, who in ((team.keys, "taichi"), (team.login, "baby")):
        team.ok("start", id, who=who), team.ok("done", id, who=who)
    assert [task["id"] for task in team.ok("ready")["tasks"]] == [team.deploy]


def test_board(team: Any) -> None:
    answer = team.ok("board")
    assert answer["schema"] == "fedtasks.board/1"
    assert {task["id"] for task in answer["tasks"]} == set(team.ids("--all"))
    assert answer["counts"] == {"pending": 3, "in_progress": 1, "done": 1, "cancelled": 1}
    text = team.ft("board").out
    heads = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert heads == ["PENDING (3)", "IN_PROGRESS (1)", "DONE (1)", "CANCELLED (1)"]
    assert f"  {team.docs}  [low]  lead baby, baby  write the Docs" in text.splitlines()
    assert "… 2 more" in team.ft("board", "--most", "1").out
    assert {task["id"] for task in team.ok("board", "--lead", "baby")["tasks"]} == {team.docs}


def test_an_empty_store(world: Any) -> None:
    assert world.ft("list").out == world.ft("board").out == "no tasks\n"
    assert world.ft("ready").out == "nothing is ready\n"
    for verb in ("list", "ready", "board"):
        assert world.ok(verb)["tasks"] == []
    world.assert_clean()


def test_check_counts_the_files(team: Any) -> None:
    answer = team.ok("check")
    assert answer == {"schema": "fedtasks.check/1", "files": 10, "repaired": [], "problems": []}
    assert team.ft("check").out == "10 files checked, no problems\n"


def test_check_finds_what_does_not_exist_and_circles(world: Any) -> None:
    first, second = world.add("a"), world.add("b")
    world.rewrite(first, depends_on=[second])
    world.rewrite(second, depends_on=[first])
    done = world.ft("check", "--json")
    circle = [problem for problem in done.json["problems"] if "circle" in problem["message"]]
    assert len(circle) == 1 and circle[0]["severity"] == "error"
    assert all(id in circle[0]["message"] for id in (first, second))
    assert done.code == 6
    world.rewrite(second, depends_on=["task-zzzzz"])
    done = world.ft("check", "--json")
    assert done.code == 0
    missing = [problem for problem in done.json["problems"] if "does not exist" in problem["message"]]
    assert missing[0]["path"] == f"tasks/{second}.json" and missing[0]["severity"] == "warning"


def test_doctor_finds_all_well(world: Any) -> None:
    done = world.ft("doctor", "--json")
    assert done.code == 0, done
    findings = {finding["name"]: finding for finding in done.json["findings"]}
    assert {finding["state"] for finding in findings.values()} == {"ok"}
    assert set(findings) >= {"git", "identity", "store", "settings", "lock", "file system"}
    assert ("merge driver" in findings) == world.recorded
    assert str(world.root.resolve()) in findings["store"]["detail"]


def test_doctor_says_what_is_wrong(git_world: Any) -> None:
    git_world.git("config", "merge.fedtasks.driver", "/nonexistent/python -m fedtasks merge-driver %O %A %B %P")
    done = git_world.ft("doctor", "--json")
    wrong = [finding for finding in done.json["findings"] if finding["state"] == "fail"]
    assert [finding["name"] for finding in wrong] == ["merge driver"] and "fedtasks init" in wrong[0]["hint"]
    assert done.code == 1
    git_world.git("checkout", "--quiet", "--detach")
    done = git_world.ft("doctor")
    assert done.code == 1 and "no branch checked out" in done.out


def test_doctor_without_a_store(empty_world: Any) -> None:
    done = empty_world.ft("doctor", "--json")
    assert done.code == 1
    assert [(finding["name"], finding["state"]) for finding in done.json["findings"]][-1] == ("store", "fail")


def test_the_json_of_a_list_is_one_object(world: Any) -> None:
    world.add('"quoted" \\ and ✓')
    text = world.ft("list", "--json").out
    assert json.loads(text)["tasks"][0]["title"] == '"quoted" \\ and ✓' and text.endswith("}\n")
