"""Overlaps: tasks that are worked on and can touch the same files, seen before that hurts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fedtasks.app.tasks.active import note_all, noted
from fedtasks.domain.status import ACTIVE, OPEN
from fedtasks.policy.matching import Checkout, Files, Meeting
from fedtasks.policy.overlaps import Ground
from fedtasks.store.layout import FOLDER
from fedtasks.store.query import Filter, select

if TYPE_CHECKING:
    from fedtasks.app.session import Session

Row = Mapping[str, Any]

MOST_NOTES = 10
"""Overlaps that a command warns of; a plan may have many more."""


class Overlap(NamedTuple):
    """Two tasks and where they can meet."""

    one: Row
    other: Row
    meetings: Sequence[Meeting]

    @property
    def people(self) -> tuple[str, str] | None:
        """The two who should talk to each other; None where one has both tasks, or nobody has one."""
        first, second = self.one["assignee"], self.other["assignee"]
        return (min(first, second), max(first, second)) if first and second and first != second else None

    def to_json(self) -> dict[str, Any]:
        """As `--json` shows it."""
        tasks = [{name: row[name] for name in ("id", "title", "status", "assignee")} for row in (self.one, self.other)]
        return {"tasks": tasks, "meetings": [meeting.to_json() for meeting in self.meetings]}


def ground_of(session: Session, tasks: Mapping[str, Files]) -> Ground:
    """The files of tasks, absolute paths taken from the top of the repository that the store belongs to."""
    root = session.root
    return Ground(tasks, Checkout(str(root.parent if root.name == FOLDER else session.context.directory)))


def rows_of(session: Session, statuses: tuple[str, ...]) -> dict[str, Row]:
    """The tasks in these states that name files, by id."""
    found = map(json.loads, select(session.index(), Filter(status=statuses), "id"))
    rows = {row["id"]: row for row in found if row["files"]}
    if statuses == ACTIVE:
        note_all(session, rows)
    return rows


def active_rows(session: Session) -> dict[str, Row]:
    """The active tasks that name files, as far as this machine has noted them."""
    found = noted(session)
    return rows_of(session, ACTIVE) if found is None else found


def overlaps(session: Session, given: Sequence[str] = (), *, pending: bool = False) -> list[Overlap]:
    """The pairs of active tasks that can touch the same files, those of two people first; `pending`: also tasks that
    are only to be done; `given` names tasks that one of the pair must be, whatever their state."""
    registry = session.reader
    wanted = {registry.resolve(part) for part in given}
    rows = rows_of(session, OPEN if pending else ACTIVE)
    rows |= {id: row for id, row in rows_of(session, OPEN).items() if id in wanted}
    ground = ground_of(session, {id: row["files"] for id, row in rows.items()})
    found = [Overlap(rows[one], rows[other], where) for one, other, where in ground.pairs()
             if not wanted or wanted & {one, other}]  # fmt: skip
    return sorted(found, key=lambda overlap: overlap.people is None)


def talk(found: Iterable[Overlap]) -> dict[tuple[str, str], int]:
    """Who should talk to whom, and on how many pairs of tasks; the most first."""
    counted: dict[tuple[str, str], int] = {}
    for overlap in found:
        if overlap.people is not None:
            counted[overlap.people] = counted.get(overlap.people, 0) + 1
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def disjoint_first(session: Session, rows: Sequence[Row]) -> list[tuple[Row, list[str]]]:
    """The tasks in an order in which as many as possible from the top can be worked on at once: first those whose files
    meet neither an active task nor one above them; each with the tasks that it meets."""
    active = rows_of(session, ACTIVE)
    ground = ground_of(session, {id: row["files"] for id, row in active.items()})
    apart: list[tuple[Row, list[str]]] = []
    close: list[tuple[Row, list[str]]] = []
    for row in rows:
        met = list(ground.met_by(row["files"]))
        (close if met else apart).append((row, met))
        if not met:
            ground.add(row["id"], row["files"])
    return apart + close
