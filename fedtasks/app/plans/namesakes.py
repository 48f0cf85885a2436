"""Two plans under one id: told apart by their files and, in a store that repositories share, by their repository."""

from __future__ import annotations

from dataclasses import replace

from fedtasks.app.plans.files import PlanDocument
from fedtasks.app.session import Session
from fedtasks.errors import UsageError
from fedtasks.git.repository import common_directory, first_commit, top_level
from fedtasks.plan.reconciling.seen import Seen


def repository_of(session: Session, document: PlanDocument) -> str | None:
    """The commit that the history of the plan's repository begins with, which all its clones share.

    None where that is no question, since the store is that repository's own, and where git cannot say.
    """
    folder = document.file.resolve().parent
    around = common_directory(folder)
    if around is None or around == common_directory(session.root):
        return None
    return first_commit(session.context.git.at(folder))


def refuse_namesake(session: Session, document: PlanDocument, seen: Seen | None, repository: str | None) -> None:
    """Raises UsageError for a plan whose id is another plan's.

    | what was parsed under the id         | and now                                         | it is             |
    |--------------------------------------|-------------------------------------------------|-------------------|
    | a file of another path, still there  | any                                             | another plan      |
    | a plan of another repository         | fewer than half of the items have the same keys | another plan      |
    | a plan of another repository         | otherwise: moved, forked, history rewritten     | the same plan     |
    | any other                            | any                                             | the same plan     |
    """
    if seen is None or not (_is_beside(session, document, seen) or _is_elsewhere(document, seen, repository)):
        return
    other = seen.path if seen.path != document.path else f"another repository's {seen.path}"
    raise UsageError(
        f"the plan id '{document.id}' is that of {other} already",
        hint=f"give this one its own: --plan-id NAME, or 'id: NAME' in the front matter of {document.path}",
    )


def _is_beside(session: Session, document: PlanDocument, seen: Seen) -> bool:
    if seen.path == document.path:
        return False
    folder = document.file.resolve().parent
    other = (top_level(session.context.git.at(folder)) or folder) / seen.path
    return other.is_file() and other.resolve() != document.file.resolve()


def _is_elsewhere(document: PlanDocument, seen: Seen, repository: str | None) -> bool:
    if repository is None or seen.repository in (None, repository):
        return False
    known = {key for key, item in seen.items.items() if not item.removed}
    now = {item.key for item in document.plan.items}
    return 2 * len(known & now) < min(len(known), len(now))


def at_home(after: Seen, before: Seen | None, repository: str | None) -> Seen:
    """The record with the plan's repository, where it is written anyway or did not have one."""
    if repository is None or (after == before and after.repository is not None):
        return after
    return replace(after, repository=repository)
