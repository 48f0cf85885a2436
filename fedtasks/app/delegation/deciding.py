"""What a store does with the tasks that others delegate to it: accept, reject, complete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.delegation.bubbling import finish, parts_of, record_step, step_id
from fedtasks.app.delegation.outbox import Record, look_record, record_named
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.tasks.fields import clean_title
from fedtasks.domain import delegation as rules
from fedtasks.domain import events as kinds
from fedtasks.domain.canonical import compact, load_bytes
from fedtasks.domain.ids import TASK_ID, derived_task_id
from fedtasks.domain.status import BLOCKED, DONE, FINISHED, IN_PROGRESS, PENDING
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, Held, InvalidTransition, NotAllowed, NotFound, UsageError
from fedtasks.policy.may import require

KEPT = ("title", "description", "priority", "due", "estimate", "tags")


def accept(session: Session, given: str, *, parts: Sequence[str] = ()) -> tuple[Record, Task]:
    """Takes on a delegation, in one clone of the store: its task is made here, led by who accepts.

    A task to be decomposed comes with its parts, those named here or else those named by who delegated it. Raises Held
    where somebody else has accepted it, NotAllowed where it is rejected or completed, UsageError without parts.
    """
    id = record_named(session, given)["id"]

    def decide(change: Change) -> tuple[Record, Task]:
        record = _record(change, id)
        if record["status"] == rules.ACCEPTED:
            by = record["accepted_by"]
            raise Held(record["tasks"][0], by, record["accepted_at"], yourself=by == session.actor.name)
        _require_no_circle(change, record)
        tasks = _make_tasks(change, record, _titles(record, parts))
        ids = [task.id for task in tasks]
        after = _step(change, record, kinds.DELEGATION_ACCEPTED, {"tasks": ids})
        linked = change.make(tasks[0], kinds.DELEGATION_ACCEPTED, _link(record, ids), step_id(id, "linked"))
        change.title(f"accept {linked.id} from {record['source_instance']}: {linked.state.title}")
        return after, linked

    return exclusively(session, decide)


def reject(session: Session, given: str, reason: str) -> Record:
    """Gives a delegation back, and says why; raises InvalidTransition where it is not pending any more."""
    id = record_named(session, given)["id"]

    def decide(change: Change) -> Record:
        record = _record(change, id)
        after = _step(change, record, kinds.DELEGATION_REJECTED, {"reason": reason})
        change.title(f"reject {id} from {record['source_instance']}: {record['title']}")
        return after

    return exclusively(session, decide)


def complete(session: Session, given: str, result: Any) -> tuple[Record, Task]:
    """Finishes the task of a delegation and answers its result; raises NotAllowed while parts of it are open."""
    id = record_named(session, given)["id"]

    def decide(change: Change) -> tuple[Record, Task]:
        record = _record(change, id)
        if rules.COMPLETED not in rules.answers(record):
            raise _refused(record, rules.COMPLETED)
        task = change.task(record["tasks"][0])
        _require_parts_finished(change, task)
        task = _done(change, task)
        after = finish(change, task, result)
        if after is None:
            raise FedtasksError(f"{task.id} was made for another delegation", hint=f"see it: fedtasks show {task.id}")
        change.describe("complete", task)
        return after, change.task(task.id)

    return exclusively(session, decide)


def read_result(text: str) -> Any:
    """The value of a result's JSON; raises UsageError, also for what would be nested too deep in a task's file."""
    try:
        value = load_bytes(text.encode())
        load_bytes(compact([[[[[[value]]]]]]).encode())
    except (ValueError, RecursionError) as found:
        raise UsageError(f"the result is not JSON: {found}", hint="a text is written with quotes: '\"so\"'") from found
    return value


def _require_no_circle(change: Change, record: Record) -> None:
    """What this store has delegated itself must not come back to it, by whatever names the stores know each other."""
    links = record.get("chain", [])
    for place, one in enumerate(links):
        task = change.look(one["task"]) if TASK_ID.fullmatch(str(one["task"])) else None
        if task is not None and any(own["id"] == one["delegation"] for own in task.state.delegations):
            way = [link["instance"] for link in links[place:]] + [one["instance"]]
            raise NotAllowed(
                f"{task.id} of this store would come back to it in a circle: {' -> '.join(way)}",
                hint=f"give it back: fedtasks delegation reject {record['id']} --reason 'it came from here'",
                task=task.id,
                circle=way,
            )


def _record(change: Change, id: str) -> Record:
    record = look_record(change, id)
    if record is None:
        raise NotFound(f"no delegation '{id}'", hint="see all: fedtasks delegation list", given=id)
    return record


def _step(change: Change, record: Record, kind: str, data: dict[str, Any]) -> Record:
    """One step of a pending delegation, if the table and the actor's role allow it."""
    event = change.event((), kind, {"delegation": record["id"], **data}, step_id(record["id"], kind))
    require(change.session.actor.member, event, None, change.session.rules)
    if rules.step_name(kind) not in rules.answers(record):
        raise _refused(record, rules.step_name(kind))
    return record_step(change, record, event)


