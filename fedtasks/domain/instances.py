"""Instances: the other stores that a store knows, and how they stand above one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GLOBAL, PROJECT, ORCHESTRATION = "global", "project", "orchestration"
SCOPES = (GLOBAL, PROJECT, ORCHESTRATION)
"""From the widest to the narrowest."""

HERE = "."
"""What an entry for the store itself has as its place."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.+|[^/:\s-][^/:\s]*:(?!:).+")
"""`scheme://...`, or `host:path` as git and ssh read it."""

PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Instance:
    """One store of the federation: a directory, or with `branch` a branch of a git repository.

    `project` is the name that the store had when it was added, by which another store in its place is told.
    """

    name: str
    scope: str
    store: str
    branch: str | None = None
    parent: str | None = None
    project: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is the store itself."""
        return self.store == HERE

    def to_json(self) -> dict[str, Any]:
        """The entry as lists show it."""
        return {
            "name": self.name,
            "scope": self.scope,
            "store": self.store,
            "branch": self.branch,
            "parent": self.parent,
            "project": self.project,
        }

    def settings(self) -> dict[str, str]:
        """The entry as it stands in the settings, under its name."""
        return {name: value for name, value in self.to_json().items() if value is not None and name != "name"}


def read_instances(raw: Mapping[str, Mapping[str, Any]] | None) -> dict[str, Instance]:
    """The instances of settings that the schema has accepted, by name."""
    known = ("scope", "store", "branch", "parent", "project")
    return {
        str(name): Instance(str(name), **{field: entry[field] for field in known if field in entry})
        for name, entry in (raw or {}).items()
    }


def own_name(instances: Mapping[str, Instance], project: str) -> str:
    """What the store calls itself: the name of the entry that is here, else its project's."""
    return next((one.name for one in instances.values() if one.is_here), project)


def circle(instances: Iterable[Instance]) -> list[str] | None:
    """Names that are each other's parents in a circle, the first one at both ends; None where there are none."""
    parents = {one.name: one.parent for one in instances}
    for start in sorted(parents):
        path, name = [start], parents[start]
        while name is not None and name not in path:
            path.append(name)
            name = parents.get(name)
        if name is not None:
            return [*path[path.index(name) :], name]
    return None


def above(instances: Mapping[str, Instance], name: str) -> list[str]:
    """The parent of an instance, its parent's parent and so on."""
    found: list[str] = []
    parent = instances[name].parent if name in instances else None
    while parent is not None and parent not in found:
        found.append(parent)
        parent = instances[parent].parent if parent in instances else None
    return found


def is_url(place: str) -> bool:
    """Whether a place is a git URL, not a path."""
    return URL.fullmatch(place) is not None
