"""Every pair of verbs, done to one task in two clones at once, merges cleanly and to the same bytes on every way."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import pytest

VERBS = {
    "claim": ("claim", "{id}", "--offline"), "start": ("start", "{id}"), "release": ("release", "{id}"),
    "assign": ("assign", "{id}", "cleo"), "assign me": ("assign", "{id}", "{me}"),
    "unassign": ("assign", "{id}", "--nobody"),
    "block": ("block", "{id}", "--reason", "by {me}"), "unblock": ("unblock", "{id}"), "done": ("done", "{id}"),
    "review": ("status", "{id}", "in_review"), "back": ("status", "{id}", "in_progress"), "cancel": ("cancel", "{id}"),
    "reopen": ("reopen", "{id}"), "edit": ("edit", "{id}", "--title", "by {me}", "--file", "{me}.py"),
    "tag": ("tag", "{id}", "{me}"), "untag": ("tag", "{id}", "--no", "old"), "lead": ("lead", "{id}", "{me}"),
    "depend": ("depend", "{id}", "{other}"),
}  # fmt: skip
STATES = {
    "pending": ((), "claim assign unassign cancel edit tag untag lead depend"),
    "in progress": (("assign me", "claim"), "release assign unassign block done review cancel edit untag"),
    "blocked": (("claim", "block"), "unblock release cancel assign edit"),
    "in review": (("claim", "review"), "back done cancel tag"),
    "done": (("claim", "done"), "reopen edit assign"),
    "cancelled": (("cancel",), "reopen edit claim"),
}
"""For each state of a task: the verbs that lead to it, and those that are possible in it."""

PAIRS = [
    (state, before, one, other)
    for state, (before, names) in STATES.items()
    for one, other in combinations_with_replacement(names.split(), 2)
    if (state, "claim") not in ((state, one), (state, other)) or state == "pending"
]


def do(world: Any, verb: str, id: str, other: str) -> int:
    me = world.env["FEDTASKS_ACTOR"]
    words = (word.format(id=id, me=me, other=other) for word in VERBS[verb])
    return world.ft(*words, "--as", "ada" if verb != "claim" else me).code


@pytest.fixture
def pairs(make_team: Any) -> Any:
    """Ada's and Ben's clone, in which each pair has been done to a task of its own: `ids` by pair."""
    team = make_team(2)
    ada, ben = team.all
    other = ada.add("other")
    ids = {}
    for pair in PAIRS:
        ids[pair] = ada.add(" ".join(pair[::2]), "--tag", "old")
    team.settle()
    ada.git("config", "fedtasks.remote", ""), ben.git("config", "fedtasks.remote", "")
    for pair, id in ids.items():
        for verb in pair[1]:
            assert do(ada, verb, id, other) == 0, (pair, verb)
    ada.git("push", "--quiet", "origin", "fedtasks")
    ben.git("fetch", "--quiet", "origin"), ben.git("merge", "--quiet", "--no-edit", "origin/fedtasks")
    return team, ids, other


def tree(world: Any) -> str:
    """The id of the folder of all tasks: alike where all bytes are alike."""
    return world.git("rev-parse", "HEAD:tasks")


def test_every_pair_of_verbs_merges(pairs: Any) -> None:
    team, ids, other = pairs
    ada, ben = team.all
    for (state, _, one, two), id in ids.items():
        codes = do(ada, one, id, other), do(ben, two, id, other)
        assert codes == (0, 0), (state, one, two, codes)
    for world in (ada, ben):
        world.git("config", "--unset", "fedtasks.remote")
    heads = [world.git("rev-parse", "HEAD") for world in (ada, ben)]
    ada.git("push", "--quiet", "origin", f"{heads[0]}:refs/heads/adas")
    ben.git("push", "--quiet", "origin", f"{heads[1]}:refs/heads/bens")
    outcomes = {}
    for world, branch in ((ada, "bens"), (ben, "adas")):
        world.git("fetch", "--quiet", "origin", f"+{branch}:refs/remotes/origin/fedtasks")
        world.ok("sync", "--from-refs")
        world.assert_clean()
        outcomes[branch] = tree(world)
        world.git("reset", "--quiet", "--hard", heads[world is ben])
        world.git("merge", "--quiet", "--no-edit", "origin/fedtasks")
        world.assert_clean()
        outcomes[f"git merge {branch}"] = tree(world)
    assert len(set(outcomes.values())) == 1, outcomes
    for (_, _, one, two), id in ids.items():
        raw = ada.raw(id)
        assert len({event["id"] for event in raw["history"]}) == len(raw["history"]), (one, two)
