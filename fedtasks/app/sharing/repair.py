"""`check --fix`: what has one right answer is put right, said before it is done; no event is ever dropped."""

from __future__ import annotations

from pathlib import Path

from fedtasks.app.session import Session
from fedtasks.app.sharing.bringing import take_in
from fedtasks.app.sharing.clone import open_clone
from fedtasks.app.sharing.mending import Mender, Repaired, Tell
from fedtasks.app.writing import writing
from fedtasks.errors import FedtasksError, InvalidData
from fedtasks.git.conflicts import conclude
from fedtasks.git.objects import Objects
from fedtasks.store.files import os_errors, stamp
from fedtasks.store.layout import (
    task_path,
)
from fedtasks.store.places import place_of, places
from fedtasks.store.reading import read_bytes


def repair(session: Session, tell: Tell) -> list[Repaired]:
    """Puts right what has one right answer; `tell` hears of each file before it is written.

    | what is wrong                               | becomes                                                    |
    |---------------------------------------------|------------------------------------------------------------|
    | git's merge stands in conflict              | the pure merge of the versions (see _repair_conflicts)     |
    | a file that was deleted by hand             | as it was committed last                                   |
    | a file that is no JSON, and git has older   | the last valid version; what was there is kept in          |
    | versions that are valid                     | `.local/damaged/`                                          |
    | a task in two places                        | one file of all events, where its history says             |
    | a task in the wrong place                   | the same file where its history says                       |
    | a segment of a history, lost or changed     | that segment, as git has it                                |

    Anything else is for a person: what is not valid and has no valid version stays as it is, and `check` names it.
    """
    return [*(_repair_conflicts(session, tell) if session.is_recorded else []), *_repair_places(session, tell)]


def _repair_places(session: Session, tell: Tell) -> list[Repaired]:
    """One file a task, where its history says."""
    root = session.root
    live, archived = set(session.reader.ids()), session.reader.archived()
    found = []
    for id in sorted({*archived, *(id for id in live if _may_be_misplaced(root, id))}):
        try:
            task = session.reader.task(id)
        except FedtasksError:
            continue
        stands = [path for path in places(id, session.reader.years()) if stamp(root / path) is not None]
        if stands != [place_of(task)]:
            found.append(Repaired(place_of(task), " and ".join(stands)))
            tell(found[-1])
            fresh = Session(session.context, session.what)
            with writing(fresh) as change:
                change.transaction.put(change.transaction.task(id))
                change.title(f"put {id} in its place")
    return found


def _may_be_misplaced(root: Path, id: str) -> bool:
    """Whether a live task's file speaks of the archive; its history decides."""
    try:
        return b'"archived"' in read_bytes(root, task_path(id))
    except (OSError, InvalidData):
        return False


def _repair_conflicts(session: Session, tell: Tell) -> list[Repaired]:
    """Puts right what is in conflict, and commits it; what cannot be put right stays as it is.

    | a file                                      | becomes the merge of                                       |
    |---------------------------------------------|------------------------------------------------------------|
    | unmerged in git's index                     | its versions there; a removed one gives way to a changed   |
    | with conflict markers that pair             | the two versions between the markers                       |
    | with other markers, or versions not valid   | its valid versions in git's history                        |
    | not JSON in the working tree                | the same                                                   |
    | deleted by hand, not committed              | as it was committed last                                   |
    """
    git = session.context.git.at(session.root)
    with session.reader.holding(), Objects(git) as objects, os_errors(session.root):
        mender = Mender(session, git, objects, tell)
        found = [*mender.unmerged(), *mender.marked(), *mender.segments(), *mender.gone()]
        concluded = conclude(git)
    if found and not concluded:
        _commit(session, [entry.path for entry in found])
    return found


def _commit(session: Session, paths: list[str]) -> None:
    """Where a rebase is under way, its owner goes on with it."""
    fresh = Session(session.context, session.what)
    with open_clone(fresh, None) as clone:
        take_in(clone, paths)
