"""Leases: how long a claim holds without a sign of work, and when that is over; the time is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.domain.times import milliseconds, seconds_of
from fedtasks.policy.members import Member

MACHINES = ("agent", "mcp")
DEFAULT = "2h"
NONE = "none"


def lease_of(member: Member, settings: Mapping[str, Any]) -> int | None:
    """The seconds of a member's claims, None where they do not expire.

    | setting (`claim:` in fedtasks.yaml) | whose claims         | unless set |
    |-------------------------------------|----------------------|------------|
    | `lease`                             | agents, MCP servers  | 2h         |
    | `human_lease`                       | everybody else       | none       |

    Raises ValueError for what is no duration.
    """
    machine = member.kind in MACHINES
    text = str(settings.get("lease", DEFAULT) if machine else settings.get("human_lease", NONE))
    return None if text == NONE else max(1, seconds_of(text))


def has_expired(claim: Mapping[str, Any], now: str) -> bool:
    """Whether a claim has a lease that is over."""
    return "expires" in claim and bool(now > claim["expires"])


def is_due(claim: Mapping[str, Any], now: str) -> bool:
    """Whether a sign of work is worth an event: a quarter of the lease has passed since the last one."""
    if "expires" not in claim:
        return False
    left = (milliseconds(claim["expires"]) - milliseconds(now)) / 1000
    lease: int = claim["lease"]
    return left <= lease * 3 / 4
