"""The exit codes, what every error has, and the errors that any part may raise."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, ClassVar


class Exit(IntEnum):
    """Exit codes of the command line (README, section 'Exit codes')."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    HELD = 5
    INVALID = 6
    OUT_OF_REACH = 7
    INTERRUPTED = 130


class FedtasksError(Exception):
    """Base of all errors; `fields` are JSON values that name what went wrong and where."""

    exit_code: ClassVar[Exit] = Exit.REFUSED
    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, hint: str | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fields = fields

    def to_json(self) -> dict[str, Any]:
        """The `error` object of `--json` output."""
        shown: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.hint:
            shown["hint"] = self.hint
        return shown | self.fields


class UsageError(FedtasksError):
    """The words of the command do not fit together."""

    exit_code = Exit.USAGE
    code = "usage"


class NoIdentity(UsageError):
    """Nothing says who acts."""

    code = "no_identity"

    def __init__(self) -> None:
        super().__init__(
            "nobody is known to be acting here",
            hint="name yourself with --as NAME or FEDTASKS_ACTOR=NAME, or set git's user.name and user.email",
        )


class NotFound(FedtasksError):
    """A thing that was named does not exist."""

    exit_code = Exit.NOT_FOUND
    code = "not_found"


class AmbiguousId(NotFound):
    """Several ids (of `what`) fit what was given; `candidates` lists them."""

    code = "ambiguous_id"

    def __init__(self, given: str, candidates: list[str], what: str = "tasks") -> None:
        shown = ", ".join(candidates[:8]) + (", ..." if len(candidates) > 8 else "")
        super().__init__(
            f"'{given}' fits {len(candidates)} {what}: {shown}",
            hint="give more characters of the id",
            given=given,
            candidates=candidates,
        )


class NotAllowed(FedtasksError):
    """The workflow or the actor's role forbids it."""

    exit_code = Exit.NOT_ALLOWED
    code = "not_allowed"


class OutOfReach(FedtasksError):
    """The store or a remote cannot be reached or written."""

    exit_code = Exit.OUT_OF_REACH
    code = "out_of_reach"
