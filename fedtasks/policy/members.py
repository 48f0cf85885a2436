"""Members: people, agents, MCP servers and the system, and teams of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA = 1
KINDS = ("human", "agent", "mcp", "system", "team")
TEAM = "team"
ROLES = ("owner", "admin", "developer", "agent", "viewer")


@dataclass(frozen=True, slots=True)
class Member:
    """One member; `members` are those of a team; `permissions` are the scopes of actions that differ from the role's,
    `need_approval` the actions for which this agent, too, needs leave; `away` is the last day of an absence;
    `fallbacks` take over meanwhile; `notify` is {channels, rules, timezone, new}, how the member wants to be told;
    `extra` holds fields that this version does not know."""

    name: str
    kind: str = "human"
    role: str = "developer"
    full_name: str = ""
    emails: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    permissions: Mapping[str, str] = field(default_factory=dict)
    need_approval: tuple[str, ...] = ()
    away: str | None = None
    fallbacks: tuple[str, ...] = ()
    notify: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The member file as a JSON object in canonical key order."""
        known: dict[str, Any] = {"schema": SCHEMA, "name": self.name, "kind": self.kind, "role": self.role}
        if self.full_name:
            known["full_name"] = self.full_name
        known |= {"emails": list(self.emails), "skills": list(self.skills)}
        if self.kind == TEAM:
            known["members"] = list(self.members)
        optional = {
            "permissions": dict(self.permissions),
            "need_approval": list(self.need_approval),
            "away": self.away,
            "fallbacks": list(self.fallbacks),
            "notify": dict(self.notify),
        }
        known |= {name: value for name, value in optional.items() if value}
        return known | {name: self.extra[name] for name in sorted(self.extra)}

    def rights(self) -> tuple[Any, ...]:
        """What only those who manage members may change: all but addresses, full name, skills, absence, fallbacks, and
        how one is told."""
        return (
            self.name, self.kind, self.role, self.members, dict(self.permissions), self.need_approval, dict(self.extra)
        )  # fmt: skip


def member_from_json(raw: Mapping[str, Any]) -> Member:
    """The member of an object that the schema has accepted."""
    known = {"schema", "name", "kind", "role", "full_name", "emails", "skills", "members"}
    known |= {"permissions", "need_approval", "away", "fallbacks", "notify"}
    return Member(
        raw["name"],
        raw["kind"],
        raw["role"],
        raw.get("full_name", ""),
        tuple(raw.get("emails", ())),
        tuple(raw.get("skills", ())),
        tuple(raw.get("members", ())),
        dict(raw.get("permissions", {})),
        tuple(raw.get("need_approval", ())),
        raw.get("away"),
        tuple(raw.get("fallbacks", ())),
        dict(raw.get("notify", {})),
        {name: value for name, value in raw.items() if name not in known},
    )


def members_of(names: Iterable[str], members: Iterable[Member]) -> tuple[str, ...]:
    """The names with each team replaced by those in it (a team in a team, too), each once, in order."""
    teams = {member.name: member.members for member in members if member.kind == TEAM}
    found: dict[str, None] = {}
    seen: set[str] = set()
    waiting = list(names)[::-1]
    while waiting:
        name = waiting.pop()
        if name not in teams:
            found[name] = None
        elif name not in seen:
            seen.add(name)
            waiting += teams[name][::-1]
    return tuple(found)
