"""The outbox and the delegations of a store: messages for other stores, and what those offer to this one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.domain import delegation as rules
from fedtasks.domain.events import Event, event_from_json
from fedtasks.domain.ids import match_id
from fedtasks.errors import FedtasksError, InvalidData, NotFound
from fedtasks.store.files import os_errors, revalidate_directory
from fedtasks.store.layout import DELEGATIONS, OUTBOX, delegation_path, message_path, task_id_of
from fedtasks.store.reading import fault, parse_object, read_bytes
from fedtasks.store.schemas import first_error

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One event of a delegation on its way to the instance `to`; `task` is the task in the store that delegates."""

    to: str
    task: str
    delegation: str
    event: Event

    @property
    def id(self) -> str:
        """The id of the event that it carries: the same message is never delivered twice."""
        return self.event.id

    @property
    def path(self) -> str:
        """Its file below the store's root."""
        return message_path(self.id)

    def to_json(self) -> dict[str, Any]:
        """The message's file."""
        head = {"schema": rules.SCHEMA, "id": self.id, "to": self.to, "task": self.task, "delegation": self.delegation}
        return head | {"event": self.event.to_json()}


def post(change: Change, message: Message) -> None:
    """Puts a message into the outbox with this change."""
    change.session.posted.append(message.id)
    change.transaction.put_object("message", message.path, message.to_json())


def read_outbox(session: Session) -> list[Message]:
    """The messages that wait, a delegation's own in their order; a file that is none is remarked on and left alone."""
    found = [_message(raw) for raw in _objects(session, OUTBOX, "message") if raw["event"]["id"] == raw["id"]]
    return sorted(found, key=lambda message: (message.delegation, message.event.order))


def _message(raw: Mapping[str, Any]) -> Message:
    return Message(raw["to"], raw["task"], raw["delegation"], event_from_json(raw["event"]))


def read_delegations(session: Session) -> list[Record]:
    """What other stores have offered to this one, by id."""
    return _objects(session, DELEGATIONS, "delegation")


def _objects(session: Session, folder: str, kind: str) -> list[Record]:
    found = []
    for name in filter(None, map(task_id_of, _names(session.root, folder))):
        path = f"{folder}/{name}.json"
        try:
            raw = _parsed(session.root, path, kind)
            if raw["id"] != name:
                raise InvalidData(path, f"it is {raw['id']} by its own id")
            found.append(raw)
        except FileNotFoundError:
            continue
        except FedtasksError as error:
            session.notes.append(error.message)
    return found


def _names(root: Path, folder: str) -> list[str]:
    with os_errors(root):
        try:
            revalidate_directory(root / folder)
            return sorted(os.listdir(root / folder))
        except (FileNotFoundError, NotADirectoryError):
            return []


def _parsed(root: Path, path: str, kind: str) -> Record:
    return _checked(path, read_bytes(root, path), kind)


def _checked(path: str, data: bytes, kind: str) -> Record:
    raw = parse_object(path, data)
    if raw.get("schema") != rules.SCHEMA or first_error(kind, raw) is not None:
        raise fault(path, data, raw, kind)
    return raw


def look_record(change: Change, id: str) -> Record | None:
    """The file of a delegation as it is now, None where there is none; raises InvalidData and NewerFormat."""
    change.transaction.refresh(DELEGATIONS)
    data = change.transaction.read(delegation_path(id))
    return None if data is None else _checked(delegation_path(id), data, "delegation")


def put_record(change: Change, history: tuple[Event, ...], before: Mapping[str, Any] | None = None) -> Record:
    """Writes the file of a delegation with this change; fields of `before` that are not known are kept."""
    record = rules.fold_record(history)
    extra = {name: value for name, value in (before or {}).items() if name not in rules.FIELDS}
    change.transaction.put_object("delegation", delegation_path(record["id"]), record | extra)
    return record


def record_named(session: Session, given: str) -> Record:
    """The offered delegation that a part of its id stands for, or of the id of a task made for it, or else of the
    task that was delegated (the pending one first, then the latest); raises NotFound."""
    known = sorted(read_delegations(session), key=lambda one: (one["status"] == rules.PENDING, one["delegated_at"]))
    records = {record["id"].lower(): record for record in known}
    made = {task: record for record in known for task in record.get("tasks", ())}
    theirs = {record["task"]: record for record in known}
    try:
        return (theirs | made | records)[match_id(given, [*records, *made], lambda: theirs)]
    except NotFound as found:
        if found.fields.get("candidates"):
            raise
        raise NotFound(
            f"no other store has delegated '{given}' to this one",
            hint="see all: fedtasks delegation list; or fetch first: fedtasks sync",
            given=given,
        ) from found
