"""Looking at many tasks: through the index, always as the files are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fedtasks.app.session import Session
from fedtasks.policy.standing import Part, Progress, blocked_seconds, progress
from fedtasks.store import query, relations
from fedtasks.store.query import Broken, Filter

if TYPE_CHECKING:
    from fedtasks.store.index import Index
    from fedtasks.store.lines import Column

Row = dict[str, Any]

ME = "me"
"""Who acts, in a filter."""


class Listing(NamedTuple):
    """The tasks that fit, asked for in the shape that is needed, and the files that could not be read."""

    database: Index
    filter: Filter
    order: str
    limit: int | None

    @property
    def broken(self) -> list[Broken]:
        """The files that could not be read as tasks."""
        return query.broken(self.database)

    def texts(self) -> Iterator[str]:
        """Each task as the JSON text of its public fields."""
        return query.select(self.database, self.filter, self.order, self.limit)

    def rows(self) -> list[Row]:
        """Each task as an object."""
        import json

        return [json.loads(text) for text in self.texts()]

    def aligned(self, head: tuple[str, ...]) -> str | None:
        """The lines as one text under their heads, where they are all asked for and plain enough for that."""
        from fedtasks.store.lines import aligned

        return aligned(self.database, self.filter, self.order, head) if self.limit is None else None

    def columns(self, most: int) -> list[Column]:
        """By status: how many tasks, and the most urgent of them."""
        from fedtasks.store.lines import columns

        return columns(self.database, self.filter, most)

    def lines(self) -> list[query.Line]:
        """Each task as id, status, rank of the priority, lead, assignee, title."""
        return query.lines(self.database, self.filter, self.order, self.limit)


class Waiting(NamedTuple):
    """A pending task that cannot be started: each of `waits_for` is id, status and title of a dependency."""

    row: Row
    waits_for: list[tuple[str, str, str]]


def people(session: Session, given: Iterable[str], *, teams: bool) -> tuple[str, ...]:
    """The names that a filter asks for: `me` is who acts; with `teams` those that they are in, too."""
    names = [session.actor.name if name == ME else name for name in given]
    if not teams:
        return tuple(names)
    return (*names, *(team for team, members in session.rules.teams.items() if set(names) & set(members)))


def list_tasks(session: Session, filter: Filter, order: str = "plan", limit: int | None = None) -> Listing:
    """The tasks that fit."""
    return Listing(session.index(archive=filter.archived is not False), filter, order, limit)


def ready(session: Session, filter: Filter, limit: int | None = None) -> Listing:
    """Pending, unowned tasks all of whose dependencies are done, the most urgent first."""
    return list_tasks(session, filter._replace(ready=True), "priority", limit)


def waiting(session: Session, filter: Filter) -> list[Waiting]:
    """The pending tasks that are not ready, and what each waits for."""
    import json

    index = session.index()
    waits = relations.waits(index)
    rows = (json.loads(text) for text in query.select(index, filter._replace(status=("pending",)), "priority"))
    return [
        Waiting(
            row, [(id, status or "missing", title or "no such task") for id, status, title in waits.get(row["id"], [])]
        )
        for row in rows
        if row["id"] in waits or row["assignee"] is not None
    ]


def board(session: Session, filter: Filter) -> tuple[Listing, Mapping[str, int]]:
    """All tasks that fit, for columns by status, and how many tasks of each status there are in all."""
    found = list_tasks(session, filter, "priority")
    return found, query.counts(found.database)


class Standing(NamedTuple):
    """How tasks stand beyond their status, by id: progress of parts, days that have passed, seconds of blocks that
    last too long, leases that are over."""

    progress: Mapping[str, Progress]
    overdue: Mapping[str, str]
    blocked: Mapping[str, int]
    expired: Mapping[str, str]

    def notes(self) -> dict[str, str]:
        """In words, for each task of which there is something to say."""
        from fedtasks.domain.times import lasted

        found: dict[str, list[str]] = {}
        for id, one in self.progress.items():
            found.setdefault(id, []).append(one.words())
        for id, day in self.overdue.items():
            found.setdefault(id, []).append(f"overdue since {day}")
        for id, seconds in self.blocked.items():
            found.setdefault(id, []).append(f"blocked too long: {lasted(seconds)}")
        for id, at in self.expired.items():
            found.setdefault(id, []).append(f"lease over since {at}")
        return {id: ", ".join(words) for id, words in found.items()}

    def to_json(self) -> dict[str, Any]:
        """As `board --json` shows it."""
        shown = {id: one._asdict() for id, one in self.progress.items()}
        late = {"overdue": list(self.overdue), "blocked_too_long": list(self.blocked)}
        return {"progress": shown, **late, "lease_expired": list(self.expired)}


def standing(session: Session, index: Index) -> Standing:
    """How all tasks stand."""
    import json

    now, stuck = session.context.now(), {}
    blocked = [json.loads(text) for text in query.blocked(index)]
    limit = _limit(session) if blocked else ""
    for row in blocked:
        seconds = blocked_seconds(row.get("blocked"), now, limit)
        if seconds is not None:
            stuck[row["id"]] = seconds
    late, gone = dict(query.overdue(index, now[:10])), dict(query.expired(index, now))
    return Standing(progress(Part(*row) for row in relations.parts(index)), late, stuck, gone)


def _limit(session: Session) -> str:
    """The setting `blocked_too_long`; where it is not said, YAML need not be loaded for it."""
    from fedtasks.store.config import Config
    from fedtasks.store.layout import CONFIG

    said = b"blocked_too_long" in (session.root / CONFIG).read_bytes()
    return session.config.blocked_too_long if said else Config().blocked_too_long
