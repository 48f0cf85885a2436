"""Tools that propose, take, assign and move tasks."""

from __future__ import annotations

from typing import Any

from fedtasks.app.identity import check_name
from fedtasks.app.session import Session
from fedtasks.app.tasks import edit, work
from fedtasks.app.tasks.create import add_all
from fedtasks.app.tasks.fields import Wish, wish
from fedtasks.app.tasks.nextup import next_task
from fedtasks.domain.status import BLOCKED
from fedtasks.errors import UsageError
from fedtasks.mcp.forms import (
    ID,
    LONG,
    MANY,
    NAME,
    ONE,
    PLAN,
    PRIORITY,
    REASON,
    STATUS,
    TEXT,
    TITLE,
    TOKEN,
    WHO,
    flag,
    listed,
    many,
    string,
    takes,
)
from fedtasks.mcp.looking import chosen
from fedtasks.mcp.planning import told
from fedtasks.mcp.toolbox import Answer, Arguments, Tool, one, short
from fedtasks.store.rows import public_fields

SINGLE = ("description", "priority", "lead", "due", "estimate", "parent")


def propose(session: Session, given: Arguments) -> Answer:
    """One or many new tasks, in one change; or the tasks of a plan's text."""
    if ("tasks" in given) == ("plan" in given):
        raise UsageError("give either tasks or plan", hint="tasks: [{title: ...}], or plan: the text with a plan_id")
    if "plan" in given:
        from fedtasks.app.plans.parsing import parse_text

        if "plan_id" not in given:
            raise UsageError("a plan's text needs a plan_id", hint="the same plan_id again updates its tasks")
        return told(parse_text(session, given["plan"], given["plan_id"]))
    tasks = add_all(session, [_wish(entry) for entry in given["tasks"]])
    rows = [short(public_fields(task)) for task in tasks]
    return Answer({"tasks": rows}, "\n".join(f"{row['id']} added: {row['title']}" for row in rows))


def _wish(entry: dict[str, Any]) -> Wish:
    if "lead" in entry:
        check_name(entry["lead"])
    return wish(
        set={"title": entry["title"], **{name: entry.get(name) for name in SINGLE}},
        files=entry.get("files", ()),
        tags=entry.get("tags", ()),
        depends_on=entry.get("depends_on", ()),
    )


def claim(session: Session, given: Arguments) -> Answer:
    """The task of this id, or without one the best that is ready."""
    if "id" in given:
        takeover, reason, override = bool(given.get("takeover")), given.get("reason"), given.get("override")
        task = work.claim(session, given["id"], override=override, takeover=takeover, reason=reason)
        return one(task, "is yours")
    if "takeover" in given:
        raise UsageError("a takeover needs an id", hint="federation_task_board shows whose lease has expired")
    found = next_task(session, chosen(session, given), take=True)
    return one(found.task, "is yours", why=found.chosen.reasons())


def assign(session: Session, given: Arguments) -> Answer:
    """Names who owns a task; null for nobody."""
    who = given["assignee"]
    task = work.assign(session, given["id"], None if who is None else check_name(who), given.get("reason"))
    if who is not None and all(member.name != who for member in session.members):
        session.notes.append(f"{who} is no member of this store yet: fedtasks member add {who}")
    return one(task, f"is {task.state.assignee or 'nobody'}'s")


def update_status(session: Session, given: Arguments) -> Answer:
    """One step of the workflow."""
    if "blocked_by" in given and given["status"] != BLOCKED:
        raise UsageError("blocked_by goes with status blocked", hint="leave it out, or say status: blocked")
    task = work.set_status(session, given["id"], given["status"], given.get("reason"), given.get("blocked_by"))
    return one(task, f"is {task.state.status}")


def set_lead(session: Session, given: Arguments) -> Answer:
    """Names who leads a task."""
    task, _ = edit.edit(session, given["id"], wish(set={"lead": check_name(given["lead"])}), "lead")
    return one(task, f"is led by {task.state.lead}")


PROPOSED = takes(
    ("title",),
    title=string(TITLE),
    description=string(LONG),
    priority=PRIORITY,
    lead=WHO,
    due=string(10) | {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    estimate=string(),
    parent=ID,
    depends_on=many(ID),
    files=many(string(4096), 1000, "Paths that it will change"),
    tags=many(string()),
)

TOOLS = (
    Tool(
        "federation_propose_task",
        "Adds tasks that do not exist yet; you lead them unless you name a lead. Give tasks, or a plan's text.",
        takes(
            tasks=many(PROPOSED, least=1),
            plan=string(PLAN, "Markdown"),
            plan_id=string(about="Names the plan; again: updates its tasks"),
        ),
        MANY,
        propose,
    ),
    Tool(
        "federation_claim_task",
        "Takes a task before you work on it; only one claim wins. Without id: the best one that is ready, by priority,"
        " your skills and files that nobody edits. Error held: pick another. nothing_ready: wait with the inbox.",
        takes(
            id=ID,
            tag=many(string()),
            plan=many(string()),
            priority=many(PRIORITY, 4),
            takeover=flag("From a worker who is gone and whose lease has expired"),
            reason=REASON,
            override=REASON | {"description": "As its lead: start before its dependencies, and why"},
        ),
        ONE | {"properties": ONE["properties"] | {"why": listed(TEXT)}},
        claim,
    ),
    Tool(
        "federation_assign_task",
        "As lead: gives a task to somebody, or takes it back (null) from a worker who is gone.",
        takes(("id", "assignee"), id=ID, assignee=NAME | {"minLength": 1, "maxLength": 64}, reason=REASON),
        ONE,
        assign,
    ),
    Tool(
        "federation_update_task_status",
        "Moves your task on: done after you committed; blocked with a reason or blocked_by; in_review; pending gives it"
        " back; cancelled.",
        takes(("id", "status"), id=ID, status=STATUS, reason=REASON, blocked_by=ID, token=TOKEN),
        ONE,
        update_status,
    ),
    Tool(
        "federation_set_lead",
        "Names who leads a task and decides about it.",
        takes(("id", "lead"), id=ID, lead=WHO),
        ONE,
        set_lead,
    ),
)
