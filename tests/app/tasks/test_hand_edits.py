"""Files that people and other programs wrote: hand edits, unknown fields, newer formats, broken files."""

from __future__ import annotations

import json
import os
import socket
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

NEW_EVENT = {"id": "01KJ0000000000000000000000", "seq": 2, "at": "2026-01-27T16:00:00Z", "by": "baby"}


def commits(world: Any) -> list[str]:
    return world.subjects() if world.recorded else []


# --- hand edits that are valid -----------------------------------------------------------------------------------


def test_a_hand_edit_is_seen_at_once_and_recorded_with_the_next_change(world: Any) -> None:
    id = world.add("first", "--tag", "old")
    world.rewrite(id, title="second", priority="high", tags=["new"], metadata={"ticket": 7})
    assert world.show(id)["title"] == "second"
    row = world.ok("list", "--priority", "high")["tasks"][0]
    assert (row["title"], row["tags"], row["metadata"]) == ("second", ["new"], {"ticket": 7})
    found = world.ft("check", "--json")
    assert found.code == 0
    assert any("edited by hand" in problem["message"] for problem in found.json["problems"])
    assert all(problem["severity"] == "warning" for problem in found.json["problems"])
    claimed = world.ok("claim", id)["task"]
    assert [event["kind"] for event in claimed["history"]] == ["created", "edited", "claimed"]
    edited = claimed["history"][1]
    assert edited["by"] == "hand-edit"
    assert edited["set"] == {"title": "second", "priority": "high", "metadata": {"ticket": 7}}
    assert (edited["add"], edited["remove"]) == ({"tags": ["new"]}, {"tags": ["old"]})
    assert world.raw(id) == claimed
    world.assert_clean()


def test_a_status_by_hand_obeys_the_table(world: Any) -> None:
    first, second = world.add("a"), world.add("b")
    world.rewrite(first, status="in_progress", assignee="baby")
    assert world.show(first)["status"] == "in_progress"
    world.rewrite(second, status="done")
    assert world.show(second)["status"] == "pending"
    problems = world.ft("check", "--json").json["problems"]
    assert any("refused: pending cannot become done" in problem["message"] for problem in problems)
    world.ok("tag", first, "x"), world.ok("tag", second, "x")
    assert world.raw(first)["status"] == "in_progress" and world.raw(second)["status"] == "pending"
    assert "[void: pending cannot become done]" in world.ft("history", second).out
    world.assert_clean()


def test_the_same_hand_edit_makes_the_same_event_everywhere(make_world: Any) -> None:
    one, two = make_world("dir", name="one"), make_world("dir", name="two")
    id = one.add("first")
    two.path(id).write_bytes(one.path(id).read_bytes())
    for world in (one, two):
        world.rewrite(id, title="second")
        world.ok("tag", id, "x")
    assert one.raw(id)["history"][1] == two.raw(id)["history"][1]


def test_unknown_fields_and_kinds_survive(world: Any) -> None:
    id = world.add("first")
    strange = {**NEW_EVENT, "kind": "voted", "vote": {"for": [1, 2]}, "reason": {"not": "a text"}}

    def change(raw: dict[str, Any]) -> None:
        raw["history"].append(strange)
        raw["history"][0]["later_field"] = [1]

    world.rewrite(id, change, x_field={"deep": [1, {"a": None}]}, a_field="ü")
    world.ok("tag", id, "x"), world.ok("claim", id)
    raw = world.raw(id)
    assert (raw["x_field"], raw["a_field"]) == ({"deep": [1, {"a": None}]}, "ü")
    assert raw["history"][1] == strange and raw["history"][0]["later_field"] == [1]
    assert raw["unfolded"] == ["voted"]
    for verb in ("show", "history"):
        assert "voted" in world.ft(verb, id).out
    world.assert_clean()


def test_a_file_in_another_form_is_accepted_and_made_canonical(world: Any) -> None:
    id = world.add("größer", "--tag", "b", "--tag", "a")
    canonical = world.path(id).read_bytes()
    raw = dict(reversed(world.raw(id).items()))
    world.path(id).write_bytes(b"\xef\xbb\xbf" + json.dumps(raw, indent=8).replace("\n", "\r\n").encode())
    assert world.ok("list")["tasks"][0]["title"] == "größer"
    world.ok("tag", id, "c"), world.ok("tag", id, "--no", "c")
    text = world.path(id).read_bytes()
    assert b"\r" not in text and text.startswith(b'{\n  "schema": 1,\n  "id": ') and text.endswith(b"}\n")
    assert list(json.loads(text))[:8] == list(json.loads(canonical))[:8]
    world.assert_clean()


