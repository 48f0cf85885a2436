"""The lab, once for all tests here; without root, apt or the packages they are skipped with the reason."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.conftest import PACKAGE
from tests.nfs.lab import TEAM, Done, Guest, Lab, missing

STORE = f"{TEAM}/tasks"


class Answer(NamedTuple):
    """What one command line answered, when it began and when it ended (Unix time)."""

    code: int
    out: str
    err: str
    began: float
    ended: float

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Machine:
    """A client of the lab on which `name` works."""

    def __init__(self, guest: Guest, name: str) -> None:
        self.guest, self.name = guest, name

    def _line(self, commands: list[list[str]], more: str) -> str:
        environ = f"FEDTASKS_ACTOR={self.name} FEDTASKS_STORE={STORE} HOME=/root PYTHONPATH={PACKAGE} {more}"
        python = f"cd /root && {environ} {shlex.quote(sys.executable)} -m tests.nfs.worker"
        return f"{python} <<'END'\n{json.dumps(commands)}\nEND"

    def begin(self, commands: list[list[str]], more: str = "", limit: float = 3600) -> Callable[[], list[Answer]]:
        """Starts command lines; `more` are settings in the environment."""
        end = self.guest.begin(self._line(commands, more), limit)
        return lambda: answers(end())

    def run(self, *commands: list[str], more: str = "") -> list[Answer]:
        """The answers of command lines."""
        return answers(self.guest.attempt(self._line(list(commands), more), 300))

    def ok(self, *words: str) -> Any:
        """The JSON answer of a command that must succeed."""
        (answer,) = self.run([*words, "--json"])
        assert answer.code == 0, (words, answer)
        return answer.json

    def tags(self, id: str) -> set[str]:
        return set(self.ok("show", id)["task"].get("tags", []))

    def titles(self) -> list[str]:
        return sorted(task["title"] for task in self.ok("list", "--all")["tasks"])


def answers(done: Done) -> list[Answer]:
    """What a worker printed; what a machine that died printed before is lost with it."""
    assert "Traceback" not in done.err, done
    return [Answer(*json.loads(line)) for line in done.out.splitlines()]


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A server and two clients."""
    if reason := missing():
        pytest.skip(f"no NFS lab here: {reason}")
    try:
        made = Lab()
    except (OSError, RuntimeError) as found:
        pytest.skip(f"no NFS lab here: {found}")
    yield made
    made.close()


@pytest.fixture
def machines(lab: Lab) -> tuple[Machine, Machine]:
    """Two machines and a new store on the export."""
    one, two = (Machine(guest, name) for guest, name in zip(lab.clients, ("ann", "ben"), strict=True))
    one.guest.run(f"rm -rf {TEAM}/*")
    (made,) = one.run(["init", "--dir", STORE], more="FEDTASKS_STORE=")
    assert made.code == 0, made
    return one, two
