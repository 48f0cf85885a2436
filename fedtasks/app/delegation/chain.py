"""The chain of a task: where it came from, store by store, and where it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fedtasks.app.delegation.instances import instance_named, name_of
from fedtasks.app.delegation.outbox import read_delegations
from fedtasks.app.delegation.reaching import catch_up, reach
from fedtasks.app.session import Session
from fedtasks.domain import delegation as rules
from fedtasks.domain.ids import TASK_ID, match_id
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.store.files import os_errors

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A task of one store; `status` is None where that store could not be asked, `task` where it has not accepted.

    `via` is the delegation that brought it there (id, type, status), None at the origin; `level` counts from there.
    """

    level: int
    instance: str
    task: str | None
    title: str
    status: str | None
    via: Json | None = None
    parts: Sequence[str] = ()
    here: bool = False

    def to_json(self) -> dict[str, Any]:
        """The link as `chain --json` shows it."""
        return {
            "level": self.level,
            "instance": self.instance,
            "task": self.task,
            "title": self.title,
            "status": self.status,
            "delegation": None if self.via is None else dict(self.via),
            "parts": list(self.parts),
            "here": self.here,
        }


def chain(session: Session, given: str, *, offline: bool = False) -> list[Link]:
    """The links from the origin to a task of this store, and those below it; `given` may be a delegation's id.

    Each store is asked by the names that the one before it knows; what is out of reach is told from what is known here.
    Raises NotFound.
    """
    return list(_Walk(session, offline).links(given))


class _Walk:
    def __init__(self, session: Session, offline: bool) -> None:
        self.session, self.offline = session, offline
        self.seen: set[str] = set()

    def links(self, given: str) -> Iterator[Link]:
        """All links, the origin first."""
        task, record = self._start(given)
        origin: Json = (task.state.delegated_from if task is not None else record) or {}
        links: list[Json] = origin.get("chain", [])
        via: Json | None = None
        for level, (one, there) in enumerate(zip(links, self._above(links), strict=True)):
            found = there[1] if there is not None else None
            yield _link(level, one["instance"], found or one, via)
            via = _via(found, one["delegation"], one.get("type", "?"))
        if origin:
            via = {"id": via["id"], "type": via["type"], "status": _status(origin, record)} if via else None
        here = name_of(self.session)
        if task is None:
            yield Link(len(links), here, None, str((record or {}).get("title", "")), None, via, here=True)
            return
        parts = origin.get("tasks", [])[1:]
        yield Link(len(links), here, task.id, task.state.title, task.state.status, via, parts, here=True)
        yield from self._below(self.session, task, len(links) + 1)

    def _start(self, given: str) -> tuple[Task | None, Json | None]:
        """The task here, and the delegation that it came with; a pending one has no task yet."""
        records = {record["id"].lower(): record for record in read_delegations(self.session)}
        asked = {record["task"]: record for record in records.values()} | records
        id = match_id(given, self.session.reader.ids(), lambda: asked)
        record = asked.get(id)
        if record is not None and not record.get("tasks"):
            return None, record
        task = self.session.reader.task(record["tasks"][0] if record is not None else id)
        came = (task.state.delegated_from or {}).get("delegation", "").lower()
        return task, records.get(came, record)

    def _above(self, links: Sequence[Json]) -> list[tuple[Session, Task] | None]:
        """The stores along the way up, asked from here on, and the task of each; None where that ends."""
        found: list[tuple[Session, Task] | None] = []
        there: Session | None = self.session
        for one in reversed(links):
            there = self._reach(there, one["instance"]) if there is not None else None
            task = _task(there, one["task"]) if there is not None else None
            found.append((there, task) if there is not None and task is not None else None)
        return found[::-1]

    def _below(self, session: Session, task: Task, level: int) -> Iterator[Link]:
        for record in task.state.delegations:
            if record["id"] in self.seen:
                continue
            self.seen.add(record["id"])
            via = {"id": record["id"], "type": record["type"], "status": record["status"]}
            ids = record.get("tasks") or [None]
            there = self._reach(session, record["target_instance"]) if ids[0] else None
            found = _task(there, ids[0]) if there is not None else None
            shown = found or {"task": ids[0], "title": task.state.title}
            yield _link(level, record["target_instance"], shown, via, ids[1:])
            if there is not None and found is not None:
                yield from self._below(there, found, level + 1)

    def _reach(self, session: Session, name: str) -> Session | None:
        if self.offline:
            return None
        try:
            instance = instance_named(session, name)
            with os_errors(session.root):
                there = reach(session, instance)
            if instance.branch is not None:
                catch_up(there)
                there = reach(session, instance)  # its settings may be among what came
            return there
        except FedtasksError as found:
            self.session.notes.append(f"{name} could not be asked: {found.message}")
            return None


def _task(there: Session, id: str | None) -> Task | None:
    try:
        return there.reader.task(id) if id is not None and TASK_ID.fullmatch(id) else None
    except FedtasksError:
        return None


def _link(level: int, instance: str, found: Task | Json, via: Json | None, parts: Sequence[str] = ()) -> Link:
    if isinstance(found, Task):
        return Link(level, instance, found.id, found.state.title, found.state.status, via, parts)
    return Link(level, instance, found["task"], found.get("title", ""), None, via, parts)


def _via(task: Task | None, id: str, type: str) -> Json:
    records = task.state.delegations if task is not None else ()
    known = next((record["status"] for record in records if record["id"] == id), None)
    return {"id": id, "type": type, "status": known}


def _status(origin: Json, record: Json | None) -> str:
    if record is not None:
        return str(record["status"])
    if "completed_at" in origin:
        return rules.COMPLETED
    return rules.WITHDRAWN if "withdrawn_at" in origin else rules.ACCEPTED
