"""Completion as the shells ask for it: verbs, options, choices and the ids of the store at hand."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from fedtasks.cli.verbs import VERBS

BIN = Path(sys.executable).parent
SHELLS = ("bash", "zsh", "fish")
PRESS_TAB = """
eval "$(fedtasks completion bash)"
spec=$(complete -p "$1") || exit 9
[[ $spec =~ -F\\ ([^ ]+) ]] || exit 8
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
"${BASH_REMATCH[1]}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def path_with_scripts(world: Any) -> dict[str, str]:
    return {"PATH": f"{BIN}:{world.env['PATH']}"}


def tab(world: Any, *words: str, **more: Any) -> list[str]:
    """What real bash offers after these words, the last one being typed; nothing may appear on the terminal."""
    program = ["bash", "--norc", "-c", PRESS_TAB, "bash", *words]
    done = world.run(program=program, env=path_with_scripts(world), **more)
    assert (done.code, done.err) == (0, ""), done
    return sorted(done.out.split())


def ask(world: Any, shell: str, *words: str) -> str:
    """The protocol of a shell's script, which needs no such shell."""
    asked = words[-1] if shell == "fish" else str(len(words) - 1)
    env = {"_FEDTASKS_COMPLETE": f"{shell}_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": asked}
    done = world.run(env=env)
    assert (done.code, done.err) == (0, ""), done
    return str(done.out)


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(git_world: Any, shell: str) -> None:
    shown = git_world.ft("completion", shell)
    assert shown.code == 0 and shown.err == ""
    assert f"_FEDTASKS_COMPLETE={shell}_complete" in shown.out
    answer = git_world.ok("completion", shell)
    assert (answer["schema"], answer["shell"]) == ("fedtasks.completion/1", shell)
    assert answer["script"].strip() == shown.out.strip()


def test_a_script_needs_no_store_and_no_repository(git_world: Any, tmp_path: Path) -> None:
    assert git_world.run("completion", "bash", cwd=tmp_path).code == 0
    assert git_world.fails(2, "completion", "tcsh")["code"] == "usage"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_itself_takes_its_script(git_world: Any, shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(git_world.ft("completion", shell).out, encoding="utf-8")
    assert git_world.run(program=[shell, "-n", str(script)]).code == 0


def test_verbs(git_world: Any) -> None:
    assert set(VERBS) - {"merge-driver"} == set(tab(git_world, "fedtasks", ""))
    assert tab(git_world, "fedtasks", "cl") == ["claim"]
    assert {"ready", "release", "reopen"} <= set(tab(git_world, "fedtasks", "re"))
    assert tab(git_world, "fedtasks", "member", "") == ["add", "edit", "list", "show"]


def test_the_short_name_completes_too(git_world: Any) -> None:
    id = git_world.add("first")
    assert tab(git_world, "ft", "cl") == ["claim"]
    assert tab(git_world, "ft", "claim", "") == [id]


def test_ids(world: Any) -> None:
    ids = sorted(world.add(f"task {number}") for number in range(3))
    for verb in ("show", "claim", "done", "history", "edit", "block"):
        assert tab(world, "fedtasks", verb, "") == ids, verb
    assert tab(world, "fedtasks", "show", ids[1]) == [ids[1]]
    assert tab(world, "fedtasks", "show", "nothing") == []
    elsewhere = world.base / "elsewhere"
    elsewhere.mkdir()
    assert tab(world, "fedtasks", "--store", str(world.root), "show", "task", cwd=elsewhere) == ids


def test_options_and_choices(git_world: Any) -> None:
    assert tab(git_world, "fedtasks", "list", "--sta") == ["--status"]
    assert tab(git_world, "fedtasks", "list", "--status", "d") == ["done"]
    assert tab(git_world, "fedtasks", "completion", "") == sorted(SHELLS)


def test_without_a_store_nothing_is_offered_and_nothing_is_said(empty_world: Any) -> None:
    assert tab(empty_world, "fedtasks", "show", "") == []


def test_a_broken_store_keeps_the_terminal_clean(git_world: Any) -> None:
    id = git_world.add("first")
    git_world.path(id).write_bytes(b"{")
    assert tab(git_world, "fedtasks", "show", "") == [id]


def test_completion_does_not_wait_for_a_writer(git_world: Any, held: Any) -> None:
    id = git_world.add("first")
    held(git_world)
    assert tab(git_world, "fedtasks", "claim", "") == [id]


def test_zsh_and_fish_get_their_form(git_world: Any) -> None:
    id = git_world.add("first")
    for shell in ("zsh", "fish"):
        told = ask(git_world, shell, "fedtasks", "cl")
        assert "claim" in told and "Takes a task" in told and "cancel" not in told
        assert id in ask(git_world, shell, "fedtasks", "claim", "task")
