"""Commits and the tasks that they name: what lands closes tasks, and what is done can be asked for its commit."""

from __future__ import annotations

from collections.abc import Iterator

from fedtasks.app.commits.codeplace import code_here, named_code
from fedtasks.app.commits.concerns import Authors, named_tasks
from fedtasks.app.commits.hookplace import HookPlace
from fedtasks.app.session import Session
from fedtasks.app.tasks.leases import under_claim
from fedtasks.app.writing import writing
from fedtasks.domain import events as kinds
from fedtasks.domain.ids import derived_ulid
from fedtasks.domain.status import DONE, FINISHED, IN_PROGRESS, PENDING
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, NotAllowed, NotFound
from fedtasks.git.changed import Commit, main_heads, new_commits, reaches
from fedtasks.git.naming import commits_naming
from fedtasks.git.working import resolve_commit
from fedtasks.notify.notice import make_notice
from fedtasks.policy.members import Member

CLOSING = ("Closes", "Fixes")


def close_landed(session: Session, place: HookPlace, authors: Authors) -> tuple[list[str], list[str]]:
    """Closes the tasks that commits new on the main branch name with `Closes:` or `Fixes:`; the ids, and remarks.

    It is done in the name of the commit's author, who has to be allowed to. The event's id is derived: two machines
    that see the same commit land make one event. Where it may not be done, the author and the task's lead are told.
    """
    heads = list(main_heads(place.git, session.config.main_branch).values())
    landed = place.state.recall("landed")
    closed, notes = [], []
    for commit in new_commits(place.git, heads, landed) if set(heads) - set(landed) else ():
        for id in named_tasks(commit, *CLOSING):
            try:
                closed += [id] if _close(session, id, commit, authors) else []
            except NotFound:
                continue
            except FedtasksError as found:
                notes.append(f"{commit.id[:12]} would close {id}, but {found.message}")
                _tell_unclosed(session, id, commit, authors, notes[-1])
    place.state.saw(landed, heads, "landed")
    return closed, notes


def _close(session: Session, id: str, commit: Commit, authors: Authors) -> bool:
    acting = _as_author(session, commit, authors)
    with writing(acting) as change:
        task = change.task(id)
        if task.state.status in FINISHED:
            return False
        for kind, data in _steps(acting, task):
            task = change.make(
                task, kind, data, derived_ulid(commit.at * 1000, commit.id, id, kind, str(data.get("to")))
            )
        data = {"from": task.state.status, "to": DONE, "commit": commit.id} | under_claim(acting, task)
        after = change.make(task, kinds.STATUS, data, derived_ulid(commit.at * 1000, commit.id, id, kinds.STATUS, DONE))
        change.describe("done", after, f" with {commit.id[:12]}")
    return True


def _tell_unclosed(session: Session, id: str, commit: Commit, authors: Authors, why: str) -> None:
    names = {member.name for member in session.members}
    by = next(iter(authors.of(commit)), commit.author)
    with writing(session) as change:
        task = change.task(id)
        told = [name for name in dict.fromkeys((by, task.state.lead)) if name in names]
        fields = {"at": change.session.context.now(), "by": by, "text": why, "task": id, "title": task.state.title}
        go_on = (f"fedtasks show {id}", f"git show {commit.id[:12]}")
        for name in told:
            change.deliver(make_notice(str(name), "unclosed", (commit.id, id), **fields, next=go_on))
        change.title(f"tell {', '.join(map(str, told)) or 'nobody'} of what stayed open")


def _steps(acting: Session, task: Task) -> Iterator[tuple[str, dict[str, str]]]:
    """What has to be before a pending task can be done: it is somebody's, and in progress."""
    if task.state.status == PENDING:
        if task.state.assignee is None:
            yield kinds.ASSIGNED, {"assignee": acting.actor.name}
        yield kinds.STATUS, {"from": PENDING, "to": IN_PROGRESS}


def _as_author(session: Session, commit: Commit, authors: Authors) -> Session:
    """A session of the commit's author: the member, or where the store's door is open whoever it is by name."""
    from fedtasks.app.identity import Actor

    who = next(iter(authors.of(commit)), session.actor.name)
    known = {member.name: member for member in session.members}
    if who not in known and session.config.members != "open":
        raise NotAllowed(f"{who}, who made it, is no member of this store")
    acting = Session(session.context, session.what)
    acting.actor = Actor(known.get(who, Member(who)), commit.emails[0] or f"{who}@fedtasks.invalid")
    return acting


def finishing_commit(session: Session, task: Task, given: str | None) -> dict[str, str]:
    """The commit that finishes a task, as its event names it: the one given, else, where the settings ask for one,
    the youngest on the main branch that names the task.

    Where they ask for one it has to have landed: raises NotAllowed. Raises NotFound for a commit that is none.
    """
    required = session.config.done_needs_commit
    if given is None and not required:
        return {}
    if code_here(session) is None:
        if required:
            raise NotAllowed(
                f"{task.id} is done only with its commit, and this is no code repository",
                hint="run it in the code repository",
                task=task.id,
            )
        return named_code(session, None, given)
    git = session.context.git
    heads = list(main_heads(git, session.config.main_branch).values())
    names = [given] if given else [one.id for one in commits_naming(git, task.id, task.state.created_at or "")]
    for name in names:
        found = resolve_commit(git, name)
        if found is None:
            raise NotFound(f"there is no commit {name!r} here", hint="name it by its id; is it fetched?", given=name)
        if not required or reaches(git, found, heads):
            return {"commit": found}
    what = f"{given} is not on the main branch" if given else f"no commit on the main branch names {task.id}"
    raise NotAllowed(
        f"{what}, and without its commit a task is not done here",
        hint=f"merge it first, or name the commit: fedtasks done {task.id} --commit REV",
        task=task.id,
    )