# --- newer formats -----------------------------------------------------------------------------------------------


def test_a_newer_task_is_read_and_never_written(world: Any) -> None:
    id, other = world.add("from the future"), world.add("of today")
    data = world.rewrite(id, schema=2, shape="new")
    assert world.show(id)["title"] == "from the future"
    assert {task["id"] for task in world.ok("list")["tasks"]} == {id, other}
    for words in (("claim", id), ("edit", id, "--title", "x"), ("tag", id, "x"), ("depend", id, other)):
        error = world.fails(6, *words)
        assert (error["code"], error["found"], error["known"]) == ("newer_format", 2, 1)
        assert "upgrade fedtasks" in error["hint"] and error["path"] == f"tasks/{id}.json"
        assert world.path(id).read_bytes() == data
    assert world.ok("claim", other)["task"]["status"] == "in_progress"
    found = world.ft("check", "--json")
    assert found.code == 0 and any("format 2" in problem["message"] for problem in found.json["problems"])


def test_a_newer_task_that_makes_no_sense_is_named(world: Any) -> None:
    id, other = world.add("a"), world.add("b")
    world.path(id).write_text('{"schema": 3, "events": []}', encoding="utf-8")
    done = world.ft("list", "--json")
    assert done.code == 0 and [task["id"] for task in done.json["tasks"]] == [other]
    assert f"tasks/{id}.json" in done.err and "format 3" in done.err
    assert world.fails(6, "claim", id)["code"] == "newer_format"


def test_a_newer_store_is_read_and_never_written(world: Any) -> None:
    id = world.add()
    config = world.root / "fedtasks.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("format: 1", "format: 2\nnews: yes"), encoding="utf-8")
    before = commits(world)
    assert world.show(id)["id"] == id and world.ids() == [id]
    for words in (("claim", id), ("add", "x"), ("member", "add", "baby")):
        error = world.fails(6, *words)
        assert error["code"] == "newer_format" and error["path"] == "fedtasks.yaml"
    assert world.ids() == [id] and commits(world) == before


# --- files that are not valid --------------------------------------------------------------------------------------


def put(text: str) -> Any:
    return lambda path: path.write_text(text, encoding="utf-8")


def replaced(old: str, new: str) -> Any:
    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def field(name: str, value: Any) -> Any:
    def change(path: Path) -> None:
        raw = json.loads(path.read_text(encoding="utf-8")) | {name: value}
        path.write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")

    return change


def event(**fields: Any) -> Any:
    def change(path: Path) -> None:
        raw = json.loads(path.read_text(encoding="utf-8"))
        raw["history"].append({**NEW_EVENT, **fields})
        path.write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")

    return change


def remade(make: Any) -> Any:
    def change(path: Path) -> None:
        path.unlink()
        make(path)

    return change


def make_socket(path: Path) -> None:
    with chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


