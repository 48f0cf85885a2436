"""Installing, removing and proving the hooks of a code repository."""

from __future__ import annotations

import os
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fedtasks.app.commits.hookplace import HookPlace, find_hook_place
from fedtasks.app.context import Context
from fedtasks.errors import UsageError
from fedtasks.git import hooks, worktree
from fedtasks.git.changed import main_heads, tips
from fedtasks.git.recorder import QUIET
from fedtasks.git.repository import BRANCH
from fedtasks.store.layout import is_store


@dataclass(frozen=True, slots=True)
class Report:
    """What was done to each hook, in which folder, with remarks."""

    folder: Path
    done: dict[str, str]
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any hook was written or removed."""
        return any(what != "nothing" for what in self.done.values())


@dataclass(frozen=True, slots=True)
class Status:
    """How each hook stands, which of them fired in a scratch clone, and what waits to be followed up."""

    folder: Path
    hooks: tuple[hooks.Hook, ...]
    fired: dict[str, str]
    pending: int
    notes: tuple[str, ...] = ()

    @property
    def fires(self) -> bool:
        """Whether every hook of ours ran, and found fedtasks."""
        return all(self.fired.get(hook.name, "missing") != "missing" for hook in self.hooks)

    def to_json(self) -> dict[str, Any]:
        """The answer of `hooks status --json`."""
        shown = [
            {
                "name": hook.name,
                "state": hook.state,
                "kept": hook.kept,
                "fired": hook.name in self.fired,
                "program": self.fired.get(hook.name),
            }
            for hook in self.hooks
        ]
        return {
            "folder": str(self.folder),
            "fires": self.fires,
            "hooks": shown,
            "pending": self.pending,
            "notes": list(self.notes),
        }


def install(context: Context, *, server: bool = False) -> Report:
    """Puts the hooks in place; run again, it changes nothing. What stood there is kept, and run first."""
    place = find_hook_place(context)
    if server != place.bare:
        raise UsageError(
            "this is a bare repository, whose only hook is post-receive"
            if place.bare
            else "this is a working clone; --server is for the bare repository that people push to",
            hint="run: fedtasks hooks install" + ("" if server else " --server"),
        )
    place.folder.mkdir(parents=True, exist_ok=True)
    notes = serve(context, place) if server else []
    place.state.make(tips(place.git).values(), main_heads(place.git, None).values())
    done = {name: hooks.put(place.folder, name, context.python) for name in place.names}
    if not server and worktree.has_branch(place.git):
        worktree.configure_merge(place.git, f"{shlex.quote(context.python)} -P -m fedtasks")
    return Report(place.folder, done, (*notes, *_remarks(place)))


def serve(context: Context, place: HookPlace) -> list[str]:
    """A bare repository has no working tree for a store: it gets a clone of its own branch beside its hooks."""
    if place.git.config().get("fedtasks.store"):
        return []
    if not worktree.has_branch(place.git):
        return ["there is no branch of tasks here yet; notices begin when one has been pushed"]
    store = place.common / "fedtasks" / "store"
    if not is_store(store):
        options = ("--quiet", "--single-branch", f"--branch={BRANCH}")
        place.git.run(*QUIET, "clone", *options, os.fspath(place.common), os.fspath(store))
        worktree.configure_merge(context.git.at(store), f"{shlex.quote(context.python)} -P -m fedtasks")
    place.git.run("config", "fedtasks.store", os.fspath(store))
    return []


def _remarks(place: HookPlace) -> list[str]:
    """Where the folder is not this repository's own, that is worth a word."""
    folder, top = place.folder.resolve(), place.git.directory.resolve()
    if folder.is_relative_to(place.common.resolve()):
        return []
    if folder.is_relative_to(top):
        if place.git.line_or_none("ls-files", "--error-unmatch", "--", os.fspath(folder)) is None:
            return []
        return [f"git's core.hooksPath is {folder.relative_to(top)}, which is committed: others will see these hooks"]
    return [
        (
            f"git's core.hooksPath is {folder}, which other repositories may use, too; "
            "the hooks do nothing in those where 'fedtasks hooks install' was not run"
        )
    ]


def uninstall(context: Context) -> Report:
    """Takes our hooks away and puts back what stood there before."""
    place = find_hook_place(context)
    done = {name: hooks.take_away(place.folder, name) for name in place.names}
    place.state.remove()
    left = [hook.name for name in place.names if (hook := hooks.hook_at(place.folder, name)).kept]
    notes = [
        f"another tool has replaced the hook {name}; what stood there before is {name}{hooks.KEPT}" for name in left
    ]
    return Report(place.folder, done, tuple(notes))


def status(context: Context) -> Status:
    """Looks at each hook, and proves by commits in a scratch clone that git runs them."""
    place = find_hook_place(context)
    found = tuple(hooks.hook_at(place.folder, name) for name in place.names)
    notes = []
    if not place.state.exists:
        notes.append("the hooks are not installed in this repository; run: fedtasks hooks install")
    tried = hooks.Probe()
    if any(hook.state not in (hooks.NONE, hooks.FOREIGN) for hook in found):
        with tempfile.TemporaryDirectory(prefix="fedtasks-hooks-") as scratch:
            tried = hooks.probe(place.git, place.folder, Path(scratch), context.environ, bare=place.bare)
    waiting = len(place.state.pending())
    if waiting and (said := place.state.last_words()):
        notes.append(f"the last attempt to follow up said: {said}")
    notes += [*tried.problems] + [
        f"{hook.name} is of another version; run: fedtasks hooks install" for hook in found if hook.state == hooks.OLDER
    ]
    return Status(place.folder, found, tried.fired, waiting, tuple(notes))
