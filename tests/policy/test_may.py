"""Who may do what: every cell of the table of permissions, for every event, role and ownership of a task."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fedtasks.domain import events as kinds
from fedtasks.domain.apply import apply
from fedtasks.domain.events import Event
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed
from fedtasks.policy.actions import actions
from fedtasks.policy.may import leave_used, may, may_manage, require
from fedtasks.policy.members import KINDS, ROLES, Member
from fedtasks.policy.permissions import ACTIONS, DEFAULT, SCOPES, Grants, Rules, markdown
from tests.strategies import created, event, stamp, task_of

ME = "ann"
DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
OWNERS = [(assignee, lead) for assignee in (None, ME, "ben") for lead in (None, ME, "lea")]
"""Nine ownerships of a task; the strings below have one letter for each, in this order:

    assignee  nobody          me              ben
    lead      nobody me lea   nobody me lea   nobody me lea
"""

ALL = "YYY YYY YYY"
NONE = "nnn nnn nnn"
FREE = "YYn YYY nYn"
LED = "YYn YYn nYn"
OWN = "nYn YYY nYn"
TO_ME = "YYY YYY nYn"

EVENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "edited": (kinds.EDITED, {"set": {"title": "U"}, "add": {"tags": ["x"]}}),
    "edited, lead": (kinds.EDITED, {"set": {"lead": "carl"}}),
    "followed": (kinds.EDITED, {"add": {"watchers": [ME]}}),
    "made others follow": (kinds.EDITED, {"add": {"watchers": [ME, "ben"]}}),
    "unfollowed": (kinds.EDITED, {"remove": {"watchers": [ME]}}),
    "claimed": (kinds.CLAIMED, {"confirmed": True}),
    "claimed, override": (kinds.CLAIMED, {"confirmed": True, "override": "urgent"}),
    "assigned to another": (kinds.ASSIGNED, {"assignee": "carl"}),
    "assigned to nobody": (kinds.ASSIGNED, {"assignee": None}),
    "assigned to oneself": (kinds.ASSIGNED, {"assignee": ME}),
    "released": (kinds.RELEASED, {"reason": "no time"}),
    "started": (kinds.STATUS, {"from": "pending", "to": "in_progress"}),
    "started, override": (kinds.STATUS, {"from": "pending", "to": "in_progress", "override": "urgent"}),
    "blocked": (kinds.STATUS, {"from": "in_progress", "to": "blocked", "reason": "no access"}),
    "handed in": (kinds.STATUS, {"from": "in_progress", "to": "in_review"}),
    "done": (kinds.STATUS, {"from": "in_review", "to": "done"}),
    "cancelled": (kinds.STATUS, {"from": "pending", "to": "cancelled"}),
    "reopened": (kinds.STATUS, {"from": "done", "to": "in_progress"}),
    "brought back": (kinds.STATUS, {"from": "cancelled", "to": "pending"}),
    "archived": (kinds.ARCHIVED, {"year": "2026"}),
    "unarchived": (kinds.UNARCHIVED, {}),
    "done, override": (kinds.STATUS, {"from": "in_review", "to": "done", "override": "urgent"}),
    "edited, approval": (kinds.EDITED, {"set": {"min_approvals": 1}}),
    "edited, no reviewer": (kinds.EDITED, {"remove": {"reviewers": ["lea"]}}),
    "renewed": (kinds.RENEWED, {"claim": "x"}),
    "taken over": (kinds.TAKEN_OVER, {"claim": "x"}),
    "offered": (kinds.HANDOFF_OFFERED, {"to": "carl", "reason": "ill"}),
    "accepted": (kinds.HANDOFF_ACCEPTED, {"handoff": "x"}),
    "withdrawn": (kinds.HANDOFF_DECLINED, {"handoff": "x"}),
    "began an attempt": (kinds.ATTEMPT_STARTED, {}),
    "ended another's attempt": (kinds.ATTEMPT_FINISHED, {"attempt": "x", "outcome": "failed"}),
    "commented": (kinds.COMMENTED, {"text": "hm", "type": "comment"}),
    "reacted": (kinds.REACTED, {"comment": "x", "reaction": "+1"}),
    "resolved": (kinds.RESOLVED, {"comment": "x", "resolved": True}),
    "asked for review": (kinds.REVIEW_REQUESTED, {}),
    "reviewed": (kinds.REVIEWED, {"verdict": "approve", "digest": "0" * 32}),
    "lifted another's verdict": (kinds.REVIEW_LIFTED, {"review": "x"}),
    "confirmed": (kinds.CONFIRMED, {"claim": "x"}),
    "timer started": (kinds.TIMER_STARTED, {}),
    "timer stopped": (kinds.TIMER_STOPPED, {}),
    "time added": (kinds.TIME_ADDED, {"seconds": 60}),
    "tool added": (kinds.TOOL_ADDED, {"name": "browser"}),
    "tool removed": (kinds.TOOL_REMOVED, {"name": "browser"}),
    "permit asked": (kinds.PERMIT_ASKED, {"action": "done"}),
    "permit given": (kinds.PERMIT_GIVEN, {"action": "done", "member": "bot"}),
    "permit refused": (kinds.PERMIT_REFUSED, {"action": "done", "member": "bot"}),
    "of a later version": ("zz.reviewed", {}),
}

EXPECTED: dict[str, dict[str, str]] = {
    # event                viewer          agent          developer          admin          owner
    "edited": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "edited, lead": {"viewer": NONE, "agent": LED, "developer": LED, "admin": ALL, "owner": ALL},
    "followed": {"viewer": ALL, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "made others follow": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "unfollowed": {"viewer": ALL, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "claimed": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "claimed, override": {"viewer": NONE, "agent": LED, "developer": LED, "admin": ALL, "owner": ALL},
    "assigned to another": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "assigned to nobody": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "assigned to oneself": {"viewer": NONE, "agent": TO_ME, "developer": TO_ME, "admin": ALL, "owner": ALL},
    "released": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "started": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "started, override": {"viewer": NONE, "agent": LED, "developer": LED, "admin": ALL, "owner": ALL},
    "blocked": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "handed in": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "done": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "cancelled": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "reopened": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "brought back": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "archived": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "unarchived": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "done, override": {"viewer": NONE, "agent": LED, "developer": LED, "admin": ALL, "owner": ALL},
    "edited, approval": {"viewer": NONE, "agent": LED, "developer": LED, "admin": ALL, "owner": ALL},
    "edited, no reviewer": {"viewer": NONE, "agent": LED, "developer": LED, "admin": ALL, "owner": ALL},
    "renewed": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "taken over": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "offered": {"viewer": NONE, "agent": OWN, "developer": OWN, "admin": ALL, "owner": ALL},
    "accepted": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "withdrawn": {"viewer": NONE, "agent": OWN, "developer": OWN, "admin": ALL, "owner": ALL},
    "began an attempt": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "ended another's attempt": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "commented": {"viewer": ALL, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "reacted": {"viewer": ALL, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "resolved": {"viewer": ALL, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "asked for review": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "reviewed": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "lifted another's verdict": {"viewer": NONE, "agent": LED, "developer": LED, "admin": ALL, "owner": ALL},
    "confirmed": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "timer started": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "timer stopped": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "time added": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "tool added": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "tool removed": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
    "permit asked": {"viewer": NONE, "agent": ALL, "developer": ALL, "admin": ALL, "owner": ALL},
    "permit given": {"viewer": NONE, "agent": NONE, "developer": LED, "admin": ALL, "owner": ALL},
    "permit refused": {"viewer": NONE, "agent": NONE, "developer": LED, "admin": ALL, "owner": ALL},
    "of a later version": {"viewer": NONE, "agent": FREE, "developer": FREE, "admin": ALL, "owner": ALL},
}
"""Written out, not derived: what the table of permissions has to come to."""

SCOPED = {"any": ALL, "free": FREE, "own": OWN, "led": LED, "never": NONE}


def owned(assignee: str | None, lead: str | None) -> Task:
    """A task of these two."""
    task = task_of(created(assignee=assignee, lead=lead))
    assert (task.state.assignee, task.state.lead) == (assignee, lead)
    return task


def answers(member: Member, made: Event, rules: Rules = DEFAULT) -> str:
    """One letter for each ownership, as the tables above have them."""
    found = ["n" if may(member, made, owned(*owners), rules) else "Y" for owners in OWNERS]
    return " ".join("".join(found[at : at + 3]) for at in (0, 3, 6))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", list(EVENTS))
def test_the_cells_of_an_event_and_a_role(name: str, role: str) -> None:
    kind, data = EVENTS[name]
    assert answers(Member(ME, role=role), event(kind, 2, by=ME, **data)) == EXPECTED[name][role]


def test_every_action_and_role_has_its_cells() -> None:
    """The enumeration itself: a new action, role or event needs a row that is written out."""
    reached = {
        action
        for kind, data in EVENTS.values()
        for owners in OWNERS
        for action in actions(event(kind, 2, by=ME, **data), owned(*owners))
    }
    assert reached | {"create", "members"} == set(ACTIONS), "write a row of EVENTS and EXPECTED for each new action"
    assert set(EXPECTED) == set(EVENTS) and all(set(row) == set(ROLES) for row in EXPECTED.values())
    assert set(Grants._fields) == set(ROLES)


@pytest.mark.parametrize("scope", list(SCOPES))
@pytest.mark.parametrize("role", ["viewer", "agent", "developer", "admin"])
def test_the_configuration_sets_the_scope_of_a_role(role: str, scope: str) -> None:
    rules = Rules({role: {"cancel": scope}})
    kind, data = EVENTS["cancelled"]
    made = event(kind, 2, by=ME, **data)
    assert answers(Member(ME, role=role), made, rules) == SCOPED[scope]
    assert answers(Member(ME, role="owner"), made, rules) == ALL
    other = event(*EVENTS["done"][:1], 2, by=ME, **EVENTS["done"][1])
    assert answers(Member(ME, role=role), other, rules) == EXPECTED["done"][role]


@pytest.mark.parametrize("scope", list(SCOPES))
def test_a_member_differs_from_the_role(scope: str) -> None:
    kind, data = EVENTS["done"]
    made = event(kind, 2, by=ME, **data)
    rules = Rules({"developer": {"done": "led"}})
    assert answers(Member(ME, permissions={"done": scope}), made, rules) == SCOPED[scope]
    assert answers(Member(ME, role="owner", permissions={"done": scope}), made, rules) == ALL


def test_an_owner_cannot_be_locked_out() -> None:
    nothing = dict.fromkeys(ACTIONS, "never")
    rules = Rules(dict.fromkeys(ROLES, nothing))
    for kind, data in EVENTS.values():
        assert answers(Member(ME, role="owner", permissions=nothing), event(kind, 2, by=ME, **data), rules) == ALL


@pytest.mark.parametrize(("field", "value"), [("role", "tester"), ("permissions", {"done": "perhaps"})])
def test_words_that_nobody_knows_give_nothing(field: str, value: Any) -> None:
    kind, data = EVENTS["done"]
    assert answers(Member(ME, **{field: value}), event(kind, 2, by=ME, **data)) == NONE


@pytest.mark.parametrize("role", ROLES)
def test_nobody_acts_in_the_name_of_another(role: str) -> None:
    made = event(kinds.EDITED, 2, by="ben", set={"title": "U"})
    assert may(Member(ME, role=role), made, owned(ME, ME)) == "it is made in the name of ben"


@pytest.mark.parametrize("role", ROLES)
def test_a_new_task_is_for_all_but_viewers(role: str) -> None:
    reason = may(Member(ME, role=role), event(kinds.CREATED, 1, by=ME, title="T"), None)
    assert reason == ("a viewer may only look" if role == "viewer" else None)


def test_the_lead_that_a_task_has_already_may_be_said_again() -> None:
    made = event(kinds.EDITED, 2, by=ME, set={"lead": "lea", "title": "U"})
    assert may(Member(ME), made, owned("ben", "lea")) is None


# teams: a task of one has no assignee and no lead here, and waits for somebody of the team

CREW = Rules(teams={"crew": (ME, "carl")})


def of_team(team: str, lead: str | None = None) -> Task:
    """A task that waits for a team."""
    return task_of(created(lead=lead), event(kinds.ASSIGNED, 2, assignee=None, team=team))


@pytest.mark.parametrize("name", ["claimed", "assigned to oneself", "taken over"])
@pytest.mark.parametrize(
    ("who", "role", "allowed"),
    [
        (ME, "developer", True),
        ("carl", "agent", True),
        ("carl", "viewer", False),
        ("dora", "developer", False),
        ("dora", "agent", False),
        ("lea", "developer", True),
        ("dora", "admin", True),
    ],
)
def test_a_task_of_a_team_is_for_its_members_to_take(name: str, who: str, role: str, allowed: bool) -> None:
    kind, data = EVENTS[name]
    made = event(kind, 3, by=who, **data | ({"assignee": who} if "assignee" in data else {}))
    assert (may(Member(who, role=role), made, of_team("crew", lead="lea"), CREW) is None) == allowed
    gone = may(Member(who, role=role), made, of_team("gone", lead="lea"), CREW)
    assert (gone is None) == (allowed and (who == "lea" or role == "admin"))


@pytest.mark.parametrize("name", ["cancelled", "edited, lead", "assigned to another"])
def test_a_task_of_a_team_is_not_nobodys(name: str) -> None:
    kind, data = EVENTS[name]
    for who in (ME, "dora"):
        assert may(Member(who), event(kind, 3, by=who, **data), of_team("crew"), CREW) == "only an admin may do that"


# what agents need leave for

AGENTS = [Member(ME, kind="agent"), Member(ME, kind="mcp", role="admin"), Member(ME, role="agent")]


@pytest.mark.parametrize("agent", AGENTS, ids=["kind", "mcp", "role"])
@pytest.mark.parametrize("by_settings", [True, False])
def test_an_agent_waits_for_leave(agent: Member, by_settings: bool) -> None:
    rules = Rules(need_approval=("done",)) if by_settings else DEFAULT
    agent = agent if by_settings else replace(agent, need_approval=("done",))
    task = owned(ME, "lea")
    done = event(kinds.STATUS, 9, by=ME, **EVENTS["done"][1])
    assert "ask for it with 'fedtasks ask " in (may(agent, done, task, rules) or "")
    assert may(agent, event(kinds.STATUS, 9, by=ME, **EVENTS["handed in"][1]), task, rules) is None

    def after(kind: str, **data: Any) -> Task:
        return task_of(*task.history, event(kind, 2, by="lea", **data))

    given = {"action": "done", "member": ME}
    assert may(agent, done, after(kinds.PERMIT_GIVEN, **given), rules) is None
    for kind, data in (
        (kinds.PERMIT_ASKED, {"action": "done"}),
        (kinds.PERMIT_REFUSED, given),
        (kinds.PERMIT_GIVEN, given | {"member": "ben"}),
        (kinds.PERMIT_GIVEN, given | {"action": "cancel"}),
    ):
        assert may(agent, done, after(kind, **data), rules) is not None, (kind, data)


def test_leave_ends_with_its_use_or_with_its_time() -> None:
    """Once: the event names it, and has used it; until a time: the event's own time decides; else it stays."""
    agent, rules = Member(ME, kind="agent", role="agent"), Rules(need_approval=("comment",))
    given = {"action": "comment", "member": ME}

    def comment(seq: int, **more: Any) -> Event:
        return event(kinds.COMMENTED, seq, by=ME, name=f"c{seq}", text="hm", type="comment", **more)

    for end, works in (({}, [2, 3, 40]), ({"until": stamp(3 * 60)}, [2, 3]), ({"once": True}, [2])):
        task = task_of(*owned(ME, "lea").history, event(kinds.PERMIT_GIVEN, 2, by="lea", **given, **end))
        for seq in (2, 3, 40):
            wanted = comment(seq)
            assert (may(agent, wanted, task, rules) is None) == (seq in works), (end, seq)
            if seq in works:
                used = leave_used(agent, wanted, task, rules)
                assert bool(used) == ("once" in end)
                task = apply(task, comment(max(seq, 3), **({"leave": used} if used else {})))
    assert [one["status"] for one in task.state.permits] == ["used"]
    again = apply(task, event(kinds.PERMIT_ASKED, 50, by=ME, action="comment"))
    assert [one["status"] for one in again.state.permits] == ["asked"], "what is used can be asked for again"


