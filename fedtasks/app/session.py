"""A session: one command's store, settings and actor; what a command does not need is not loaded."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.app.context import Context
from fedtasks.app.finding import Found, cache_of, find_store, is_own_repository
from fedtasks.store.layout import JOURNAL, is_store

if TYPE_CHECKING:
    from fedtasks.app.identity import Actor
    from fedtasks.app.roster import Roster
    from fedtasks.errors import OutOfReach
    from fedtasks.git.remotes import Remote
    from fedtasks.policy.members import Member
    from fedtasks.policy.permissions import Rules
    from fedtasks.store.config import Config
    from fedtasks.store.index import Index
    from fedtasks.store.registry import Registry


class Session:
    """Opened lazily: a command that only looks never asks who acts.

    `token`: that of the claim which was shown; `wrote`: it changed the store; `posted`: the messages that
    it put into the outbox, by id; `published`: the remote has taken its change.
    """

    def __init__(self, context: Context, what: str = "fedtasks") -> None:
        self.context = context
        self.what = what
        self.notes: list[str] = []
        self.token: str | None = None
        self.wrote = False
        self.posted: list[str] = []
        self.published = False

    @cached_property
    def git_config(self) -> dict[str, str]:
        """What git's configuration says of the user and of fedtasks."""
        return self.context.git.config()

    @cached_property
    def found(self) -> Found:
        """The store; raises NoStore."""
        return find_store(self.context, lambda: self.git_config)

    @property
    def root(self) -> Path:
        """The store's folder."""
        return self.found.root

    @cached_property
    def config(self) -> Config:
        """What `fedtasks.yaml` says, read once."""
        return self._open("?").config()

    @cached_property
    def roster(self) -> Roster:
        """The members, and the files that are none."""
        from fedtasks.app.roster import read_members

        return read_members(self.root)

    @property
    def members(self) -> tuple[Member, ...]:
        """The store's members, as they were when they were first asked for."""
        return self.roster.members

    @cached_property
    def actor(self) -> Actor:
        """Who acts; raises NoIdentity."""
        from fedtasks.app.identity import who_acts

        actor = who_acts(self.context, self.git_config, self.members, open_door=self.config.members == "open")
        if actor.name in self.roster.broken:
            raise self.roster.broken[actor.name]
        return actor

    @cached_property
    def rules(self) -> Rules:
        """Who may do what, as the settings have it."""
        from fedtasks.policy.members import TEAM, members_of
        from fedtasks.policy.permissions import Rules

        teams = {member.name: members_of([member.name], self.members) for member in self.members if member.kind == TEAM}
        return Rules(self.config.permissions, tuple(self.config.agents.get("need_approval", ())), teams)

    @property
    def is_recorded(self) -> bool:
        """Whether the store is a git working tree."""
        return (self.root / ".git").exists()

    @cached_property
    def remote(self) -> Remote | None:
        """The remote that the store is shared through; raises UsageError and NotFound (see choose_remote)."""
        return self.remote_named(None)

    def remote_named(self, wanted: str | None) -> Remote | None:
        """The same, or the remote of this name."""
        if not self.is_recorded:
            return None
        from fedtasks.git.recorder import GitRecorder
        from fedtasks.git.remotes import choose_remote, remote_names

        git = self.context.git.at(self.root)
        config = self.git_config if is_own_repository(self.context.directory, self.root) else git.config()
        if wanted is None and not remote_names(config):
            return None
        return choose_remote(config, GitRecorder(git, fsync=False).branch(), wanted)

    @property
    def registry(self) -> Registry:
        """The registry for writing, as who acts."""
        return self._open(self.actor.name)

    def _open(self, actor: str) -> Registry:
        from fedtasks.app.opening import open_registry

        return open_registry(self.context, self.root, actor, self.what)

    @cached_property
    def reader(self) -> Registry:
        """The registry for looking; a killed writer's work is finished first."""
        registry = self._open("a reader")
        registry.settle()
        return registry

    def index(self, *, archive: bool = False) -> Index:
        """The index, as the files are now (see open_index); raises OutOfReach where the store is gone."""
        from fedtasks.store.files import os_errors
        from fedtasks.store.index import open_index

        if (self.root / JOURNAL).exists() or not is_store(self.root):
            self.reader.require_store()
        with os_errors(self.root):
            return open_index(self.root, cache_of(self.context, self.root), self.context.clock(), archive=archive)

    def drop_index(self) -> OutOfReach:
        """Removes an index that turned out to be damaged while it was asked; the error that says so."""
        from fedtasks.errors import OutOfReach
        from fedtasks.store.index import forget_index

        forget_index(cache_of(self.context, self.root))
        return OutOfReach(
            "the index, a cache of this machine, was damaged and has been removed; nothing was changed",
            hint="run the command again",
        )
