"""What a task's workflow refuses: steps that the status table lacks, what it waits for, what somebody else has."""

from __future__ import annotations

from fedtasks.errors.base import Exit, FedtasksError, NotAllowed


class InvalidTransition(NotAllowed):
    """The status table has no such step; `allowed` lists the steps that it has."""

    code = "invalid_transition"

    def __init__(self, task: str, current: str, wanted: str, allowed: list[str]) -> None:
        super().__init__(
            f"{task} is {current} already"
            if wanted == current
            else f"{task} is {current} and cannot {'be' if wanted == 'claimed' else 'become'} {wanted}",
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
    """A dependency (or a parent) would close a circle; `cycle` is the path, first id repeated at the end."""

    code = "dependency_cycle"

    def __init__(self, cycle: list[str], *, parents: bool = False) -> None:
        verb, undo = ("be a part of", "edit ID --clear parent") if parents else ("wait for", "depend ID --no OTHER")
        circle = f"that would make a circle: {' -> '.join(cycle)}"
        super().__init__(
            f"{cycle[0]} cannot {verb} itself" if len(cycle) == 2 else circle,
            hint="name another task" if len(cycle) == 2 else f"take one of these out first: fedtasks {undo}",
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
