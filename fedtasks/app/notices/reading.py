"""Reading inboxes: the files of notices, as they are now."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from fedtasks.errors import FedtasksError
from fedtasks.notify.notice import Notice, from_json
from fedtasks.store.files import os_errors
from fedtasks.store.layout import INBOX, notice_path, task_id_of
from fedtasks.store.reading import fault, parse_object, read_bytes

HEAD = ("id", "to", "kind", "at", "by", "text")


@dataclass(slots=True)
class Inbox:
    """The notices of one member, urgent ones first, then the oldest; `broken` says which files are none, and why."""

    notices: list[Notice] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def read_inbox(root: Path, member: str) -> Inbox:
    """All that a member was told and that is still kept."""
    found = Inbox()
    for name in notice_names(root, member):
        try:
            notice = read_notice(root, member, name)
        except FedtasksError as problem:
            found.broken.append(problem.message)
        else:
            found.notices += [notice] if notice is not None else []
    found.notices.sort(key=order)
    return found


def order(notice: Notice) -> tuple[bool, str, str, str]:
    """Urgent ones first, then the oldest."""
    return (not notice.urgent or notice.settled, notice.at, str(notice.data.get("event", "")), notice.id)


def notice_names(root: Path, member: str) -> list[str]:
    """The ids of the notices that a member has, sorted."""
    with os_errors(root):
        try:
            return sorted(filter(None, map(task_id_of, os.listdir(root / INBOX / member))))
        except (FileNotFoundError, NotADirectoryError):
            return []


def read_notice(root: Path, member: str, id: str) -> Notice | None:
    """One notice; None where it is gone meanwhile. Raises InvalidData."""
    path = notice_path(member, id)
    with os_errors(root):
        try:
            return parse_notice(path, read_bytes(root, path))
        except FileNotFoundError:
            return None


def parse_notice(path: str, data: bytes) -> Notice:
    """The notice of a file's content; raises InvalidData with the failing line and field."""
    raw = parse_object(path, data)
    if not all(isinstance(raw.get(name), str) for name in HEAD) or f"{raw['to']}/{raw['id']}.json" not in path:
        raise fault(path, data, raw, "notice")
    try:
        return from_json(raw)
    except (KeyError, TypeError, AttributeError) as found:
        raise fault(path, data, raw, "notice") from found
