"""Verbs of the inbox: inbox, read, ack; and follow, unfollow, which fill it."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from fedtasks.app.notices import inbox as use
from fedtasks.cli.base import Face, complete_ids, task_argument, verb
from fedtasks.notify.notice import Notice
from fedtasks.views.inbox import count_line, inbox_lines, notice_lines, thread_lines
from fedtasks.views.text import safe

if TYPE_CHECKING:
    from fedtasks.app.notices.listening import Listener

BELL = "\a"
POLL = 2.0


@verb("inbox", "fedtasks inbox\nfedtasks inbox --threads --all\nfedtasks inbox --batch 5 --ack\nfedtasks inbox --watch")
@click.option("--all", "-a", "everything", is_flag=True, help="Those that are settled, too.")
@click.option("--task", metavar="ID", shell_complete=complete_ids, help="Only those about this task.")
@click.option("--threads", is_flag=True, help="By task, in the order in which they came.")
@click.option("--batch", type=click.IntRange(1), metavar="N", help="The first N in full: urgent ones, then the oldest.")
@click.option("--ack", is_flag=True, help="With --batch: acknowledge them together.")
@click.option("--watch", type=click.FloatRange(0.1), is_flag=False, flag_value=POLL, metavar="[SECONDS]",
              help="Go on until Ctrl-C, looking every 2 seconds by default; urgent ones ring.")  # fmt: skip
@click.option("--wait", type=click.FloatRange(0), metavar="SECONDS", help="Wait so long for something to come.")
@click.option("--sync", type=click.FloatRange(0), default=10.0, show_default=True, metavar="SECONDS",
              help="With --watch and --wait: how often to sync with the remote; 0: never.")  # fmt: skip
def inbox_command(
    face: Face, everything: bool, task: str | None, threads: bool, batch: int | None, ack: bool, watch: float | None,
    wait: float | None, sync: float,
) -> None:  # fmt: skip
    """Shows what you were told and have not settled: urgent notices first, then the oldest.

    A notice is settled once it is read; one that asks for it, once it is acknowledged.
    """
    if ack and batch is None:
        raise click.UsageError("--ack goes with --batch N.")
    from fedtasks.app.commits.followup import resume

    resume(face.session)
    if watch is not None:
        _watch(face, watch, sync)
        return
    if wait:
        _wait(face, wait, sync)
    found = use.inbox(face.session, everything=everything, task=task)
    for problem in found.broken:
        face.warn(problem)
    if batch is not None:
        _tell_batch(face, found.notices[:batch], ack)
        return
    rows, now = [notice.to_json() for notice in found.notices], face.session.context.now()
    lines = thread_lines(rows, now, face.columns) if threads else inbox_lines(rows, now, face.columns)
    face.tell({"notices": rows}, [*lines, count_line(rows, face.session.actor.name)])


def _tell_batch(face: Face, batch: list[Notice], ack: bool) -> None:
    if ack and batch:
        batch = use.acknowledge(face.session, [notice.id for notice in batch])
    command = "fedtasks ack " + " ".join(notice.id for notice in batch)
    lines = _in_full(face, batch)
    if not batch:
        lines = [count_line([], face.session.actor.name)]
    elif not ack:
        lines += ["", f"when they are dealt with: {command}"]
    face.tell({"notices": [notice.to_json() for notice in batch], "ack": command if batch and not ack else None}, lines)


def _in_full(face: Face, notices: list[Notice]) -> list[str]:
    now = face.session.context.now()
    return [line for notice in notices for line in notice_lines(notice.to_json(), now)]


def _listener(face: Face, seconds: float) -> Listener:
    from fedtasks.app.notices.listening import Listener

    return Listener(face.session, seconds)


def _wait(face: Face, seconds: float, sync: float) -> None:
    """Returns as soon as something waits for the actor."""
    end, listener = time.monotonic() + seconds, _listener(face, sync)
    while not listener.hear() and time.monotonic() < end:
        _warn(face, listener)
        time.sleep(min(POLL, max(0.0, end - time.monotonic())))


def _watch(face: Face, seconds: float, sync: float) -> None:
    """What waits already, then whatever comes, a line each."""
    listener = _listener(face, sync)
    try:
        while True:
            _tell_news(face, listener.hear())
            _warn(face, listener)
            time.sleep(seconds)
    except KeyboardInterrupt:
        return


def _warn(face: Face, listener: Listener) -> None:
    for words in listener.trouble:
        face.warn(words)


def _tell_news(face: Face, news: list[Notice]) -> None:
    rows = [notice.to_json() for notice in news]
    if face.as_json:
        if rows:
            print(json.dumps({"schema": "fedtasks.inbox/1", "notices": rows}, ensure_ascii=False), flush=True)
        return
    if any(notice.urgent for notice in news) and sys.stdout.isatty():
        print(BELL, end="")
    for line in inbox_lines(rows, face.session.context.now(), face.columns):
        print(line, flush=True)


@verb("read", "fedtasks read 7k3q2m9x\nfedtasks read task-x1m9f\nfedtasks read")
@click.argument("ids", nargs=-1, metavar="[ID...]")
def read_command(face: Face, ids: tuple[str, ...]) -> None:
    """Shows notices in full and marks them as read: these, those of a task, or all that are unread."""
    notices = use.read(face.session, ids)
    lines = _in_full(face, notices) or [count_line([], face.session.actor.name)]
    face.tell({"notices": [notice.to_json() for notice in notices]}, lines)


@verb("ack", "fedtasks ack 7k3q2m9x\nfedtasks ack task-x1m9f\nfedtasks ack --all")
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--all", "-a", "everything", is_flag=True, help="All that wait for you.")
def ack_command(face: Face, ids: tuple[str, ...], everything: bool) -> None:
    """Acknowledges notices: these, or those of a task."""
    if bool(ids) == everything:
        raise click.UsageError("Name notices or tasks, or --all.")
    notices = use.acknowledge(face.session, ids)
    payload: dict[str, Any] = {"notices": [notice.to_json() for notice in notices]}
    face.tell(
        payload, [f"{notice.id[:8]} acknowledged: {safe(notice.text)}" for notice in notices] or ["nothing waits"]
    )


@verb("follow", "fedtasks follow 7k3q2\nfedtasks follow 7k3q2 --who baby")
@task_argument
@click.option("--who", multiple=True, metavar="NAME", help="Somebody else, or a team; repeatable.")
def follow_command(face: Face, id: str, who: tuple[str, ...]) -> None:
    """Puts you among a task's watchers: each change of it comes to your inbox."""
    _follow(face, id, who, on=True)


@verb("unfollow", "fedtasks unfollow 7k3q2")
@task_argument
@click.option("--who", multiple=True, metavar="NAME", help="Somebody else, or a team; repeatable.")
def unfollow_command(face: Face, id: str, who: tuple[str, ...]) -> None:
    """Takes you from a task's watchers."""
    _follow(face, id, who, on=False)


def _follow(face: Face, id: str, who: tuple[str, ...], *, on: bool) -> None:
    from fedtasks.app.identity import check_name
    from fedtasks.app.tasks.edit import edit
    from fedtasks.app.tasks.fields import wish

    names = tuple(map(check_name, who)) or (face.session.actor.name,)
    wanted = wish(watchers=names) if on else wish(no_watchers=names)
    task, _ = edit(face.session, id, wanted, "follow" if on else "unfollow")
    watchers = ", ".join(task.state.watchers) or "nobody"
    face.tell_task(task, f"{task.id} is watched by {safe(watchers)}: {safe(task.state.title)}")
