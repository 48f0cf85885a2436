"""Hypothesis strategies that several test folders share: JSON, moves of actors, histories, branches, hand edits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.content import digest_of
from fedtasks.domain.effects.reviewing import VERDICTS
from fedtasks.domain.effects.trying import OUTCOMES
from fedtasks.domain.events import HEAD, Event, next_seq
from fedtasks.domain.fold import fold
from fedtasks.domain.ids import CROCKFORD, digest, ulid
from fedtasks.domain.status import PRIORITIES, STATUSES, TRANSITIONS
from fedtasks.domain.task import FIELDS, Task
from fedtasks.errors import FedtasksError

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
START = datetime(2026, 1, 27, 16, 0, 0, tzinfo=UTC)
TASK_ID = "task-7k3q2m9x"
ACTORS = ("ann", "ben", "bot-7", "zoë")
DECISIONS = (
    kinds.DELEGATION_ACCEPTED,
    kinds.DELEGATION_REJECTED,
    kinds.DELEGATION_COMPLETED,
    kinds.DELEGATION_WITHDRAWN,
)
UNKNOWN_KINDS = ("watched", "zz.reviewed", "Approved 2", "ünbekannt")


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of file."""
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return loaded


TASK_VALIDATOR = Draft202012Validator(schema_of("task"))


def schema_faults(raw: Any) -> list[str]:
    """What schemas/task.schema.json has against an object, by jsonschema."""
    return [f"{list(error.absolute_path)}: {error.message[:200]}" for error in TASK_VALIDATOR.iter_errors(raw)]


def stamp(seconds: int) -> str:
    """A time as events carry it, so many seconds after START."""
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def event_id(*parts: str, seconds: int = 0) -> str:
    """A ULID that follows from `parts`."""
    return ulid(int((START + timedelta(seconds=seconds)).timestamp() * 1000), digest(*parts))


def event(kind: str, seq: int, *, by: str = "ann", seconds: int | None = None, name: str = "", **data: Any) -> Event:
    """One event for a test that writes its history by hand; `name` tells it from others at the same place."""
    at = seq * 60 if seconds is None else seconds
    return Event(event_id(kind, str(seq), by, name, seconds=at), seq, stamp(at), by, kind, data)


def created(**data: Any) -> Event:
    """The first event of a task."""
    return event(kinds.CREATED, 1, name="first", **({"title": "Add the login flow"} | data))


def task_of(*events: Event, id: str = TASK_ID, **extra: Any) -> Task:
    """The fold of these events."""
    return fold(id, events, extra)


# JSON

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
extras = st.dictionaries(
    st.one_of(st.sampled_from(["watchers", "lease", "x-tool", "Title", "änder"]), texts).filter(
        lambda name: name not in (*FIELDS, "unfolded")
    ),
    json_values,
    max_size=3,
)
"""Top-level fields of a task file that this version does not know."""

# fields of tasks

task_ids = st.builds(
    "{}-{}".format,
    st.sampled_from(["task", "api", "web-ui2"]),
    st.text(CROCKFORD, min_size=5, max_size=8),
)
few_task_ids = st.sampled_from(["task-aaaaa", "task-bbbbb", "web-ui2-0cccc"])
actors = st.sampled_from(ACTORS)
titles = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=20)
tags = st.sampled_from(["api", "UI", "größe", "p:1"])
paths = st.sampled_from(["src/a.py", "b c.txt", "docs/ü.md"])
files = st.fixed_dictionaries(
    {"path": paths}, optional={"action": st.sampled_from(["new", "modify", "delete", "rename", None])}
)
dates = st.sampled_from(["2026-02-01", "2027-12-31"])
metadata = st.dictionaries(st.sampled_from(["a", "b", "größe", ""]), json_values, max_size=3)
sources = st.fixed_dictionaries(
    {"plan": st.just("roadmap"), "key": st.sampled_from(["phase-1/a", "phase-1/b"])},
    optional={"group": st.none() | texts, "external_id": st.none() | texts},
)

