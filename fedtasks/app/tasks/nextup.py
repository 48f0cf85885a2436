"""The next task for somebody: which one, why, and claiming it in one go."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fedtasks.app.session import Session
from fedtasks.app.tasks.listing import Row, list_tasks, ready, waiting
from fedtasks.app.tasks.overlaps import ground_of
from fedtasks.app.tasks.work import claim
from fedtasks.domain.status import ACTIVE, PRIORITIES
from fedtasks.domain.task import Task
from fedtasks.errors import Held, InvalidTransition, NotFound, OutOfReach, UnmetDependencies
from fedtasks.policy.leases import has_expired
from fedtasks.policy.overlaps import Ground
from fedtasks.store.query import Filter

Neighbour = tuple[str, str, str]
"""A path, who edits it, and for which task."""


FEW = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that could be next, and what speaks for and against it."""

    row: Row
    mine: bool
    lacks: tuple[str, ...]
    meets: tuple[Neighbour, ...]

    @property
    def rank(self) -> tuple[bool, bool, int, bool]:
        """The order of candidates, the best first; equal ones stay in the order of their plans.

        | first                       | then                                                             |
        |-----------------------------|------------------------------------------------------------------|
        | assigned to me              | what nobody has                                                  |
        | I have the skills it needs  | I lack one                                                       |
        | a higher priority           | a lower one                                                      |
        | nobody edits its files      | an active task of somebody else can meet them                    |
        """
        return (not self.mine, bool(self.lacks), PRIORITIES.index(self.row["priority"]), bool(self.meets))

    def reasons(self) -> list[str]:
        """Its rank in words."""
        found = ["assigned to you" if self.mine else "nobody has it", f"priority {self.row['priority']}"]
        if self.row["depends_on"]:
            found.append("all that it waits for is done")
        found += [f"needs {', '.join(self.lacks)}, which you have not"] if self.lacks else []
        found += [f"{who} edits {path} for {task}" for path, who, task in self.meets]
        return found if self.meets else [*found, "nobody edits its files"]

    def to_json(self) -> dict[str, Any]:
        """The candidate as `--why` shows it."""
        return {"id": self.row["id"], "title": self.row["title"], "because": self.reasons()}


class NothingReady(NotFound):
    """No task can be started now."""

    code = "nothing_ready"


def candidates(session: Session, filter: Filter, *, everything: bool = True) -> list[Candidate]:
    """The tasks that the actor could start now, the best first.

    Without `everything` only the most urgent are looked at, as long as one of them has nothing against it: then no
    other can be better.
    """
    if not everything:
        found = _ranked(session, filter, FEW)
        if any(not one.lacks and not one.meets for one in found):
            return found
    return _ranked(session, filter, None)


def _ranked(session: Session, filter: Filter, limit: int | None) -> list[Candidate]:
    name = session.actor.name
    given = filter._replace(assignee=(name,), status=("pending",))
    held = {entry.row["id"] for entry in waiting(session, given) if entry.waits_for}
    mine = [row for row in list_tasks(session, given, "priority").rows() if row["id"] not in held]
    teams = tuple(team for team, people in session.rules.teams.items() if name in people)
    free = ready(session, filter._replace(teams=teams), limit).rows()
    others = [row for row in list_tasks(session, Filter(status=ACTIVE)).rows() if row["assignee"] != name]
    skills = {skill.casefold() for skill in session.actor.member.skills}
    active = {row["id"]: row for row in others}
    ground = ground_of(session, {id: row["files"] for id, row in active.items()})
    found = [_candidate(row, name, skills, _meetings(row, ground, active)) for row in (*mine, *free)]
    return sorted(found, key=lambda one: one.rank)


def _candidate(row: Row, name: str, skills: set[str], meets: list[Neighbour]) -> Candidate:
    lacks = tuple(skill for skill in row.get("skills", ()) if skill.casefold() not in skills)
    return Candidate(row, row["assignee"] == name, lacks, tuple(meets))


def _meetings(row: Row, ground: Ground, active: Mapping[str, Row]) -> list[Neighbour]:
    """Path, assignee and task where an active task of somebody else can touch the same file."""
    met = ground.met_by(row["files"])
    return [(one.path, active[id]["assignee"] or "somebody", id) for id, where in met.items() for one in where]


@dataclass(frozen=True, slots=True)
class Next:
    """The task chosen, the candidates that it was chosen from, those lost to others on the way."""

    task: Task
    chosen: Candidate
    others: tuple[Candidate, ...]
    lost: tuple[str, ...]

    def why(self) -> dict[str, Any]:
        """The choice as `--why` shows it."""
        return {
            "chosen": self.chosen.to_json(),
            "others": [one.to_json() for one in self.others[:5]],
            "lost": list(self.lost),
        }


def next_task(session: Session, filter: Filter, *, take: bool) -> Next:
    """The best task that can be started; `take` claims it, or the next best where somebody was quicker.

    Where this clone knows of none, `take` asks the remote before it raises NothingReady.
    """
    lost: dict[str, None] = {}
    asked = not take
    while True:
        found = [one for one in candidates(session, filter, everything=bool(lost)) if one.row["id"] not in lost]
        if not found and not asked:
            _catch_up(session)
            asked = True
            continue
        if not found:
            raise _nothing(session, filter, tuple(lost))
        best = found[0]
        id = best.row["id"]
        try:
            task = claim(session, id) if take else session.reader.task(id)
        except (Held, InvalidTransition, UnmetDependencies, NotFound):
            lost[id] = None
            continue
        return Next(task, best, tuple(found[1:]), tuple(lost))


def _catch_up(session: Session) -> None:
    from fedtasks.app.sharing.sync import sync

    with suppress(OutOfReach):
        if session.remote is not None:
            sync(session)


def left_behind(session: Session, filter: Filter) -> list[Row]:
    """The tasks of others whose lease has expired, so that they can be taken over."""
    now, name = session.context.now(), session.actor.name
    rows = list_tasks(session, filter._replace(status=ACTIVE), "priority").rows()
    return [row for row in rows if row["assignee"] != name and has_expired(row.get("claim") or {}, now)]


def _nothing(session: Session, filter: Filter, lost: tuple[str, ...]) -> NothingReady:
    waits = waiting(session, filter)
    left = [row["id"] for row in left_behind(session, filter)]
    if left:
        names = ", ".join(left[:5])
        return NothingReady(
            f"no task is free to start now, but {names} {'was' if len(left) == 1 else 'were'} left behind",
            hint="take it over: fedtasks claim ID --takeover (over MCP: federation_claim_task with id and takeover)",
            waiting=len(waits),
            lost=list(lost),
            expired=left,
        )
    more = f"; {len(waits)} pending {'task waits' if len(waits) == 1 else 'tasks wait'}" if waits else ""
    return NothingReady(
        f"no task is free to start now{more}",
        hint="see what they wait for: fedtasks ready --why" if waits else "see all tasks: fedtasks list --all",
        waiting=len(waits),
        lost=list(lost),
        expired=[],
    )
