"""The draft: the state of a task while its history is being folded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from typing import Any

from fedtasks.domain.events import Event
from fedtasks.domain.status import PENDING
from fedtasks.domain.task import State
from fedtasks.domain.times import later

Reason = str | None

STATE_FIELDS = tuple(field.name for field in fields(State))


class Beaten(Exception):
    """The event `id` is overruled by one that was published first: fold again without it."""

    def __init__(self, id: str, reason: str) -> None:
        self.id, self.reason = id, reason


class Draft:
    """What the events so far have made; values in it are replaced, never altered, since states are taken from it.

    | part      | holds                                                                                       |
    |-----------|---------------------------------------------------------------------------------------------|
    | `values`  | single fields of the state by name                                                          |
    | `sets`    | collections by field, then by key: a member, or None where the key itself is the member     |
    | `tenure`  | the claim under which the present status was reached                                        |
    | `ended`   | for each claim under which its holder finished or gave back the task: the event that did it |
    """

    def __init__(self, confirmed: Collection[str]) -> None:
        self.values: dict[str, Any] = {"metadata": {}}
        self.sets: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.confirmed = confirmed
        self.tenure: str | None = None
        self.ended: dict[str, str] = {}
        self.status = PENDING
        self.assignee: str | None = None
        self.updated_at = ""

    def end_tenure(self) -> None:
        """Nobody holds the task any more."""
        self.tenure = None
        self.values["claim"] = None

    def own(self, who: str | None) -> None:
        """Names the owner; offers to hand the task over lapse where that is another one than before."""
        if who != self.assignee:
            self.lapse()
        self.assignee = who

    def lapse(self) -> None:
        """Ends the offers to hand the task over that nobody has answered."""
        for id, handoff in self.sets["handoffs"].items():
            if handoff["status"] == "offered":
                self.sets["handoffs"][id] = handoff | {"status": "lapsed"}

    def renew(self, event: Event) -> None:
        """Whatever the holder of a lease does on the task renews it."""
        claim = self.values.get("claim")
        if claim and "lease" in claim and event.by == claim["by"]:
            self.values["claim"] = claim | {"expires": max(claim["expires"], later(event.at, claim["lease"]))}

    def freeze(self) -> State:
        """The state as readers see it; collections are tuples, sorted by key."""
        made = self.values | {"status": self.status, "assignee": self.assignee, "updated_at": self.updated_at}
        for name, members in self.sets.items():
            if members:
                made[name] = tuple([key if members[key] is None else members[key] for key in sorted(members)])
        return State(**made)
