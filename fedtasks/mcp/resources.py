"""Resources: the board, a task, a plan, the inbox, each read from the files at every call."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import mcp_types as types

from fedtasks.app.context import Context
from fedtasks.app.notices.inbox import inbox
from fedtasks.app.session import Session
from fedtasks.app.tasks import audit, listing
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.status import OPEN
from fedtasks.errors import NotFound
from fedtasks.mcp.toolbox import short
from fedtasks.store.layout import plan_path
from fedtasks.store.query import Filter
from fedtasks.store.reading import parse_object, read_bytes

MIME = "application/json"
PLAN_ID = re.compile(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*")

Json = dict[str, Any]


def _board(session: Session, _: str) -> Json:
    found, counts = listing.board(session, Filter(status=OPEN))
    return {"tasks": [short(row) for row in found.rows()], "counts": dict(counts)}


def _task(session: Session, id: str) -> Json:
    task = audit.show(session, id)
    return {"task": task_to_json(task) | {"history": [entry.to_json() for entry in audit.entries(task)]}}


def _plan(session: Session, id: str) -> Json:
    if not PLAN_ID.fullmatch(id):
        raise NotFound(f"no plan '{id}'", hint="plans are named by the source of their tasks", given=id)
    try:
        seen = parse_object(plan_path(id), read_bytes(session.root, plan_path(id)))
    except FileNotFoundError:
        raise NotFound(f"no plan '{id}'", hint="plans are named by the source of their tasks", given=id) from None
    rows = listing.list_tasks(session, Filter(plan=(id,))).rows()
    return {"plan": id, "path": seen.get("path"), "tasks": [short(row) for row in rows]}


def _inbox(session: Session, _: str) -> Json:
    found = inbox(session)
    return {"notices": [notice.to_json() for notice in found.notices], "broken": found.broken}


READERS: dict[str, tuple[str, Callable[[Session, str], Json]]] = {
    "fedtasks://board": ("The open tasks, the most urgent first", _board),
    "fedtasks://inbox": ("What you were told and have not settled, the urgent first", _inbox),
    "fedtasks://task/{id}": ("One task with its history", _task),
    "fedtasks://plan/{id}": ("The tasks of one plan, in its order", _plan),
}
"""Each URI, or its template, what is there, and how it is read."""


def listed() -> list[types.Resource]:
    """The resources that need no id."""
    return [
        types.Resource(uri=uri, name=uri.rpartition("/")[2], description=about, mime_type=MIME)
        for uri, (about, _) in READERS.items()
        if "{" not in uri
    ]


def templates() -> list[types.ResourceTemplate]:
    """The resources that are named by an id."""
    return [
        types.ResourceTemplate(uri_template=uri, name=uri.split("/")[2], description=about, mime_type=MIME)
        for uri, (about, _) in READERS.items()
        if "{" in uri
    ]


def read(context: Context, uri: str) -> str:
    """The text of a resource as the files are now; raises NotFound and what its use-case raises."""
    head, _, id = uri.partition("://")[2].partition("/")
    template = f"fedtasks://{head}" + ("/{id}" if id else "")
    if not uri.startswith("fedtasks://") or template not in READERS:
        raise NotFound(f"no resource {uri[:200]}", hint=f"there are: {', '.join(READERS)}", given=uri[:200])
    told = READERS[template][1](Session(context, f"mcp {head}"), unquote(id))
    return json.dumps(told, ensure_ascii=False, indent=1)
