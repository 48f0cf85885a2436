"""A commit is a sign of work: it renews the lease of who made it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.hooks.conftest import Person
from tests.hooks.test_guard import settle
from tests.team import events

NOW = datetime.now(UTC).replace(microsecond=0)


def ago(minutes: int) -> str:
    return (NOW - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_commit_of_which_nobody_is_told_renews_too(alone: Person) -> None:
    """The hooks know of all that they need to answer by themselves, and that there is a lease."""
    alone.world.configure("claim: {human_lease: 2h}")
    id = alone.world.add("Sign people in")
    alone.world.ok("claim", id, env={"FEDTASKS_NOW": ago(100)})
    settle(alone.world)
    alone.follow()
    alone.commit("a.txt", "Begin")
    alone.follow()
    assert [kind for kind, _ in events(alone.world, id)] == ["created", "claimed", "renewed"]


def test_a_commit_renews_the_lease_of_who_made_it(pair: tuple[Person, Person]) -> None:
    ada, ben = pair
    ada.world.configure("claim: {human_lease: 2h}")
    id = ada.world.add("Sign people in")
    claim = ada.world.ok("claim", id, env={"FEDTASKS_NOW": ago(100)})["task"]["claim"]
    assert claim["expires"] == (NOW + timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M:%SZ")
    ada.commit("a.txt", "Begin")
    ada.commit("a.txt", "Go on")
    ada.follow()
    task = ada.world.show(id)
    assert task["claim"]["expires"] > (NOW + timedelta(minutes=115)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [kind for kind, _ in events(ada.world, id)] == ["created", "claimed", "renewed"]
    ada.git("push", "--quiet", "origin", "main")
    ben.git("pull", "--quiet")
    ben.commit("b.txt", f"Help\n\nTask: {id}")
    ben.follow()
    assert [by for kind, by in events(ben.world, id) if kind == "renewed"] == ["ada"]
    ada.world.assert_clean()
