"""Who acts: `--as`, FEDTASKS_ACTOR, git config `fedtasks.actor`, then the member with git's `user.email`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fedtasks.app.context import Context
from fedtasks.errors import NoIdentity, NotAllowed, UsageError
from fedtasks.policy.members import TEAM, Member

NAME = re.compile(r"[^\s/\\\x00-\x1f@.,:][^\s/\\\x00-\x1f@,:]{0,63}")


@dataclass(frozen=True, slots=True)
class Actor:
    """The member who acts, and how commits name them."""

    member: Member
    email: str

    @property
    def name(self) -> str:
        """The member's name, as events have it in `by`."""
        return self.member.name


def name_from(full_name: str, email: str) -> str:
    """A member name made of git's user.name, else of the e-mail address: `Ada Lovelace` gives `ada-lovelace`."""
    for text in (full_name, email.partition("@")[0]):
        name = re.sub(r"[^\w-]+", "-", text.casefold(), flags=re.UNICODE).strip("-")[:64]
        if NAME.fullmatch(name):
            return name
    raise NoIdentity


def check_name(name: str, whose: str = "a member's") -> str:
    """The name itself; raises UsageError for one that cannot be a member's (or a tool's)."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be {whose} name",
            hint="use letters, digits, '-' and '_', at most 64, without blanks, '/', '@', ',' or ':'",
        )
    return name


def who_acts(context: Context, config: dict[str, str], members: Iterable[Member], *, open_door: bool) -> Actor:
    """The actor of a command.

    A name without a member file acts as a developer where the store's door is open. Raises NoIdentity, NotAllowed for
    a stranger at a closed door, UsageError for an impossible name.
    """
    known = {member.name: member for member in members}
    email = context.environ.get("GIT_AUTHOR_EMAIL") or config.get("user.email", "")
    named = context.actor or context.environ.get("FEDTASKS_ACTOR") or config.get("fedtasks.actor")
    if not named:
        by_email = [
            member for member in known.values() if email and email.casefold() in map(str.casefold, member.emails)
        ]
        if by_email:
            return Actor(by_email[0], email)
        named = name_from(config.get("user.name", ""), email)
    member = known.get(check_name(named))
    if member is None and not open_door:
        raise NotAllowed(
            f"'{named}' is no member of this store, and its door is closed",
            hint=f"an admin adds members: fedtasks member add {named}",
            actor=named,
        )
    if member is not None and member.kind == TEAM:
        raise NotAllowed(
            f"'{named}' is a team, and a team does not act",
            hint=f"act as one of its members: {', '.join(member.members) or '-'}",
            actor=named,
        )
    return _actor(member or Member(named), email)


def _actor(member: Member, email: str) -> Actor:
    own = member.emails[0] if member.emails else email
    return Actor(member, own or f"{member.name}@fedtasks.invalid")
