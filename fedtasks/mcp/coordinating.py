"""Tools between people: inbox, acknowledgement, handoff, delegation to other stores, signs of work."""

from __future__ import annotations

from fedtasks.app.delegation import deciding
from fedtasks.app.delegation.delegating import delegate, public, withdraw
from fedtasks.app.identity import check_name
from fedtasks.app.notices import inbox
from fedtasks.app.people import handoff
from fedtasks.app.people.presence import work_on
from fedtasks.app.session import Session
from fedtasks.app.tasks.leases import heartbeat
from fedtasks.domain.delegation import TYPES
from fedtasks.errors import UsageError
from fedtasks.mcp.forms import (
    ID,
    OBJECT,
    ONE,
    REASON,
    TEXT,
    TITLE,
    TOKEN,
    WHO,
    choice,
    flag,
    gives,
    listed,
    many,
    number,
    string,
    takes,
)
from fedtasks.mcp.toolbox import Answer, Arguments, Tool, one
from fedtasks.notify.notice import Notice
from fedtasks.views.text import safe

BATCH = 10
LONGEST = 300
SHOWN = ("id", "kind", "at", "by", "task", "title", "text", "urgent", "needs_ack")


def read_inbox(session: Session, given: Arguments) -> Answer:
    """A batch of what the caller has not settled; empty where it is worth waiting."""
    found = inbox.inbox(session, task=given.get("task"))
    batch = found.notices[: given.get("limit", BATCH)]
    more = len(found.notices) - len(batch)
    lines = [safe(f"{notice.id} {'URGENT ' if notice.urgent else ''}{notice.text}") for notice in batch]
    lines += [f"{more} more: acknowledge these, then ask again"] if more else []
    told = {"notices": [_shown(notice) for notice in batch], "more": more}
    return Answer(told, "\n".join([*(lines or ["no notices"]), *found.broken]), empty=not batch)


def _shown(notice: Notice) -> dict[str, object]:
    fields = notice.to_json()
    return {name: fields[name] for name in SHOWN if fields.get(name) is not None}


def acknowledge(session: Session, given: Arguments) -> Answer:
    """Settles notices, so that they do not come again."""
    done = inbox.acknowledge(session, given["ids"])
    return Answer({"notices": [_shown(notice) for notice in done]}, f"acknowledged: {len(done)}")


def hand_off(session: Session, given: Arguments) -> Answer:
    """Offers a task to somebody, or answers an offer."""
    id, answer = given["id"], given.get("answer")
    if answer is not None and "to" in given:
        raise UsageError("give either to or answer", hint="to and reason offer it; answer: accept or decline an offer")
    if answer == "accept":
        return one(handoff.accept(session, id), "is yours")
    if answer == "decline":
        return one(handoff.decline(session, id, given.get("reason")), "stays where it was")
    if "to" not in given or "reason" not in given:
        raise UsageError("a handoff needs to and reason", hint="or answer: accept or decline what was offered to you")
    words = {name: given[name] for name in ("branch", "commit", "next") if name in given}
    task = handoff.hand_off(session, id, check_name(given["to"]), given["reason"], **words)
    return one(task, f"is offered to {given['to']}")


def beat(session: Session, given: Arguments) -> Answer:
    """A sign of work, and what it is about."""
    task, renewed = heartbeat(session, given.get("id"))
    if "note" in given:
        work_on(session, task.id, given["note"])
    return one(task, "is still yours", renewed=renewed)


def pass_on(session: Session, given: Arguments) -> Answer:
    """Gives a task to another store, or answers what another asks of this one."""
    id, answer = given["id"], given.get("answer")
    if answer is None:
        if "to" not in given or "type" not in given:
            raise UsageError(
                "a delegation needs to and type", hint="or answer: accept, reject, complete or withdraw one"
            )
        task, record = delegate(
            session, id, given["to"], given["type"], notes=given.get("notes"), parts=given.get("parts", ())
        )
        found = Answer({"delegation": public(record)}, f"{task.id} is offered to {given['to']}")
    elif answer == "accept":
        record, task = deciding.accept(session, id, parts=given.get("parts", ()))
        found = Answer({"delegation": public(record)}, f"{task.id} is made for {record['source_instance']}")
    elif answer == "reject":
        if "notes" not in given:
            raise UsageError("a rejection needs notes", hint="say why; who delegated it reads it")
        record = deciding.reject(session, id, given["notes"])
        found = Answer({"delegation": public(record)}, f"{record['id']} is rejected")
    elif answer == "withdraw":
        task, records = withdraw(session, id, reason=given.get("notes"))
        found = Answer({"delegation": public(records[-1])}, f"{task.id} is withdrawn")
    else:
        record, task = deciding.complete(session, id, given.get("notes"))
        found = Answer({"delegation": public(record)}, f"{record['id']} is completed")
    return found


NOTICE = gives(("id", "kind", "text"), id=TEXT, kind=TEXT, text=TEXT, task=TEXT, by=TEXT, at=TEXT, urgent=flag())

TOOLS = (
    Tool(
        "federation_inbox",
        "What you were told and have not acknowledged, urgent first: assignments, blockers, commits to your files. With"
        " wait it returns as soon as something comes. Use it between tasks, and when nothing is ready; deal with the"
        " batch, then ack it.",
        takes(wait=number(0, LONGEST, "Seconds"), limit=number(1, 100, f"Default {BATCH}"), task=ID),
        gives(("notices", "more"), notices=listed(NOTICE), more={"type": "integer"}),
        read_inbox,
        reads=True,
    ),
    Tool(
        "federation_ack",
        "Acknowledges notices that you have dealt with, by their ids; until then they come again.",
        takes(("ids",), ids=many(string(), least=1)),
        gives(("notices",), notices=listed(NOTICE)),
        acknowledge,
    ),
    Tool(
        "federation_handoff_task",
        "Offers your task to somebody with what they need to go on; it stays yours until they accept. With answer:"
        " accepts or declines what was offered to you.",
        takes(
            ("id",),
            id=ID,
            to=WHO,
            reason=REASON,
            next=REASON | {"description": "The next step"},
            branch=string(),
            commit=string(64),
            answer=choice("accept", "decline"),
            token=TOKEN,
        ),
        ONE,
        hand_off,
    ),
    Tool(
        "federation_heartbeat",
        "Says that you still work on your task, so that nobody takes it over: every few minutes of long work. The note"
        " tells the others what you are doing.",
        takes(id=ID, note=string(1_000), token=TOKEN),
        ONE | {"properties": ONE["properties"] | {"renewed": flag()}},
        beat,
    ),
    Tool(
        "federation_delegate",
        "Gives a task to another store (route it on, decompose it into parts, escalate it upwards). With answer:"
        " accepts, rejects (notes say why) or completes (notes are the result) what another store asks of this one, or"
        " withdraws what this one asked.",
        takes(
            ("id",),
            id=ID,
            to=string(64, "Instance"),
            type=choice(*TYPES),
            notes=REASON,
            parts=many(string(TITLE)),
            answer=choice("accept", "reject", "complete", "withdraw"),
        ),
        gives(("delegation",), delegation=OBJECT),
        pass_on,
    ),
)
