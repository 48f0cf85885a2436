"""Beside the real pre-commit and the real husky, whoever came first."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import World
from tests.hooks.conftest import Person

CONFIG = """
repos:
  - repo: local
    hooks:
      - {id: check, name: check, language: system, entry: sh -c 'echo checked >>"$HOME/checked"; test ! -e stop', always_run: true, pass_filenames: false}
"""  # noqa: E501


def commit(world: World) -> int:
    return world.git_result("commit", "--quiet", "--allow-empty", "-m", "x", cwd=world.project).code


def times(world: World) -> int:
    """How often the other tool has run since this was last asked."""
    log = world.home / "checked"
    text = log.read_text() if log.exists() else ""
    log.write_text("")
    return text.count("checked\n")


def guards(person: Person) -> bool:
    """Whether our guard speaks up at a commit."""
    person.write("src/auth.py")
    done = person.world.git_result("commit", "-qm", "x", cwd=person.project, env={"FEDTASKS_ACTOR": "ben"})
    return done.code == 0 and "ada is editing src/auth.py" in done.err


@pytest.fixture
def pre_commit(alone: Person) -> list[str]:
    """The command, in a project with one check."""
    program = Path(sys.executable).with_name("pre-commit")
    if not program.exists():
        pytest.skip("pre-commit is not installed here")
    (alone.project / ".pre-commit-config.yaml").write_text(CONFIG)
    alone.task("Sign people in", "src/auth.py")
    return [str(program)]


@pytest.mark.parametrize("first", ["pre-commit", "fedtasks"])
def test_pre_commit(alone: Person, pre_commit: list[str], first: str) -> None:
    world = alone.world
    alone.git("add", ".pre-commit-config.yaml")
    if first == "pre-commit":
        world.ok("hooks", "uninstall")
    assert world.run(program=[*pre_commit, "install"]).code == 0
    done = world.ok("hooks", "install")["hooks"]["pre-commit"]
    assert done == ("kept" if first == "pre-commit" else "nothing")
    assert world.ok("hooks", "install")["changed"] is False
    assert world.ok("hooks", "status")["fires"]
    assert guards(alone) and times(world) == 1
    (alone.project / "stop").touch()
    assert commit(world) == 1 and times(world) == 1, "its answer counts"
    (alone.project / "stop").unlink()
    if first == "pre-commit":
        assert world.run(program=[*pre_commit, "install"]).code == 0, "it takes the place back"
        assert guards(alone) and times(world) == 1, "and nothing runs in a circle"
    world.ok("hooks", "uninstall")
    assert commit(world) == 0 and times(world) == 1
    folder = alone.project / ".git/hooks"
    assert not list(folder.glob("*fedtasks*")) and not any(b"fedtasks" in one.read_bytes() for one in folder.iterdir())


@pytest.fixture(scope="session")
def husky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of husky, from its registry."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed here")
    place = tmp_path_factory.mktemp("husky")
    done = subprocess.run(
        ["npm", "pack", "--silent", "husky@9"], cwd=place, capture_output=True, timeout=60, check=False
    )
    if done.returncode != 0:
        pytest.skip("the npm registry is out of reach")
    shutil.unpack_archive(next(place.glob("*.tgz")), place, filter="data")
    return place / "package" / "bin.js"


def test_husky(alone: Person, husky: Path) -> None:
    world = alone.world
    world.ok("hooks", "uninstall")
    assert world.run(program=["node", str(husky)]).code == 0
    (alone.project / ".husky/pre-commit").write_text('echo checked >>"$HOME/checked"\ntest ! -e stop\n')
    alone.task("Sign people in", "src/auth.py")
    assert world.ok("hooks", "install")["folder"] == str(alone.project / ".husky/_")
    assert guards(alone) and times(world) == 1
    (alone.project / "stop").touch()
    assert commit(world) == 1 and times(world) == 1
    (alone.project / "stop").unlink()
    assert world.run(program=["node", str(husky)]).code == 0, "as every npm install does"
    assert world.ft("hooks", "status").code == 1
    assert world.ok("hooks", "install")["hooks"]["pre-commit"] == "kept"
    assert guards(alone) and times(world) == 1
    world.ok("hooks", "uninstall")
    assert commit(world) == 0 and times(world) == 1 and not list((alone.project / ".husky/_").glob("*fedtasks*"))
