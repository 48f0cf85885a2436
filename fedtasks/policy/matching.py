"""The files that tasks name: which tasks a path concerns, and which tasks' files can meet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from fedtasks.policy.globs import Glob, parse_glob

Files = Iterable[Mapping[str, Any]]
"""The `files` of a task: {path, action?, repository?, branch?}."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where paths are looked at: the repository's directory, the names it goes by (URLs, its folder), its branch.

    What is not known (None, no names) restricts nothing.
    """

    root: str | None = None
    repositories: tuple[str, ...] = ()
    branch: str | None = None


WILD = re.compile(r"(?<!\\)[*?[]")

ANYWHERE = Checkout()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a task's files: as written, what it matches, and whether it takes paths away (`!path`)."""

    text: str
    globs: tuple[Glob, ...]
    negated: bool = False
    repository: str | None = None
    branch: str | None = None

    def matches(self, path: str) -> bool:
        """Whether it fits a path, relative to the repository's root; `negated` is for the caller to judge."""
        return any(glob.matches(path) for glob in self.globs)


def entries(files: Files, place: Checkout = ANYWHERE) -> tuple[Entry, ...]:
    """The entries that count at a place.

    | an entry                      | means                                                              |
    |-------------------------------|--------------------------------------------------------------------|
    | `src/a.py`, `docs/`, `docs`   | that path from the repository's root, and what is below it         |
    | with `*`, `?`, `[...]`        | what gitignore means by it (see `parse_glob`): `*.py` at any depth |
    | `!` before it                 | as in gitignore; takes away from the others, wherever it stands    |
    | an absolute path, `file://`   | the path below the repository; where that stands elsewhere on      |
    |                               | this machine, what follows the repository's name                   |
    | `app/[id]/page.tsx`           | the set of characters, and the path as it is spelt                 |
    | with `repository`, `branch`   | only there: a URL or name; a name or pattern of branches           |
    | out of the repository, empty  | nothing                                                            |
    """
    found = []
    for file in files:
        repository, branch = file.get("repository"), file.get("branch")
        if not _is_here(repository, branch, place):
            continue
        text = str(file.get("path", ""))
        negated = text.startswith("!")
        globs = tuple(_globs(text[negated:], place.root, pattern=negated))
        if globs:
            found.append(Entry(text, globs, negated, repository, branch))
    return tuple(found)


def _is_here(repository: str | None, branch: str | None, place: Checkout) -> bool:
    if repository and place.repositories and not any(same_repository(repository, name) for name in place.repositories):
        return False
    return not (branch and place.branch) or fnmatchcase(place.branch, branch)


def same_repository(one: str, other: str) -> bool:
    """Whether two names of repositories can be one's: as long as the shorter one is, from the end."""
    mine, theirs = _address(one), _address(other)
    count = min(len(mine), len(theirs))
    return count > 0 and mine[-count:] == theirs[-count:]


def _address(name: str) -> list[str]:
    """`https://host/team/repo.git` and `git@host:team/repo` as host, team, repo."""
    bare = name.casefold().rstrip("/").removesuffix(".git").partition("://")
    rest = (bare[2] or bare[0]).rpartition("@")[2].replace(":", "/").replace("\\", "/")
    return [part for part in rest.split("/") if part]


def _globs(text: str, root: str | None, *, pattern: bool) -> Iterator[Glob]:
    for reading in _readings(_normal(text), root):
        for spelt in (reading, reading.replace("[", "\\[")) if "[" in reading.replace("\\[", "") else (reading,):
            glob = parse_glob(spelt if pattern or WILD.search(spelt) else f"/{spelt}")
            if glob is not None:
                yield glob


def _readings(text: str, root: str | None) -> Iterator[str]:
    """The ways to take an entry, as gitignore lines: an absolute path may also be one from the repository's root."""
    uri = text.casefold().startswith("file://")
    absolute = unquote(text[7:].partition("#")[0]).removeprefix("localhost") if uri else text
    if not absolute.startswith("/"):
        yield text
        return
    top = _normal(root or "").rstrip("/")
    if top and (absolute == top or absolute.startswith(f"{top}/")):
        yield _anchored(absolute[len(top) :])
        return
    steps, name = absolute.split("/"), top.rpartition("/")[2]
    if name and name in steps[:-1]:
        yield _anchored("/".join(steps[steps.index(name) + 1 :]))
    if not uri:
        yield absolute


