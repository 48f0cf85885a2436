"""What is wrong with the store or its files: invalid, newer than this program, locked, not there."""

from __future__ import annotations

from typing import Any

from fedtasks.errors.base import Exit, FedtasksError, OutOfReach


class InvalidData(FedtasksError):
    """A file does not fit its schema; `path`, `line` and `field` say where."""

    exit_code = Exit.INVALID
    code = "invalid_data"

    def __init__(self, path: str, message: str, *, line: int = 1, field: str = "", hint: str | None = None) -> None:
        where = f"{field}: " if field else ""
        super().__init__(
            f"{path}:{line}: {where}{message}",
            hint=hint or "mend the file by hand, or take an older version from its git history",
            path=path,
            line=line,
            field=field,
            problem=message,
        )


class NewerFormat(FedtasksError):
    """A newer fedtasks wrote this; it is read where possible and never written."""

    exit_code = Exit.INVALID
    code = "newer_format"

    def __init__(self, path: str, found: int, known: int) -> None:
        super().__init__(
            f"{path} has format {found}, this fedtasks writes format {known}",
            hint="upgrade fedtasks: pip install --upgrade fedtasks",
            path=path,
            found=found,
            known=known,
        )


class NoStore(OutOfReach):
    """No store was found; `looked` lists the places."""

    code = "no_store"

    def __init__(self, looked: list[str]) -> None:
        super().__init__(
            f"no task store found (looked at: {', '.join(looked)})",
            hint="make one with 'fedtasks init' in a git repository, or 'fedtasks init --dir PATH' on a shared disk",
            looked=looked,
        )


class StoreLocked(OutOfReach):
    """Another process holds the store's lock; `holder` is what it wrote about itself."""

    code = "store_locked"

    def __init__(self, waited: float, holder: dict[str, Any] | None) -> None:
        who = "another process"
        if holder:
            who = (
                f"{holder.get('actor', '?')} (pid {holder.get('pid', '?')} on {holder.get('host', '?')}) "
                f"since {holder.get('since', '?')} for '{holder.get('what', '?')}'"
            )
        super().__init__(
            f"the store is locked by {who}; waited {waited:g} s",
            hint="try again, or wait longer with --lock-timeout SECONDS",
            waited=waited,
            holder=holder,
        )


class LockLost(OutOfReach):
    """The lock, or what it guarded, changed while this process slept; nothing was written."""

    code = "lock_lost"
