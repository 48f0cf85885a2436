"""The guard before a commit: are staged files being edited under somebody else's task?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from fedtasks.app.commits.concerns import Code, Fields, active_tasks, clean
from fedtasks.app.commits.hookplace import HookPlace
from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError, NoStore, UsageError
from fedtasks.git.changed import staged
from fedtasks.policy.members import members_of

WARN, REFUSE, OFF = "warn", "refuse", "off"
MODES = (WARN, REFUSE, OFF)

Outcome = Literal["clear", "conflict", "unknown", "unmanaged"]


@dataclass(frozen=True, slots=True)
class Clash:
    """Staged paths that somebody else's active task is editing; `owner` is its assignee, else its lead."""

    task: str
    title: str
    owner: str
    since: str
    exclusive: bool
    paths: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As `hooks run pre-commit --json` has it."""
        return {name: getattr(self, name) for name in ("task", "title", "owner", "since", "exclusive")} | {
            "paths": list(self.paths)
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard found out, and why it refuses, if it does.

    | outcome     | means                                                          | the commit          |
    |-------------|----------------------------------------------------------------|---------------------|
    | `clear`     | no staged file is edited by others                             | goes on, in silence |
    | `conflict`  | some are: named with task, owner and since when                | goes on or not      |
    | `unknown`   | the store cannot be read, or nobody knows who commits: says so | goes on             |
    | `unmanaged` | this repository has no store, or the guard is off              | goes on, in silence |
    """

    outcome: Outcome
    meetings: tuple[Clash, ...] = ()
    refused: str | None = None
    notes: tuple[str, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The answer of `hooks run pre-commit --json`."""
        return {
            "outcome": self.outcome,
            "refused": self.refused is not None,
            "reason": self.refused,
            "conflicts": [meeting.to_json() for meeting in self.meetings],
            "notes": list(self.notes),
        }


def guard(session: Session, place: HookPlace) -> Verdict:
    """Looks at what is staged; never raises for what it cannot find out."""
    try:
        mode = _mode(session.context.environ, session.config.guard)
        if mode == OFF:
            return Verdict("unmanaged")
        code = Code(place.git, session, others_tasks(session))
        found = _meetings(code, staged(place.git, session.context.environ.get("GIT_INDEX_FILE")))
    except NoStore:
        return Verdict("unmanaged")
    except FedtasksError as problem:
        return Verdict("unknown", notes=(f"whether others edit these files is not known: {problem.message}",))
    if not found:
        return Verdict("clear")
    return Verdict("conflict", found, refusal(found, mode, code.branch, session.config.guard))


def _mode(environ: Mapping[str, str], settings: Mapping[str, Any]) -> str:
    said = environ.get("FEDTASKS_GUARD") or ""
    if said and said not in MODES:
        raise UsageError(f"FEDTASKS_GUARD is {said!r}", hint=f"set it to one of: {', '.join(MODES)}")
    return said or str(settings.get("mode", ""))


def refusal(found: tuple[Clash, ...], mode: str, branch: str | None, settings: Mapping[str, Any]) -> str | None:
    """Why a commit with these meetings is refused, None where it is not.

    | the guard is                              | refuses                                                    |
    |-------------------------------------------|------------------------------------------------------------|
    | `FEDTASKS_GUARD=refuse`, `mode: refuse`   | every meeting                                              |
    | `FEDTASKS_GUARD=warn`, `mode: warn`       | none                                                       |
    | neither                                   | files held exclusively (`claim --exclusive`), and on a     |
    |                                           | branch of `protected` every meeting                        |
    """
    if mode == WARN:
        return None
    if mode == REFUSE:
        return "the guard refuses files that others edit"
    held = next((meeting for meeting in found if meeting.exclusive), None)
    if held is not None:
        return f"{held.owner} holds these files exclusively"
    names = settings.get("protected", ())
    if branch is not None and any(fnmatchcase(branch, str(name)) for name in names):
        return f"the branch {branch} is protected"
    return None


def others_tasks(session: Session) -> dict[str, Fields]:
    """The active tasks with files that neither are the actor's own nor a team's that the actor is in."""
    me = session.actor.name
    return {
        id: task
        for id, task in active_tasks(session).items()
        if me not in members_of([owner_of(task)], session.members)
    }


def owner_of(task: Fields) -> str:
    """Who edits a task's files: its assignee, else its lead."""
    return str(task["assignee"] or task["lead"] or "nobody")


def _meetings(code: Code, paths: list[str]) -> tuple[Clash, ...]:
    hits: dict[str, list[str]] = {}
    for path in paths if code.tasks else ():
        for id in code.who(path, [code.branch] if code.branch else ()):
            hits.setdefault(id, []).append(clean(path))
    return tuple(_meeting(code.tasks[id], hits[id]) for id in hits)


def _meeting(task: Fields, paths: list[str]) -> Clash:
    claim = task.get("claim") or {}
    since = str(claim.get("since") or task["updated_at"])
    return Clash(task["id"], task["title"], owner_of(task), since, bool(claim.get("exclusive")), tuple(paths))


def lines_of(verdict: Verdict) -> list[str]:
    """What the guard says before a commit."""
    lines = list(verdict.notes)
    for meeting in verdict.meetings:
        paths = ", ".join(meeting.paths[:3]) + (f" and {len(meeting.paths) - 3} more" if len(meeting.paths) > 3 else "")
        held = "holds" if meeting.exclusive else "is editing"
        lines.append(f"{meeting.owner} {held} {paths} since {meeting.since}: {meeting.task} {meeting.title}")
    if verdict.refused:
        lines.append(f"nothing was committed: {verdict.refused}")
        lines.append("  talk to them; once they agree, commit with FEDTASKS_GUARD=warn")
    elif verdict.meetings:
        lines.append("  the commit goes on, and they will be told; more: fedtasks show ID")
    return [line if line.startswith(" ") else f"fedtasks: {line}" for line in lines]
