"""Who may do what: every cell of the table in `may`, for every role and every ownership of the task."""

from __future__ import annotations

from typing import Any

import pytest

from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed
from fedtasks.policy.may import may, require
from fedtasks.policy.members import KINDS, ROLES, Member
from tests.strategies import created, event, task_of

ME = "ann"
COLUMNS = ("viewer", "others", "assignee", "lead of the task", "owner, admin")
TABLE = {
    "created, edited, claimed": ("no", "yes", "yes", "yes", "yes"),
    "assigned": ("no", "[1]", "yes", "yes", "yes"),
    "released, status": ("no", "[2]", "yes", "yes", "yes"),
}
"""The docstring's table again, so that neither changes without the other."""

OWNERS = [(assignee, lead) for assignee in (None, ME, "ben") for lead in (None, ME, "lea")]
EVENTS: dict[str, list[dict[str, Any]]] = {
    kinds.CREATED: [{"title": "T"}],
    kinds.EDITED: [{"set": {"title": "U"}}],
    kinds.CLAIMED: [{"confirmed": True}],
    kinds.ASSIGNED: [{"assignee": ME}, {"assignee": "carl"}, {"assignee": None}],
    kinds.RELEASED: [{}, {"reason": "no time"}],
    kinds.STATUS: [{"from": "pending", "to": "in_progress"}, {"from": "pending", "to": "cancelled"}],
}


def owned(assignee: str | None, lead: str | None) -> Task:
    """A task of these two."""
    task = task_of(created(assignee=assignee, lead=lead))
    assert (task.state.assignee, task.state.lead) == (assignee, lead)
    return task


def columns_of(role: str, task: Task) -> set[str]:
    """The columns in which a member named ME of this role stands."""
    if role == "viewer":
        return {"viewer"}
    found = {"owner, admin"} if role in ("owner", "admin") else set()
    found |= {"assignee"} if task.state.assignee == ME else set()
    found |= {"lead of the task"} if task.state.lead == ME else set()
    return found or {"others"}


def holds(cell: str, task: Task, made: Event) -> bool:
    """Whether the cell lets the event through."""
    state = task.state
    nobody = state.assignee is None and state.lead is None
    to_themselves = made.kind == kinds.ASSIGNED and made.data["assignee"] == ME and state.assignee is None
    return {"yes": True, "no": False, "[1]": to_themselves or nobody, "[2]": nobody}[cell]


def cells() -> list[Any]:
    """One case for each row, kind in it, data, role and ownership."""
    found = []
    for row, answers in TABLE.items():
        for kind in row.split(", "):
            for number, data in enumerate(EVENTS[kind]):
                for role in ROLES:
                    for assignee, lead in OWNERS:
                        name = f"{kind}{number}-{role}-assignee:{assignee}-lead:{lead}"
                        found.append(pytest.param(kind, data, role, (assignee, lead), answers, id=name))
    return found


@pytest.mark.parametrize(("kind", "data", "role", "owners", "answers"), cells())
def test_a_cell_of_the_table(
    kind: str, data: dict[str, Any], role: str, owners: tuple[str | None, str | None], answers: tuple[str, ...]
) -> None:
    task = owned(*owners)
    made = event(kind, 2, by=ME, **data)
    expected = any(
        holds(cell, task, made)
        for column, cell in zip(COLUMNS, answers, strict=True)
        if column in columns_of(role, task)
    )
    reason = may(Member(ME, role=role), made, task)
    assert (reason is None) == expected, reason


def test_the_docstring_has_this_table() -> None:
    text = may.__doc__ or ""
    rows = [
        tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in text.splitlines() if "|" in line
    ]
    assert rows[0] == ("event", *COLUMNS)
    assert {row[0]: row[1:] for row in rows[2:]} == TABLE


def test_the_cells_reach_every_column_and_both_answers() -> None:
    """The parametrisation itself: no column is empty, and each note is met with both answers."""
    met = {column for role in ROLES for owners in OWNERS for column in columns_of(role, owned(*owners))}
    assert met == set(COLUMNS)
    answers: dict[str, set[bool]] = {"[1]": set(), "[2]": set()}
    for row, cell in (("assigned", "[1]"), ("released", "[2]"), ("status", "[2]")):
        for assignee, lead in OWNERS:
            task = owned(assignee, lead)
            if columns_of("developer", task) == {"others"}:
                answers[cell] |= {holds(cell, task, event(row, 2, by=ME, **data)) for data in EVENTS[row]}
    assert answers == {"[1]": {True, False}, "[2]": {True, False}}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", list(EVENTS))
