"""Which commits concern which tasks: paths against the files of active tasks, authors against members."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fedtasks.app.context import stamp_of
from fedtasks.app.identity import name_from
from fedtasks.app.session import Session
from fedtasks.domain.ids import TASK_ID
from fedtasks.domain.status import ACTIVE
from fedtasks.errors import FedtasksError
from fedtasks.git.changed import Commit, Touched
from fedtasks.git.run import Git
from fedtasks.notify.commits import Concern
from fedtasks.policy.matching import Checkout, FileIndex, matches
from fedtasks.policy.members import Member, members_of
from fedtasks.store.layout import FOLDER
from fedtasks.store.query import Filter, select

Fields = Mapping[str, Any]

WORKED_ON = ("Task",)
"""Trailers that name the task that a commit was made for; its assignee is the commit's author, too."""

ACTOR = "Fedtasks-Actor"


def active_tasks(session: Session) -> dict[str, Fields]:
    """The public fields of the active tasks that name files, by id."""
    found = map(json.loads, select(session.index(), Filter(status=ACTIVE), "id"))
    return {fields["id"]: fields for fields in found if fields["files"]}


def audience(task: Fields, members: Iterable[Member]) -> tuple[str, ...]:
    """Who is told of a task: its assignee, its lead, its helpers and watchers; of a team all who are in it."""
    named = [task["assignee"], task["lead"], *task.get("helpers", ()), *task.get("watchers", ())]
    return members_of(filter(None, named), members)


@dataclass
class Code:
    """The code repository at hand, as tasks' files see it: its top, and where that stands below the store's own."""

    git: Git
    session: Session
    tasks: Mapping[str, Fields]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the repository is called: its remotes' addresses, else its folder."""
        config = self.git.config()
        urls = [value for key, value in config.items() if key.startswith("remote.") and key.endswith(".url")]
        return tuple(urls) or (self.git.directory.name,)

    @cached_property
    def branch(self) -> str | None:
        """The branch that is checked out; None where HEAD is detached."""
        name = self.git.line_or_none("symbolic-ref", "--quiet", "--short", "HEAD")
        return name or None

    @cached_property
    def prefix(self) -> str:
        """Of a submodule or a repository below the one that the store belongs to: its path there, with a slash."""
        if self.session.root.name != FOLDER:
            return ""
        top, home = self.git.directory.resolve(), self.session.root.resolve().parent
        return f"{top.relative_to(home).as_posix()}/" if top != home and top.is_relative_to(home) else ""

    def place(self, branch: str | None) -> Checkout:
        """This code repository on one branch, as tasks name it in `files`."""
        return Checkout(str(self.git.directory.resolve()), self.names, branch)

    @cached_property
    def _here(self) -> FileIndex:
        return FileIndex({id: task["files"] for id, task in self.tasks.items()}, self.place(None))

    @cached_property
    def _above(self) -> FileIndex:
        home = Checkout(str(self.session.root.resolve().parent))
        return FileIndex({id: task["files"] for id, task in self.tasks.items()}, home)

    def who(self, path: str, branches: Collection[str]) -> list[str]:
        """The tasks that a path of this repository concerns, on one of these branches (none: whichever)."""
        found = dict.fromkeys(self._here.who(path))
        if self.prefix:
            found |= dict.fromkeys(self._above.who(f"{self.prefix}{path}"))
        return [id for id in found if self._is_on(id, path, branches)]

    def _is_on(self, id: str, path: str, branches: Collection[str]) -> bool:
        files = self.tasks[id]["files"]
        if not branches or not any(file.get("branch") for file in files):
            return True
        return any(
            matches(name, files, self.place(branch)) for branch in branches for name in (path, f"{self.prefix}{path}")
        )

    def branches_of(self, commit: str) -> list[str]:
        """The branches that have a commit, asked only where a task names a branch."""
        if not any(file.get("branch") for task in self.tasks.values() for file in task["files"]):
            return []
        refs = self.git.run("for-each-ref", f"--contains={commit}", "--format=%(refname)", "refs/heads", "refs/remotes")
        names = (ref.split("/", 2) for ref in refs.decode("utf-8", "surrogateescape").split())
        return [name if kind == "heads" else name.partition("/")[2] for _, kind, name in names]


def concerned(code: Code, commits: Iterable[Commit]) -> list[tuple[Commit, dict[str, list[str]]]]:
    """The commits that touch files of active tasks, each with its paths by task."""
    found = []
    for commit in commits:
        hits: dict[str, list[str]] = {}
        branches = code.branches_of(commit.id) if code.tasks and commit.files else []
        for path in commit.paths:
            for id in code.who(path, branches):
                hits.setdefault(id, []).append(path)
        if hits:
            found.append((commit, hits))
    return found


@dataclass
class Authors:
    """Whose a commit is: members by e-mail address, by name, by the trailers of its message, and who ran git here."""

    session: Session
    local: Mapping[str, str]

    @cached_property
    def _by_email(self) -> dict[str, str]:
        return {email.casefold(): member.name for member in self.session.members for email in member.emails}

    def of(self, commit: Commit) -> list[str]:
        """The members whose commit it is: its trailer says so, else who ran git here, else its author's address, else
        the author's name."""
        if named := self._known(commit):
            return named
        with suppress(FedtasksError):
            return [name_from(commit.author, commit.emails[0])]
        return []

    def _known(self, commit: Commit) -> list[str]:
        said = [*commit.trailers(ACTOR), self.local.get(commit.id, "")]
        known = [self._by_email.get(email.casefold(), "") for email in commit.emails]
        return list(dict.fromkeys([name for name in said if name] or [name for name in known if name]))

    def all_of(self, commit: Commit) -> frozenset[str]:
        """The same with those who are assigned to the tasks that its message names, and its co-authors."""
        found = set(self.of(commit))
        for value in commit.trailers("Co-authored-by"):
            found.add(self._by_email.get(value.rpartition("<")[2].rstrip("> ").casefold(), ""))
        for id in named_tasks(commit, *WORKED_ON):
            with suppress(FedtasksError):
                found.add(self.session.reader.task(id).state.assignee or "")
        return frozenset(found - {""})

    def shown(self, commit: Commit) -> str:
        """Who it is in words: where nobody is known, the author's own name."""
        return (self._known(commit) or [clean(commit.author) or commit.emails[0] or "somebody"])[0][:200]


def named_tasks(commit: Commit, *trailers: str) -> list[str]:
    """The tasks that a commit's message names in these trailers, by their full ids."""
    words = (word for value in commit.trailers(*trailers) for word in value.replace(",", " ").split())
    return list(dict.fromkeys(word for word in words if TASK_ID.fullmatch(word)))


def concern(commit: Commit, hits: Mapping[str, Sequence[str]], authors: Authors, patch: str | None) -> Concern:
    """The commit as notices tell it; names that are not UTF-8 are shown with replacement signs."""
    return Concern(
        commit.id,
        clean(commit.subject) or "(no subject)",
        authors.shown(commit),
        stamp_of(commit.at * 1_000_000_000),
        authors.all_of(commit),
        {id: [clean(path) for path in paths] for id, paths in hits.items()},
        [_stat(file) for file in commit.files],
        patch,
    )


def _stat(file: Touched) -> dict[str, Any]:
    shown = {"path": clean(file.path), "action": file.action, "added": file.added, "removed": file.removed}
    return shown | ({"old": clean(file.old)} if file.old is not None and file.action != "C" else {})


def clean(text: str) -> str:
    """The text as JSON can hold it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
