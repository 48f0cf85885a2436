"""Somebody's own `git commit` in the store, which asks for no lock, at each git command of a claim: both are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MOST = 12
SHIM = """#!/bin/sh
count=$(($(cat "$FT_SHIM/count") + 1))
echo $count > "$FT_SHIM/count"
if [ $((2 * count - 1)) = "$FT_PLACE" ]; then sh "$FT_SHIM/meanwhile"; fi
"$FT_GIT" "$@"
code=$?
if [ $((2 * count)) = "$FT_PLACE" ]; then sh "$FT_SHIM/meanwhile"; fi
exit $code
"""
MEANWHILE = """set -e
cd "$FT_ROOT"
sed 's/"title": "{old}"/"title": "{new}"/' {path} > .local/edited
cat .local/edited > {path}
"$FT_GIT" commit --quiet --message 'by hand' {path}
: > "$FT_SHIM/happened"
"""


@pytest.fixture
def meanwhile(tmp_path: Path) -> Callable[..., tuple[Any, bool]]:
    """Runs a command, and somebody's edit and commit of a file at a place: 1 before its first git command, 2 after it,
    3 before its second one, ...; the result, and whether the command came to that place."""
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "git").write_text(SHIM, encoding="utf-8")
    (shim / "git").chmod(0o755)

    def run(world: Any, place: int, id: str, old: str, new: str, *words: str) -> tuple[Any, bool]:
        (shim / "count").write_text("0\n", encoding="utf-8")
        (shim / "happened").unlink(missing_ok=True)
        script = MEANWHILE.format(old=old, new=new, path=f"tasks/{id}.json")
        (shim / "meanwhile").write_text(script, encoding="utf-8")
        more = {"FT_SHIM": str(shim), "FT_PLACE": str(place), "FT_ROOT": str(world.root)}
        path = f"{shim}:{world.env['PATH']}"
        done = world.run(*words, env=more | {"FT_GIT": str(shutil.which("git")), "PATH": path})
        return done, (shim / "happened").exists()

    return run


@pytest.mark.parametrize(("kind", "same"), [("git", False), ("dir+git", True)], ids=["another task", "the same task"])
def test_a_commit_of_ones_own_at_each_git_command_of_a_claim(
    make_world: Any, kind: str, same: bool, meanwhile: Callable[..., tuple[Any, bool]]
) -> None:
    world, codes = make_world(kind), []
    world.env["FEDTASKS_FSYNC"] = "off"
    for place in range(1, 2 * MOST):
        claimed, edited = world.add(f"mine {place}"), ""
        edited = claimed if same else world.add(f"theirs {place}")
        old = f"mine {place}" if same else f"theirs {place}"
        done, happened = meanwhile(world, place, edited, old, f"by hand {place}", "claim", claimed, "--json")
        assert "Traceback" not in done.told and done.code in (0, 7), (place, done)
        codes.append(done.code)
        if done.code == 7:
            assert "git was used in the store while this command worked" in done.json["error"]["message"]
            assert same and world.raw(claimed)["status"] == "pending", place
            world.ok("claim", claimed)
        assert world.raw(claimed)["status"] == "in_progress", place
        if not happened:
            break
        assert f"by hand {place}" in world.git("log", "-p", "--format=", "--", f"tasks/{edited}.json"), place
        world.ok("tag", edited, "seen")
        if not same or done.code == 7:
            assert world.raw(edited)["title"] == f"by hand {place}", place
            world.assert_clean()
            assert world.git("log", "--format=%s").split("\n").count("by hand") == place
    else:
        raise AssertionError("the claim never ended")
    assert len(codes) > 3 and codes[-1] == 0
    assert (7 in codes) == same, codes
