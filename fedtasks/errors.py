"""Every error that fedtasks raises on purpose: its fields, its exit code, its hint.

An error carries data; `message` and `hint` word it once, and the faces (command line, MCP) only print them.
"""

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


class InvalidTransition(NotAllowed):
    """The status table has no such step; `allowed` lists the steps that it has."""

    code = "invalid_transition"

    def __init__(self, task: str, current: str, wanted: str, allowed: list[str]) -> None:
        super().__init__(
            f"{task} is {current} and cannot {'be' if wanted == 'claimed' else 'become'} {wanted}",
            hint=f"from {current} it can become: {', '.join(allowed)}",
            task=task,
            status=current,
            wanted=wanted,
            allowed=allowed,
        )


class UnmetDependencies(NotAllowed):
    """A task waits for others; `waits_for` names them with their status."""

    code = "unmet_dependencies"

    def __init__(self, task: str, waits_for: list[tuple[str, str, str]]) -> None:
        lines = ", ".join(f"{id} ({status}: {title})" for id, status, title in waits_for)
        super().__init__(
            f"{task} waits for {lines}",
            hint="finish those first; a lead may override with --override REASON",
            task=task,
            waits_for=[{"id": id, "status": status, "title": title} for id, status, title in waits_for],
        )


class NeedsApproval(NotAllowed):
    """A task is not done before its approvals; `approvals` are those it has, `blocking` the verdicts in the way."""

    code = "needs_approval"

    def __init__(self, task: str, needed: int, approvals: list[str], blocking: list[tuple[str, str]]) -> None:
        given = f" ({', '.join(approvals)})" if approvals else ""
        parts = (
            [f"needs {needed} approval{'s' if needed != 1 else ''} and has {len(approvals)}{given}"] if needed else []
        )
        words = {"changes": "asks for changes", "reject": "rejects it"}
        parts += [f"{name} {words.get(verdict, verdict)}" for name, verdict in blocking]
        super().__init__(
            f"{task}: {'; '.join(parts)}",
            hint=f"see 'fedtasks review show {task}', ask with 'fedtasks review request {task}'; "
            "its lead may override it with 'done --override REASON'",
            task=task,
            needed=needed,
            approvals=approvals,
            blocking=[{"by": name, "verdict": verdict} for name, verdict in blocking],
        )


class DependencyCycle(NotAllowed):
    """A dependency would close a circle; `cycle` is the path, first id repeated at the end."""

    code = "dependency_cycle"

    def __init__(self, cycle: list[str]) -> None:
        super().__init__(
            f"that would make a circle: {' -> '.join(cycle)}",
            hint="remove one of these dependencies first: fedtasks depend ID --no OTHER",
            cycle=cycle,
        )


class Held(FedtasksError):
    """Somebody else has the task; `holder` and `since` say who and since when."""

    exit_code = Exit.HELD
    code = "held"

    def __init__(
        self, task: str, holder: str, since: str | None, *, yourself: bool = False, expires: str | None = None
    ) -> None:
        when = f" since {since}" if since else ""
        message = f"{task} is yours already, {holder}{when}" if yourself else f"{task} is held by {holder}{when}"
        hint = f"pick another with 'fedtasks ready', or ask {holder} to release it"
        if expires:
            hint += f"; once its lease has expired, at {expires}: fedtasks claim {task} --takeover"
        super().__init__(
            message,
            hint=f"go on with it: fedtasks show {task}" if yourself else hint,
            task=task,
            holder=holder,
            since=since,
            **({"expires": expires} if expires else {}),
        )


class LostClaim(Held):
    """The claim that a worker shows, or had, no longer holds; `token` is the one that was shown, if any."""

    code = "lost_claim"

    def __init__(self, task: str, holder: str | None, since: str | None, token: str | None = None) -> None:
        now = f"{holder} has it{f' since {since}' if since else ''}" if holder else "nobody has it"
        super().__init__(task, holder or "nobody", since)
        self.message = f"your claim on {task} no longer holds; {now}"
        self.args = (self.message,)
        self.hint = f"stop working on it; what happened stands in: fedtasks history {task}"
        self.fields |= {"holder": holder, "token": token}


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


class OutOfReach(FedtasksError):
    """The store or a remote cannot be reached or written."""

    exit_code = Exit.OUT_OF_REACH
    code = "out_of_reach"


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
