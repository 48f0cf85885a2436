"""Review: asked for, given, lifted; what an approval is for, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fedtasks.app.change import Change
from fedtasks.app.commits.codeplace import code_here, named_code
from fedtasks.app.session import Session
from fedtasks.app.sharing.exclusive import exclusively
from fedtasks.app.tasks.leases import under_claim
from fedtasks.app.writing import change_task, writing
from fedtasks.domain import events as kinds
from fedtasks.domain.content import digest_of
from fedtasks.domain.effects.reviewing import APPROVE
from fedtasks.domain.status import IN_REVIEW
from fedtasks.domain.task import Task
from fedtasks.errors import NotAllowed, NotFound, UsageError
from fedtasks.git.working import changed_between, resolve_commit
from fedtasks.policy.approval import ReviewStanding, objection, requirement, review_standing
from fedtasks.policy.members import members_of
from fedtasks.store.query import Filter, select

Entry = Mapping[str, Any]

TITLES = {"approve": "approve", "changes": "ask for changes of", "reject": "reject"}
"""What commits are called, by verdict."""

SHORT = 10


def require(
    session: Session,
    given: str,
    needed: bool,
    *,
    least: int | None = None,
    reviewers: Iterable[str] = (),
    no_reviewers: Iterable[str] = (),
) -> Task:
    """Says whether a task needs approvals, how many at least, and whose; a lead's to say."""
    changed: dict[str, Any] = {"set": {"requires_approval": needed} | ({"min_approvals": least} if least else {})}
    changed |= {"add": {"reviewers": list(reviewers)}} if reviewers else {}
    changed |= {"remove": {"reviewers": list(no_reviewers)}} if no_reviewers else {}
    return change_task(session, given, lambda task: (kinds.EDITED, changed), "require review of")


def request(
    session: Session,
    given: str,
    *,
    reviewers: Iterable[str] = (),
    branch: str | None = None,
    commit: str | None = None,
    note: str | None = None,
) -> Task:
    """Hands a task in for review, with the branch and commit that are to be looked at."""
    wanted = {"reviewers": list(reviewers), "note": note, **named_code(session, branch, commit, tell="the reviewer")}

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        named = {name: value for name, value in wanted.items() if value}
        return kinds.REVIEW_REQUESTED, named | under_claim(session, task)

    return change_task(session, given, decide, "request review of")


def judge(session: Session, given: str, verdict: str, *, text: str | None = None, commit: str | None = None) -> Task:
    """Gives a verdict in one's own name; it is for the task's content and the commit under review.

    An approval that would not count is refused: of one's own work, by another than the reviewers, of another commit.
    Approvals are published first, so that one of another commit than the remote's review is no approval.
    """
    if verdict != APPROVE and not (text or "").strip():
        raise UsageError(
            "say what has to change", hint=f"fedtasks review {verdict} {given} --reason 'a test for the second key'"
        )

    def decide(change: Change) -> Task:
        task = change.task(given)
        if verdict == APPROVE:
            _require_countable(session, task)
        data = {"verdict": verdict, "digest": digest_of(task.state), "commit": _commit(session, task, commit)}
        data |= {"text": text.strip()} if text else {}
        after = change.make(task, kinds.REVIEWED, {name: value for name, value in data.items() if value})
        change.describe(TITLES[verdict], after)
        return after

    if verdict == APPROVE:
        return exclusively(session, decide)
    with writing(session) as change:
        return decide(change)


def _require_countable(session: Session, task: Task) -> None:
    settings, members = session.config.review, session.members
    why = objection(task, session.actor.name, requirement(task, settings, members), settings, members)
    if why:
        raise NotAllowed(
            f"{session.actor.name} may not approve {task.id}: {why}",
            hint=f"say what you think of it: fedtasks comment {task.id} TEXT",
            task=task.id,
            actor=session.actor.name,
            reason=why,
        )


