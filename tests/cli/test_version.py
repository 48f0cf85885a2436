"""The version: one answer on all ways to ask, quickly."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fedtasks

BIN = Path(sys.executable).parent


def test_every_way_to_ask_gives_one_answer(git_world: Any) -> None:
    expected = f"fedtasks {version('fedtasks')}\n"
    assert fedtasks.__version__ == version("fedtasks")
    for program in (
        [str(BIN / "fedtasks"), "--version"],
        [str(BIN / "ft"), "--version"],
        [sys.executable, "-m", "fedtasks", "--version"],
        [sys.executable, "-m", "fedtasks", "--as", "ada", "--version"],
    ):
        done = git_world.run(program=program)
        assert (done.code, done.out, done.err) == (0, expected, ""), program


def test_the_version_needs_neither_store_nor_git_nor_home(git_world: Any, tmp_path: Path) -> None:
    env = {"HOME": None, "PATH": str(tmp_path), "XDG_CACHE_HOME": None}
    done = git_world.run("--version", cwd=tmp_path, env=env)
    assert (done.code, done.err) == (0, "") and list(tmp_path.iterdir()) == [git_world.base]


def test_the_version_loads_no_library(git_world: Any) -> None:
    """A start-up within four times that of the bare interpreter leaves no room for click."""
    program = "import sys; from fedtasks.cli.main import main; main(['--version']); print(sorted(sys.modules))"
    loaded = git_world.run(program=[sys.executable, "-c", program]).out
    assert "'fedtasks.cli.main'" in loaded
    for name in ("click", "git", "jsonschema", "yaml", "sqlite3", "markdown_it", "filelock", "subprocess"):
        assert f"'{name}'" not in loaded
