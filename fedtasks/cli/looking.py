"""What list, ready, board and show print; without click, so that their plainest forms need not load it."""

from __future__ import annotations

import sys
from itertools import chain, islice
from typing import Any

from fedtasks.app.tasks import listing
from fedtasks.cli.face import Face
from fedtasks.domain.status import OPEN
from fedtasks.errors import UsageError
from fedtasks.store.query import Filter
from fedtasks.views import lists

MOST = 20
"""Tasks in a column of the board, where nothing else is asked for."""


def list_tasks(
    face: Face,
    *,
    everything: bool = False,
    expired: bool = False,
    archived: bool = False,
    sort: str = "plan",
    limit: int | None = None,
    **rest: Any,
) -> None:
    """Lists tasks: the open ones, or those that the filters name."""
    now = face.session.context.now() if expired else None
    filter = _filter(face, rest)._replace(archived=archived, expired_at=now)
    if not filter.status and not everything and not archived:
        filter = filter._replace(status=OPEN)
    found = listing.list_tasks(face.session, filter, sort, limit)
    _warn(face, found)
    if face.as_json:
        _stream(face.verb, found)
    else:
        sys.stdout.write(_listed(face, found) or "no tasks\n")


def ready(
    face: Face,
    *,
    taker: str | None = None,
    why: bool = False,
    disjoint: bool = False,
    limit: int | None = None,
    **rest: Any,
) -> None:
    """Lists the tasks that can be started now, the most urgent first."""
    filter = _filter(face, rest)
    if taker is not None:
        from fedtasks.app.tasks.fitting import for_whom

        filter = for_whom(face.session, filter, taker)
    if disjoint:
        _tell_disjoint(face, filter, limit, why)
        return
    found = listing.ready(face.session, filter, limit)
    _warn(face, found)
    waiting = listing.waiting(face.session, filter) if why else []
    payload: dict[str, Any] = {"tasks": found.rows() if face.as_json else []}
    if why:
        payload["waiting"] = [
            {"id": entry.row["id"], "title": entry.row["title"], "assignee": entry.row["assignee"], "waits_for": [
                {"id": id, "status": status, "title": title} for id, status, title in entry.waits_for
            ]} for entry in waiting
        ]  # fmt: skip
    text = (_listed(face, found) if not face.as_json else "").rstrip("\n") or "nothing is ready"
    more = lists.waiting_lines([(e.row, e.waits_for) for e in waiting], face.columns)
    face.tell(payload, [text, "", "not ready:", *more] if waiting else [text])


def board(face: Face, *, most: int = MOST, **rest: Any) -> None:
    """Shows the tasks in columns by status, with lead and assignee, how far parts are, and what is late."""
    found, counts = listing.board(face.session, _filter(face, rest))
    _warn(face, found)
    standing = listing.standing(face.session, found.database)
    if face.as_json:
        face.tell({"tasks": found.rows(), "counts": dict(counts), **standing.to_json()}, ())
    else:
        face.tell({}, lists.board_lines(found.columns(most), face.columns, standing.notes()) or ["no tasks"])


def show(face: Face, id: str) -> None:
    """Shows one task in full; any unambiguous part of its id will do."""
    from fedtasks.app.commits.naming import naming
    from fedtasks.app.tasks import audit
    from fedtasks.app.tasks.parts import parts_of
    from fedtasks.domain.codec import task_to_json
    from fedtasks.store.places import place_of
    from fedtasks.views.structure import parts_lines
    from fedtasks.views.task import commit_lines, history_lines, task_lines

    task = audit.show(face.session, id)
    row = task_to_json(task)
    entries = [entry.to_json() for entry in audit.entries(task)]
    path = str(face.session.root / place_of(task))
    commits = [commit.to_json() for commit in naming(face.session, task)]
    parts = parts_of(face.session, task)
    below = parts_lines(parts.tasks, parts.progress.words(), parts.seconds) if parts.tasks else []
    below += [parts.remark] if parts.remark else []
    about = task_lines(row, path, face.session.context.now())
    lines = [*about, *below, *commit_lines(commits), "", *history_lines(entries)]
    face.tell({"task": row, "history": entries, "commits": commits, **parts.to_json()}, lines)


def _filter(face: Face, rest: dict[str, Any]) -> Filter:
    mine = rest.pop("mine", False)
    fields = dict(rest)
    if mine:
        fields["assignee"] = (*fields["assignee"], listing.ME)
    for name in ("assignee", "lead", "helper", "reviewer"):
        if fields.get(name):
            fields[name] = listing.people(face.session, fields[name], teams=name in ("helper", "reviewer"))
    if fields.get("parent"):
        fields["parent"] = tuple(map(face.session.reader.resolve, fields["parent"]))
    return Filter(**fields)


def _warn(face: Face, found: listing.Listing) -> None:
    for broken in found.broken:
        face.warn(broken.problem)


def _listed(face: Face, found: listing.Listing) -> str:
    if face.columns is None and (text := found.aligned(lists.HEAD)) is not None:
        return text
    return "".join([f"{line}\n" for line in lists.list_lines(found.lines(), face.columns)])


def _stream(verb: str, found: listing.Listing) -> None:
    """The object a task at a time; nothing is written before the first one is there."""
    texts = found.texts()
    first = list(islice(texts, 1))
    sys.stdout.write('{\n  "schema": "fedtasks.' + verb + '/1",\n  "tasks": [')
    comma = "\n    "
    for text in chain(first, texts):
        sys.stdout.write(comma + text)
        comma = ",\n    "
    sys.stdout.write("\n  ]\n}\n")


def _tell_disjoint(face: Face, filter: Filter, limit: int | None, why: bool) -> None:
    from fedtasks.app.tasks.overlaps import disjoint_first

    if why:
        raise UsageError("--disjoint and --why do not go together.", hint="see: fedtasks ready --help")
    found = listing.ready(face.session, filter)
    _warn(face, found)
    ordered = disjoint_first(face.session, found.rows())[:limit]
    by_id = {line[0]: line for line in found.lines()}
    apart = lists.list_lines([by_id[row["id"]] for row, met in ordered if not met], face.columns)
    close = lists.meeting_lines([(row, met) for row, met in ordered if met], face.columns)
    lines = [*apart, *([""] if apart and close else []), *close] or ["nothing is ready"]
    payload = {"tasks": [row for row, _ in ordered], "meets": {row["id"]: met for row, met in ordered if met}}
    face.tell(payload, lines)
