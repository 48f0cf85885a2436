"""What tasks belong to and have to do with, through the command line."""

from __future__ import annotations

from typing import Any

from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.events import Event
from fedtasks.domain.fold import fold
from fedtasks.domain.ids import derived_task_id, derived_ulid


def test_a_team_is_assigned_and_one_of_it_claims(git_world: Any) -> None:
    for name in ("ben", "cleo", "dora"):
        git_world.ok("member", "add", name)
    git_world.ok("team", "add", "backend", "ben")
    git_world.ok("team", "add", "everybody", "backend", "dora")
    team = git_world.ok("team", "join", "backend", "cleo")["member"]
    assert (team["members"], team["kind"]) == (["ben", "cleo"], "team")
    assert [one["people"] for one in git_world.ok("team", "list")["teams"]] == [
        ["ben", "cleo"],
        ["ben", "cleo", "dora"],
    ]
    id = git_world.add("one")
    told = git_world.ft("assign", id, "backend")
    assert told.out == f"{id} is the team backend's: one\n" and told.err == ""
    assert (git_world.show(id)["assignee"], git_world.show(id)["team"]) == (None, "backend")
    assert "team       backend" in git_world.ft("show", id).out
    assert "an admin" in git_world.fails(4, "claim", id, who="dora")["reason"]
    git_world.ok("claim", id, who="cleo")
    git_world.fails(5, "claim", id, who="ben")
    git_world.ok("assign", id, "backend")
    assert git_world.show(id)["status"] == "pending"
    git_world.ok("claim", id, who="cleo")
    git_world.ok("release", id, who="cleo")
    git_world.fails(4, "claim", id, who="dora")
    git_world.ok("assign", id, "dora")
    assert (git_world.show(id)["assignee"], git_world.show(id)["team"]) == ("dora", "backend")
    git_world.ok("assign", id, "--nobody")
    assert "team" not in git_world.show(id)
    git_world.ok("team", "leave", "backend", "ben", "cleo")
    assert "backend    -" in git_world.ft("team", "list").out
    git_world.fails(2, "team", "join", "backend", "stranger")
    git_world.fails(2, "team", "join", "ben", "cleo")
    git_world.fails(3, "team", "join", "nobody", "ben")
    git_world.fails(4, "team", "join", "backend", "ben", who="ben")
    git_world.assert_clean()


def test_relations_hold_on_both_sides(git_world: Any) -> None:
    one = git_world.add("one", "--skill", "rust", "--due", "2026-12-24", "--estimate", "2d")
    two = git_world.add("two", "--related", one, "--skill", "data science", "--skill", "rust")
    assert (git_world.show(one)["related"], git_world.show(two)["related"]) == ([two], [one])
    assert git_world.show(two)["skills"] == ["data science", "rust"]
    told = git_world.ft("show", two).out
    assert "needs      data science, rust" in told and f"related    {one}" in told
    git_world.ok("edit", one, "--no-related", two[-6:], "--no-skill", "rust", "--clear", "due", "--clear", "estimate")
    for id in (one, two):
        assert "related" not in git_world.show(id)
    assert not {"skills", "due", "estimate"} & set(git_world.show(one))
    git_world.ok("edit", one, "--related", two)
    assert git_world.show(two)["related"] == [one]
    git_world.fails(2, "edit", one, "--related", one)
    git_world.fails(2, "edit", one, "--skill", "")
    git_world.fails(3, "edit", one, "--related", "task-nothere")
    git_world.fails(3, "edit", one, "--no-related", "task-nothere")
    git_world.assert_clean()


