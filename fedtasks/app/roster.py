"""The members of a store: reading and adding them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.errors import FedtasksError, NotAllowed, NotFound
from fedtasks.policy.members import Member, member_from_json
from fedtasks.store.files import os_errors
from fedtasks.store.layout import MEMBERS, member_path, task_id_of
from fedtasks.store.reading import fault, parse_object, read_bytes

if TYPE_CHECKING:
    from fedtasks.app.session import Session


def read_members(root: Path) -> tuple[Member, ...]:
    """All members by name; raises InvalidData for a file that is none."""
    with os_errors(root):
        try:
            names = sorted(os.listdir(root / MEMBERS))
        except FileNotFoundError:
            return ()
    return tuple(_read(root, name) for stem in names if (name := task_id_of(stem)) is not None)


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
    """Adds or replaces a member; only owners and admins may, and anybody while there is none."""
    actor = session.actor.member
    known = {other.name: other for other in session.members}
    if known and actor.role not in ("owner", "admin"):
        raise NotAllowed(
            f"{actor.name} may not add members: only owners and admins may",
            hint="ask one of: " + (", ".join(m.name for m in known.values() if m.role in ("owner", "admin")) or "-"),
        )
    if member.name in known:
        raise FedtasksError(f"there is a member '{member.name}' already", hint=f"fedtasks member show {member.name}")
    with session.writing() as change:
        change.transaction.put_object("member", member_path(member.name), member.to_json())
        change.title(f"add member {member.name}")
    return member


def show_member(session: Session, name: str) -> Member:
    """The member of this name; raises NotFound."""
    for member in session.members:
        if member.name == name:
            return member
    raise NotFound(f"no member '{name}'", hint="see all with 'fedtasks member list'", given=name)
