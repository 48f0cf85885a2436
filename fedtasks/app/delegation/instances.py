"""The instances of a store: adding, removing, listing them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from fedtasks.app.change import Change
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain.instances import (
    HERE,
    NAME,
    PASSWORD,
    SCOPES,
    Instance,
    circle,
    is_url,
    own_name,
    read_instances,
)
from fedtasks.errors import FedtasksError, InvalidData, NotAllowed, NotFound, UsageError
from fedtasks.store.config import read_config
from fedtasks.store.layout import CONFIG, FOLDER, is_store
from fedtasks.store.merging import load_settings
from fedtasks.store.settings import drop_entry, put_entry

BRANCH = "fedtasks"
SECTION = "instances"


def instances_of(session: Session) -> dict[str, Instance]:
    """The instances that the settings name."""
    return read_instances(session.config.instances)


def name_of(session: Session) -> str:
    """What the session's store calls itself."""
    return own_name(instances_of(session), session.config.project)


def instance_named(session: Session, name: str) -> Instance:
    """The instance of this name; raises NotFound, and InvalidData where parents stand in a circle."""
    known = instances_of(session)
    found = circle(known.values())
    if found is not None:
        raise InvalidData(CONFIG, f"the parents run in a circle: {' -> '.join(found)}", field=SECTION)
    if name not in known:
        raise _unknown(known, name)
    return known[name]


def _unknown(known: Mapping[str, Instance], name: str) -> NotFound:
    there = f"there is: {', '.join(sorted(known))}" if known else "there is none yet"
    return NotFound(
        f"no instance '{name}'; {there}",
        hint=f"add it: fedtasks instance add {name} --scope project --store PATH-OR-URL",
        given=name,
    )


def add_instance(session: Session, wanted: Instance) -> Instance:
    """Adds an instance to the settings; its place may be a path from the working directory on.

    Raises UsageError for a name or place that cannot be one, OutOfReach for a path where no store is, NotAllowed for
    a circle of parents and for those who are no admins, FedtasksError for a name that is taken.
    """
    _require_admin(session)
    made = _placed(session, wanted)
    with writing(session) as change:
        text, known = _settings(change)
        _require_addable(known, made)
        change.title(f"add instance {made.name}")
        change.transaction.put_bytes(CONFIG, put_entry(text, SECTION, made.name, made.settings()).encode())
    return made


def remove_instance(session: Session, name: str) -> Instance:
    """Takes an instance out of the settings; raises NotFound, NotAllowed while it is another one's parent."""
    _require_admin(session)
    with writing(session) as change:
        text, known = _settings(change)
        if name not in known:
            raise _unknown(known, name)
        below = sorted(one.name for one in known.values() if one.parent == name)
        if below:
            raise NotAllowed(
                f"{name} is the parent of {', '.join(below)}",
                hint=f"remove those first: fedtasks instance remove {below[0]}",
                instance=name,
                below=below,
            )
        change.title(f"remove instance {name}")
        change.transaction.put_bytes(CONFIG, drop_entry(text, SECTION, name).encode())
    return known[name]


def _settings(change: Change) -> tuple[str, dict[str, Instance]]:
    data = change.transaction.read(CONFIG) or b""
    return data.decode(), read_instances(load_settings(CONFIG, data).get(SECTION))


def _require_admin(session: Session) -> None:
    member = session.actor.member
    if session.members and member.role not in ("owner", "admin"):
        admins = [one.name for one in session.members if one.role in ("owner", "admin")]
        raise NotAllowed(
            f"{member.name} may not change the instances: only owners and admins may",
            hint="ask one of: " + (", ".join(admins) or "-"),
            actor=member.name,
        )


def _require_addable(known: Mapping[str, Instance], made: Instance) -> None:
    if made.name in known:
        raise FedtasksError(
            f"there is an instance '{made.name}' already",
            hint=f"to change it, remove it first: fedtasks instance remove {made.name}",
            instance=made.name,
        )
    twin = next((one for one in known.values() if (one.store, one.branch) == (made.store, made.branch)), None)
    if twin is not None:
        raise FedtasksError(
            f"{made.store} is the instance '{twin.name}' already",
            hint=f"use that name, or remove it first: fedtasks instance remove {twin.name}",
            instance=twin.name,
        )
    if made.parent is not None and made.parent not in known and made.parent != made.name:
        raise _unknown(known, made.parent)
    found = circle([*known.values(), made])
    if found is not None:
        raise NotAllowed(
            f"that would make a circle of instances: {' -> '.join(found)}",
            hint="give it a parent that is not below it",
            circle=found,
        )
    parent = known.get(made.parent or "")
    if parent is not None and SCOPES.index(parent.scope) > SCOPES.index(made.scope):
        raise NotAllowed(
            f"{made.name} ({made.scope}) cannot be below {parent.name} ({parent.scope})",
            hint=f"from the widest to the narrowest: {', '.join(SCOPES)}",
            instance=made.name,
            parent=parent.name,
        )


def _placed(session: Session, wanted: Instance) -> Instance:
    """The instance with its place as the settings keep it: a URL with a branch, an absolute path, or '.'."""
    if not NAME.fullmatch(wanted.name):
        raise UsageError(
            f"{wanted.name!r} cannot be an instance's name",
            hint="use letters, digits, '-', '_' and '.', at most 64, beginning with a letter or digit",
        )
    if is_url(wanted.store):
        if PASSWORD.search(wanted.store):
            raise UsageError(
                "the URL has a password, and everybody who has the store would read it",
                hint="leave it out; git asks its credential helper: git help credentials",
            )
        return _with(wanted, wanted.store, wanted.branch or BRANCH)
    path = session.context.directory / wanted.store
    if wanted.branch is not None or _is_repository(path):
        return _with(wanted, os.fspath(path.resolve()), wanted.branch or BRANCH)
    return _store_at(session, wanted, path)


def _store_at(session: Session, wanted: Instance, path: Path) -> Instance:
    from fedtasks.errors import OutOfReach

    root = next((found for found in (path, path / FOLDER) if is_store(found)), None)
    if root is None:
        raise OutOfReach(
            f"{path} is no store",
            hint="is the directory mounted? A branch of a git repository is named with --branch",
            path=str(path),
        )
    if root.resolve() == session.root.resolve():
        return _with(wanted, HERE, None)
    return _with(wanted, os.fspath(root.resolve()), None, read_config(root).project)


def _is_repository(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def _with(wanted: Instance, store: str, branch: str | None, project: str | None = None) -> Instance:
    return Instance(wanted.name, wanted.scope, store, branch, wanted.parent, project)