def test_a_new_task_has_no_owner_but_viewers_stay_out(role: str, kind: str) -> None:
    reason = may(Member(ME, role=role), event(kind, 1, by=ME, **EVENTS[kind][0]), None)
    assert reason == ("a viewer may only look" if role == "viewer" else None)


@pytest.mark.parametrize("kind", [kinds.CONFIRMED, "zz.reviewed"])
def test_other_kinds_go_by_the_strictest_row(kind: str) -> None:
    """A confirmation, or a kind of a later version, is for those who own the task."""
    made = event(kind, 2, by=ME, claim="x")
    for assignee, lead in OWNERS:
        task = owned(assignee, lead)
        expected = ME in (assignee, lead) or (assignee is None and lead is None)
        assert (may(Member(ME), made, task) is None) == expected
        assert may(Member(ME, role="admin"), made, task) is None
        assert may(Member(ME, role="viewer"), made, task) == "a viewer may only look"


@pytest.mark.parametrize("kind", [kinds.STATUS, kinds.RELEASED, kinds.CONFIRMED])
def test_only_an_assignment_is_taken_for_one(kind: str) -> None:
    """Data that looks like an assignment opens no other kind of event."""
    made = event(kind, 2, by=ME, assignee=ME, **{"from": "pending", "to": "cancelled", "claim": "x"})
    assert may(Member(ME), made, owned(None, "lea")) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_member_gives_no_rights(kind: str) -> None:
    made = event(kinds.STATUS, 2, by=ME, **EVENTS[kinds.STATUS][0])
    assert may(Member(ME, kind=kind), made, owned("ben", "lea")) is not None
    assert may(Member(ME, kind=kind), made, owned(ME, "lea")) is None


@pytest.mark.parametrize(
    ("owners", "words"),
    [
        (("ben", "lea"), "only its assignee ben or its lead lea or an admin may do that"),
        (("ben", None), "only its assignee ben or an admin may do that"),
        ((None, "lea"), "only its lead lea or an admin may do that"),
    ],
)
def test_a_refusal_names_those_who_may(owners: tuple[str | None, str | None], words: str) -> None:
    task = owned(*owners)
    made = event(kinds.RELEASED, 2, by=ME)
    assert may(Member(ME), made, task) == words
    with pytest.raises(NotAllowed, match=words) as found:
        require(Member(ME), made, task)
    assert found.value.fields["reason"] == words
    assert (found.value.fields["task"], found.value.fields["actor"]) == (task.id, ME)
    assert task.id in str(found.value) and "--as" in (found.value.hint or "")


def test_a_refused_new_task_has_no_id() -> None:
    with pytest.raises(NotAllowed, match="a new task: a viewer may only look") as found:
        require(Member(ME, role="viewer"), created(), None)
    assert found.value.fields["task"] is None


def test_what_is_allowed_passes() -> None:
    require(Member(ME), event(kinds.RELEASED, 2, by=ME), owned(ME, "lea"))


@pytest.mark.parametrize("role", ROLES)
def test_the_commands_ask_the_table(git_world: Any, role: str) -> None:
    """Through the command line, with roles from member files."""
    id = git_world.add("theirs", "--lead", "lea")
    git_world.ok("assign", id, "ben")
    git_world.ok("member", "add", ME, "--role", role)
    before = git_world.path(id).read_bytes()
    if role in ("owner", "admin"):
        git_world.ok("cancel", id, "--reason", "not needed", who=ME)
        assert git_world.raw(id)["status"] == "cancelled"
        return
    for words in (("cancel", id, "--reason", "x"), ("assign", id, ME), ("release", id)):
        error = git_world.fails(4, *words, who=ME)
        assert (error["code"], error["actor"], error["task"]) == ("not_allowed", ME, id), words
    assert git_world.path(id).read_bytes() == before
    if role == "viewer":
        assert "may only look" in git_world.fails(4, "edit", id, "--title", "mine", who=ME)["message"]
        assert git_world.path(id).read_bytes() == before
    else:
        git_world.ok("edit", id, "--title", "ours", who=ME)
        assert git_world.raw(id)["title"] == "ours"
