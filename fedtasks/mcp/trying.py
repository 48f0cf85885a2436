"""A tool about tries: begun, and ended with how it went."""

from __future__ import annotations

from fedtasks.app.people import attempts
from fedtasks.app.session import Session
from fedtasks.domain.effects.trying import OUTCOMES
from fedtasks.mcp.forms import ID, OBJECT, REASON, choice, gives, string, takes
from fedtasks.mcp.toolbox import Answer, Arguments, Tool


def attempt(session: Session, given: Arguments) -> Answer:
    """Begins an attempt; with an outcome it ends the caller's own."""
    if "outcome" in given:
        ended = {"reason": given.get("note"), "attempt": given.get("attempt")}
        task, entry = attempts.finish(session, given["id"], given["outcome"], **ended)
        return Answer({"attempt": dict(entry)}, f"{entry['id']} at {task.id}: {entry['outcome']}")
    begun = {"note": given.get("note"), "parent": given.get("attempt")}
    task, entry = attempts.start(session, given["id"], **begun)
    return Answer({"attempt": dict(entry)}, f"{entry['id']} at {task.id} begun")


TOOLS = (
    Tool(
        "federation_attempt",
        "Begins a try at a task, after a failed attempt; with outcome: ends yours, note says why it failed.",
        takes(("id",), id=ID, outcome=choice(*OUTCOMES), attempt=string(26), note=REASON),
        gives(("attempt",), attempt=OBJECT),
        attempt,
    ),
)
