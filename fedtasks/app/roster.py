"""The members of a store, as their files are now."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from fedtasks.errors import FedtasksError
from fedtasks.policy.members import Member, member_from_json
from fedtasks.store.files import os_errors
from fedtasks.store.layout import MEMBERS, member_path, task_id_of
from fedtasks.store.reading import fault, parse_object, read_bytes


@dataclass(frozen=True, slots=True)
class Roster:
    """The members by name, and for each file that is none why not."""

    members: tuple[Member, ...]
    broken: dict[str, FedtasksError]


def read_members(root: Path) -> Roster:
    """All members by name; one broken file does not hide the others."""
    with os_errors(root):
        try:
            names = sorted(os.listdir(root / MEMBERS))
        except FileNotFoundError:
            names = []
    members, broken = [], {}
    for name in filter(None, map(task_id_of, names)):
        try:
            members.append(_read(root, name))
        except FedtasksError as found:
            broken[name] = found
    return Roster(tuple(members), broken)


def _read(root: Path, name: str) -> Member:
    with os_errors(root):
        return parse_member(name, read_bytes(root, member_path(name)))


def parse_member(name: str, data: bytes) -> Member:
    """The member of a file's content; raises InvalidData."""
    path = member_path(name)
    raw = parse_object(path, data)
    try:
        return member_from_json(raw)
    except (KeyError, TypeError, AttributeError) as found:
        raise fault(path, data, raw, "member") from found