single_fields: dict[str, st.SearchStrategy[Any]] = {
    "title": titles,
    "description": texts,
    "priority": st.sampled_from(PRIORITIES),
    "lead": st.none() | actors,
    "parent": st.none() | few_task_ids,
    "due": st.none() | dates,
    "estimate": st.none() | st.sampled_from(["2d", "½ h", " "]),
    "source": st.none() | sources,
    "requires_approval": st.none() | st.booleans(),
    "min_approvals": st.none() | st.integers(1, 3),
    "metadata": metadata,
}
added = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.lists(tags, max_size=3, unique=True),
        "depends_on": st.lists(few_task_ids, max_size=2, unique=True),
        "related": st.lists(few_task_ids, max_size=2, unique=True),
        "skills": st.lists(tags, max_size=2, unique=True),
        "files": st.lists(files, max_size=3),
        "reviewers": st.lists(actors, max_size=2, unique=True),
        "watchers": st.lists(actors, max_size=2, unique=True),
        "helpers": st.lists(actors, max_size=2, unique=True),
    },
)
removed = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.lists(tags, max_size=2),
        "depends_on": st.lists(few_task_ids, max_size=2),
        "related": st.lists(few_task_ids, max_size=2),
        "skills": st.lists(tags, max_size=2),
        "files": st.lists(paths, max_size=2),
        "reviewers": st.lists(actors, max_size=2),
        "watchers": st.lists(actors, max_size=2),
        "helpers": st.lists(actors, max_size=2),
    },
)
edits = st.fixed_dictionaries(
    {}, optional={"set": st.fixed_dictionaries({}, optional=single_fields), "add": added, "remove": removed}
)
creations = st.builds(
    lambda title, single, sets, more: {"title": title} | single | sets | more,
    titles,
    st.fixed_dictionaries({}, optional={name: value for name, value in single_fields.items() if name != "title"}),
    added,
    st.fixed_dictionaries({}, optional={"status": st.sampled_from(STATUSES), "assignee": st.none() | actors}),
)
delegated = st.fixed_dictionaries(
    {
        "task": st.just(TASK_ID),
        "source_instance": st.just("hq"),
        "target_instance": st.sampled_from(["site", "crew"]),
        "type": st.sampled_from(["route", "decompose", "escalate"]),
    },
    optional={"notes": texts, "parts": st.lists(titles, max_size=2)},
)
assignments = st.fixed_dictionaries({"assignee": st.none() | actors}, optional={"team": st.none() | st.just("crew")})
tool_names = st.sampled_from(["browser", "größe-mcp"])
permit_actions = st.sampled_from(["done", "cancel"])
side_data: dict[str, st.SearchStrategy[Any]] = {
    kinds.TIMER_STARTED: st.just({}),
    kinds.TIMER_STOPPED: st.fixed_dictionaries({}, optional={"seconds": st.integers(0, 9000)}),
    kinds.TIME_ADDED: st.fixed_dictionaries({"seconds": st.integers(-600, 9000)}, optional={"note": texts}),
    kinds.TOOL_ADDED: st.fixed_dictionaries(
        {"name": tool_names},
        optional={
            "purpose": texts,
            "auto_invoke": st.booleans(),
            "config": st.dictionaries(texts, json_values, max_size=2),
        },
    ),
    kinds.TOOL_REMOVED: st.fixed_dictionaries({"name": tool_names}),
    kinds.PERMIT_ASKED: st.fixed_dictionaries({"action": permit_actions}, optional={"reason": texts}),
    kinds.PERMIT_GIVEN: st.fixed_dictionaries(
        {"action": permit_actions, "member": actors},
        optional={"once": st.booleans(), "until": st.sampled_from(["2026-01-27T16:00:30Z", "2026-02-27T16:00:00Z"])},
    ),
    kinds.PERMIT_REFUSED: st.fixed_dictionaries(
        {"action": permit_actions, "member": actors}, optional={"reason": texts}
    ),
}
"""Data of the kinds that change neither status nor owner."""

unknown_data = st.dictionaries(
    st.one_of(st.sampled_from(["claim", "to", "set", "note"]), texts).filter(lambda name: name not in HEAD),
    json_values,
    max_size=3,
)


# moves: what an actor wants; `play` makes the event of it that fits the state, as the use-cases do


