"""Parsing a plan into tasks: read it, decide, and carry the decision out in one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.ids import derived_task_id
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, NoStore, NotAllowed, UsageError
from fedtasks.git.repository import top_level
from fedtasks.plan.errors import InvalidPlan
from fedtasks.plan.model import Diagnostic, Plan
from fedtasks.plan.read import read_plan
from fedtasks.plan.reconcile import Create, Options, Reconciled, event_id, reconcile
from fedtasks.plan.seen import Seen, seen_from_json
from fedtasks.store.config import Config
from fedtasks.store.layout import plan_path
from fedtasks.store.reading import LARGEST, parse_object, read_bytes

DONE_WORDS = {"create": "created", "update": "updated", "move": "moved", "cancel": "cancelled", "return": "returned"}


@dataclass(frozen=True, slots=True)
class Document:
    """A plan file: its identity, its path as the store keeps it, and what it says."""

    id: str
    path: str
    file: Path
    plan: Plan


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parse decided, and, unless it was dry, did; `ids` maps the plan's keys to task ids."""

    document: Document
    decided: Reconciled
    ids: Mapping[str, str]
    refused: tuple[str, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return (*self.document.plan.diagnostics, *self.decided.diagnostics)


def load(session: Session, path: Path, plan_id: str | None) -> Document:
    """Reads a plan. Its id: `plan_id`, else the front matter's, else the slug of its path in its git repository.

    Raises InvalidPlan, and UsageError for a path that is no file.
    """
    file = session.context.directory / path
    data = _read(file, str(path))
    plan = read_plan(data, str(path))
    top = top_level(session.context.git.at(file.resolve().parent))
    shown = file.resolve().relative_to(top).as_posix() if top else file.name
    stem = shown.rpartition(".")[0] or shown
    id = plan_id or plan.declared_id or stem
    return Document(_slug(id) or "plan", shown, file, plan)


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.replace("_", "-").casefold()).strip("-")[:200]


def _read(file: Path, shown: str) -> bytes:
    try:
        if file.is_dir():
            raise InvalidPlan(shown, "a directory", hint="name the plan's file itself, or several of them")
        if file.exists() and not file.is_file():
            raise InvalidPlan(shown, "not a regular file", hint="name a Markdown file")
        if file.stat().st_size > LARGEST:
            raise InvalidPlan(shown, f"larger than {LARGEST // 1024**2} MB", hint="split it into several files")
        return file.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {shown}", hint="check the path of the plan") from None
    except OSError as found:
        hint = "make the plan readable, then parse it again"
        raise InvalidPlan(shown, found.strerror or str(found), hint=hint) from found


def parse(
    session: Session, path: Path, *, dry_run: bool = False, plan_id: str | None = None, prefer: str = "store"
) -> Parsed:
    """Brings the tasks up to date with the plan; `dry_run` only decides, and needs no store and no identity."""
    document = load(session, path, plan_id)
    if dry_run:
        return _decide_only(session, document, prefer)
    with session.writing() as change:
        registry_read = change.transaction.read
        seen = _seen(document, registry_read(plan_path(document.id)))
        _refuse_namesake(session, document, seen)
        tasks = _tasks(change, document, seen)
        options = _options(session, session.actor.name, session.config, prefer)
        decided = reconcile(document.plan, document.id, document.path, seen, tasks, options)
        refused = _carry_out(change, decided, tasks)
        if seen is None or decided.seen != seen:
            change.transaction.put_object("plan", plan_path(document.id), decided.seen.to_json())
            change.title(f"parse {document.path}: {summary(decided)}")
    return Parsed(document, decided, _ids(decided.seen), tuple(refused))


def _decide_only(session: Session, document: Document, prefer: str) -> Parsed:
    try:
        config, root = session.config, session.root
    except NoStore:
        options = _options(session, "nobody", Config(), prefer)
        decided = reconcile(document.plan, document.id, document.path, None, {}, options)
        return Parsed(document, decided, _ids(decided.seen))
    try:
        seen = _seen(document, read_bytes(root, plan_path(document.id)))
    except FileNotFoundError:
        seen = None
    _refuse_namesake(session, document, seen)
    look = partial(_look, session)
    tasks = {id: task for id in _wanted(config, document, seen) if (task := look(id)) is not None}
    try:
        actor = session.actor.name
    except UsageError:
        actor = "nobody"
    decided = reconcile(
        document.plan, document.id, document.path, seen, tasks, _options(session, actor, config, prefer)
    )
    return Parsed(document, decided, _ids(decided.seen))


