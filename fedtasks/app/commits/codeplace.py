"""The code that a worker stands in: the branch and commit that go with a handoff, an attempt or a review."""

from __future__ import annotations

import re
from typing import Any

from fedtasks.app.session import Session
from fedtasks.errors import NotFound
from fedtasks.git.working import Working, is_pushed, resolve_commit, working

COMMIT = re.compile("[0-9a-f]{7,64}")


def code_here(session: Session) -> Working | None:
    """The working tree at hand; None outside of one, and in the store's own."""
    directory, store = session.context.directory.resolve(), session.root.resolve()
    return None if directory == store or store in directory.parents else working(session.context.git)


def named_code(session: Session, branch: str | None, commit: str | None, *, tell: str = "") -> dict[str, Any]:
    """`branch` and `commit` for an event: as they are named, else as the working tree has them.

    `tell` is who has to fetch them: what they could not see (changes that are not committed, a commit that is not
    pushed) becomes a remark. Raises NotFound for a commit that is none.
    """
    here = code_here(session)
    if here is None:
        return _given(branch, commit)
    elsewhere = branch is not None and branch != here.branch
    wanted = commit or (branch if elsewhere else None)
    found = resolve_commit(session.context.git, wanted) if wanted else here.commit
    if commit and found is None:
        found = _given(branch, commit)["commit"]
    if tell:
        _remark(session, here, found, tell, at_head=found == here.commit and not elsewhere)
    return {name: value for name, value in (("branch", branch or here.branch), ("commit", found)) if value}


def _given(branch: str | None, commit: str | None) -> dict[str, str]:
    if commit is not None and not COMMIT.fullmatch(commit):
        raise NotFound(f"there is no commit {commit!r} here", hint="name it by its id, or run this in the repository")
    return {name: value for name, value in (("branch", branch), ("commit", commit)) if value}


def _remark(session: Session, here: Working, commit: str | None, tell: str, *, at_head: bool) -> None:
    if at_head and here.dirty:
        count = f"{here.dirty} changed file{'s' if here.dirty > 1 else ''}"
        session.notes.append(f"{count} here {'are' if here.dirty > 1 else 'is'} not committed: {tell} will not see it")
    pushed = here.pushed if commit == here.commit else commit is None or is_pushed(session.context.git, commit)
    if commit and not pushed:
        session.notes.append(f"commit {commit[:10]} is not pushed: {tell} cannot fetch it before 'git push'")
