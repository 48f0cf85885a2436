"""The verbs that say what a task is, on every kind of store."""

from __future__ import annotations

from typing import Any

import pytest

FULL = (
    "--description", "Line one\nline two", "--priority", "high", "--lead", "taichi", "--due", "2026-12-24",
    "--estimate", "2d", "--file", "src/auth.py", "--file", "src/auth/**", "--tag", "security", "--tag", "urgent",
)  # fmt: skip


def test_add_keeps_all_that_is_said(world: Any) -> None:
    first = world.add("first")
    task = world.ok("add", "Add the login flow", *FULL, "--depends-on", first, "--parent", first)["task"]
    assert task["title"] == "Add the login flow" and task["description"] == "Line one\nline two"
    assert (task["status"], task["priority"], task["lead"], task["assignee"]) == ("pending", "high", "taichi", None)
    assert (task["due"], task["estimate"], task["parent"]) == ("2026-12-24", "2d", first)
    assert task["files"] == [{"path": "src/auth.py", "action": None}, {"path": "src/auth/**", "action": None}]
    assert (task["tags"], task["depends_on"]) == (["security", "urgent"], [first])
    assert task["created_at"] == task["updated_at"] == task["history"][0]["at"]
    assert world.raw(task["id"]) == task
    world.assert_clean()


def test_who_adds_leads_and_the_priority_is_medium(world: Any) -> None:
    task = world.ok("add", "x", who="baby")["task"]
    assert (task["lead"], task["priority"]) == ("baby", "medium")


def test_edit_changes_single_fields(world: Any) -> None:
    id = world.add("first", *FULL)
    task = world.ok("edit", id, "--title", "Second", "--file", "docs/a.md", "--no-file", "src/auth.py")["task"]
    assert task["title"] == "Second"
    assert [file["path"] for file in task["files"]] == ["docs/a.md", "src/auth/**"]
    event = task["history"][-1]
    assert event["kind"] == "edited" and event["set"] == {"title": "Second"}
    assert event["add"] == {"files": [{"action": None, "path": "docs/a.md"}]}
    assert event["remove"] == {"files": ["src/auth.py"]}
    task = world.ok("edit", id, "-d", "new", "-p", "low", "--due", "2027-01-01", "--estimate", "1h")["task"]
    assert [task[name] for name in ("description", "priority", "due", "estimate")] == ["new", "low", "2027-01-01", "1h"]
    world.assert_clean()


def test_what_changes_nothing_writes_nothing(world: Any) -> None:
    id = world.add("first", *FULL)
    before = world.path(id).read_bytes()
    commits = world.subjects() if world.recorded else []
    assert "nothing to change" in world.ft("edit", id, "--title", "first", "--tag", "urgent").out
    assert "nothing to change" in world.ft("tag", id, "urgent").out
    assert "nothing to change" in world.ft("lead", id, "taichi").out
    assert world.path(id).read_bytes() == before
    assert (world.subjects() if world.recorded else []) == commits


def test_tag_and_lead(world: Any) -> None:
    id = world.add()
    assert world.ok("tag", id, "b", "a")["task"]["tags"] == ["a", "b"]
    assert world.ok("tag", id, "c", "--no", "a")["task"]["tags"] == ["b", "c"]
    assert "tags" not in world.ok("tag", id, "--no", "b", "--no", "c")["task"]
    assert world.ok("lead", id, "taichi")["task"]["lead"] == "taichi"
    assert world.fails(2, "tag", id)["code"] == "usage"
    assert world.fails(2, "lead", id, "a/b")["code"] == "usage"
    world.assert_clean()


def test_depend_and_no_longer(world: Any) -> None:
    first, second, third = world.add("a"), world.add("b"), world.add("c")
    assert world.ok("depend", third, first, "--on", second)["task"]["depends_on"] == sorted([first, second])
    assert world.ok("depend", third, "--no", first)["task"]["depends_on"] == [second]
    assert first in world.ok("depend", third, first)["task"]["depends_on"]
    assert world.fails(3, "depend", second, "--no", first)["code"] == "not_found"
    assert world.fails(3, "depend", second, "zzzzz")["code"] == "not_found"
    assert world.fails(2, "depend", second)["code"] == "usage"
    world.assert_clean()


def test_a_circle_is_refused_and_shown(world: Any) -> None:
    first, second, third = world.add("a"), world.add("b"), world.add("c")
    world.ok("depend", second, first), world.ok("depend", third, second)
    before = world.path(first).read_bytes()
    error = world.fails(4, "depend", first, third)
    assert error["code"] == "dependency_cycle"
    assert error["cycle"] == [first, third, second, first]
    assert " -> ".join(error["cycle"]) in error["message"]
    assert world.fails(4, "depend", first, first)["cycle"] == [first, first]
    assert world.path(first).read_bytes() == before