def _look(session: Session, id: str) -> Task | None:
    try:
        return session.reader.task(id)
    except FedtasksError:
        return None


def _options(session: Session, actor: str, config: Config, prefer: str) -> Options:
    return Options(
        prefix=config.prefix,
        default_priority=config.default_priority,
        default_lead=actor,
        prefer=prefer,
        now=session.context.now(),
        by=actor,
    )


def _seen(document: Document, data: bytes | None) -> Seen | None:
    return None if data is None else seen_from_json(parse_object(plan_path(document.id), data))


def _refuse_namesake(session: Session, document: Document, seen: Seen | None) -> None:
    """Two files that are both there are two plans, though their names give one id."""
    if seen is None or seen.path == document.path:
        return
    top = top_level(session.context.git.at(document.file.resolve().parent))
    other = (top or document.file.resolve().parent) / seen.path
    if other.is_file() and other.resolve() != document.file.resolve():
        raise UsageError(
            f"the plan id '{document.id}' is that of {seen.path} already",
            hint=f"give this one its own: --plan-id NAME, or 'id: NAME' in the front matter of {document.path}",
        )


def _wanted(config: Config, document: Document, seen: Seen | None) -> list[str]:
    """The tasks that the decision needs: those that the last parse named, and those that exist under derived ids."""
    known = [item.task for item in seen.items.values()] if seen else []
    derived = [derived_task_id(config.prefix, document.id, item.key) for item in document.plan.items]
    return list(dict.fromkeys([*known, *derived]))


def _tasks(change: Change, document: Document, seen: Seen | None) -> dict[str, Task]:
    wanted = _wanted(change.session.config, document, seen)
    existing = set(change.transaction.ids())
    return {id: change.transaction.task(id) for id in wanted if id in existing}


def _carry_out(change: Change, decided: Reconciled, tasks: Mapping[str, Task]) -> list[str]:
    refused: list[str] = []
    for action in decided.actions:
        if isinstance(action, Create):
            change.create(action.task, _created(change, action))
            continue
        task = tasks.get(action.task)
        for kind, data in action.events:
            try:
                task = task or change.transaction.task(action.task)
                task = change.make(task, kind, dict(data), id=event_id(task, kind, data))
            except NotAllowed as found:
                refused.append(found.message)
                break
    return refused


def _created(change: Change, action: Create) -> Event:
    context, actor = change.session.context, change.session.actor
    return Event(action.event_id, 1, context.now(), actor.name, kinds.CREATED, dict(action.fields))


def _ids(seen: Seen) -> dict[str, str]:
    return {key: item.task for key, item in seen.items.items() if not item.removed}


def summary(decided: Reconciled) -> str:
    """How many actions of each kind: `9 created, 2 updated`."""
    counts: dict[str, int] = {}
    for action in decided.actions:
        word = DONE_WORDS[action.action]
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "nothing to do"


def task_rows(parsed: Parsed) -> list[dict[str, Any]]:
    """The plan's items as tasks, in document order, with their source lines."""
    rows = []
    for item in parsed.document.plan.items:
        source = {"plan": parsed.document.id, "key": item.key, "group": item.group}
        rows.append(
            {
                "id": parsed.ids[item.key],
                "title": item.title,
                "status": item.status,
                "priority": item.priority,
                "lead": item.lead,
                "assignee": item.assignee,
                "parent": parsed.ids.get(item.parent) if item.parent else None,
                "tags": list(item.tags),
                "files": [{"path": file.path, "action": file.action} for file in item.files],
                "depends_on": [parsed.ids[key] for key in item.depends_on if key in parsed.ids],
                "due": item.due,
                "estimate": item.estimate,
                "description": item.description,
                "source": {**source, "line": item.line, "group_line": item.group_line, "rule": item.rule},
            }
        )
    return rows
