"""Verbs that look: list, ready, board, show, history."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import chain, islice
from typing import Any

import click

from fedtasks.app.tasks import listing
from fedtasks.app.tasks.listing import ME, people
from fedtasks.cli.base import Face, task_argument, verb
from fedtasks.domain.status import OPEN, PRIORITIES, STATUSES
from fedtasks.store.query import ORDERS, Filter
from fedtasks.views import lists

Body = Callable[..., None]


def _filters(body: Body) -> Body:
    for option in reversed(
        (
            click.option("--status", "-s", multiple=True, type=click.Choice(STATUSES), help="Only this status."),
            click.option("--assignee", "--owner", multiple=True, metavar="NAME", help="Only this one's, or 'me'."),
            click.option("--lead", multiple=True, metavar="NAME", help="Only those led by this one, or 'me'."),
            click.option(
                "--helper", multiple=True, metavar="NAME", help="Only those that this one, or 'me', helps with."
            ),
            click.option(
                "--reviewer", multiple=True, metavar="NAME", help="Only those that this one, or 'me', is to look at."
            ),
            click.option("--mine", is_flag=True, help="Only mine: --assignee me."),
            click.option("--team", multiple=True, metavar="NAME", help="Only this team's."),
            click.option("--parent", multiple=True, metavar="ID", help="Only the parts of this task."),
            click.option("--tag", "-t", multiple=True, metavar="TAG", help="Only with this tag."),
            click.option("--plan", multiple=True, metavar="PLAN", help="Only of this plan."),
            click.option("--group", multiple=True, metavar="TEXT", help="Only of groups whose name has this text."),
            click.option("--priority", "-p", multiple=True, type=click.Choice(PRIORITIES), help="Only this priority."),
            click.option("--text", metavar="TEXT", help="Only where the task has this text."),
        )
    ):
        body = option(body)
    return body


def _filter(face: Face, rest: dict[str, Any]) -> Filter:
    mine = rest.pop("mine")
    fields = dict(rest)
    if mine:
        fields["assignee"] = (*fields["assignee"], ME)
    for name in ("assignee", "lead", "helper", "reviewer"):
        if fields[name]:
            fields[name] = people(face.session, fields[name], teams=name in ("helper", "reviewer"))
    fields["parent"] = tuple(map(face.session.reader.resolve, fields["parent"])) if fields["parent"] else ()
    return Filter(**fields)


def _warn(face: Face, found: listing.Listing) -> None:
    for broken in found.broken:
        face.warn(broken.problem)


@verb("list", "fedtasks list --status in_progress --assignee baby\nfedtasks list --all --sort updated --json")
@_filters
@click.option("--all", "-a", "everything", is_flag=True, help="Finished ones, too.")
@click.option("--expired", is_flag=True, help="Only those whose lease is over: for 'claim --takeover'.")
@click.option("--archived", is_flag=True, help="The archived ones instead.")
@click.option("--sort", type=click.Choice(list(ORDERS)), default="plan", show_default=True, help="The order.")
@click.option("--limit", "-n", type=click.IntRange(1), help="At most so many.")
def list_command(
    face: Face, everything: bool, expired: bool, archived: bool, sort: str, limit: int | None, **rest: Any
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


@verb("ready", "fedtasks ready\nfedtasks ready --for me\nfedtasks ready --why")
@_filters
@click.option("--for", "taker", metavar="NAME", help="What this one could do, or 'me': for whose skills, and team.")
@click.option("--why", is_flag=True, help="Also what the other pending tasks wait for.")
@click.option("--disjoint", is_flag=True, help="First those that can touch no file of a task in work, or above them.")
@click.option("--limit", "-n", type=click.IntRange(1), help="At most so many.")
def ready_command(face: Face, taker: str | None, why: bool, disjoint: bool, limit: int | None, **rest: Any) -> None:
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


def _tell_disjoint(face: Face, filter: Filter, limit: int | None, why: bool) -> None:
    from fedtasks.app.tasks.overlaps import disjoint_first

    if why:
        raise click.UsageError("--disjoint and --why do not go together.")
    found = listing.ready(face.session, filter)
    _warn(face, found)
    ordered = disjoint_first(face.session, found.rows())[:limit]
    by_id = {line[0]: line for line in found.lines()}
    apart = lists.list_lines([by_id[row["id"]] for row, met in ordered if not met], face.columns)
    close = lists.meeting_lines([(row, met) for row, met in ordered if met], face.columns)
    lines = [*apart, *([""] if apart and close else []), *close] or ["nothing is ready"]
    payload = {"tasks": [row for row, _ in ordered], "meets": {row["id"]: met for row, met in ordered if met}}
    face.tell(payload, lines)


@verb("board", "fedtasks board\nfedtasks board --plan implementation-plan --lead taichi")
@_filters
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="Tasks a column.")
def board_command(face: Face, most: int, **rest: Any) -> None:
    """Shows the tasks in columns by status, with lead and assignee, how far parts are, and what is late."""
    found, counts = listing.board(face.session, _filter(face, rest))
    _warn(face, found)
    standing = listing.standing(face.session, found.database)
    if face.as_json:
        face.tell({"tasks": found.rows(), "counts": dict(counts), **standing.to_json()}, ())
    else:
        face.tell({}, lists.board_lines(found.columns(most), face.columns, standing.notes()) or ["no tasks"])


@verb("show", "fedtasks show task-7k3q2m9x\nfedtasks show 7k3q --json")
@task_argument
def show_command(face: Face, id: str) -> None:
    """Shows one task in full; any unambiguous part of its id will do."""
    from fedtasks.app.commits.closing import naming
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
    below = parts_lines(parts.tasks, parts.progress.words(), parts.seconds) if parts else []
    about = task_lines(row, path, face.session.context.now())
    lines = [*about, *below, *commit_lines(commits), "", *history_lines(entries)]
    face.tell({"task": row, "history": entries, "commits": commits, **(parts.to_json() if parts else {})}, lines)


@verb("history", "fedtasks history task-7k3q2m9x")
@task_argument
def history_command(face: Face, id: str) -> None:
    """Shows who changed what, old and new, the oldest change first."""
    from fedtasks.app.tasks import audit
    from fedtasks.domain.codec import task_to_json
    from fedtasks.views.task import history_lines

    task, found = audit.history(face.session, id)
    entries = [entry.to_json() for entry in found]
    face.tell({"task": task_to_json(task), "history": entries}, history_lines(entries))