def test_a_circle_of_parents_is_refused(world: Any) -> None:
    first, second = world.add("a"), world.add("b")
    world.ok("edit", second, "--parent", first)
    assert world.fails(4, "edit", first, "--parent", second)["code"] == "dependency_cycle"
    assert world.fails(4, "edit", first, "--parent", first)["code"] == "dependency_cycle"


@pytest.mark.parametrize("title", ["", "   ", "\n\t", "\x1c\x1d"])
def test_an_empty_title_is_refused(dir_world: Any, title: str) -> None:
    assert "title is empty" in dir_world.fails(2, "add", title)["message"]
    id = dir_world.add()
    assert "title is empty" in dir_world.fails(2, "edit", id, "--title", title)["message"]


@pytest.mark.parametrize(
    "words",
    [
        ("--priority", "urgent"), ("--due", "tomorrow"), ("--due", "2026-02-30"), ("--lead", "a b"), ("--lead", "a@b"),
        ("--tag", "two words"), ("--tag", "a,b"), ("--tag", ""), ("--file", ""), ("--nonsense", "x"),
    ],
)  # fmt: skip
def test_impossible_values_write_nothing(dir_world: Any, words: tuple[str, ...]) -> None:
    done = dir_world.ft("add", "x", *words, "--json")
    assert done.code in (2, 6) and done.json["error"]["message"], done
    assert dir_world.ids() == []


def test_any_part_of_an_id_will_do(world: Any) -> None:
    id = world.add()
    tail = id.removeprefix("task-")
    for given in (id, id.upper(), tail, tail[:5], tail[-5:], id[: len("task-") + 4]):
        assert world.ok("show", given)["task"]["id"] == id, given
    assert world.ok("claim", tail[:5])["task"]["id"] == id


def test_an_ambiguous_id_lists_the_candidates(world: Any) -> None:
    ids = sorted(world.add(f"t{number}") for number in range(12))
    error = world.fails(3, "show", "task-")
    assert error["code"] == "ambiguous_id" and error["candidates"] == ids and error["given"] == "task-"
    assert "fits 12 tasks" in error["message"] and error["message"].endswith("...")
    assert world.fails(3, "claim", "task")["code"] == "ambiguous_id"


@pytest.mark.parametrize(
    "given", ["", "zzzzz", "../../etc/passwd", "..", "task-/../x", "a\nb", "x" * 300, "tasks/", "%"]
)
def test_an_unknown_id_is_not_found(dir_world: Any, given: str) -> None:
    dir_world.add()
    for verb in ("show", "claim", "history", "done"):
        assert dir_world.fails(3, verb, given)["code"] in ("not_found", "ambiguous_id")


def test_the_history_tells_old_and_new(world: Any) -> None:
    id = world.add("first")
    world.ok("edit", id, "--title", "second", "--priority", "high")
    world.ok("tag", id, "b", "a")
    world.ok("claim", id, who="baby")
    world.ok("block", id, "--reason", "no access", who="baby")
    answer = world.ok("history", id)
    assert answer["schema"] == "fedtasks.history/1"
    entries = answer["history"]
    assert [entry["kind"] for entry in entries] == ["created", "edited", "edited", "claimed", "status"]
    assert entries[1]["changes"] == {
        "title": {"from": "first", "to": "second"},
        "priority": {"from": "medium", "to": "high"},
    }
    assert entries[2]["changes"] == {"tags": {"from": [], "to": ["a", "b"]}}
    assert entries[3]["changes"]["assignee"] == {"from": None, "to": "baby"}
    assert (entries[4]["by"], entries[4]["note"]) == ("baby", "no access")
    assert all(set(entry) >= {"id", "at", "by", "kind", "changes"} for entry in entries)
    text = world.ft("history", id).out
    assert "title first → second" in text and "tags +a +b" in text and "(no access)" in text
    assert world.ok("show", id)["history"] == entries


def test_members(world: Any) -> None:
    added = world.ok("member", "add", "baby", "--email", "baby@example.org", "--kind", "agent", "--skill", "python")
    assert added["schema"] == "fedtasks.member.add/1"
    assert added["member"] == {
        "schema": 1, "name": "baby", "kind": "agent", "role": "developer", "emails": ["baby@example.org"],
        "skills": ["python"],
    }  # fmt: skip
    assert [member["name"] for member in world.ok("member", "list")["members"]] == ["ada-lovelace", "baby"]
    assert world.ok("member", "list")["members"][0]["role"] == "owner"
    assert world.ok("member", "show", "baby")["member"] == added["member"]
    assert "baby" in world.ft("member", "list").out and "agent" in world.ft("member", "show", "baby").out
    assert world.fails(3, "member", "show", "nobody")["code"] == "not_found"
    assert "already" in world.fails(1, "member", "add", "baby")["message"]
    assert world.fails(4, "member", "add", "carl", who="baby")["code"] == "not_allowed"
    assert world.fails(2, "member", "add", "a/b")["code"] == "usage"
    world.assert_clean()