@pytest.mark.parametrize("role", ["agent", "developer", "admin"])
def test_no_agent_gives_leave(role: str) -> None:
    kind, data = EVENTS["permit given"]
    reason = may(Member(ME, kind="agent", role=role), event(kind, 2, by=ME, **data), owned(ME, ME))
    assert reason == f"'permit' is not for {'the role agent' if role == 'agent' else 'agents'}"


def test_people_need_no_leave_and_a_new_task_can_have_none() -> None:
    rules = Rules(need_approval=("done", "create"))
    assert may(Member(ME), event(kinds.STATUS, 2, by=ME, **EVENTS["done"][1]), owned(ME, None), rules) is None
    new = event(kinds.CREATED, 1, by=ME, title="T")
    assert may(Member(ME), new, None, rules) is None
    assert "approval" in (may(Member(ME, kind="agent"), new, None, rules) or "")


CARD = Member("ben", emails=("ben@example.org",), skills=("python",))


@pytest.mark.parametrize(
    ("actor", "before", "after", "allowed"),
    [
        ("owner", None, Member("x"), True),
        ("admin", None, Member("x", role="admin"), True),
        ("developer", None, Member("x"), False),
        ("agent", None, Member("x", role="viewer"), False),
        ("viewer", None, Member("x"), False),
        ("admin", None, Member("x", role="owner"), False),
        ("admin", Member("x", role="owner"), Member("x"), False),
        ("owner", Member("x", role="owner"), Member("x"), True),
        ("developer", CARD, replace(CARD, skills=("rust",)), False),
    ],
)
def test_who_manages_members(actor: str, before: Member | None, after: Member, allowed: bool) -> None:
    assert (may_manage(Member(ME, role=actor), before, after) is None) == allowed


