"""Two people with clones of one project, hooks installed, and the ways to commit and to look into an inbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import World
from tests.team import Team


class Person:
    """A clone of the team with its hooks; git runs as its own user, who is known by e-mail address."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name, self.project = world, name, world.project
        world.env.pop("FEDTASKS_ACTOR")
        world.git("config", "--global", "fedtasks.actor", name, cwd=world.project)

    def git(self, *words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
        return self.world.git(*words, cwd=cwd or self.project, env=env)

    def write(self, path: str, text: str = "more\n", *, add: bool = True) -> None:
        place = self.project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a", encoding="utf-8") as file:
            file.write(text)
        if add:
            self.git("add", "--", path)

    def commit(self, path: str, message: str = "change it", text: str = "more\n", *words: str) -> str:
        """Adds a line to a file and commits it; answers the commit."""
        self.write(path, text)
        self.git("commit", "--quiet", "-m", message, *words)
        return self.git("rev-parse", "HEAD")

    def task(self, title: str, *paths: str, claim: bool = True, more: tuple[str, ...] = ()) -> str:
        """A task that edits these files, claimed."""
        files = [word for path in paths for word in ("--file", path)]
        id = self.world.add(title, *files, *more)
        if claim:
            self.world.ok("claim", id)
        return id

    def follow(self) -> dict[str, Any]:
        """Waits until all new commits were looked at."""
        return self.world.ok("hooks", "run")

    def inbox(self, member: str | None = None) -> list[dict[str, Any]]:
        """What a member was told of commits, after all that hooks had left is done."""
        self.follow()
        found = self.world.ok("inbox", "--all", who=member or self.name)["notices"]
        return [notice for notice in found if notice["kind"] == "commit"]

    def told(self, member: str | None = None) -> list[list[str]]:
        """The commits of each notice."""
        return [[commit["id"] for commit in notice["commits"]] for notice in self.inbox(member)]


@pytest.fixture
def pair(make_team: Callable[..., Team]) -> tuple[Person, Person]:
    """Ada and Ben: clones of one remote, each with hooks."""
    team = make_team(2)
    people = tuple(Person(world, name) for name, world in team.clones.items())
    people[0].world.ok("member", "add", "ben", "--email", "ben@example.org")
    people[0].world.ok("sync")
    for person in people:
        person.git("fetch", "--quiet")
        person.git("branch", "--quiet", "--set-upstream-to=origin/main", "main")
        person.world.ok("hooks", "install")
    people[1].world.ok("sync")
    return people  # type: ignore[return-value]


@pytest.fixture
def alone(make_world: Callable[..., World]) -> Person:
    """Ada alone: one repository with hooks and no remote."""
    world = make_world("git", init=False)
    world.env |= {"FEDTASKS_FSYNC": "off", "FEDTASKS_ACTOR": "ada"}
    world.init()
    person = Person(world, "ada")
    world.ok("hooks", "install")
    return person