def _commit(session: Session, task: Task, given: str | None) -> str | None:
    """The commit under review; raises NotAllowed where the reviewer has looked at another one."""
    review: Entry = task.state.review or {}
    asked: str | None = review.get("commit")
    if given is None:
        return asked
    seen = resolve_commit(session.context.git, given) or given
    if asked is None or not asked.startswith(seen):
        raise NotAllowed(
            f"{task.id} is under review at {asked[:SHORT] if asked else 'no commit'}, not at {seen[:SHORT]}",
            hint=f"look at what was handed in: fedtasks review show {task.id}",
            task=task.id,
            commit=asked,
        )
    return asked


def lift(session: Session, given: str, who: str | None = None, reason: str | None = None) -> Task:
    """Takes a verdict back: one's own, or another's, which is the lead's to do and needs a reason."""
    name = who or session.actor.name
    if name != session.actor.name and not (reason or "").strip():
        raise UsageError(
            f"to lift {name}'s verdict needs a reason",
            hint=f"fedtasks review lift {given} {name} --reason TEXT",
        )

    def decide(task: Task) -> tuple[str, dict[str, Any]]:
        found = [entry for entry in task.state.reviews if entry["by"] == name and "lifted" not in entry]
        if not found:
            raise NotFound(
                f"no verdict of {name} stands on {task.id}", hint=f"fedtasks review show {task.id}", task=task.id
            )
        return kinds.REVIEW_LIFTED, {"review": found[0]["id"]} | ({"reason": reason} if reason else {})

    return change_task(session, given, decide, "lift a verdict on")


def show(session: Session, given: str) -> tuple[Task, ReviewStanding]:
    """The task and how its review stands."""
    task = session.reader.task(session.reader.resolve(given))
    return task, review_standing(task, session.config.review, session.members)


def waiting(session: Session, name: str) -> list[dict[str, Any]]:
    """The tasks in review that this member has not judged yet, and whose approval by them would count."""

    found = []
    for id in _in_review(session):
        task = session.reader.task(id)
        needed = requirement(task, session.config.review, session.members)
        given = any(entry["by"] == name and "outdated" not in entry for entry in task.state.reviews)
        named = members_of(task.state.reviewers, session.members)
        asked = not named or name in named
        if asked and not given and objection(task, name, needed, session.config.review, session.members) is None:
            found.append(task.to_json())
    return found


def _in_review(session: Session) -> list[str]:
    import json

    return [json.loads(text)["id"] for text in select(session.index(), Filter(status=(IN_REVIEW,)), "priority")]


def is_reviewed(session: Session, task: Task) -> bool:
    """Whether there is anything about a task's review to ask others for."""
    return bool(task.state.reviews) or requirement(task, session.config.review, session.members) is not None


def clearance(session: Session, task: Task, override: str | None) -> dict[str, Any]:
    """`override` for the end of a task, where its review is not clear; raises NotAllowed where the work has moved on
    since it was approved."""
    found = review_standing(task, session.config.review, session.members)
    if not found.is_clear:
        return {"override": override} if override else {}
    moved = _moved(session, task) if found.requirement else None
    if moved and override is None:
        raise NotAllowed(moved, hint=f"ask again: fedtasks review request {task.id}", task=task.id)
    return {"override": override} if moved and override else {}


def _moved(session: Session, task: Task) -> str | None:
    """In words, whether the approved branch has changed the task's files since; where it names none, any file.

    Without files on a branch that others commit to as well, nothing could be said: there it is only a remark.
    """
    review: Entry = task.state.review or {}
    commit, branch = review.get("commit"), review.get("branch")
    if not commit or not branch or code_here(session) is None:
        return None
    git = session.context.git
    head = resolve_commit(git, branch)
    paths = changed_between(git, commit, head) if head and head != commit else None
    if not paths or not head:
        return None
    words = f"{task.id} was approved at {commit[:SHORT]}, and {branch} is at {head[:SHORT]} now"
    if not task.state.files:
        session.notes.append(words)
        return None
    from fedtasks.policy.matching import matches

    mine = [path for path in paths if matches(path, task.state.files)]
    return f"{words}: {', '.join(mine[:3])} changed" if mine else None
