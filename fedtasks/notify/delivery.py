"""What sending a message takes: the tools of a machine, the time it has, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

TIMEOUT = 20.0
"""Seconds for one message."""


class Undelivered(Exception):
    """A message could not be sent now; the words say why, and never hold a secret."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a machine has that the store does not: secrets and commands by name, the terminal, the environment.

    `secret` and `command` raise Undelivered for a name that this machine does not know.
    """

    secret: Callable[[str], str]
    command: Callable[[str], list[str]]
    say: Callable[[str], None]
    environ: Mapping[str, str]
