"""Kills at every point in turn: before each change to the disk, around each git command. Old or new, never half."""

from __future__ import annotations

from typing import Any

import pytest

from tests.histories import lengthen
from tests.store.kills import MOST, points, whole

PLAN = "# Plan\n\n## Phase one\n\n- [ ] Dig\n- [ ] Build\n- [ ] Paint\n"


class Claims:
    """One task that is claimed, and given back."""

    def __init__(self, world: Any) -> None:
        self.world, self.id = world, world.add("contested")
        self.words = ("claim", self.id)

    def look(self) -> bool:
        self.world.assert_clean()
        task = self.world.raw(self.id)
        assert (task["status"], task["assignee"]) in (("pending", None), ("in_progress", "ada-lovelace"))
        return task["status"] == "in_progress"

    def reset(self) -> None:
        self.world.ok("release", self.id)


class Adds:
    """Tasks that are added."""

    def __init__(self, world: Any) -> None:
        self.world, self.count = world, 0
        self.words = ("add", "one more")

    def look(self) -> bool:
        self.world.assert_clean()
        before, self.count = self.count, len(self.world.ids())
        assert self.count - before in (0, 1)
        return self.count > before

    def reset(self) -> None:
        return None


class Parses:
    """A plan whose tasks and whose own file come in one transaction."""

    def __init__(self, world: Any) -> None:
        self.world, self.number = world, 0
        self.plan = world.project / "plan.md"
        self.words = ("parse", "plan.md")
        self.reset()

    def look(self) -> bool:
        self.world.assert_clean()
        tasks = [task for task in self.world.ok("list")["tasks"] if task["title"].endswith(f" {self.number}")]
        assert len(tasks) in (0, 3), tasks
        return bool(tasks)

    def reset(self) -> None:
        self.number += 1
        text = f"---\nid: plan-{self.number}\n---\n# Plan\n\n" + "".join(
            f"- [ ] {word} {self.number}\n" for word in ("Dig", "Build", "Paint")
        )
        self.plan.write_text(text, encoding="utf-8")


class Compacts:
    """A long history, whose segments and whose own file come in one transaction."""

    def __init__(self, world: Any) -> None:
        self.world, self.id = world, world.add("much talked about")
        self.known = lengthen(world, self.id)
        self.words = ("compact", self.id)

    def look(self) -> bool:
        self.world.assert_clean()
        assert [made["id"] for made in self.world.ok("history", self.id)["history"]] == self.known
        return "compacted" in self.world.raw(self.id)

    def reset(self) -> None:
        self.id = self.world.add("and another")
        self.known = lengthen(self.world, self.id)
        self.words = ("compact", self.id)


class Archives:
    """A finished task that moves to the archive: one file comes, another one goes."""

    def __init__(self, world: Any) -> None:
        self.world, self.id = world, world.add("finished")
        self.words = ("archive", self.id)
        world.ok("cancel", self.id)

    def look(self) -> bool:
        self.world.assert_clean()
        (path,) = self.world.root.rglob(f"{self.id}.json")
        return bool(path.parent.name != "tasks")

    def reset(self) -> None:
        self.world.ok("unarchive", self.id)


@pytest.mark.parametrize("subject", [Claims, Adds, Parses, Compacts, Archives])
def test_a_kill_before_each_change(world: Any, killer: Any, subject: Any) -> None:
    case, kills = subject(world), killer(world)
    seen = points(lambda number: kills.at_change(number, *case.words), case.look, case.reset)
    assert len(seen) >= 4
    whole(seen)
    world.add("after all")
    assert list((world.root / ".local" / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "subject", "when"), [("git", Claims, "after"), ("git", Adds, "before"), ("dir+git", Claims, "before")]
)
def test_a_kill_around_each_git_command(make_world: Any, killer: Any, kind: str, subject: Any, when: str) -> None:
    world = make_world(kind)
    case, kills = subject(world), killer(world)
    seen = points(lambda number: kills.at_git(number, when, *case.words), case.look, case.reset)
    assert len(seen) >= 3
    whole(seen)
    world.add("after all")


def place(kind: str) -> tuple[str, ...]:
    return () if kind == "git" else ("--dir", "../shared/tasks", *(["--git"] if kind == "dir+git" else []))


def test_a_kill_before_each_change_of_init(make_world: Any, store_kind: str, killer: Any) -> None:
    """`init` may be killed anywhere, too: `init` again makes a whole store."""
    kill_init(make_world, store_kind, killer, lambda kills, number, words: kills.at_change(number, *words))


@pytest.mark.parametrize("kind", ["git", "dir+git"])
def test_a_kill_before_each_git_command_of_init(make_world: Any, kind: str, killer: Any) -> None:
    kill_init(make_world, kind, killer, lambda kills, number, words: kills.at_git(number, "before", *words))


def kill_init(make_world: Any, kind: str, killer: Any, kill: Any) -> None:
    """A fresh world for each point, until init is not killed any more."""
    kills = None
    for number in range(1, MOST):
        world = make_world(kind, name=f"world-{number}", init=False)
        world.env["FEDTASKS_FSYNC"] = "off"
        kills = kills or killer(world)
        kills.world = world
        code = kill(kills, number, ("init", *place(kind)))
        again(world, number)
        if code == 0:
            return
    raise AssertionError("init never ended")


def again(world: Any, point: int) -> None:
    """`init` once more, and the store works."""
    done = world.ft("init", *place(world.kind))
    assert done.code == 0, (point, done)
    id = world.add("first")
    world.ok("claim", id)
    found = world.ft("check", "--json")
    assert found.code == 0 and found.json["problems"] == [], (point, found)
    if world.recorded:
        assert len(world.git("log", "--format=%H", "--", f"tasks/{id}.json").splitlines()) == 2, point
        assert {"fedtasks.yaml", ".gitattributes", ".gitignore"} <= set(world.git("ls-files").splitlines()), point