BROKEN = {
    "empty": (put(""), 1, "empty"),
    "blank": (put("\n \n"), 1, "empty"),
    "half": (replaced('"updated_at"', '"updated'), None, "not JSON"),
    "array": (put("[]"), 1, "not a JSON object"),
    "number": (put("7"), 1, "not a JSON object"),
    "not UTF-8": (lambda path: path.write_bytes(b'{\n  "title": "\xff"\n}'), 2, "not UTF-8"),
    "binary": (lambda path: path.write_bytes(os.urandom(4096)), None, ""),
    "twice": (replaced('"metadata": {}', '"metadata": {},\n  "title": "again"'), None, "twice"),
    "conflict": (replaced('  "title"', '<<<<<<< HEAD\n  "title"'), 4, "conflict"),
    "nested": (put("[" * 100_000), 1, "nested"),
    "constant": (replaced('"metadata": {}', '"metadata": {"a": NaN}'), None, "NaN"),
    "infinite": (replaced('"metadata": {}', '"metadata": {"a": 1e999}'), None, ""),
    "huge number": (replaced('"metadata": {}', '"metadata": {"a": ' + "9" * 5000 + "}"), None, ""),
    "no history": (field("history", []), None, "history"),
    "history of text": (field("history", ["created"]), None, "history[0]"),
    "another id": (field("id", "task-zzzzz"), 3, "id"),
    "id with path": (field("id", "../../x"), 3, "id"),
    "schema a text": (field("schema", "1"), 2, "schema"),
    "title a number": (field("title", 5), 4, "title"),
    "title a surrogate": (field("title", "\ud800"), None, ""),
    "title of two lines": (field("title", "a\nb"), 4, "title"),
    "status unknown": (field("status", "finished"), 5, "status"),
    "priority unknown": (field("priority", "urgent"), 6, "priority"),
    "lead a list": (field("lead", ["x"]), 7, "lead"),
    "tags null": (field("tags", None), None, "tags"),
    "tags a number": (field("tags", [1]), None, "tags[0]"),
    "depends on text": (field("depends_on", "task-abcde"), 9, "depends_on"),
    "depends on object": (field("depends_on", [{}]), None, "depends_on[0]"),
    "files of text": (field("files", ["a.py"]), None, "files[0]"),
    "due tomorrow": (field("due", "tomorrow"), None, "due"),
    "estimate a number": (field("estimate", 5), None, "estimate"),
    "description null": (field("description", None), None, "description"),
    "source a number": (field("source", 7), None, "source"),
    "metadata a list": (field("metadata", []), None, "metadata"),
    "claim a number": (field("claim", 5), None, "claim"),
    "created yesterday": (field("created_at", "yesterday"), None, "created_at"),
    "event without time": (event(kind="edited", at=None), None, "history[1].at"),
    "event set to a number": (event(kind="edited", set=5), None, "history[1].set"),
    "event priority unknown": (event(kind="edited", set={"priority": "urgent"}), None, "history[1].set.priority"),
    "event seq a text": (event(kind="edited", seq="2"), None, "history[1].seq"),
    "directory": (remade(lambda path: path.mkdir()), 1, ""),
    "fifo": (remade(os.mkfifo), 1, "not a regular file"),
    "socket": (remade(make_socket), 1, ""),
    "loop": (remade(lambda path: path.symlink_to(path)), 1, ""),
    "link outside": (remade(lambda path: path.symlink_to("/etc/passwd")), 1, "link"),
    "link to a device": (remade(lambda path: path.symlink_to("/dev/zero")), 1, ""),
    "link to a secret": (remade(lambda path: path.symlink_to("../../outside.json")), 1, "link"),
}


def picture(path: Path) -> Any:
    """What must not change: a link's target, a file's bytes, and the file itself."""
    status = path.lstat()
    shown = path.read_bytes() if path.is_file() and not path.is_symlink() else None
    return (status.st_ino, status.st_mode, status.st_mtime_ns, shown)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_named_and_nothing_else_suffers(make_world: Any, case: str) -> None:
    world = make_world("dir")
    broken, fine, third = world.add("broken"), world.add("fine"), world.add("third")
    (world.root.parent / "outside.json").write_bytes(world.path(broken).read_bytes())
    world.ok("depend", third, broken)
    change, line, words = BROKEN[case]
    change(world.path(broken))
    before, name = picture(world.path(broken)), f"tasks/{broken}.json"

    for verb in ("list", "ready", "board"):
        for more in ((), ("--json",)):
            done = world.ft(verb, *more)
            assert done.code == 0 and "unexpected" not in done.told, done
            shown = {task["id"] for task in done.json["tasks"]} if more else set(done.out.split())
            assert fine in shown and broken not in shown, done
            assert name in done.err and done.err.count("\n") == 1, done
    check = world.ft("check", "--json")
    assert check.code == 6, check
    (problem,) = [problem for problem in check.json["problems"] if problem["severity"] == "error"]
    assert problem["path"] == name and (line is None or problem["line"] == line), problem
    assert words in f"{problem['field']} {problem['message']}", problem
    for words_of_command in (
        ("show", broken), ("history", broken), ("claim", broken), ("edit", broken, "--title", "x"), ("done", broken),
        ("depend", broken, fine),
    ):  # fmt: skip
        error = world.fails(6, *words_of_command)
        assert error["path"] == name and name in error["message"], (words_of_command, error)
    assert world.ok("claim", fine)["task"]["status"] == "in_progress"
    assert world.ok("edit", third, "--title", "new")["task"]["title"] == "new"
    assert world.ft("claim", third).code in (4, 6)
    assert world.ok("add", "another")
    assert picture(world.path(broken)) == before


def test_an_event_that_folds_to_nothing_is_found_by_check_and_never_written_again(dir_world: Any) -> None:
    id = dir_world.add()
    event(kind="status", **{"from": "pending", "to": "finished"})(dir_world.path(id))
    before = dir_world.path(id).read_bytes()
    check = dir_world.ft("check", "--json")
    assert check.code == 6 and check.json["problems"][0]["field"] == "history[1].to"
    assert dir_world.fails(6, "claim", id)["path"] == f"tasks/{id}.json"
    assert dir_world.path(id).read_bytes() == before


