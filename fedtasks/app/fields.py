"""What a command wants of a task's fields, as the data of a `created` or `edited` event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import Any

from fedtasks.domain.task import Task
from fedtasks.errors import UsageError


@dataclass(frozen=True, slots=True)
class Wish:
    """`set` holds single fields, `add` and `remove` the members of sets (files by path in `remove`)."""

    set: Mapping[str, Any]
    add: Mapping[str, tuple[Any, ...]]
    remove: Mapping[str, tuple[str, ...]]


def wish(
    *,
    set: Mapping[str, Any] | None = None,
    tags: Iterable[str] = (),
    no_tags: Iterable[str] = (),
    files: Iterable[str] = (),
    no_files: Iterable[str] = (),
    depends_on: Iterable[str] = (),
    no_depends_on: Iterable[str] = (),
    watchers: Iterable[str] = (),
    no_watchers: Iterable[str] = (),
) -> Wish:
    """A wish; values of None are not wished for. Raises UsageError for an empty title and a path that leads out."""
    wanted = {name: value for name, value in (set or {}).items() if value is not None}
    if "title" in wanted:
        wanted["title"] = clean_title(wanted["title"])
    return Wish(
        wanted,
        {
            "tags": tuple(tags),
            "depends_on": tuple(depends_on),
            "files": tuple({"path": clean_path(path), "action": None} for path in files),
            "watchers": tuple(watchers),
        },
        {
            "tags": tuple(no_tags),
            "depends_on": tuple(no_depends_on),
            "files": tuple(no_files),
            "watchers": tuple(no_watchers),
        },
    )


def clean_title(title: str) -> str:
    """A title on one line; raises UsageError for an empty one."""
    cleaned = " ".join(title.split())
    if not cleaned:
        raise UsageError("the title is empty", hint="say in a few words what is to be done")
    return cleaned[:1000]


def clean_path(path: str) -> str:
    """A file of a task as it was given; raises UsageError where it climbs out of the repository."""
    if normpath(path).split("/")[0] == "..":
        raise UsageError(
            f"{path} leads out of the repository", hint="name files by their path in the repository", path=path
        )
    return path


def created_data(wanted: Wish) -> dict[str, Any]:
    """The data of the `created` event of a new task."""
    return {**wanted.set, **{name: list(members) for name, members in wanted.add.items() if members}}


def edited_data(task: Task, wanted: Wish) -> dict[str, Any] | None:
    """The data of an `edited` event, reduced to what differs from the task; None where nothing does."""
    state = task.state
    changed = {name: value for name, value in wanted.set.items() if getattr(state, name) != value}
    paths = {file["path"] for file in state.files}
    has: dict[str, Any] = {"files": paths}
    has |= {"tags": state.tags, "depends_on": state.depends_on, "watchers": state.watchers}
    add = {
        name: [member for member in members if (member["path"] if name == "files" else member) not in has[name]]
        for name, members in wanted.add.items()
    }
    remove = {name: [member for member in members if member in has[name]] for name, members in wanted.remove.items()}
    parts = {"set": changed, "add": _full(add), "remove": _full(remove)}
    return {name: value for name, value in parts.items() if value} or None


def _full(members: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: found for name, found in members.items() if found}
