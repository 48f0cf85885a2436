"""Other stores, each opened as a session: directories where they are, git branches through a copy in the cache."""

from __future__ import annotations

import os
from pathlib import Path

from fedtasks.app.delegation.instances import name_of
from fedtasks.app.session import Session
from fedtasks.domain.ids import digest
from fedtasks.domain.instances import Instance, is_url
from fedtasks.errors import FedtasksError, NotAllowed, OutOfReach
from fedtasks.store.config import require_writable
from fedtasks.store.layout import FOLDER, is_store

COPIES = "instances"


def reach(session: Session, instance: Instance) -> Session:
    """A session on another instance's store, as who acts here: what it brings there was decided here.

    Raises OutOfReach where it cannot be opened, FedtasksError where another store stands in its place, NewerFormat
    where a newer version has written it.
    """
    root = _copy(session, instance) if instance.branch is not None else _directory(session, instance)
    if root.resolve() == session.root.resolve():
        raise NotAllowed(f"{instance.name} is this store itself", hint=f"its own name is {name_of(session)}")
    context = session.context._replace(directory=root, store=os.fspath(root), actor=None)
    there = Session(context, session.what)
    project = there.config.project
    if instance.project is not None and project != instance.project:
        raise FedtasksError(
            f"{root} is the store of '{project}', and {instance.name} is '{instance.project}'",
            hint=f"add it again under its own place: fedtasks instance remove {instance.name}",
            path=str(root),
        )
    require_writable(there.config)
    there.actor = session.actor
    return there


def _directory(session: Session, instance: Instance) -> Path:
    place = session.root / instance.store
    found = next((path for path in (place, place / FOLDER) if is_store(path)), None)
    if found is None:
        raise OutOfReach(f"{place} is no store", hint="is the directory mounted?", path=str(place))
    return found


def _copy(session: Session, instance: Instance) -> Path:
    from fedtasks.git.copies import make_copy

    context = session.context
    if context.cache is None:
        raise OutOfReach("no home is known for the copy of it", hint="set HOME or XDG_CACHE_HOME")
    branch = str(instance.branch)
    url = instance.store if is_url(instance.store) else os.fspath(session.root / instance.store)
    name = digest(os.fspath(session.root.resolve()), url, branch).hex()[:20]
    place = context.cache / COPIES / name
    if not is_store(place):
        unique = f"{context.pid}-{context.random(4).hex()}"
        make_copy(context.git, place, url, branch, unique, session.config.sync_timeout)
    return place


def catch_up(there: Session) -> None:
    """Brings a copy of a remote's branch up to date, for looking; raises OutOfReach."""
    remote = there.remote
    if remote is None:
        return
    from fedtasks.app.sharing.bringing import bring
    from fedtasks.app.sharing.clone import open_clone

    with open_clone(there, remote) as clone, clone.publishing():
        theirs = clone.fetch()
        if theirs is not None:
            bring(clone, theirs)