def _refused(record: Record, wanted: str) -> InvalidTransition:
    status = record["status"]
    ways = list(rules.answers(record))
    found = InvalidTransition(record["id"], status, wanted, ways)
    if not ways:
        found.hint = f"a delegation that is {status} stays so; see it: fedtasks delegation list"
    return found


def _titles(record: Record, parts: Sequence[str]) -> list[str]:
    wanted = [clean_title(part) for part in parts or record.get("parts", ())]
    if record["type"] != rules.DECOMPOSE:
        if parts:
            raise UsageError(f"this delegation is a {record['type']} and has no parts", hint="leave --part out")
        return []
    if not wanted:
        raise UsageError(
            "a task that is to be decomposed needs its parts",
            hint=f"fedtasks delegation accept {record['id']} --part TITLE --part TITLE",
        )
    return wanted


def _make_tasks(change: Change, record: Record, parts: Sequence[str]) -> list[Task]:
    """The task that is linked to the delegation, and its parts; their ids are derived, so they are made once."""
    actor = change.session.actor.name
    offer = {name: record["offer"][name] for name in KEPT if name in record["offer"]}
    head = {"title": record["title"], **offer, "lead": actor}
    if parts:
        head |= {"status": IN_PROGRESS, "assignee": actor}
    made = [_make(change, record, 0, head)]
    shared: dict[str, Any] = {name: offer[name] for name in ("priority", "due") if name in offer}
    for number, title in enumerate(parts, start=1):
        made.append(_make(change, record, number, {"title": title, "lead": actor, "parent": made[0].id, **shared}))
    return made


def _make(change: Change, record: Record, number: int, data: dict[str, Any]) -> Task:
    id = derived_task_id(change.session.config.prefix, f"delegation {record['id']}", str(number))
    event = change.event((), kinds.CREATED, data, step_id(record["id"], kinds.CREATED, str(number)))
    return change.create(id, event)


def _link(record: Record, tasks: list[str]) -> dict[str, Any]:
    kept = ("source_instance", "task", "type", "delegated_at", "delegated_by", "notes", "chain")
    return {"delegation": record["id"], "tasks": tasks, **{name: record[name] for name in kept if name in record}}


def _require_parts_finished(change: Change, task: Task) -> None:
    going = [part for part in parts_of(change, task) if part.state.status not in FINISHED]
    if going:
        shown = ", ".join(f"{part.id} ({part.state.status}: {part.state.title})" for part in going)
        raise NotAllowed(
            f"{task.id} is not complete before its parts are: {shown}",
            hint=f"finish them: fedtasks done {going[0].id}; or give them up: fedtasks cancel {going[0].id}",
            task=task.id,
            parts=[part.id for part in going],
        )


def _done(change: Change, task: Task) -> Task:
    while task.state.status != DONE:
        now = task.state.status
        to = IN_PROGRESS if now in (PENDING, BLOCKED) else DONE
        held = task.state.claim
        token = {"claim": held["token"]} if held and held["by"] == change.session.actor.name else {}
        task = change.make(task, kinds.STATUS, {"from": now, "to": to, **token})
    return task