@dataclass(frozen=True)
class Move:
    """What `by` wants to do, `wait` seconds after the move before."""

    kind: str
    by: str
    wait: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    choice: int = 0
    token: bool = False


def _move(kind: str, data: st.SearchStrategy[Any] | None = None, **more: Any) -> st.SearchStrategy[Move]:
    return st.builds(
        Move,
        kind=st.just(kind) if isinstance(kind, str) else kind,
        by=actors,
        wait=st.sampled_from([0, 0, 1, 60, 4000]),
        data=data if data is not None else st.just({}),
        **more,
    )


few = st.integers(0, 2)
leases = st.sampled_from([1, 60, 7200])
commits = st.sampled_from(["0a1b2c3", "f" * 40])
claims = _move(
    kinds.CLAIMED,
    st.fixed_dictionaries({"confirmed": st.booleans()}, optional={"exclusive": st.booleans(), "lease": leases}),
)
reasons = st.fixed_dictionaries({}, optional={"reason": texts})
people: dict[str, st.SearchStrategy[Any]] = {
    kinds.RENEWED: st.just({}),
    kinds.TAKEN_OVER: st.fixed_dictionaries({}, optional={"reason": texts, "lease": leases}),
    kinds.HANDOFF_OFFERED: st.fixed_dictionaries(
        {"to": actors, "reason": texts}, optional={"next": texts, "branch": st.just("main"), "commit": commits}
    ),
    kinds.HANDOFF_ACCEPTED: st.fixed_dictionaries({}, optional={"lease": leases}),
    kinds.HANDOFF_DECLINED: reasons,
    kinds.ATTEMPT_STARTED: st.fixed_dictionaries(
        {}, optional={"agent": st.just("coder"), "config": metadata, "before": commits, "note": texts}
    ),
    kinds.ATTEMPT_FINISHED: st.fixed_dictionaries(
        {"outcome": st.sampled_from(OUTCOMES)},
        optional={"reason": texts, "after": commits, "commits": st.lists(commits, max_size=2, unique=True)},
    ),
    kinds.COMMENTED: st.fixed_dictionaries(
        {"text": texts, "type": st.just("comment")}, optional={"mentions": st.lists(actors, max_size=2, unique=True)}
    ),
    kinds.REACTED: st.fixed_dictionaries({"reaction": st.just("+1")}, optional={"remove": st.booleans()}),
    kinds.RESOLVED: st.fixed_dictionaries({"resolved": st.booleans()}),
    kinds.REVIEW_REQUESTED: st.fixed_dictionaries(
        {}, optional={"commit": commits, "note": texts, "reviewers": st.lists(actors, max_size=2, unique=True)}
    ),
    kinds.REVIEWED: st.fixed_dictionaries({"verdict": st.sampled_from(VERDICTS)}, optional={"text": texts}),
    kinds.REVIEW_LIFTED: reasons,
}
"""What events between people carry, but for what they refer to (see REFERS)."""

REFERS = {
    kinds.RENEWED: "claim",
    kinds.TAKEN_OVER: "claim",
    kinds.HANDOFF_ACCEPTED: "handoff",
    kinds.HANDOFF_DECLINED: "handoff",
    kinds.ATTEMPT_FINISHED: "attempt",
    kinds.REACTED: "comment",
    kinds.RESOLVED: "comment",
    kinds.REVIEW_LIFTED: "review",
}
"""The field of a kind that names another event."""
moves = st.one_of(
    claims,
    _move(kinds.STATUS, choice=st.integers(0, 4), token=st.booleans()),
    _move(kinds.STATUS, choice=st.integers(0, 4), token=st.booleans()),
    _move(kinds.EDITED, edits),
    _move(kinds.CONFIRMED),
    _move(kinds.RELEASED, token=st.booleans()),
    _move(kinds.DELEGATED, delegated),
    _move(kinds.DELEGATION_ACCEPTED, st.fixed_dictionaries({"tasks": st.lists(few_task_ids, max_size=1)}), choice=few),
    _move(kinds.DELEGATION_REJECTED, st.fixed_dictionaries({"reason": texts}), choice=few),
    _move(kinds.DELEGATION_COMPLETED, st.fixed_dictionaries({"result": json_values}), choice=few),
    _move(kinds.DELEGATION_WITHDRAWN, st.fixed_dictionaries({}, optional={"reason": texts}), choice=few),
    _move(kinds.ARCHIVED, st.just({"year": "2026"})),
    _move(kinds.UNARCHIVED),
    claims,
    st.sampled_from(sorted(people)).flatmap(
        lambda kind: _move(kind, people[kind], choice=st.integers(0, 4), token=st.booleans())
    ),
    st.sampled_from([kinds.HANDOFF_OFFERED, kinds.HANDOFF_ACCEPTED, kinds.TAKEN_OVER, kinds.REVIEWED]).flatmap(
        lambda kind: _move(kind, people[kind], choice=st.integers(0, 4), token=st.just(True))
    ),
    _move(kinds.ASSIGNED, assignments),
    st.sampled_from(sorted(side_data)).flatmap(lambda kind: _move(kind, side_data[kind])),
    st.sampled_from(UNKNOWN_KINDS).flatmap(lambda kind: _move(kind, unknown_data)),
)


