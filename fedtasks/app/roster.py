"""The members of a store: reading and adding them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.errors import FedtasksError, NotAllowed, NotFound
from fedtasks.policy.members import Member, member_from_json
from fedtasks.store.files import os_errors
from fedtasks.store.layout import MEMBERS, member_path, task_id_of
from fedtasks.store.reading import fault, parse_object, read_bytes

if TYPE_CHECKING:
    from fedtasks.app.session import Session


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
    path = member_path(name)
    with os_errors(root):
        data = read_bytes(root, path)
    raw = parse_object(path, data)
    try:
        return member_from_json(raw)
    except (KeyError, TypeError, AttributeError) as found:
        raise fault(path, data, raw, "member") from found


def add_member(session: Session, member: Member) -> Member:
    """Adds a member; only owners and admins may, and anybody while there is none."""
    actor = session.actor.member
    known = {other.name: other for other in session.members}
    if known and actor.role not in ("owner", "admin"):
        raise NotAllowed(
            f"{actor.name} may not add members: only owners and admins may",
            hint="ask one of: " + (", ".join(m.name for m in known.values() if m.role in ("owner", "admin")) or "-"),
        )
    with session.writing() as change:
        if change.transaction.read(member_path(member.name)) is not None:
            raise FedtasksError(
                f"there is a member '{member.name}' already", hint=f"fedtasks member show {member.name}"
            )
        change.transaction.put_object("member", member_path(member.name), member.to_json())
        change.title(f"add member {member.name}")
    return member


def show_member(session: Session, name: str) -> Member:
    """The member of this name; raises NotFound."""
    for member in session.members:
        if member.name == name:
            return member
    if name in session.roster.broken:
        raise session.roster.broken[name]
    raise NotFound(f"no member '{name}'", hint="see all with 'fedtasks member list'", given=name)
