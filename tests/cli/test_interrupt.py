"""Ctrl-C while a command still loads its modules: exit 130 and one line, wherever it comes."""

from __future__ import annotations

import sys
from typing import Any

import pytest

VICTIM = """
import os, signal, sys
place, wanted, seen = int(sys.argv.pop(1)), sys.argv.pop(1), 0
from fedtasks.cli.main import main

def watch(event, arguments):
    global seen
    if event == wanted:
        seen += 1
        if seen == place:
            os.write(1, b"reached")
            os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(watch)
main()
"""
"""Runs a command as its console script does; it says when its N-th import or executed text was reached."""


def interrupted(world: Any, place: int, event: str, *words: str) -> bool:
    """Whether a command was interrupted at its N-th import or executed text, as it should be; else it ended well."""
    done = world.run(program=[sys.executable, "-c", VICTIM, str(place), event, *words])
    assert "Traceback" not in done.told and "Exception ignored" not in done.err, done
    if done.code == 130:
        assert "reached" in done.out, done
        assert done.err.strip().startswith("fedtasks: interrupted") and len(done.err.strip().splitlines()) == 1, done
        return True
    assert done.code == 0 and "reached" not in done.out, done
    return False


@pytest.mark.parametrize(("event", "step"), [("import", 5), ("exec", 9)])
def test_ctrl_c_while_modules_are_loaded(git_world: Any, event: str, step: int) -> None:
    places = 0
    while interrupted(git_world, 1 + places * step, event, "add", f"task {places}"):
        places += 1
    assert places >= 5
    git_world.add("last")
    git_world.assert_clean()