def test_parts_roll_up(world: Any) -> None:
    top = world.add("release")
    api, docs = (world.add(title, "--parent", top) for title in ("api", "docs"))
    login, logout, dropped = (world.add(title, "--parent", api) for title in ("login", "logout", "dropped"))
    world.ok("claim", login)
    world.ok("track", "add", login, "90m")
    world.ok("done", login)
    world.ok("cancel", dropped)
    found = world.ok("show", top)
    assert [one["id"] for one in found["subtasks"]] == [api, login, logout, dropped, docs]
    assert found["progress"] == {"done": 1, "parts": 3, "tracked": 5400}
    assert set(world.ids("--all", "--parent", top[-6:])) == {api, docs}
    world.fails(3, "list", "--parent", "task-nothere")
    told = world.ft("show", top).out
    assert "\nparts: 1 of 3 done, 1h 30m tracked\n" in told
    assert f"\n    {login}  done  ada-lovelace  login\n" in told and f"\n  {docs}  pending  -  docs\n" in told
    assert "subtasks" not in world.ok("show", docs) and "parts:" not in world.ft("show", docs).out
    board = world.ok("board")
    assert board["progress"] == {top: {"done": 1, "parts": 3}, api: {"done": 1, "parts": 2}}
    assert f"{top}  [medium]  lead ada-lovelace, unassigned  release  (1 of 3 done)" in world.ft("board").out
    world.ok("edit", docs, "--clear", "parent")
    assert world.ok("show", top)["progress"]["parts"] == 2
    world.rewrite(docs, parent=api)
    assert world.ok("show", top)["progress"]["parts"] == 3
    assert world.fails(4, "edit", top, "--parent", login)["code"] == "dependency_cycle"


def test_the_board_says_what_is_late(git_world: Any) -> None:
    def on(day: str) -> dict[str, str | None]:
        return {"FEDTASKS_NOW": f"2026-11-{day}T09:00:00Z"}

    late, stuck, fine = (git_world.add(*words, env=on("18")) for words in (
        ("late", "--due", "2026-11-20"), ("stuck",), ("fine", "--due", "2026-11-21")
    ))  # fmt: skip
    for id in (stuck, fine):
        git_world.ok("claim", id, env=on("18"))
    git_world.ok("block", stuck, "--reason", "no access", env=on("19"))
    git_world.ok("assign", late, "ben")
    git_world.ok("lead", fine, "cleo")
    git_world.ok("block", fine, "--by", late, env=on("20"))
    told = {who: git_world.ok("inbox", who=who)["notices"] for who in ("ben", "cleo")}
    assert ("blocking", late) in [(one["kind"], one["task"]) for one in told["ben"]]
    assert ("blocked", fine) in [(one["kind"], one["task"]) for one in told["cleo"]]
    board = git_world.ok("board", env=on("21"))
    assert (board["overdue"], board["blocked_too_long"], board["progress"]) == ([late], [stuck], {})
    told = git_world.ft("board", env=on("21")).out
    assert "stuck  (blocked too long: 2 d)" in told and "late  (overdue since 2026-11-20)" in told
    assert "due        2026-11-20 (overdue)" in git_world.ft("show", late, env=on("21")).out
    git_world.configure("blocked_too_long: 4h")
    assert git_world.ok("board", env=on("21"))["blocked_too_long"] == sorted([stuck, fine])
    git_world.ok("unblock", fine)
    git_world.ok("done", fine)
    assert git_world.ok("board")["overdue"] == [late]


