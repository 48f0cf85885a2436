"""Tools about what is said of a task: comments, and reviews of its work."""

from __future__ import annotations

from fedtasks.app.people import comments, reviews
from fedtasks.app.session import Session
from fedtasks.domain.effects.reviewing import VERDICTS
from fedtasks.errors import UsageError
from fedtasks.mcp.forms import ID, ONE, TEXT, WHO, WORDS, choice, gives, many, string, takes
from fedtasks.mcp.toolbox import Answer, Arguments, Tool, one

REQUEST = "request"


def comment(session: Session, given: Arguments) -> Answer:
    """Says something on a task."""
    words = {name: given[name] for name in ("type", "reply_to") if name in given}
    task, id = comments.comment(session, given["id"], given["text"], **words)
    return Answer({"task": task.id, "comment": id}, f"said on {task.id}: {id}")


def review(session: Session, given: Arguments) -> Answer:
    """Hands work in for review, or judges it."""
    id, verdict, text, commit = given["id"], given["verdict"], given.get("text"), given.get("commit")
    if verdict == REQUEST:
        named = {"reviewers": given.get("reviewers", ()), "branch": given.get("branch")}
        return one(reviews.request(session, id, note=text, commit=commit, **named), "is in review")
    if "reviewers" in given or "branch" in given:
        raise UsageError("reviewers and branch go with verdict request", hint="a verdict takes text and commit")
    task = reviews.judge(session, id, verdict, text=text, commit=commit)
    return one(task, f"is {task.state.status}")


TOOLS = (
    Tool(
        "federation_comment",
        "Says something on a task to all who have to do with it; @name tells a member. Ask its lead there, answer with"
        " reply_to, report with type status_update.",
        takes(("id", "text"), id=ID, text=string(WORDS), reply_to=string(), type=choice("comment", "status_update")),
        gives(("task", "comment"), task=TEXT, comment=TEXT),
        comment,
    ),
    Tool(
        "federation_review",
        "request: hands your work in for review, with branch and commit. approve, changes, reject: your verdict on"
        " another's work; text says what has to change.",
        takes(
            ("id", "verdict"),
            id=ID,
            verdict=choice(REQUEST, *VERDICTS),
            text=string(WORDS),
            commit=string(64),
            branch=string(),
            reviewers=many(WHO),
        ),
        ONE,
        review,
    ),
)
