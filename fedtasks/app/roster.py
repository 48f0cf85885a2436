"""The members of a store: reading and adding them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.errors import FedtasksError, NotAllowed, NotFound
from fedtasks.policy.may import may_manage
from fedtasks.policy.members import Member, member_from_json
from fedtasks.store.files import os_errors
from fedtasks.store.layout import MEMBERS, member_path, task_id_of
from fedtasks.store.reading import fault, parse_object, read_bytes

if TYPE_CHECKING:
    from fedtasks.app.change import Change
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
    with os_errors(root):
        return _member(name, read_bytes(root, member_path(name)))


def _member(name: str, data: bytes) -> Member:
    path = member_path(name)
    raw = parse_object(path, data)
    try:
        return member_from_json(raw)
    except (KeyError, TypeError, AttributeError) as found:
        raise fault(path, data, raw, "member") from found


def add_member(session: Session, member: Member) -> Member:
    """Adds a member; who may is in `may_manage`, and anybody may while there is none."""
    if session.members:
        _require(session, None, member)
    with session.writing() as change:
        if change.transaction.read(member_path(member.name)) is not None:
            raise FedtasksError(
                f"there is a member '{member.name}' already", hint=f"fedtasks member show {member.name}"
            )
        _put(change, member, "add")
    return member


def edit_member(session: Session, name: str, alter: Callable[[Member], Member]) -> Member:
    """Changes a member's file; who may change what is in `may_manage`. Raises NotFound."""
    with session.writing() as change:
        data = change.transaction.read(member_path(name))
        before = _member(name, data) if data is not None else show_member(session, name)
        after = alter(before)
        if after != before:
            _require(session, before, after)
            _put(change, after, "edit")
    return after


def _put(change: Change, member: Member, verb: str) -> None:
    change.transaction.put_object("member", member_path(member.name), member.to_json())
    change.title(f"{verb} member {member.name}")


def _require(session: Session, before: Member | None, after: Member) -> None:
    actor = session.actor.member
    reason = may_manage(actor, before, after, session.rules)
    if reason is not None:
        powerful = [member.name for member in session.members if member.role in ("owner", "admin")]
        raise NotAllowed(
            f"{actor.name} may not {'change' if before else 'add'} the member {after.name}: {reason}",
            hint="ask one of: " + (", ".join(powerful) or "-"),
            actor=actor.name,
            reason=reason,
        )


def show_member(session: Session, name: str) -> Member:
    """The member of this name; raises NotFound."""
    for member in session.members:
        if member.name == name:
            return member
    if name in session.roster.broken:
        raise session.roster.broken[name]
    raise NotFound(f"no member '{name}'", hint="see all with 'fedtasks member list'", given=name)