def wanted(task: Task, move: Move) -> dict[str, Any] | None:
    """The data of the move's event in the present state, None where it makes no sense."""
    data = dict(move.data)
    token = (task.state.claim or {}).get("token")
    if move.kind == kinds.STATUS:
        steps = TRANSITIONS[task.state.status]
        data |= {"from": task.state.status, "to": steps[move.choice % len(steps)]}
        if data["to"] == "blocked":
            data["reason"] = "no access"
    if move.kind in DECISIONS:
        if not task.state.delegations:
            return None
        data["delegation"] = task.state.delegations[move.choice % len(task.state.delegations)]["id"]
    if move.kind == kinds.CONFIRMED:
        if token is None:
            return None
        data["claim"] = token
    if move.token and token is not None:
        data["claim"] = token
    if move.kind == kinds.REVIEWED:
        data["digest"] = digest_of(task.state)
        data |= {"commit": task.state.review["commit"]} if (task.state.review or {}).get("commit") else {}
    return data | referred(task, move) if move.kind in REFERS else data


def referred(task: Task, move: Move) -> dict[str, Any]:
    """What the move's event refers to: as far as there is any, something that the task has."""
    state = task.state
    named: dict[str, list[str]] = {
        "claim": [state.claim["token"]] if state.claim else [],
        "handoff": [entry["id"] for entry in state.handoffs],
        "attempt": [entry["id"] for entry in state.attempts],
        "comment": [made.id for made in task.history if made.kind == kinds.COMMENTED],
        "review": [entry["id"] for entry in state.reviews],
    }
    field = REFERS[move.kind]
    found = named[field] or [made.id for made in task.history]
    return {field: found[-1 - move.choice % len(found)]}


def play(task: Task, played: Iterable[Move], branch: str, clock: int) -> Task:
    """The task after the moves; those that `apply` refuses are left out. `branch` keeps the ids of branches apart."""
    for number, move in enumerate(played):
        clock += move.wait
        data = wanted(task, move)
        if data is None:
            continue
        id = event_id(task.id, branch, str(number), seconds=clock)
        leave = [one["id"] for one in task.state.permits if one.get("once") and one["member"] == move.by]
        data = data | {"leave": leave} if leave else data
        made = Event(id, next_seq(task.history), stamp(clock), move.by, move.kind, data)
        try:
            task = apply(task, made)
        except FedtasksError:
            continue
    return task


@st.composite
def tasks(draw: st.DrawFn, longest: int = 8) -> Task:
    """A task with a history that `apply` let through, its unknown fields included."""
    first = Event(event_id("first"), 1, stamp(0), draw(actors), kinds.CREATED, draw(creations))
    task = apply(Task(TASK_ID, fold(TASK_ID, ()).state, ()), first)
    task = play(task, draw(st.lists(moves, max_size=longest)), "base", 0)
    return replace(task, extra=draw(extras))


@st.composite
def branches(draw: st.DrawFn, count: int = 2, longest: int = 6) -> list[Task]:
    """Histories of one task that part after a common beginning, each with a clock of its own."""
    base = draw(tasks(longest=4))
    found = []
    for number in range(count):
        clock = draw(st.sampled_from([0, 0, 3600, -86400, 7]))
        task = play(base, draw(st.lists(moves, max_size=longest)), f"branch {number}", clock)
        found.append(replace(task, extra=base.extra | draw(extras)))
    return found


