"""How long members worked on a task: timer_started, timer_stopped, time_added."""

from __future__ import annotations

from typing import Any

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event
from fedtasks.domain.times import seconds_between


def timer_started(draft: Draft, event: Event) -> Reason:
    """The author's timer runs from now on; each member has one a task."""
    mine = _of(draft, event.by)
    if "since" in mine:
        return f"{event.by}'s timer runs already, since {mine['since']}"
    draft.sets["tracked"][event.by] = mine | {"since": event.at}
    return None


def timer_stopped(draft: Draft, event: Event) -> Reason:
    """Adds what the author's timer ran, or the `seconds` that the author says instead."""
    mine = _of(draft, event.by)
    if "since" not in mine:
        return f"no timer of {event.by} runs"
    _stop(draft, mine, event.at, event.data.get("seconds"))
    return None


def time_added(draft: Draft, event: Event) -> Reason:
    """Adds `seconds` to the author's sum; a negative number corrects it, never below nothing."""
    mine = _of(draft, event.by)
    total = mine["seconds"] + event.data["seconds"]
    if total < 0:
        return f"{event.by} has only {mine['seconds']} seconds here"
    draft.sets["tracked"][event.by] = mine | {"seconds": total}
    return None


def stop_timers(draft: Draft, at: str) -> None:
    """Stops all timers of a task that is finished."""
    for mine in list(draft.sets["tracked"].values()):
        if "since" in mine:
            _stop(draft, mine, at)


def _stop(draft: Draft, mine: dict[str, Any], at: str, seconds: int | None = None) -> None:
    ran = max(0, seconds_between(mine["since"], at)) if seconds is None else seconds
    draft.sets["tracked"][mine["by"]] = {"by": mine["by"], "seconds": mine["seconds"] + ran}


def _of(draft: Draft, name: str) -> dict[str, Any]:
    found: dict[str, Any] = draft.sets["tracked"].get(name, {"by": name, "seconds": 0})
    return found
