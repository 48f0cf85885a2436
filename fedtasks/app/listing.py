"""Looking at many tasks: through the index, always as the files are now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fedtasks.app.session import Session
from fedtasks.store import query
from fedtasks.store.query import Broken, Filter

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """Tasks as JSON texts of their public fields, in order, and the files that could not be read."""

    texts: Iterator[str]
    broken: list[Broken]

    def rows(self) -> list[Row]:
        """The tasks as objects."""
        return [json.loads(text) for text in self.texts]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending task that cannot be started: each of `waits_for` is id, status and title of a dependency."""

    row: Row
    waits_for: list[tuple[str, str, str]]


def list_tasks(session: Session, filter: Filter, order: str = "plan", limit: int | None = None) -> Listing:
    """The tasks that fit."""
    index = session.index()
    return Listing(query.select(index, filter, order, limit), query.broken(index))


def ready(session: Session, filter: Filter, limit: int | None = None) -> Listing:
    """Pending, unowned tasks all of whose dependencies are done, the most urgent first."""
    return list_tasks(session, replace(filter, ready=True), "priority", limit)


def waiting(session: Session, filter: Filter) -> list[Waiting]:
    """The pending tasks that are not ready, and what each waits for."""
    index = session.index()
    waits = query.waits(index)
    rows = (json.loads(text) for text in query.select(index, replace(filter, status=("pending",)), "priority"))
    return [
        Waiting(
            row, [(id, status or "missing", title or "no such task") for id, status, title in waits.get(row["id"], [])]
        )
        for row in rows
        if row["id"] in waits or row["assignee"] is not None
    ]


def board(session: Session, filter: Filter) -> tuple[Listing, Mapping[str, int]]:
    """All tasks that fit, for columns by status, and how many tasks of each status there are in all."""
    index = session.index()
    return Listing(query.select(index, filter, "priority"), query.broken(index)), query.counts(index)