def test_the_actor_is_found_in_order(world: Any) -> None:
    world.ok("member", "add", "mailed", "--email", "MAILED@example.org")
    id = world.add()

    titles = iter("abcdefgh")

    def actor(*words: str, **env: str) -> str:
        return world.ok("edit", id, "--title", next(titles), *words, env=env)["task"]["history"][-1]["by"]

    mail = {"GIT_AUTHOR_EMAIL": "mailed@EXAMPLE.org"}
    assert actor() == "ada-lovelace"
    assert actor(**mail) == "mailed"
    world.git("config", "fedtasks.actor", "configured", cwd=world.project)
    assert actor(**mail) == "configured"
    assert actor(FEDTASKS_ACTOR="variable", **mail) == "variable"
    assert actor("--as", "option", FEDTASKS_ACTOR="variable") == "option"
    world.assert_clean()


def test_a_closed_door_keeps_strangers_out(world: Any) -> None:
    config = world.root / "fedtasks.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("members: open", "members: closed"), encoding="utf-8")
    error = world.fails(4, "add", "x", who="stranger")
    assert error["actor"] == "stranger" and "member add" in error["hint"]
    world.add("x")
    assert len(world.ids()) == 1


# --- values that cannot be meant -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--tag", ""), 2),
        (("--tag", "a b"), 2),
        (("--tag", "a,b"), 2),
        (("--tag", "a\nb"), 2),
        (("--skill", " "), 2),
        (("--helper", ""), 2),
        (("--file", ""), 2),
        (("--file", "."), 2),
        (("--lead", ""), 2),
        (("--parent", ""), 3),
        (("--due", "tomorrow"), 2),
        (("--due", "2026-02-30"), 2),
        (("--due", "20261224"), 2),
        (("--due", ""), 2),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_in_words(git_world: Any, words: tuple[str, str], code: int) -> None:
    """Not by the schema of the file that would have been written: nobody knows that file yet."""
    error = git_world.fails(code, "add", "x", *words)
    assert "history" not in error["message"] and "match" not in error["message"], error
    assert git_world.ids("--all") == []


def test_an_empty_name_frees_no_task(git_world: Any) -> None:
    """`assign ID "$WHO"` with an empty variable."""
    id = git_world.add()
    git_world.ok("assign", id, "ben")
    git_world.fails(2, "assign", id, "")
    git_world.fails(2, "lead", id, "")
    assert git_world.show(id)["assignee"] == "ben" and git_world.show(id)["lead"] == "ada-lovelace"


def test_a_name_that_nobody_bears_is_said(git_world: Any) -> None:
    id = git_world.add()
    for words in (("lead", id, "bne"), ("edit", id, "--helper", "bne"), ("add", "y", "--lead", "bne")):
        assert "bne is no member" in git_world.ft(*words).err
    assert git_world.ft("lead", id, "ada-lovelace").err == ""


def test_a_circle_of_parts_is_told_as_one(git_world: Any) -> None:
    id = git_world.add()
    part = git_world.add("part", "--parent", id)
    alone = git_world.fails(4, "edit", id, "--parent", id)
    assert alone["message"] == f"{id} cannot be a part of itself"
    assert "edit ID --clear parent" in git_world.fails(4, "edit", id, "--parent", part)["hint"]
    assert git_world.fails(4, "depend", id, id)["message"] == f"{id} cannot wait for itself"


def test_what_a_task_is_already(git_world: Any) -> None:
    id = git_world.add()
    git_world.ok("start", id)
    assert git_world.fails(4, "start", id)["message"] == f"{id} is in_progress already"


def test_an_absolute_path_is_told_by_its_place_in_the_repository(git_world: Any) -> None:
    """As editors and agents name files; kept as it is, it would match no commit."""
    inside = git_world.project / "src"
    inside.mkdir(exist_ok=True)
    id = git_world.add("x", "--file", str(inside / "auth.py"), "--file", f"{inside}/", "--file", "/docs/*.md")
    paths = {file["path"] for file in git_world.show(id)["files"]}
    assert paths == {"src/auth.py", "src/", "/docs/*.md"}
    git_world.ok("edit", id, "--file", str(inside / "auth.py"), "--file", str(inside / "b.py"))
    assert {file["path"] for file in git_world.show(id)["files"]} == paths | {"src/b.py"}
