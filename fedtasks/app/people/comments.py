"""Talking on a task: comments with mentions and attachments, replies, reactions, and what is settled."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.people.entries import find_id
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.conversation import Remark, conversation, mentioned, remarks
from fedtasks.domain.task import Task
from fedtasks.errors import NotFound, UsageError
from fedtasks.git.repository import top_level
from fedtasks.store.files import os_errors
from fedtasks.store.layout import attachment_path

LONGEST = 100_000
"""Signs of a comment."""

LARGEST = 1_000_000
"""Bytes of a file whose content is kept in the store."""


def comment(
    session: Session,
    given: str,
    text: str,
    *,
    type: str = "comment",
    reply_to: str | None = None,
    attach: Iterable[str] = (),
    link: Iterable[str] = (),
) -> tuple[Task, str]:
    """Says something on a task; answers the task and the comment's id.

    `attach` are files whose content goes into the store, `link` files of the repository that are only named, with the
    hash that they have now. Raises UsageError for an empty or too long text and for files that are too large.
    """
    text = _checked(text)
    kept = {path: _content(session, path) for path in attach}
    with writing(session) as change:
        task = change.task(given)
        data: dict[str, Any] = {"text": text, "type": type}
        if reply_to:
            data["reply_to"] = find_remark(task, reply_to).id
        named = mentioned(text, _names(session, task))
        attachments = [_kept(change, path, content) for path, content in kept.items()]
        attachments += [_linked(session, path) for path in link]
        data |= {name: value for name, value in (("mentions", named), ("attachments", attachments)) if value}
        after = change.make(task, kinds.COMMENTED, data)
        change.describe("comment", after)
        return after, after.history[-1].id


def _checked(text: str) -> str:
    text = text.strip("\n").rstrip()
    if not text.strip():
        raise UsageError("nothing was said", hint="give the text, or pipe it in: fedtasks comment ID < note.md")
    if len(text) > LONGEST:
        raise UsageError(
            f"the comment has {len(text)} signs, more than {LONGEST}", hint="attach it instead: --attach FILE"
        )
    return text


def _names(session: Session, task: Task) -> set[str]:
    """Whom a comment can mention: the members, and those who have had to do with the task."""
    state = task.state
    people = {event.by for event in task.history} | {state.assignee or "", state.lead or ""}
    return {member.name for member in session.members} | people - {""}


def _content(session: Session, path: str) -> bytes:
    place = session.context.directory / path
    _require_file(place, path)
    with os_errors(place):
        size = place.stat().st_size
        if size > LARGEST:
            raise UsageError(
                f"{path} has {size} bytes, and a store keeps files of at most {LARGEST}",
                hint=f"commit it to the repository and name it there: --link {path}",
                path=path,
            )
        return place.read_bytes()


def _kept(change: Change, path: str, content: bytes) -> dict[str, Any]:
    digest = sha256(content).hexdigest()
    if change.transaction.read(attachment_path(digest)) is None:
        change.transaction.put_bytes(attachment_path(digest), content)
    return {"path": Path(path).name, "sha256": digest, "size": len(content), "kept": True}


def _linked(session: Session, path: str) -> dict[str, Any]:
    """A file of the repository by its path there; outside of one by the path that was given."""
    place = session.context.directory / path
    _require_file(place, path)
    top = top_level(session.context.git)
    inside = top is not None and place.resolve().is_relative_to(top.resolve())
    shown = place.resolve().relative_to(top.resolve()).as_posix() if top is not None and inside else path
    digest = sha256()
    with os_errors(place), place.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        return {"path": shown, "sha256": digest.hexdigest(), "size": file.tell()}


def _require_file(place: Path, path: str) -> None:
    if not place.is_file():
        raise NotFound(f"there is no file {path}", hint="name a file by its path from here", path=path)


def react(session: Session, given: str, to: str, sign: str, *, remove: bool = False) -> tuple[Task, str]:
    """Puts a sign on a remark, or takes one's own off."""
    return _about(session, given, to, kinds.REACTED, {"reaction": sign} | ({"remove": True} if remove else {}), "react")


def resolve(session: Session, given: str, to: str, *, resolved: bool = True) -> tuple[Task, str]:
    """Marks a remark as settled, or as open again."""
    return _about(session, given, to, kinds.RESOLVED, {"resolved": resolved}, "resolve" if resolved else "unresolve")


def _about(session: Session, given: str, to: str, kind: str, data: dict[str, Any], verb: str) -> tuple[Task, str]:
    with writing(session) as change:
        task = change.task(given)
        id = find_remark(task, to).id
        after = change.make(task, kind, {"comment": id, **data})
        change.describe(verb, after)
        return after, id


def find_remark(task: Task, given: str) -> Remark:
    """The remark that an unambiguous beginning or end of an id stands for; raises NotFound and AmbiguousId."""
    said = {one.id: one for one in remarks(conversation(task))}
    return said[find_id(task, said, given, "remarks", "thread")]


def thread(session: Session, given: str) -> tuple[Task, list[Remark]]:
    """The task and what was said on it."""
    task = session.reader.task(session.reader.resolve(given))
    return task, conversation(task)
