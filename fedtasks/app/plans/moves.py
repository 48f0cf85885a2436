"""Plan files that were renamed: the plan keeps its identity, so that its tasks get no twins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fedtasks.app.plans.files import PlanDocument
from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError
from fedtasks.git.changes import renamed_from
from fedtasks.git.repository import top_level
from fedtasks.plan.reconciling.seen import Seen, items_digest, seen_from_json
from fedtasks.store.layout import PLANS, plan_path
from fedtasks.store.reading import parse_object, read_bytes


def settled(session: Session, document: PlanDocument, plan_id: str | None) -> PlanDocument:
    """The document under the id that its tasks know it by; neither an id that was given nor a known one changes.

    Else, of the plans whose file is gone: the one that was parsed from this path, the one that git says was renamed
    to it, the one that reads the same.
    """
    if plan_id or document.plan.declared_id or (session.root / plan_path(document.id)).exists():
        return document
    known = list(_records(session.root))
    here = next((seen for seen in known if seen.path == document.path), None)
    old = here or _renamed(session, document, known)
    return replace(document, id=old.id) if old else document


def _records(root: Path) -> Iterator[Seen]:
    try:
        names = sorted(os.listdir(root / PLANS))
    except FileNotFoundError:
        return
    for name in names:
        if name.endswith(".json"):
            try:
                yield seen_from_json(parse_object(f"{PLANS}/{name}", read_bytes(root, f"{PLANS}/{name}")))
            except (FedtasksError, KeyError, TypeError, ValueError):
                continue


def _renamed(session: Session, document: PlanDocument, known: list[Seen]) -> Seen | None:
    folder = document.file.resolve().parent
    git = session.context.git.at(folder)
    top = top_level(git)
    gone = [seen for seen in known if not ((top or folder) / seen.path).exists()]
    if not gone:
        return None
    before = renamed_from(git.at(top), document.path) if top else None
    digest = items_digest(document.plan.items)
    return next((seen for seen in gone if seen.path == before), None) or next(
        (seen for seen in gone if seen.digest == digest and document.plan.items), None
    )