def test_work_is_found_for_members_and_members_for_work(git_world: Any) -> None:
    git_world.ok("member", "add", "ben", "--skill", "Rust", "--skill", "sql")
    git_world.ok("member", "add", "baby", "--kind", "agent", "--role", "agent", "--skill", "rust")
    git_world.ok("team", "add", "backend", "ben")
    words = ({"sql": ("--skill", "sql"), "rust": ("--skill", "rust"), "any": ()}).items()
    sql, rust, any_one = (git_world.add(title, *more) for title, more in words)
    teams, hers, waits = git_world.add("teams"), git_world.add("hers"), git_world.add("waits", "--depends-on", sql)
    git_world.ok("assign", teams, "backend")
    git_world.ok("assign", hers, "baby")

    def ready(who: str, *more: str) -> set[str]:
        return {task["id"] for task in git_world.ok("ready", *more, who=who)["tasks"]}

    assert ready("ben", "--for", "me") == {sql, rust, any_one, teams}
    assert ready("ben", "--for", "baby") == ready("baby", "--for", "me") == {rust, any_one, hers}
    git_world.ok("team", "add", "all", "backend")
    assert ready("ben", "--for", "all") == ready("ben", "--for", "backend") == {sql, rust, any_one, teams}
    assert ready("ben") == {sql, rust, any_one, teams} and ready("ben", "--team", "backend") == {teams}
    assert waits not in ready("ben", "--for", "me")
    git_world.fails(3, "ready", "--for", "stranger")
    assert git_world.ok("next", who="baby")["task"]["id"] == hers
    assert git_world.ok("next", "--claim", who="dora")["task"]["id"] == any_one

    git_world.ok("claim", rust, who="ben")
    found = git_world.ok("suggest", sql)["suggestions"]
    assert [(one["member"], one["lacks"], one["active"]) for one in found] == [
        ("ben", [], 1), ("ada-lovelace", ["sql"], 0), ("baby", ["sql"], 0),
    ]  # fmt: skip
    assert [one["member"] for one in git_world.ok("suggest", teams)["suggestions"]] == ["ben"]

    git_world.ok("member", "edit", "ben", "--away", "2999-12-24", "--fallback", "baby", who="ben")
    assert git_world.ok("fallbacks", "ben")["fallbacks"] == {"ben": ["baby"]}
    told = git_world.ft("assign", sql, "ben")
    assert "ben is away until 2999-12-24; who takes over: baby" in told.err
    assert "until 2999-12-24" in git_world.ft("suggest", sql).out
    assert git_world.ok("suggest", sql)["suggestions"][0]["member"] == "baby"
    git_world.fails(3, "fallbacks", "stranger")
    assert set(git_world.ok("fallbacks")["fallbacks"]) == {"ada-lovelace", "ben", "baby"}


def test_a_team_watches_and_reviews(git_world: Any) -> None:
    git_world.ok("member", "add", "ben")
    git_world.ok("member", "add", "cleo")
    git_world.ok("team", "add", "backend", "ben")
    id = git_world.add("one")
    git_world.ok("follow", id, "--who", "backend")
    git_world.ok("claim", id)
    assert [one["kind"] for one in git_world.ok("inbox", who="ben")["notices"]] == ["watched"]
    git_world.ok("review", "require", id, "--reviewer", "backend")
    git_world.ok("review", "request", id)
    assert git_world.fails(4, "done", id)["code"] == "needs_approval"
    assert [task["id"] for task in git_world.ok("list", "--reviewer", "me", who="ben")["tasks"]] == [id], "as a team's"
    assert "its reviewers are ben" in git_world.fails(4, "review", "approve", id, who="cleo")["message"]
    git_world.ok("review", "approve", id, who="ben")
    git_world.ok("done", id)


def test_in_a_large_store_show_says_when_it_may_not_know_all_parts(dir_world: Any) -> None:
    world = dir_world
    top = world.add("Release")
    world.add("The manual", "--parent", top)
    for number in range(2_000):
        id = derived_task_id("task", "large", str(number))
        event = Event(derived_ulid(number, "large"), 1, "2026-11-01T08:00:00Z", "ada", "created", {"title": "T"})
        (world.root / "tasks" / f"{id}.json").write_bytes(dump_bytes(task_to_json(fold(id, (event,)))))

    def shown() -> tuple[int, str | None, bool]:
        answer, text = world.ok("show", top), world.ft("show", top).out
        return len(answer.get("subtasks", ())), answer.get("subtasks_as_of"), "fedtasks list" in text

    world.ok("list")
    assert shown() == (1, None, False)
    world.add("The API", "--parent", top)
    count, since, said = shown()
    assert (count, bool(since), said) == (1, True, True)
    world.ok("list")
    assert shown() == (2, None, False)
