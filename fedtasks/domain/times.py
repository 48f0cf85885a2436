"""Times as people say them."""

from __future__ import annotations

from datetime import datetime

STEPS = ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"), (None, 86400, "d"))
"""Below so many seconds: the seconds that a unit has, and its name."""


def ago(at: str, now: str) -> str:
    """How long ago a UTC stamp was: `2 h ago`; what lies ahead, as another machine's clock may, is `just now`."""
    seconds = int((_moment(now) - _moment(at)).total_seconds())
    if seconds < 1:
        return "just now"
    size, unit = next((size, unit) for limit, size, unit in STEPS if limit is None or seconds < limit)
    return f"{seconds // size} {unit} ago"


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00"))
