"""The context of one command: clock, randomness, environment and place, taken at the edge and nowhere below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import gmtime, strftime
from typing import NamedTuple

from fedtasks.errors import UsageError
from fedtasks.git.run import Git

DEFAULT_LOCK_TIMEOUT = 30.0

RandomBytes = Callable[[int], bytes]


class Context(NamedTuple):
    """`clock` returns Unix time in nanoseconds; `store` and `actor` are what the command line said, or None."""

    directory: Path
    environ: Mapping[str, str]
    clock: Callable[[], int]
    random: RandomBytes
    store: str | None = None
    actor: str | None = None
    lock_timeout: float = DEFAULT_LOCK_TIMEOUT
    host: str = "localhost"
    pid: int = 0
    python: str = "python3"

    @property
    def git(self) -> Git:
        """Git in the working directory."""
        return Git(self.directory, self.environ)

    def now(self) -> str:
        """Now, in UTC, to the second: `2026-01-27T16:00:00Z`."""
        return stamp_of(self.clock())

    def ulid(self) -> str:
        """A fresh event id."""
        from fedtasks.domain.ids import ulid

        return ulid(self.clock() // 1_000_000, self.random(10))

    @property
    def fsync(self) -> bool:
        """Whether writes are made durable: FEDTASKS_FSYNC=off is for throw-away stores."""
        return self.environ.get("FEDTASKS_FSYNC", "on") != "off"

    @property
    def cache(self) -> Path | None:
        """Where caches stand on this machine, None where no home is known."""
        base = self.environ.get("XDG_CACHE_HOME") or ""
        if Path(base).is_absolute():
            return Path(base) / "fedtasks"
        home = self.environ.get("HOME")
        return Path(home) / ".cache" / "fedtasks" if home else None


def stamp_of(nanoseconds: int) -> str:
    """Unix time in nanoseconds as `2026-01-27T16:00:00Z`."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(nanoseconds // 1_000_000_000))


def parse_stamp(text: str) -> int:
    """Unix time in nanoseconds of FEDTASKS_NOW; raises UsageError."""
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"FEDTASKS_NOW is no time: {text!r}", hint="write it as 2026-01-27T16:00:00Z") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()) * 1_000_000_000
