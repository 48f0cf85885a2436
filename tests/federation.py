"""A federation: three levels of stores of different kinds, each on a machine of its own, that know one another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.conftest import World
from tests.team import Team


class Federation:
    """`hq` (global, a git remote), `site` (project, a directory) and `crew` (orchestration, a git remote); `ben` is a
    second clone of `hq`."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.top, self.low = Team(base / "top", 2), Team(base / "low", 1)
        self.hq, self.ben = self.top.all
        self.crew = self.low.all[0]
        self.site = World(base / "mid", "dir")
        self.site.env |= {"FEDTASKS_ACTOR": "sam", "FEDTASKS_FSYNC": "off"}
        self.site.start_project()
        self.site.init("--project", "site")
        self.places = {"hq": str(self.top.remote), "site": str(self.site.root), "crew": str(self.low.remote)}
        self.name(self.hq, "hq", "site")
        self.name(self.site, "site", "hq", "crew")
        self.name(self.crew, "crew", "site")
        for world in (self.hq, self.crew):
            world.ok("sync")

    def name(self, world: World, own: str, *others: str) -> None:
        """Tells a store its own name and those of others."""
        scopes = {"hq": "global", "site": "project", "crew": "orchestration"}
        world.ok("instance", "add", own, "--scope", scopes[own], "--store", str(world.root))
        for other in others:
            world.ok("instance", "add", other, "--scope", scopes[other], "--store", self.places[other])

    def delegate(self, world: World, id: str, to: str, type: str = "route", *more: str) -> dict[str, Any]:
        """A delegation from one of the stores, as its record says."""
        return world.ok("delegate", id, "--to", to, "--type", type, *more)["delegation"]

    def accept(self, world: World, given: str, *more: str) -> dict[str, Any]:
        """The task that accepting makes."""
        return world.ok("delegation", "accept", given, *more)["task"]

    def outbox(self, world: World) -> list[str]:
        """The messages that wait in a store."""
        return sorted(path.stem for path in (world.root / "outbox").glob("*.json"))

    def settle(self) -> None:
        """Everybody syncs, at once, until no message waits."""
        for _ in range(5):
            for world in (self.crew, self.site, self.hq, self.ben):
                world.ok("sync", "--retry")
            if not any(self.outbox(world) for world in (self.crew, self.site, self.hq, self.ben)):
                return
        raise AssertionError("messages never arrive")
