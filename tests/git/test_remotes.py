"""Which remote is chosen, and what is said of one that cannot be reached, is slow, or refuses."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fedtasks.errors import NotFound, UsageError
from fedtasks.git.network import words
from fedtasks.git.remotes import choose_remote
from tests.team import files

BRANCH = "refs/heads/fedtasks"


def config(*names: str, **more: str) -> dict[str, str]:
    return {f"remote.{name}.url": "x" for name in names} | {key.replace("_", "."): value for key, value in more.items()}


@pytest.mark.parametrize(
    ("found", "wanted", "name"),
    [
        (config(), None, None),
        (config("up"), None, "up"),
        (config("origin", "up"), None, "origin"),
        (config("origin", "up", branch_fedtasks_remote="up"), None, "up"),
        (config("origin", branch_fedtasks_remote="gone"), None, "origin"),
        (config("origin", branch_fedtasks_remote="."), None, "origin"),
        (config("origin", "up", fedtasks_remote="up"), None, "up"),
        (config("origin", "up", "Mine", fedtasks_remote="Mine", branch_fedtasks_remote="up"), None, "Mine"),
        (config("origin", fedtasks_remote=""), None, None),
        (config("origin", "up", fedtasks_remote=""), "up", "up"),
        (config("origin", "up"), "up", "up"),
        (config("-evil"), None, None),
    ],
)
def test_the_table_of_remotes(found: dict[str, str], wanted: str | None, name: str | None) -> None:
    chosen = choose_remote(found, BRANCH, wanted)
    assert (chosen.name if chosen else None) == name


def test_several_remotes_are_named() -> None:
    with pytest.raises(UsageError, match=r"a, b") as found:
        choose_remote(config("a", "b"), BRANCH)
    assert found.value.hint is not None and "git config fedtasks.remote a" in found.value.hint


@pytest.mark.parametrize(("more", "wanted"), [({}, "nowhere"), ({"fedtasks_remote": "nowhere"}, None)])
def test_a_remote_that_does_not_exist_is_named(more: dict[str, str], wanted: str | None) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        choose_remote(config("origin", **more), BRANCH, wanted)


def test_the_branch_may_have_another_name_there() -> None:
    followed = config("origin", branch_fedtasks_remote="origin", branch_fedtasks_merge="refs/heads/tasks")
    chosen = choose_remote(followed, BRANCH)
    assert chosen is not None
    assert (chosen.theirs, chosen.tracking) == ("refs/heads/tasks", "refs/remotes/origin/tasks")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("fatal: unable to access 'https://bob:secret@x.org/': Could not resolve host: x.org\n",
         "unable to access 'https://x.org/': Could not resolve host: x.org"),
        (("ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.\n\n"
         "Please make sure you have the correct access rights\nand the repository exists.\n"),
         "ssh: connect to host x port 22: Connection refused"),
        ("remote: GitLab: You are not allowed to push code\nremote: \nTo x\nerror: failed to push some refs to 'x'\n",
         "GitLab: You are not allowed to push code"),
        ("fatal: Could not read from remote repository.\n", "Could not read from remote repository."),
        ("", ""),
    ],
)  # fmt: skip
def test_gits_own_words_on_one_line_without_secrets(said: str, told: str) -> None:
    assert words(said) == told


# --- in real life --------------------------------------------------------------------------------------------------


def unchanged(world: Any, code: int, *words: str) -> Any:
    """The error of a command that must fail and leave the store as it is."""
    before, head = files(world.root), world.git("rev-parse", "HEAD")
    error = world.fails(code, *words)
    assert (files(world.root), world.git("rev-parse", "HEAD")) == (before, head)
    assert "\n" not in error["message"]
    world.assert_clean()
    return error


def test_a_remote_out_of_reach_is_one_line_and_changes_nothing(team: Any) -> None:
    team.away()
    for command in (("sync",), ("sync", "--dry-run"), ("claim", team.id)):
        error = unchanged(team.ada, 7, *command)
        assert "origin" in error["message"] and "does not appear to be a git repository" in error["message"]
    assert "--offline" in team.ada.fails(7, "claim", team.id)["hint"]
    team.ada.ok("tag", team.id, "offline"), team.ada.ok("list"), team.ada.add("x")
    team.back()
    team.settle()
    team.assert_alike()


def test_a_host_that_does_not_answer_is_given_up_in_time(team: Any) -> None:
    """An ssh that hangs, as a firewall makes it."""
    team.ada.configure("sync: {timeout: 0.5}")
    team.settle()
    team.ada.git("remote", "set-url", "origin", "ssh://nowhere.invalid/x.git")
    hang = team.base / "hang"
    hang.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    hang.chmod(0o755)
    team.ada.env["GIT_SSH_COMMAND"] = str(hang)
    begun = time.monotonic()
    error = unchanged(team.ada, 7, "claim", team.id)
    assert "did not answer within 0.5 s" in error["message"] and time.monotonic() - begun < 30


def test_a_refused_connection_shows_gits_words(team: Any) -> None:
    team.ada.git("remote", "set-url", "origin", "http://127.0.0.1:1/x.git")
    error = unchanged(team.ada, 7, "claim", team.id)
    assert "127.0.0.1" in error["message"]


@pytest.mark.parametrize("hook", ["pre-receive", "update"])
def test_a_refusing_hook_is_quoted(team: Any, hook: str) -> None:
    path = team.hook(hook, "echo 'no tasks on Fridays' >&2; exit 1")
    error = unchanged(team.ada, 4, "claim", team.id)
    assert "no tasks on Fridays" in error["message"] and "hook declined" in error["message"]
    assert team.ada.show(team.id)["status"] == "pending"
    path.unlink()
    assert team.ada.ok("claim", team.id)["task"]["assignee"] == "ada"
    team.settle()
    team.assert_alike()


def test_a_checked_out_branch_is_explained(team: Any) -> None:
    team.ada.git("remote", "set-url", "origin", str(team.ben.project))
    error = unchanged(team.ada, 4, "claim", team.id)
    assert "checked out" in error["message"] and "bare" in error["hint"]


def test_a_push_whose_answer_is_lost_is_looked_up(team: Any) -> None:
    """The remote takes the claim and then hangs: the claimer finds out, and is not told a lie."""
    team.ada.configure("sync: {timeout: 2}")
    team.settle()
    hook = team.hook("post-receive", "exec sleep 5 >/dev/null 2>&1")
    assert team.ada.ok("claim", team.id)["task"]["assignee"] == "ada"
    hook.unlink()
    team.settle()
    assert team.ben.raw(team.id)["assignee"] == "ada"
    team.assert_alike()


def test_the_codes_hooks_stay_out_of_it(team: Any) -> None:
    for name in ("pre-push", "reference-transaction", "post-checkout", "post-merge"):
        path = team.ada.project / ".git" / "hooks" / name
        path.write_text(f"#!/bin/sh\necho {name} >> {team.base}/log\nexit 1\n", encoding="utf-8")
        path.chmod(0o755)
    team.ben.ok("tag", team.id, "b"), team.ben.ok("sync"), team.ada.ok("tag", team.id, "a")
    team.ada.ok("claim", team.id), team.ada.ok("sync")
    assert not (team.base / "log").exists()


def test_a_relative_url_works_from_the_stores_own_folder(team: Any) -> None:
    team.ada.git("remote", "set-url", "origin", "../../remote.git")
    team.ada.ok("sync", cwd=team.ada.root), team.ada.ok("claim", team.id)
    team.settle()


def test_a_renamed_remote_is_followed(team: Any) -> None:
    team.ada.git("remote", "rename", "origin", "upstream")
    assert team.ada.ok("sync")["remote"] == "upstream"
    team.ada.ok("claim", team.id)
    team.settle()
    assert team.ben.raw(team.id)["assignee"] == "ada"


def test_several_remotes_ask_for_a_choice(team: Any) -> None:
    team.ada.git("remote", "rename", "origin", "one"), team.ada.git("remote", "add", "two", str(team.remote))
    team.ada.git("config", "--unset", "branch.fedtasks.remote")
    error = unchanged(team.ada, 2, "claim", team.id)
    assert "one, two" in error["message"]
    assert team.ada.ok("sync", "--remote", "two")["remote"] == "two"
    assert team.ada.fails(3, "sync", "--remote", "three")["remotes"] == ["one", "two"]
    team.ada.git("config", "fedtasks.remote", "one")
    team.ada.ok("claim", team.id)


def test_a_store_can_be_kept_to_itself(team: Any) -> None:
    team.ada.git("config", "fedtasks.remote", "")
    before = team.remote_head()
    team.ada.ok("claim", team.id)
    assert team.ada.ok("sync")["remote"] is None and team.remote_head() == before