@pytest.mark.parametrize("depth", [200, 500, 900, 960, 980, 985, 990, 995, 1000, 2000])
def test_deep_nesting_is_shown_or_named(dir_world: Any, depth: int) -> None:
    id, other = dir_world.add("deep"), dir_world.add("other")
    path = dir_world.path(id)
    deep = '"metadata": {"a": ' + "[" * depth + "]" * depth + "}"
    path.write_text(path.read_text(encoding="utf-8").replace('"metadata": {}', deep), encoding="utf-8")
    for verb in ("list", "check", "board"):
        done = dir_world.run(verb, "--json")
        assert done.code in (0, 6) and "unexpected" not in done.out, done.err
    assert other in dir_world.ft("list").out
    assert dir_world.run("claim", id).code in (0, 6)
    assert dir_world.run("show", id).code in (0, 6)


def test_too_large_a_file_is_named_and_not_read(dir_world: Any) -> None:
    id = dir_world.add("large")
    with dir_world.path(id).open("r+b") as file:
        file.truncate(60 * 1024 * 1024)
    done = dir_world.ft("list")
    assert done.code == 0 and f"tasks/{id}.json:1: larger than 50 MB" in done.err
    assert dir_world.fails(6, "show", id)["path"] == f"tasks/{id}.json"


def test_nothing_is_written_that_could_not_be_read(dir_world: Any) -> None:
    id = dir_world.add("a task")
    before = dir_world.path(id).read_bytes()
    done = dir_world.ft("edit", id, "--description", "x" * (51 * 1024 * 1024))
    assert done.code in (2, 6), done.code
    assert dir_world.path(id).read_bytes() == before


def test_a_broken_member_file_keeps_nobody_else_from_working(world: Any) -> None:
    id = world.add()
    (world.root / "members" / "zed.json").write_text("{", encoding="utf-8")
    assert world.ids() == [id]
    assert world.ok("claim", id)["task"]["status"] == "in_progress"
    found = world.ft("check", "--json")
    assert found.code == 6 and next(problem["path"] for problem in found.json["problems"]) == "members/zed.json"


def test_who_has_a_broken_member_file_does_not_act_under_it(world: Any) -> None:
    world.ok("member", "add", "vera", "--role", "viewer")
    (world.root / "members" / "vera.json").write_text("{", encoding="utf-8")
    assert world.fails(6, "add", "x", who="vera")["path"] == "members/vera.json"


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("", 1, ""), ("- a", 1, ""), ("format: [", None, ""), ("project: x", 1, ""), ("# one\nformat: x", 2, "format"),
        ("format: 1\nprefix: Ä", 2, "prefix"), ("format: 1\nproject: 7", 2, "project"), ("a: &a [*a]", None, ""),
        ("format: 1\n\tx: y", 2, ""), ("format: 0", 1, "format"), ("format: 1\nprefix: ../x", 2, "prefix"),
        ("format: 1\nmembers: shut", 2, "members"), ("format: 1\ndefault_priority: urgent", 2, "default_priority"),
        ("format: !!python/object/apply:os.system ['true']", None, ""),
    ],
)  # fmt: skip
def test_broken_settings_are_named(dir_world: Any, text: str, line: int | None, field: str) -> None:
    (dir_world.root / "fedtasks.yaml").write_text(text, encoding="utf-8")
    error = dir_world.fails(6, "add", "x")
    assert error["path"] == "fedtasks.yaml" and "fedtasks.yaml:" in error["message"]
    assert line is None or error["line"] == line
    assert error["field"] == field
    done = dir_world.ft("list")
    assert done.code in (0, 6) and "unexpected" not in done.told


def test_other_files_in_the_store_are_left_alone(world: Any) -> None:
    id = world.add()
    for name in (".nfs000000000001", "notes.txt", f"{id}.json~", f".{id}.json.swp", "README.md"):
        (world.root / "tasks" / name).write_text("x", encoding="utf-8")
    assert world.ids() == [id]
    world.ok("claim", id)
    assert (world.root / "tasks" / "notes.txt").read_text(encoding="utf-8") == "x"


def test_a_deleted_task_is_gone_from_lists(world: Any) -> None:
    id, other = world.add("a"), world.add("b")
    assert set(world.ids()) == {id, other}
    world.path(id).unlink()
    assert world.ids() == [other]
    assert world.fails(3, "show", id)["code"] == "not_found"
