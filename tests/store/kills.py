"""A command that is killed at one point after the other."""

from __future__ import annotations

import signal
from collections.abc import Callable

MOST = 80
"""More points than any command has."""

Kill = Callable[[int], int]


def points(kill: Kill, look: Callable[[], bool], reset: Callable[[], None]) -> list[bool]:
    """Kills at point 1, 2, ... until the command ends; what `look` saw after each: the change, or none."""
    seen = []
    for number in range(1, MOST):
        code = kill(number)
        changed = look()
        if code == 0:
            assert changed
            return seen
        assert code == -signal.SIGKILL
        seen.append(changed)
        if changed:
            reset()
    raise AssertionError("the command never ended")


def whole(seen: list[bool]) -> None:
    """Points come in order: from one of them on the change happens."""
    assert False in seen and seen == sorted(seen), seen
