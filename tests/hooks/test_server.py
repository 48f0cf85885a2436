"""A bare repository that people push to tells owners by itself: nobody who pushes needs hooks."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import World
from tests.hooks.conftest import Person
from tests.team import Team


def test_a_server_tells_owners_of_what_is_pushed(make_team: Callable[..., Team]) -> None:
    team = make_team(2)
    ada, ben = (Person(world, name) for name, world in team.clones.items())
    server: World = team.server
    ada.world.ok("member", "add", "ben", "--email", "ben@example.org")
    task = ada.task("Sign people in", "src/auth.py")
    ada.world.ok("sync")
    assert server.fails(2, "hooks", "install", cwd=team.remote)["hint"] == "run: fedtasks hooks install --server"
    assert server.ok("hooks", "install", "--server", cwd=team.remote)["hooks"] == {"post-receive": "installed"}
    assert ada.world.fails(2, "hooks", "install", "--server")["hint"] == "run: fedtasks hooks install"
    assert server.ok("hooks", "status", cwd=team.remote)["fires"]
    commits = [ben.commit("src/auth.py", f"step {number}") for number in range(2)]
    ben.commit("free.py")
    ben.git("push", "-q", "origin", "HEAD:refs/heads/topic", env={"FEDTASKS_HOOKS": "wait"})
    ada.world.ok("sync")
    (notice,) = ada.world.ok("inbox")["notices"]
    assert (notice["by"], notice["task"]) == ("ben", task)
    assert [commit["id"] for commit in notice["commits"]] == commits
    ben.git("push", "-q", "origin", "main", env={"FEDTASKS_HOOKS": "wait"})
    ada.git("pull", "-q", "origin", "main")
    ada.world.ok("sync")
    assert len(ada.world.ok("inbox")["notices"]) == 1, "the same commits on another branch are no news"
    ada.world.ok("hooks", "install")
    ben.commit("src/auth.py", f"Close it\n\nCloses: {task}", "other\n")
    ben.git("push", "-q", "origin", "main", env={"FEDTASKS_HOOKS": "wait"})
    assert server.ok("hooks", "status", cwd=team.remote)["pending"] == 0
    ada.git("pull", "-q", "origin", "main")
    assert len(ada.told()) == 2
    server.ok("hooks", "uninstall", cwd=team.remote)
    assert not (team.remote / "hooks/post-receive").exists()
    for world in team.all:
        world.ok("sync")
        world.assert_clean()
