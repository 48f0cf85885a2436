"""Overlaps from the command line: warned of when they begin, listed, and avoided."""

from __future__ import annotations

from typing import Any


def test_two_tasks_that_will_collide_are_seen_when_they_are_claimed(git_world: Any) -> None:
    world = git_world
    auth = world.add("Rework the login", "--file", "src/auth/", who="ann")
    tests = world.add("Test the login", "--file", "src/**/*_test.py", "--file", "!src/auth/old/**", who="ann")
    docs = world.add("Write the docs", "--file", "docs/**", who="ann")
    later = world.add("Rewrite the docs", "--file", "docs/index.md", "--depends-on", docs, who="ann")
    world.ok("claim", auth, who="ben")
    silent = world.ft("claim", docs, who="ben")
    assert (silent.code, silent.err) == (0, "")
    warned = world.ft("claim", tests, who="cleo")
    assert warned.code == 0 and warned.err.startswith(f"fedtasks: ben edits src/auth/ for {auth} since ")
    assert f"{tests} can meet it" in warned.err
    (notice,) = world.ok("inbox", who="ben")["notices"]
    assert (notice["kind"], notice["task"], notice["about"]) == ("overlap", auth, tests)
    assert notice["text"].startswith(f"cleo began {tests}, which can touch your files: src/auth/")

    found = world.ok("overlaps")
    assert [[task["id"] for task in pair["tasks"]] for pair in found["overlaps"]] == [sorted([auth, tests])]
    assert found["talk"] == [{"members": ["ben", "cleo"], "pairs": 1}]
    (meeting,) = found["overlaps"][0]["meetings"]
    assert {meeting["mine"], meeting["theirs"]} == {"src/auth/", "src/**/*_test.py"}
    assert meeting["path"].startswith("src/auth/") and meeting["path"].endswith("_test.py")
    assert "ben and cleo should talk: 1 pair of tasks" in world.ft("overlaps").out
    assert world.ok("overlaps", docs)["overlaps"] == []
    assert len(world.ok("overlaps", later)["overlaps"]) == 1, "a task that is named counts before it is begun"
    assert len(world.ok("overlaps", "--pending")["overlaps"]) == 2

    edited = world.ft("edit", later, "--file", "src/auth/login.py", who="ann")
    assert f"ben edits src/auth/ for {auth}" in edited.err and "docs/" not in edited.err
    added = world.ft("assign", world.add("x", "--file", "**/login.py", who="ann"), "dan", who="ann")
    assert added.err.count("fedtasks: ") == 1, "only that dan is no member: nothing has begun"
    world.assert_clean()


def test_disjoint_tasks_come_first(dir_world: Any) -> None:
    world = dir_world
    busy = world.add("busy", "--file", "src/a.py")
    world.ok("claim", busy, who="ben")
    near = world.add("near", "-p", "critical", "--file", "src/")
    twin, other = world.add("twin", "-p", "high", "--file", "docs/x"), world.add("other", "--file", "docs/")
    free = world.add("free", "-p", "low")
    found = world.ok("ready", "--disjoint")
    assert [task["id"] for task in found["tasks"]] == [twin, free, near, other]
    assert found["meets"] == {near: [busy], other: [twin]}
    shown = world.ft("ready", "--disjoint").out
    assert shown.index("free") < shown.index("can touch the same files") < shown.index(f"meets {busy}")
    assert len(world.ok("ready", "--disjoint", "--limit", "1")["tasks"]) == 1
    world.fails(2, "ready", "--disjoint", "--why")


def test_a_plan_says_where_it_meets_work_that_goes_on(dir_world: Any) -> None:
    world = dir_world
    busy = world.add("busy", "--file", "src/a.py")
    world.ok("claim", busy, who="ben")
    steps = "".join(f"- [ ] Change part {n} in `src/a.py`\n" for n in range(20))
    (world.project / "plan.md").write_text(f"# Plan\n\n{steps}- [ ] Change `src/b.py`\n")
    parsed = world.ft("parse", "plan.md", who="ann")
    assert parsed.code == 0 and parsed.err.count("ben edits src/a.py") == 10
    assert "more tasks meet others': fedtasks overlaps --pending" in parsed.err
    assert [n["kind"] for n in world.ok("inbox", who="ben")["notices"]] == []


def test_a_claim_looks_at_what_is_noted_and_then_at_the_task(dir_world: Any) -> None:
    """What is noted may be gone, broken or wrong: a claim is warned of what the tasks say."""
    world = dir_world
    one, two = world.add("one", "--file", "a.py"), world.add("two", "--file", "a.py")
    folder = world.root / ".local" / "active"
    world.ok("claim", one, who="ben")
    assert [path.stem for path in folder.iterdir()] == [one]
    noted = (folder / f"{one}.json").read_bytes()
    world.ok("done", one, who="ben")
    assert list(folder.iterdir()) == []
    (folder / f"{one}.json").write_bytes(noted)
    (folder / f"{two}.json").write_text("{")
    assert world.ft("claim", two, who="cleo").err == "", "one is done, whatever is noted"
    assert world.ok("overlaps")["overlaps"] == [] and [path.stem for path in folder.iterdir()] == [two]
    three = world.add("three", "--file", "*.py", "--file", "b.py")
    assert "cleo edits a.py" in world.ft("claim", three, who="dan").err


def test_what_others_began_elsewhere_is_known_after_a_sync(make_team: Any) -> None:
    ada, ben = make_team(2).all
    one, two, three = (ada.add(name, "--file", "a.py") for name in ("one", "two", "three"))
    ada.ok("claim", one)
    ben.ok("sync")
    assert f"ada edits a.py for {one}" in ben.ft("claim", two).err
    assert f"ben edits a.py for {two}" in ada.ft("claim", three).err, "the claim itself has fetched it"
