"""What every error promises to those who read it: an exit code, a code of its own, words, and fields that are JSON."""

from __future__ import annotations

import json

import pytest

from fedtasks import errors
from fedtasks.errors import (
    AmbiguousId,
    DependencyCycle,
    Exit,
    FedtasksError,
    Held,
    InvalidData,
    InvalidTransition,
    LockLost,
    LostClaim,
    NeedsApproval,
    NewerFormat,
    NoIdentity,
    NoStore,
    NotAllowed,
    NotFound,
    OutOfReach,
    StoreLocked,
    UnmetDependencies,
    UsageError,
)

EXAMPLES = [
    (FedtasksError("no"), Exit.REFUSED, {}),
    (UsageError("no"), Exit.USAGE, {}),
    (NoIdentity(), Exit.USAGE, {}),
    (NotFound("no", task="t-1"), Exit.NOT_FOUND, {"task": "t-1"}),
    (AmbiguousId("t", ["t-1", "t-2"]), Exit.NOT_FOUND, {"given": "t", "candidates": ["t-1", "t-2"]}),
    (NotAllowed("no", actor="bo"), Exit.NOT_ALLOWED, {"actor": "bo"}),
    (
        InvalidTransition("t-1", "done", "blocked", ["in_progress"]),
        Exit.NOT_ALLOWED,
        {"task": "t-1", "status": "done", "wanted": "blocked", "allowed": ["in_progress"]},
    ),
    (
        UnmetDependencies("t-1", [("t-2", "pending", "First")]),
        Exit.NOT_ALLOWED,
        {"task": "t-1", "waits_for": [{"id": "t-2", "status": "pending", "title": "First"}]},
    ),
    (
        NeedsApproval("t-1", 2, ["cy"], [("di", "changes")]),
        Exit.NOT_ALLOWED,
        {"task": "t-1", "needed": 2, "approvals": ["cy"], "blocking": [{"by": "di", "verdict": "changes"}]},
    ),
    (DependencyCycle(["t-1", "t-2", "t-1"]), Exit.NOT_ALLOWED, {"cycle": ["t-1", "t-2", "t-1"]}),
    (Held("t-1", "bo", None), Exit.HELD, {"task": "t-1", "holder": "bo", "since": None}),
    (
        LostClaim("t-1", None, None, "k"),
        Exit.HELD,
        {"task": "t-1", "holder": None, "since": None, "token": "k"},
    ),
    (
        InvalidData("tasks/t-1.json", "is missing", line=3, field="title"),
        Exit.INVALID,
        {"path": "tasks/t-1.json", "line": 3, "field": "title", "problem": "is missing"},
    ),
    (NewerFormat("fedtasks.yaml", 9, 1), Exit.INVALID, {"path": "fedtasks.yaml", "found": 9, "known": 1}),
    (OutOfReach("no"), Exit.OUT_OF_REACH, {}),
    (NoStore([".fedtasks"]), Exit.OUT_OF_REACH, {"looked": [".fedtasks"]}),
    (StoreLocked(2.5, None), Exit.OUT_OF_REACH, {"waited": 2.5, "holder": None}),
    (LockLost("no"), Exit.OUT_OF_REACH, {}),
]


def test_every_error_has_an_example_and_a_code_of_its_own() -> None:
    classes = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, FedtasksError)}
    assert {type(error) for error, _, _ in EXAMPLES} == classes
    assert len({one.code for one in classes}) == len(classes)


@pytest.mark.parametrize(("error", "code", "fields"), EXAMPLES, ids=lambda one: getattr(one, "code", ""))
def test_an_error_carries_its_fields(error: FedtasksError, code: Exit, fields: dict[str, object]) -> None:
    shown = json.loads(json.dumps(error.to_json()))
    assert (error.exit_code, error.fields) == (code, fields)
    assert shown == {"code": error.code, "message": str(error)} | fields | ({"hint": error.hint} if error.hint else {})


def test_the_words_name_what_the_fields_hold() -> None:
    told = {type(error): f"{error.message}; {error.hint}" for error, _, _ in EXAMPLES}
    assert "t-2 (pending: First)" in told[UnmetDependencies]
    assert "needs 2 approvals and has 1 (cy); di asks for changes" in told[NeedsApproval]
    assert "t-1 -> t-2 -> t-1" in told[DependencyCycle]
    assert "nobody has it" in told[LostClaim]
    assert "tasks/t-1.json:3: title: is missing" in told[InvalidData]
