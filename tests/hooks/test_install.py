"""Putting hooks in place and taking them away; what stood there before is kept, run, and put back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fedtasks.git.hooks import CLIENT, shell_of
from tests.conftest import World
from tests.hooks.conftest import Person


def standing(world: World) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (world.project / ".git/hooks").iterdir()}


def test_install_again_changes_nothing_and_uninstall_leaves_no_trace(git_world: World) -> None:
    before = standing(git_world)
    first = git_world.ok("hooks", "install")
    assert first["changed"] and set(first["hooks"].values()) == {"installed"} and list(first["hooks"]) == list(CLIENT)
    after = standing(git_world)
    again = git_world.ok("hooks", "install")
    assert not again["changed"] and standing(git_world) == after
    found = git_world.ok("hooks", "status")
    assert found["fires"] and {hook["state"] for hook in found["hooks"]} == {"ours"}
    assert git_world.git("status", "--porcelain", cwd=git_world.project) == ""
    git_world.ok("hooks", "uninstall")
    assert standing(git_world) == before and not (git_world.project / ".git/fedtasks/hooks").exists()
    assert git_world.ft("hooks", "status").code == 1
    assert git_world.fails(1, "hooks", "run")["hint"] == "install them: fedtasks hooks install"


def test_an_older_version_of_ours_is_upgraded_in_place(git_world: World) -> None:
    git_world.ok("hooks", "install")
    hook = git_world.project / ".git/hooks/post-commit"
    wanted = hook.read_bytes()
    hook.write_bytes(b"#!/bin/sh\n# fedtasks hook 0: post-commit\nexit 0\n")
    assert git_world.ok("hooks", "install")["hooks"] | {"post-commit": "upgraded"} == (
        dict.fromkeys(CLIENT, "nothing") | {"post-commit": "upgraded"}
    )
    assert hook.read_bytes() == wanted and not hook.with_name("post-commit.fedtasks-kept").exists()


BARE_PATH = {"PATH": "/usr/bin:/bin"}

RECORDING = """#!/bin/sh
{ echo "$0 $*"; cat; echo "at $PWD"; } >>"$HOME/ran"
exit ${KEPT_STATUS-0}
"""


def test_what_stood_there_gets_arguments_input_and_place_and_its_answer_counts(git_world: World) -> None:
    """A shell hook even sees its own name in $0; the same bytes stand there again in the end."""
    world, folder = git_world, git_world.project / ".git/hooks"
    for name in ("pre-push", "post-rewrite", "post-checkout"):
        (folder / name).write_text(RECORDING)
        (folder / name).chmod(0o755)
    before = standing(world)
    assert world.ok("hooks", "install")["hooks"]["pre-push"] == "kept"
    assert world.ok("hooks", "install")["changed"] is False
    world.git("init", "--quiet", "--bare", str(world.base / "remote.git"))
    world.git("remote", "add", "origin", str(world.base / "remote.git"), cwd=world.project)
    push = ("push", "--quiet", "origin", "main")
    assert world.git_result(*push, cwd=world.project, env={"KEPT_STATUS": "3"}).code == 1
    assert world.git("ls-remote", "origin", cwd=world.project) == ""
    assert world.git_result(*push, cwd=world.project).code == 0
    old = world.git("rev-parse", "HEAD", cwd=world.project)
    world.git("commit", "--quiet", "--amend", "--allow-empty", "-m", "other", cwd=world.project)
    new = world.git("rev-parse", "HEAD", cwd=world.project)
    ran = (world.home / "ran").read_text()
    remote = world.base / "remote.git"
    assert f".git/hooks/pre-push origin {remote}\nrefs/heads/main {old} refs/heads/main {'0' * 40}\n" in ran
    assert f".git/hooks/post-rewrite amend\n{old} {new}\nat {world.project}\n" in ran
    assert world.ok("hooks", "uninstall")["hooks"]["pre-push"] == "restored"
    assert standing(world) == before and os.access(folder / "pre-push", os.X_OK)


def test_a_linked_worktree_a_hooks_path_and_a_submodule_get_theirs_where_git_looks(git_world: World) -> None:
    world, other = git_world, git_world.base / "linked"
    world.git("worktree", "add", "--quiet", str(other), "-b", "side", cwd=world.project)
    assert world.ok("hooks", "install", cwd=other)["folder"] == str(world.project / ".git/hooks")
    assert world.ok("hooks", "status", cwd=other)["fires"]
    world.ok("hooks", "uninstall", cwd=other)
    world.git("config", "core.hooksPath", ".githooks", cwd=world.project)
    deep = world.project / "deep/er"
    deep.mkdir(parents=True)
    assert world.ok("hooks", "install", cwd=deep)["folder"] == str(world.project / ".githooks")
    assert world.ok("hooks", "status", cwd=deep)["fires"]
    world.git("config", "--unset", "core.hooksPath", cwd=world.project)
    source = world.base / "library"
    source.mkdir()
    world.git("init", "--quiet", cwd=source)
    world.git("commit", "--quiet", "--allow-empty", "-m", "start", cwd=source)
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(source), "lib")
    world.git(*add, cwd=world.project)
    folder = world.ok("hooks", "install", cwd=world.project / "lib")["folder"]
    assert folder == str(world.project / ".git/modules/lib/hooks")


def test_a_commit_goes_on_where_fedtasks_is_gone_or_broken(alone: Person, tmp_path: Path) -> None:
    folder = alone.project / ".git/hooks"
    for python, words in (("/nowhere/python3", "not found any more"), ("/bin/false", "was passed over")):
        for hook in folder.glob("p*"):
            if not hook.name.endswith(".sample"):
                lines = hook.read_text().splitlines(keepends=True)
                hook.write_text("".join(f"python={python}\n" if line.startswith("python=") else line for line in lines))
        done = alone.world.git_result("commit", "--allow-empty", "-m", "x", cwd=alone.project, env=BARE_PATH)
        assert done.code == 0 and done.err.count("\n") == 1 and words in done.err
    assert alone.git("rev-list", "--count", "HEAD") == "3"
    alone.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
    pushed = alone.world.git_result("push", str(tmp_path / "remote.git"), "main", cwd=alone.project, env=BARE_PATH)
    assert pushed.code == 0 and "see: fedtasks hooks status" in pushed.err
    found = alone.world.ok("hooks", "install")
    assert found["hooks"]["post-commit"] == "upgraded"


def test_the_program_is_found_again_where_its_environment_has_moved(alone: Person, tmp_path: Path) -> None:
    for hook in (alone.project / ".git/hooks").glob("*-commit"):
        lines = hook.read_text().splitlines(keepends=True)
        hook.write_text("".join("python=/gone\n" if line.startswith("python=") else line for line in lines))
    alone.task("Sign people in", "src/auth.py")
    program = tmp_path / "moved/bin/fedtasks"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {alone.world.command()[0]} -m fedtasks "$@"\n')
    program.chmod(0o755)
    for env in ({"VIRTUAL_ENV": str(tmp_path / "moved")}, {"PATH": f"{program.parent}:{BARE_PATH['PATH']}"}):
        alone.write("src/auth.py")
        environ = BARE_PATH | {"FEDTASKS_ACTOR": "ben"} | env
        done = alone.world.git_result("commit", "-qm", "x", cwd=alone.project, env=environ)
        assert "ada is editing src/auth.py" in done.err


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        (b"#!/bin/sh\necho", "/bin/sh"),
        (b"#! /usr/bin/env bash\n", "/usr/bin/env bash"),
        (b"#!/bin/sh -e\r\n", "/bin/sh -e"),
        (b"#!/usr/bin/env python3\n", ""),
        (b"\x7fELF\x00", ""),
        (b"echo no line says which shell\n", "/bin/sh"),
    ],
)
def test_the_shell_of_a_script(script: bytes, wanted: str) -> None:
    assert shell_of(script) == wanted


def test_doctor_says_how_the_hooks_stand(git_world: World) -> None:
    def found() -> tuple[str, str]:
        checks = git_world.ft("doctor", "--json").json["findings"]
        return next((check["state"], check["detail"]) for check in checks if check["name"] == "hooks")

    assert found() == ("ok", "not installed here: commits tell nobody")
    git_world.ok("hooks", "install")
    assert found() == ("ok", f"installed in {git_world.project}/.git/hooks")
    (git_world.project / ".git/hooks/post-commit").write_text("#!/bin/sh\n")
    assert found()[0] == "warn" and "another tool has replaced post-commit" in found()[1]
