"""The draft: the state of a task while its history is being folded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from typing import Any

from fedtasks.domain.status import PENDING
from fedtasks.domain.task import State

Reason = str | None

STATE_FIELDS = tuple(field.name for field in fields(State))


class Beaten(Exception):
    """A confirmed claim met the tentative claim `token`: fold again without that one."""

    def __init__(self, token: str) -> None:
        self.token = token


class Draft:
    """What the events so far have made.

    | part      | holds                                                                                       |
    |-----------|---------------------------------------------------------------------------------------------|
    | `values`  | single fields of the state by name; other names are notes between effects, not in the state |
    | `sets`    | collections by field, then by key: a member, or None where the key itself is the member     |
    | `tenure`  | the claim under which the present status was reached                                        |
    """

    def __init__(self, confirmed: Collection[str]) -> None:
        self.values: dict[str, Any] = {"metadata": {}}
        self.sets: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self.confirmed = confirmed
        self.tenure: str | None = None
        self.status = PENDING
        self.assignee: str | None = None

    def end_tenure(self) -> None:
        self.tenure = None
        self.values["claim"] = None

    def freeze(self) -> State:
        """The state as readers see it; collections are tuples, sorted by key."""
        made = {name: value for name, value in self.values.items() if name in STATE_FIELDS}
        for name, members in self.sets.items():
            if name in STATE_FIELDS:
                made[name] = tuple(key if members[key] is None else members[key] for key in sorted(members))
        return State(**made, status=self.status, assignee=self.assignee)
