"""Commits as notices: who made a commit, whom it concerns, and the one notice a member gets of all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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

    def to_json(self) -> dict[str, Json]:
        """The commit as a notice names it."""
        paths = {path for task in self.tasks for path in self.tasks[task]}
        shown = {"id": self.id, "subject": self.subject, "by": self.by, "at": self.at, "tasks": list(self.tasks)}
        stat = [dict(entry) for entry in self.stat if entry["path"] in paths or entry.get("old") in paths]
        return shown | {"files": stat[:MOST_PATHS]} | ({"patch": self.patch} if self.patch else {})


@dataclass(slots=True)
class Told:
    """What a member knows already: commits, patches (and which commits had them), and notices that can be replaced.

    `summed` are commits that a summary names, which tells of all before them; `gone` are told ones that were rewritten.
    """

    commits: set[str] = field(default_factory=set)
    patches: dict[str, list[str]] = field(default_factory=dict)
    summed: set[str] = field(default_factory=set)
    replaced: list[Notice] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def news(self, concerns: Sequence[Concern], leads_to: Callable[[str, str], bool]) -> list[Concern]:
        """Those of the concerns, the oldest first, that were not told.

        A commit with the patch of one that was told is the same change rebased or picked, unless that one leads to it:
        then it was made once more.
        """
        after = max((at for at, one in enumerate(concerns, 1) if one.id in self.summed), default=0)
        return [one for one in concerns[after:] if one.id not in self.commits and not self._is_copy(one, leads_to)]

    def _is_copy(self, one: Concern, leads_to: Callable[[str, str], bool]) -> bool:
        before = self.patches.get(one.patch or "", ())
        return bool(before) and not any(leads_to(other, one.id) for other in before)

    @property
    def kept(self) -> list[Mapping[str, Json]]:
        """What the replaced notices tell of commits that stand."""
        return [one for notice in self.replaced for one in notice.data["commits"] if one["id"] not in self.gone]

    def learn(self, commit: Mapping[str, Json]) -> None:
        """Takes in a commit that a notice tells of."""
        self.commits.add(str(commit["id"]))
        if commit.get("patch"):
            self.patches.setdefault(str(commit["patch"]), []).append(str(commit["id"]))


def what_was_told(notices: Iterable[Notice], rewritten: Collection[str], unshared: Collection[str]) -> Told:
    """What these notices have told; unread ones whose commits were all rewritten, or stand only in this clone, can
    be replaced."""
    told = Told()
    for notice in notices:
        commits = [one for one in notice.data.get("commits") or () if one.get("id")]
        ids = [str(one["id"]) for one in commits]
        is_open = notice.read_at is None and "count" not in notice.data
        if is_open and ids and all(id in rewritten or id in unshared for id in ids):
            told.replaced.append(notice)
            told.gone.update(id for id in ids if id in rewritten)
        elif "count" in notice.data:
            told.summed.update(ids)
        for one in commits:
            if one["id"] not in told.gone:
                told.learn(one)
    return told


def told_twice(notices: Iterable[Notice]) -> list[tuple[Notice, Notice | None]]:
    """The unread notices of one member that name commits which an earlier notice names for the same tasks, each with
    what stands in its place: without those commits, None where it has no others.

    Two machines that pull different ranges before they sync make such notices. It is the same on every machine: the
    earliest by time and id keeps a commit, read or not. Summaries, which tell of more than they name, are left alone.
    """
    named: dict[str, set[str]] = {}
    found: list[tuple[Notice, Notice | None]] = []
    for notice in sorted(notices, key=lambda notice: (notice.at, notice.id)):
        if notice.kind != KIND or "count" in notice.data:
            continue
        commits = notice.data.get("commits") or ()
        left = [one for one in commits if not {*one["tasks"]} <= named.get(str(one["id"]), set())]
        if notice.read_at is None and len(left) < len(commits):
            titles = {str(notice.task): {"title": notice.title}}
            found.append((notice, commit_notice(notice.to, left, titles, notice.at) if left else None))
        for one in commits:
            named.setdefault(str(one["id"]), set()).update(one["tasks"])
    return found


def commit_notice(
    to: str, commits: Sequence[Mapping[str, Json]], tasks: Mapping[str, Mapping[str, Json]], now: str
) -> Notice:
    """One notice of all these commits (as Concern.to_json has them, the oldest first) for one member.

    Its id is derived from the last commit and the member, so that every machine makes the same.
    """
    named = list(dict.fromkeys(str(task) for commit in commits for task in commit["tasks"]))
    paths = list(dict.fromkeys(name for commit in commits for file in commit["files"] for name in _names(file)))
    data: dict[str, Json] = {"commits": list(commits[-MOST_COMMITS:]), "paths": paths[:MOST_PATHS], "tasks": named}
    if len(commits) > MOST_COMMITS:
        data["count"] = len(commits)
    return make_notice(
        to,
        KIND,
        (str(commits[-1]["id"]),),
        at=now,
        by=_by(commits),
        text=_text(commits, paths),
        task=named[0],
        title=tasks[named[0]]["title"] if named[0] in tasks else None,
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
