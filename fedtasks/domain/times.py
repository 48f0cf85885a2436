"""Times as people say them."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import datetime
from time import gmtime, strftime

STEPS = ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"), (None, 86400, "d"))
"""Below so many seconds: the seconds that a unit has, and its name."""


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
NUMBER = re.compile("[0-9]+")
LAST = timegm((9999, 12, 31, 23, 59, 59))


def milliseconds(at: str) -> int:
    """Unix time in milliseconds of a stamp like `2026-01-27T16:00:00Z`; 0 before 1970, and a day that its month does
    not have counts on into the next."""
    year, month, day, hour, minute, second = (int(part) for part in NUMBER.findall(at))
    return timegm((year, month, day, hour, minute, second)) * 1000 if year >= 1970 else 0


def later(at: str, seconds: int) -> str:
    """The stamp so many seconds after another one."""
    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(min(milliseconds(at) // 1000 + seconds, LAST)))


def moment(text: str, now: str) -> str:
    """The stamp that a text stands for: a stamp, the end of a day (`2026-12-24`), or a duration from now on (`2h`);
    raises ValueError."""
    day = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?", text)
    if day is None:
        return later(now, seconds_of(text))
    stamp = text if day[2] else f"{text}T23:59:59Z"
    _moment(stamp)
    return stamp


def seconds_between(earlier: str, later: str) -> int:
    """How many seconds lie between two stamps; negative where they are the other way round."""
    return (milliseconds(later) - milliseconds(earlier)) // 1000


def seconds_of(text: str) -> int:
    """The seconds of a duration: `90s`, `45m`, `2h`, `1d`, `1w`, or several of them; raises ValueError."""
    parts = re.findall(r"([0-9]+)\s*([smhdw])", text)
    if not parts or re.sub(r"[0-9]+\s*[smhdw]|\s", "", text):
        raise ValueError(f"{text!r} is no duration; write it as 90s, 45m, 2h or 1d")
    return sum(int(count) * UNITS[unit] for count, unit in parts)


def spelled(seconds: int) -> str:
    """A duration as `seconds_of` reads it, in hours and minutes: `1h 30m`, `45m`, `20s`."""
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    parts = [f"{hours}h"] * bool(hours) + [f"{minutes}m"] * bool(minutes)
    return " ".join(parts) or f"{seconds}s"


def ago(at: str, now: str) -> str:
    """How long ago a UTC stamp was: `2 h ago`; what lies ahead, as another machine's clock may, is `just now`."""
    seconds = int((_moment(now) - _moment(at)).total_seconds())
    if seconds < 1:
        return "just now"
    return f"{lasted(seconds)} ago"


def lasted(seconds: int) -> str:
    """A duration in its largest unit: `3 d`, `20 min`."""
    size, unit = next((size, unit) for limit, size, unit in STEPS if limit is None or seconds < limit)
    return f"{seconds // size} {unit}"


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
