"""Adding members to a store, changing and finding them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fedtasks.app.roster import parse_member
from fedtasks.app.writing import writing
from fedtasks.errors import FedtasksError, NotAllowed, NotFound
from fedtasks.policy.may import may_manage
from fedtasks.policy.members import Member
from fedtasks.store.layout import member_path

if TYPE_CHECKING:
    from fedtasks.app.change import Change
    from fedtasks.app.session import Session


def add_member(session: Session, member: Member) -> Member:
    """Adds a member; who may is in `may_manage`, and anybody may while there is none."""
    if session.members:
        _require(session, None, member)
    with writing(session) as change:
        if change.transaction.read(member_path(member.name)) is not None:
            raise FedtasksError(
                f"there is a member '{member.name}' already", hint=f"fedtasks member show {member.name}"
            )
        _put(change, member, "add")
    return member


def edit_member(session: Session, name: str, alter: Callable[[Member], Member]) -> Member:
    """Changes a member's file; who may change what is in `may_manage`. Raises NotFound."""
    with writing(session) as change:
        data = change.transaction.read(member_path(name))
        before = parse_member(name, data) if data is not None else show_member(session, name)
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