def _anchored(rest: str) -> str:
    return "/" + (rest.lstrip("/") or "**")


def _normal(text: str) -> str:
    """The same spelling for the same name (Unicode NFC)."""
    if text.isascii():
        return text
    from unicodedata import normalize

    return normalize("NFC", text)


def matches(path: str, files: Files, place: Checkout = ANYWHERE) -> bool:
    """Whether a path relative to the repository's root is one of these files."""
    return bool(FileIndex({"": files}, place).who(path))


@dataclass(slots=True)
class FileIndex:
    """The files of many tasks, to be asked for many paths: names without wildcards are looked up, not tried."""

    tasks: Mapping[str, Files]
    place: Checkout = ANYWHERE
    _fixed: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    _below: dict[tuple[str, ...], list[str]] = field(default_factory=dict)
    _wild: dict[Glob, list[str]] = field(default_factory=dict)
    _not: dict[str, list[Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id, files in self.tasks.items():
            for entry in entries(files, self.place):
                if entry.negated:
                    self._not.setdefault(id, []).append(entry)
                    continue
                for glob in entry.globs:
                    self._add(id, glob)

    def _add(self, id: str, glob: Glob) -> None:
        if (names := fixed_names(glob)) is not None:
            (self._below if glob.below else self._fixed).setdefault(names, []).append(id)
        else:
            self._wild.setdefault(glob, []).append(id)

    def who(self, path: str) -> list[str]:
        """The tasks whose files a path is one of, each once, in their order; a directory is given with its slash."""
        path = _normal(path)
        names = path.rstrip("/").split("/")
        directories = len(names) if path.endswith("/") else len(names) - 1
        found: set[str] = set()
        for count in range(1, len(names) + 1):
            for key in (tuple(names[:count]), ("**", names[count - 1])):
                found.update(self._fixed.get(key, ()))
                if count <= directories:
                    found.update(self._below.get(key, ()))
        for glob, ids in self._wild.items():
            if glob.matches(path):
                found.update(ids)
        return [id for id in self.tasks if id in found and not self._is_taken_away(id, path)]

    def _is_taken_away(self, id: str, path: str) -> bool:
        return any(entry.matches(path) for entry in self._not.get(id, ()))


def fixed_names(glob: Glob) -> tuple[str, ...] | None:
    """The names of a pattern without wildcards, `**` before one that stands at any depth; None for others."""
    from fedtasks.policy.globs import DEEP

    if glob.literal is not None:
        return glob.literal
    if len(glob.segments) == 2 and glob.segments[0] == DEEP:
        rest = Glob(glob.segments[1:]).literal
        return None if rest is None else ("**", *rest)
    return None


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two entries that can mean the same path, and such a path."""

    mine: str
    theirs: str
    path: str

    def to_json(self) -> dict[str, str]:
        """As `--json` shows it."""
        return {"mine": self.mine, "theirs": self.theirs, "path": self.path}


def meetings(mine: Collection[Entry], theirs: Collection[Entry]) -> list[Meeting]:
    """Where two tasks' files can meet, what either takes away left out; symmetric but for the order of the pair."""
    from fedtasks.policy.meeting import meeting_path

    without = [glob for entry in (*mine, *theirs) if entry.negated for glob in entry.globs]
    found = []
    for one in (entry for entry in mine if not entry.negated):
        for other in (entry for entry in theirs if not entry.negated):
            if not _same_place(one, other):
                continue
            paths = (meeting_path(a, b, without) for a in one.globs for b in other.globs)
            path = next((path for path in paths if path is not None), None)
            if path is not None:
                found.append(Meeting(one.text, other.text, path))
    return found


def _same_place(one: Entry, other: Entry) -> bool:
    """Whether two entries can be of one repository and one branch."""
    if one.repository and other.repository and not same_repository(one.repository, other.repository):
        return False
    if not (one.branch and other.branch):
        return True
    names, others = parse_glob(f"/{one.branch}"), parse_glob(f"/{other.branch}")
    from fedtasks.policy.meeting import meeting_path

    return names is None or others is None or meeting_path(names, others) is not None