# histories that no use-case would make, but that the schema accepts


ulids = st.builds(lambda number: event_id("wild", str(number)), st.integers(0, 30))
wild_data: dict[str, st.SearchStrategy[Any]] = {
    kinds.CREATED: creations,
    kinds.EDITED: edits,
    kinds.CLAIMED: st.fixed_dictionaries(
        {"confirmed": st.booleans()}, optional={"exclusive": st.booleans(), "lease": leases}
    ),
    kinds.CONFIRMED: st.fixed_dictionaries({"claim": ulids}),
    kinds.RELEASED: st.fixed_dictionaries({}, optional={"claim": ulids, "reason": texts}),
    kinds.ASSIGNED: assignments,
    **side_data,
    kinds.STATUS: st.fixed_dictionaries(
        {"from": st.sampled_from(STATUSES), "to": st.sampled_from(STATUSES)},
        optional={"reason": texts, "blocked_by": few_task_ids, "claim": ulids},
    ),
    kinds.DELEGATED: delegated,
    kinds.DELEGATION_ACCEPTED: st.fixed_dictionaries({"delegation": ulids}, optional={"tasks": st.just([])})
    | st.builds(lambda data, id: data | {"delegation": id}, delegated, ulids),
    kinds.DELEGATION_REJECTED: st.fixed_dictionaries({"delegation": ulids}, optional={"reason": texts}),
    kinds.DELEGATION_WITHDRAWN: st.fixed_dictionaries({"delegation": ulids}, optional={"reason": texts}),
    kinds.DELEGATION_COMPLETED: st.fixed_dictionaries({"delegation": ulids}, optional={"result": json_values}),
    kinds.ARCHIVED: st.fixed_dictionaries({"year": st.sampled_from(["2025", "2026"])}),
    kinds.UNARCHIVED: st.just({}),
    "watched": unknown_data,
    **{
        kind: st.builds(
            lambda data, field, id, digest: data | ({field: id} if field else {}) | digest,
            data,
            st.just(REFERS.get(kind)),
            ulids,
            st.just({"digest": "0" * 32} if kind == kinds.REVIEWED else {}),
        )
        for kind, data in people.items()
    },
}
wild_events = st.sampled_from(sorted(wild_data)).flatmap(
    lambda kind: st.builds(
        Event,
        id=ulids,
        seq=st.integers(1, 12),
        at=st.integers(0, 500).map(stamp),
        by=actors,
        kind=st.just(kind),
        data=wild_data[kind],
    )
)
wild_histories = st.lists(wild_events, max_size=12, unique_by=lambda event: event.id).map(
    lambda events: [Event(event_id("first"), 1, stamp(0), "ann", kinds.CREATED, {"title": "T"}), *events]
)


# hand edits


@st.composite
def field_edits(draw: st.DrawFn) -> dict[str, Any]:
    """New values of top-level fields that a person may write into a task file, status and assignee apart."""
    sets = {
        "tags": st.lists(tags, max_size=3, unique=True),
        "depends_on": st.lists(few_task_ids, max_size=2, unique=True),
        "watchers": st.lists(actors, max_size=2, unique=True),
        "related": st.lists(few_task_ids, max_size=2, unique=True),
        "skills": st.lists(tags, max_size=2, unique=True),
        "team": st.none() | st.just("crew"),
        "tools": st.lists(
            st.fixed_dictionaries(
                {"name": tool_names, "purpose": texts, "auto_invoke": st.booleans(), "config": st.just({})},
                optional={"url": texts},
            ),
            max_size=2,
            unique_by=lambda tool: tool["name"],
        ),
        "files": st.lists(
            st.builds(lambda path, action: {"path": path, "action": action}, paths, st.sampled_from(["new", None])),
            max_size=2,
            unique_by=lambda file: file["path"],
        ),
    }
    edited: dict[str, Any] = draw(st.fixed_dictionaries({}, optional=single_fields | sets))
    return edited
