"""Who fits a task: by skills, team, absence and what they have to do already; and who takes over for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fedtasks.domain.task import State
from fedtasks.policy.members import TEAM, Member, members_of


@dataclass(frozen=True, slots=True)
class Fit:
    """A member who could do a task: which of the skills it asks for there are and are not, how many tasks the member
    has in hand, until when the member is away, whether the member takes over for its absent assignee."""

    member: Member
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    active: int
    away: str | None
    stands_in: bool

    @property
    def rank(self) -> tuple[Any, ...]:
        """The order of suggestions, the best first.

        | first                             | then                     |
        |-----------------------------------|--------------------------|
        | who is here                       | who is away              |
        | who lacks fewer of the skills     | who lacks more           |
        | who takes over for the assignee   | who does not             |
        | who has less in hand              | who has more             |
        """
        return (self.away is not None, len(self.lacks), not self.stands_in, self.active, self.member.name)

    def to_json(self) -> dict[str, Any]:
        """As `suggest --json` shows it."""
        return {
            "member": self.member.name,
            "kind": self.member.kind,
            "has": list(self.has),
            "lacks": list(self.lacks),
            "active": self.active,
            "away": self.away,
            "stands_in": self.stands_in,
        }


def suggestions(
    state: State, members: tuple[Member, ...], active: Mapping[str, int], default: Iterable[str], today: str
) -> list[Fit]:
    """Who could do a task, the best first: members who act and are not viewers, of its team where it has one.

    `active` is how many tasks each has in hand, `default` who takes over for anybody.
    """
    among = members_of([state.team], members) if state.team else None
    backups = set(stand_ins(state.assignee, members, default, today)) if state.assignee else set[str]()
    found = [
        _fit(member, state, active.get(member.name, 0), member.name in backups, today)
        for member in members
        if member.kind not in (TEAM, "system") and member.role != "viewer" and (among is None or member.name in among)
    ]
    return sorted(found, key=lambda fit: fit.rank)


def _fit(member: Member, state: State, active: int, stands_in: bool, today: str) -> Fit:
    known = folded(member.skills)
    has = tuple(skill for skill in state.skills if skill.casefold() in known)
    lacks = tuple(skill for skill in state.skills if skill.casefold() not in known)
    return Fit(member, has, lacks, active, member.away if is_away(member, today) else None, stands_in)


def is_away(member: Member, today: str) -> bool:
    """Whether a member is absent on this day."""
    return member.away is not None and member.away >= today


def stand_ins(name: str, members: tuple[Member, ...], default: Iterable[str], today: str) -> list[str]:
    """Who takes over for a member, the first one first.

    The member's own fallbacks, then those of the settings, teams resolved; in place of one who is away those who take
    over for that one. Nobody twice, and never the member.
    """
    known = {member.name: member for member in members}
    found: dict[str, None] = {}
    seen = {name}

    def follow(one: str) -> Iterator[str]:
        own = known[one].fallbacks if one in known else ()
        yield from members_of([*own, *default], members)

    waiting = [*follow(name)][::-1]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in known and is_away(known[one], today):
            waiting += [*follow(one)][::-1]
        else:
            found[one] = None
    return list(found)


def folded(skills: Iterable[str]) -> frozenset[str]:
    """Skills as they are compared: whatever their case."""
    return frozenset(skill.casefold() for skill in skills)
