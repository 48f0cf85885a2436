"""Members: people, agents, MCP servers and the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA = 1
KINDS = ("human", "agent", "mcp", "system")
ROLES = ("owner", "admin", "developer", "agent", "viewer")


@dataclass(frozen=True, slots=True)
class Member:
    """One member; `extra` holds fields that this version does not know."""

    name: str
    kind: str = "human"
    role: str = "developer"
    full_name: str = ""
    emails: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The member file as a JSON object in canonical key order."""
        known: dict[str, Any] = {"schema": SCHEMA, "name": self.name, "kind": self.kind, "role": self.role}
        if self.full_name:
            known["full_name"] = self.full_name
        known |= {"emails": list(self.emails), "skills": list(self.skills)}
        return known | {name: self.extra[name] for name in sorted(self.extra)}


def member_from_json(raw: Mapping[str, Any]) -> Member:
    """The member of an object that the schema has accepted."""
    known = {"schema", "name", "kind", "role", "full_name", "emails", "skills"}
    return Member(
        raw["name"],
        raw["kind"],
        raw["role"],
        raw.get("full_name", ""),
        tuple(raw.get("emails", ())),
        tuple(raw.get("skills", ())),
        {name: value for name, value in raw.items() if name not in known},
    )
