"""Parsing a plan into tasks: read it, decide, and carry the decision out in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.plans.files import PlanDocument, document_of, load
from fedtasks.app.plans.moves import settled
from fedtasks.app.plans.namesakes import at_home, refuse_namesake, repository_of
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.ids import derived_task_id
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, NoStore, NotAllowed, UsageError
from fedtasks.plan.model import Diagnostic, Item
from fedtasks.plan.reconciling.reconcile import Create, Keep, Options, Reconciled, event_id, reconcile
from fedtasks.plan.reconciling.record import without
from fedtasks.plan.reconciling.seen import Seen, seen_from_json
from fedtasks.store.config import Config
from fedtasks.store.layout import plan_path
from fedtasks.store.query import Filter, lines
from fedtasks.store.reading import parse_object, read_bytes

Look = Callable[[str], Task | None]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parse decided and, unless it was dry, did; `refused` are events that the store's rules did not let in."""

    document: PlanDocument
    decided: Reconciled
    refused: tuple[str, ...] = ()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What the plan says wrongly, then what could not be reconciled."""
        return (*self.document.plan.diagnostics, *self.decided.diagnostics)

    @property
    def ids(self) -> Mapping[str, str]:
        """Task ids by the keys of the plan's items."""
        return {key: item.task for key, item in self.decided.seen.items.items() if not item.removed}


def parse(
    session: Session, path: Path, *, dry_run: bool = False, plan_id: str | None = None, prefer: str = "store"
) -> Parsed:
    """Brings the tasks up to date with the plan; `dry_run` only decides, and needs no store and no identity."""
    document = load(session.context, path, plan_id)
    if dry_run:
        return _decide_only(session, document, plan_id, prefer)
    return _parse(session, settled(session, document, plan_id), prefer)


def parse_text(session: Session, text: str, plan_id: str) -> Parsed:
    """The same for a plan that stands in no file; another text under its id changes the tasks that it made."""
    return _parse(session, document_of(session.context, text.encode(), plan_id), "store")


def _parse(session: Session, document: PlanDocument, prefer: str) -> Parsed:
    with writing(session) as change:
        seen = _seen(document, change.transaction.read(plan_path(document.id)))
        repository = repository_of(session, document)
        refuse_namesake(session, document, seen, repository)
        existing = frozenset(change.transaction.every_id())
        tasks = _tasks(session, document, seen, lambda id: change.transaction.task(id) if id in existing else None)
        options = _options(session, session.actor.name, session.config, prefer)
        decided = reconcile(document.plan, document.id, document.path, seen, tasks, options)
        refused = _carry_out(change, decided, tasks)
        _tell_kept(change, document, decided)
        after = without(decided.seen, seen, set(refused)) if refused else decided.seen
        after = at_home(after, seen, repository)
        if seen is None or after != seen:
            change.transaction.put_object("plan", plan_path(document.id), after.to_json())
            did = summary(decided) if decided.actions else "no task changed"
            change.title(f"parse {document.path}: {did}")
    return Parsed(document, decided, tuple(refused.values()))


def _tell_kept(change: Change, document: PlanDocument, decided: Reconciled) -> None:
    """Whoever works on a task that the plan no longer has is told so."""
    kept = [note for note in decided.notes if isinstance(note, Keep)]
    if kept:
        from fedtasks.app.notices.telling import tell_unplanned

        tell_unplanned(change, document.path, ((change.task(note.task), note.why) for note in kept))


def _decide_only(session: Session, document: PlanDocument, plan_id: str | None, prefer: str) -> Parsed:
    try:
        config, root = session.config, session.root
        document = settled(session, document, plan_id)
    except NoStore:
        options = _options(session, "nobody", Config(), prefer)
        return Parsed(document, reconcile(document.plan, document.id, document.path, None, {}, options))
    try:
        seen = _seen(document, read_bytes(root, plan_path(document.id)))
    except FileNotFoundError:
        seen = None
    refuse_namesake(session, document, seen, repository_of(session, document))
    tasks = _tasks(session, document, seen, lambda id: _look(session, id))
    try:
        actor = session.actor.name
    except UsageError:
        actor = "nobody"
    options = _options(session, actor, config, prefer)
    return Parsed(document, reconcile(document.plan, document.id, document.path, seen, tasks, options))


def _look(session: Session, id: str) -> Task | None:
    try:
        return session.reader.task(id)
    except FedtasksError:
        return None


def _options(session: Session, actor: str, config: Config, prefer: str) -> Options:
    return Options(
        prefix=config.prefix,
        default_priority=config.default_priority,
        default_lead=config.lead or actor,
        prefer=prefer,
        now=session.context.now(),
        by=actor,
    )


def _seen(document: PlanDocument, data: bytes | None) -> Seen | None:
    return None if data is None else seen_from_json(parse_object(plan_path(document.id), data))


def _tasks(session: Session, document: PlanDocument, seen: Seen | None, look: Look) -> dict[str, Task]:
    """What the decision needs: the tasks that the last parse named, those whose source is this plan, and those that
    exist under derived ids."""
    known = [item.task for item in seen.items.values()] if seen else []
    sourced = [line[0] for line in lines(session.index(), Filter(plan=(document.id,), archived=None))]
    derived = [derived_task_id(session.config.prefix, document.id, item.key) for item in document.plan.items]
    every = dict.fromkeys([*known, *sourced, *derived])
    return {id: task for id in every if (task := look(id)) is not None}


def _carry_out(change: Change, decided: Reconciled, tasks: Mapping[str, Task]) -> dict[str, str]:
    """Makes the events; answers, by task id, what the store's rules refused."""
    refused: dict[str, str] = {}
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
                refused[action.task] = found.message
                break
    return refused


def _created(change: Change, action: Create) -> Event:
    context, actor = change.session.context, change.session.actor
    return Event(action.event_id, 1, context.now(), actor.name, kinds.CREATED, dict(action.fields))


def summary(decided: Reconciled) -> str:
    """How many actions of each kind: `9 created, 2 updated`."""
    counts: dict[str, int] = {}
    for action in decided.actions:
        counts[action.word] = counts.get(action.word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "nothing to do"


def task_rows(parsed: Parsed) -> list[dict[str, Any]]:
    """The plan's items as tasks, in document order, with their source lines."""
    ids = parsed.ids
    return [_row(parsed, ids, item) for item in parsed.document.plan.items]


def _row(parsed: Parsed, ids: Mapping[str, str], item: Item) -> dict[str, Any]:
    source = {"plan": parsed.document.id, "key": item.key, "group": item.group}
    return {
        "id": ids[item.key],
        "title": item.title,
        "status": item.status,
        "priority": item.priority,
        "lead": item.lead,
        "assignee": item.assignee,
        "parent": ids.get(item.parent) if item.parent else None,
        "tags": list(item.tags),
        "files": [{"path": file.path, "action": file.action} for file in item.files],
        "depends_on": [ids[key] for key in item.depends_on if key in ids],
        "due": item.due,
        "estimate": item.estimate,
        "description": item.description,
        "source": {**source, "line": item.line, "group_line": item.group_line, "rule": item.rule},
    }
