"""Commits as notices: who made a commit, whom it concerns, and the one notice a member gets of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fedtasks.notify.notice import Notice, make_notice

KIND = "commit"
MOST_COMMITS = 50
"""Commits that a notice names one by one; of a longer list the youngest, with the number of all."""

MOST_PATHS = 200
SHORT = 12

Json = Any


@dataclass(frozen=True, slots=True)
class Concern:
    """A commit that touches files of tasks: `tasks` by id the paths, `authors` the members who are not told.

    `patch` is the same for the same change after a rebase; `stat` has {path, action, added, removed} of each path.
    """

    id: str
    subject: str
    by: str
    at: str
    authors: frozenset[str]
    tasks: Mapping[str, Sequence[str]]
    stat: Sequence[Mapping[str, Json]] = ()
    patch: str | None = None

    def about(self, tasks: Mapping[str, Sequence[str]]) -> Concern:
        """The same commit with some of its tasks."""
        return replace(self, tasks=tasks)

    def to_json(self, tasks: Collection[str]) -> dict[str, Json]:
        """The commit as a notice about some of its tasks names it."""
        told = [task for task in self.tasks if task in tasks]
        paths = {path for task in told for path in self.tasks[task]}
        shown = {"id": self.id, "subject": self.subject, "by": self.by, "at": self.at, "tasks": told}
        stat = [dict(entry) for entry in self.stat if entry["path"] in paths or entry.get("old") in paths]
        return shown | {"files": stat[:MOST_PATHS]} | ({"patch": self.patch} if self.patch else {})


@dataclass(slots=True)
class Told:
    """What a member knows already: commits and patches, and the notices that may still be replaced by a longer one.

    `summed` are those that a summary names, which tells of all before them.
    """

    commits: set[str] = field(default_factory=set)
    patches: set[str] = field(default_factory=set)
    summed: set[str] = field(default_factory=set)
    replaced: list[Notice] = field(default_factory=list)

    def news(self, concerns: Sequence[Concern]) -> list[Concern]:
        """Those of the concerns, the oldest first, that were not told."""
        after = max((at for at, one in enumerate(concerns, 1) if one.id in self.summed), default=0)
        return [one for one in concerns[after:] if not self.knows(one)]

    def knows(self, concern: Concern) -> bool:
        return concern.id in self.commits or (concern.patch is not None and concern.patch in self.patches)


def what_was_told(notices: Iterable[Notice], rewritten: Collection[str], unshared: Collection[str]) -> Told:
    """What these notices have told; unread ones whose commits were all rewritten, or stand only in this clone, can
    be replaced."""
    told = Told()
    for notice in notices:
        commits = notice.data.get("commits") or []
        ids = [str(commit.get("id")) for commit in commits]
        open_still = notice.read_at is None and notice.kind == KIND and "count" not in notice.data
        if open_still and ids and all(id in rewritten or id in unshared for id in ids):
            told.replaced.append(notice)
            told.commits.update(id for id in ids if id not in rewritten)
            told.patches.update(str(c["patch"]) for c in commits if c.get("patch") and str(c["id"]) not in rewritten)
            continue
        told.commits.update(ids)
        told.summed.update(ids if "count" in notice.data else ())
        told.patches.update(str(commit["patch"]) for commit in commits if commit.get("patch"))
    return told


def commit_notice(
    to: str, concerns: Sequence[Concern], before: Sequence[Notice], tasks: Mapping[str, Mapping[str, Json]],
    rewritten: Collection[str], now: str,
) -> Notice:  # fmt: skip
    """One notice of all these commits (the oldest first) for one member, `tasks` being those that concern them.

    What the notices `before` tell of commits that stand goes into it. Its id is derived from the last commit and the
    member, so that every machine makes the same.
    """
    kept = [commit for notice in before for commit in notice.data["commits"] if str(commit["id"]) not in rewritten]
    commits = [*kept, *(concern.to_json(tasks) for concern in concerns)]
    named = list(dict.fromkeys(task for commit in commits for task in commit["tasks"] if task in tasks))
    paths = list(dict.fromkeys(name for commit in commits for file in commit["files"] for name in _names(file)))
    last = concerns[-1]
    data: dict[str, Json] = {"commits": commits[-MOST_COMMITS:], "paths": paths[:MOST_PATHS], "tasks": named}
    if len(commits) > MOST_COMMITS:
        data["count"] = len(commits)
    return make_notice(
        to,
        KIND,
        (last.id,),
        at=now,
        by=_by(commits),
        text=_text(commits, paths),
        task=named[0],
        title=str(tasks[named[0]]["title"]),
        next=(*_git_show(commits), *(f"fedtasks show {task}" for task in named[:3])),
        data=data,
    )


def _names(file: Mapping[str, Json]) -> list[str]:
    return [file["old"], file["path"]] if file.get("old") else [file["path"]]


def _by(commits: Sequence[Mapping[str, Json]]) -> str:
    authors = list(dict.fromkeys(str(commit["by"]) for commit in commits))
    return authors[-1] if len(authors) == 1 else ", ".join(authors)[:200]


def _text(commits: Sequence[Mapping[str, Json]], paths: Sequence[str]) -> str:
    shown = ", ".join(_line(path) for path in paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    if len(commits) == 1:
        commit = commits[0]
        return f"{_by(commits)} changed {shown} in {commit['id'][:SHORT]}: {commit['subject']}"
    return f"{len(commits)} commits by {_by(commits)} changed {shown}; the last is {commits[-1]['id'][:SHORT]}"


def _line(path: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in path)


def _git_show(commits: Sequence[Mapping[str, Json]]) -> list[str]:
    ids = [str(commit["id"])[:SHORT] for commit in commits]
    return [f"git show {id}" for id in ids] if len(ids) <= 3 else [f"git show --stat {id}" for id in ids[-3:]]