@pytest.mark.parametrize("role", [role for role in ROLES if role != "owner"])
def test_ones_own_card_is_ones_own_but_not_ones_rights(role: str) -> None:
    mine = replace(CARD, role=role)
    assert may_manage(mine, mine, replace(mine, skills=("rust",), emails=(), full_name="Ben")) is None
    away = replace(mine, away="2026-12-24", fallbacks=("cleo",))
    assert may_manage(mine, mine, away) is None
    for rights in (
        {"role": "developer"},
        {"need_approval": ("done",)},
        {"permissions": {"done": "any"}},
        {"kind": "system"},
        {"members": ("x",)},
    ):
        after = replace(mine, **rights)
        if after != mine:
            assert (may_manage(mine, mine, after) is None) == (role == "admin"), rights
    assert may_manage(mine, mine, replace(mine, role="owner")) == "only an owner may do that"


def test_the_documentation_has_the_table() -> None:
    text = (DOCS / "permissions.md").read_text(encoding="utf-8")
    assert markdown() in text, "put the output of 'fedtasks permissions --markdown' into docs/permissions.md"


@pytest.mark.parametrize("kind", [kinds.STATUS, kinds.RELEASED, kinds.CONFIRMED])
def test_only_an_assignment_is_taken_for_one(kind: str) -> None:
    """Data that looks like an assignment opens no other kind of event."""
    made = event(kind, 2, by=ME, assignee=ME, **{"from": "pending", "to": "cancelled", "claim": "x"})
    assert may(Member(ME), made, owned(None, "lea")) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_member_gives_no_rights(kind: str) -> None:
    made = event(kinds.STATUS, 2, by=ME, **EVENTS["cancelled"][1])
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
        require(Member(ME, role="viewer"), event(kinds.CREATED, 1, by=ME, title="T"), None)
    assert found.value.fields["task"] is None
    assert found.value.hint and found.value.hint.startswith("ask somebody of another role (fedtasks member list)")


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
