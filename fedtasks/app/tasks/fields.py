"""What a command wants of a task's fields, as the data of a `created` or `edited` event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from fedtasks.domain.task import SETS, Task
from fedtasks.errors import UsageError
from fedtasks.policy.globs import parse_glob

if TYPE_CHECKING:
    from fedtasks.git.run import Git

NO_TAG = re.compile(r"[\x00- ,]|\s")


@dataclass(frozen=True, slots=True)
class Wish:
    """`set` holds single fields, `add` and `remove` the members of sets (files by path in `remove`)."""

    set: Mapping[str, Any]
    add: Mapping[str, tuple[Any, ...]]
    remove: Mapping[str, tuple[str, ...]]


def wish(*, set: Mapping[str, Any] | None = None, clear: Iterable[str] = (), **members: Iterable[str]) -> Wish:
    """A wish; single fields of None are not wished for, those in `clear` are to be empty.

    `members` are what to add to a set, by its name, and with `no_` before it what to remove. Raises UsageError for an
    empty title, a tag or skill that is none, and a path that leads out or names nothing.
    """
    unknown = members.keys() - {*SETS, *(f"no_{name}" for name in SETS)}
    if unknown:
        raise TypeError(f"no sets of a task: {', '.join(sorted(unknown))}")
    wanted = {name: value for name, value in (set or {}).items() if value is not None} | dict.fromkeys(clear)
    if "title" in wanted:
        wanted["title"] = clean_title(wanted["title"])
    add: dict[str, tuple[Any, ...]] = {name: tuple(members.get(name, ())) for name in SETS}
    for name in ("tags", "skills"):
        for word in add[name]:
            _check_word(name, word)
    add["files"] = tuple({"path": clean_path(path), "action": None} for path in add["files"])
    return Wish(wanted, add, {name: tuple(members.get(f"no_{name}", ())) for name in SETS})


def clean_title(title: str) -> str:
    """A title on one line; raises UsageError for an empty one."""
    cleaned = " ".join(title.split())
    if not cleaned:
        raise UsageError("the title is empty", hint="say in a few words what is to be done")
    return cleaned[:1000]


def _check_word(name: str, word: str) -> None:
    what = name.removesuffix("s")
    if not word.strip():
        raise UsageError(f"the {what} is empty", hint=f"leave it out, or name the {what}")
    if name == "tags" and NO_TAG.search(word):
        raise UsageError(
            f"{word!r} cannot be a tag",
            hint="a tag has no blanks and no commas; name several tags one by one",
            tag=word,
        )


def clean_path(path: str) -> str:
    """A file of a task as it was given; raises UsageError where it climbs out of the repository, or names nothing."""
    if normpath(path).split("/")[0] == "..":
        raise UsageError(
            f"{path} leads out of the repository", hint="name files by their path in the repository", path=path
        )
    if parse_glob(path.removeprefix("!")) is None:
        raise UsageError(
            f"{path!r} names no file", hint="name files by their path in the repository: src/auth.py, docs/", path=path
        )
    return path


def in_repository(wanted: Wish, git: Git) -> Wish:
    """The wish with absolute paths into the repository at hand told by their place in it."""
    if not any(file["path"].startswith("/") for file in wanted.add["files"]):
        return wanted
    from fedtasks.git.repository import top_level

    top = top_level(git)
    if top is None:
        return wanted
    files = tuple(file | {"path": _below(top, file["path"])} for file in wanted.add["files"])
    return replace(wanted, add={**wanted.add, "files": files})


def _below(top: Path, path: str) -> str:
    place = Path(path).resolve() if path.startswith("/") else top
    if place == top or not place.is_relative_to(top):
        return path
    return place.relative_to(top).as_posix() + "/" * path.endswith("/")


def created_data(wanted: Wish) -> dict[str, Any]:
    """The data of the `created` event of a new task."""
    return {**wanted.set, **{name: list(members) for name, members in wanted.add.items() if members}}


def edited_data(task: Task, wanted: Wish) -> dict[str, Any] | None:
    """The data of an `edited` event, reduced to what differs from the task; None where nothing does."""
    state = task.state
    changed = {name: value for name, value in wanted.set.items() if getattr(state, name) != value}
    has: dict[str, Any] = {name: getattr(state, name) for name in SETS}
    has["files"] = {file["path"] for file in state.files}
    add = {
        name: [member for member in members if (member["path"] if name == "files" else member) not in has[name]]
        for name, members in wanted.add.items()
    }
    remove = {name: [member for member in members if member in has[name]] for name, members in wanted.remove.items()}
    parts = {"set": changed, "add": _full(add), "remove": _full(remove)}
    return {name: value for name, value in parts.items() if value} or None


def _full(members: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: found for name, found in members.items() if found}
