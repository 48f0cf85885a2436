"""The task in hand: one an actor and working tree, following claims, `done` and `release`."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def hand(folder: Path) -> dict[str, str]:
    """Actor to task, as noted in a working tree's git directory or a store's `.local`."""
    return {path.name: path.read_text(encoding="utf-8").strip() for path in (folder / "in-hand").glob("[!.]*")}


def test_a_claim_is_in_hand_until_it_is_done_or_given_back(git_world: Any) -> None:
    place = git_world.project / ".git" / "fedtasks"
    one, two = git_world.add("one"), git_world.add("two")
    git_world.ok("claim", one, who="ben")
    git_world.ok("claim", two, who="cleo")
    assert hand(place) == {"ben": one, "cleo": two}
    git_world.ok("release", one, who="ben")
    git_world.ok("block", two, "--reason", "waiting", who="cleo")
    assert hand(place) == {"cleo": two}
    git_world.ok("start", two, who="cleo")
    git_world.ok("done", two, who="cleo")
    assert hand(place) == {}


def test_each_working_tree_has_its_own(git_world: Any) -> None:
    one, two = git_world.add("one"), git_world.add("two")
    linked = git_world.base / "linked"
    git_world.git("worktree", "add", "--quiet", str(linked), cwd=git_world.project)
    git_world.ok("claim", one, who="ben")
    git_world.ok("claim", two, who="ben", cwd=linked)
    assert hand(git_world.project / ".git" / "fedtasks") == {"ben": one}
    assert hand(git_world.project / ".git" / "worktrees" / "linked" / "fedtasks") == {"ben": two}


def test_without_a_repository_it_stands_beside_the_lock(dir_world: Any, tmp_path: Path) -> None:
    id = dir_world.add("one")
    dir_world.ok("claim", id, "--store", str(dir_world.root), who="ben", cwd=tmp_path)
    assert hand(dir_world.root / ".local") == {"ben": id}
