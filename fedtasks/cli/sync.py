"""`fedtasks sync`: this clone and the remote, once or all the time."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import click

from fedtasks.app.session import Session
from fedtasks.app.sharing.exchange import Synced
from fedtasks.app.sharing.sync import sync
from fedtasks.cli.base import Face, verb
from fedtasks.domain.status import OPEN
from fedtasks.errors import FedtasksError
from fedtasks.views.sync import carried_line, file_lines, news_line, summary_line, withdrawn_line

BELL = "\a"


@verb("sync", "fedtasks sync\nfedtasks sync --dry-run\nfedtasks sync --watch")
@click.option("--watch", type=click.FloatRange(0.1), is_flag=False, flag_value=2.0, metavar="[SECONDS]",
              help="Go on until Ctrl-C, every 2 seconds by default; one line a change, urgent tasks ring.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would come and go; only git's remote-tracking branch moves.")
@click.option("--from-refs", is_flag=True, help="Take what git has fetched already; no network, no push.")
@click.option("--retry", is_flag=True, help="Try stores that were out of reach a moment ago, too, at once.")
@click.option("--remote", metavar="NAME", help="The remote (default: git config fedtasks.remote, else origin).")
def sync_command(
    face: Face, watch: float | None, dry_run: bool, from_refs: bool, retry: bool, remote: str | None
) -> None:
    """Fetches, merges and pushes the tasks, and carries what waits for other stores; nobody resolves anything."""
    if watch is not None and dry_run:
        raise click.UsageError("--watch and --dry-run do not go together.")
    options: dict[str, Any] = {"dry_run": dry_run, "from_refs": from_refs, "at_once": retry, "remote": remote}
    if watch is not None:
        _watch(face, watch, options)
        return
    if not dry_run:
        from fedtasks.app.commits.followup import resume

        resume(face.session)
    done = sync(face.session, say=_progress, **options)
    for note in done.notes:
        face.warn(note)
    lines = [*_lines(done), *_summary(done, dry_run, from_refs)]
    face.tell(done.to_json(), lines)


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words} ...\r", end="", file=sys.stderr, flush=True)


def _lines(done: Synced) -> list[str]:
    lines = [news_line(news.task.id, news.task.state.title, news.event, news.void) for news in done.news]
    lines += file_lines(done.files)
    lines += [f"{id}: the claim is confirmed" for id in done.confirmed]
    lines += [carried_line(entry) for entry in done.carried]
    return lines + [withdrawn_line(entry) for entry in done.withdrawn]


def _summary(done: Synced, dry_run: bool, from_refs: bool) -> list[str]:
    if done.remote is None:
        return []
    return [summary_line(done.remote, done.pulled, done.pushed, dry_run=dry_run, from_refs=from_refs)]


def _watch(face: Face, seconds: float, options: dict[str, Any]) -> None:
    """Syncs again and again; a remote that is out of reach is told once, and again when it is back."""
    trouble, told = "", list[str]()
    try:
        while True:
            try:
                done = sync(Session(face.session.context, face.session.what), **options)
            except FedtasksError as found:
                if found.message != trouble:
                    face.warn(found.message)
                trouble = found.message
            else:
                if trouble:
                    face.warn("it works again")
                trouble = ""
                told, done.notes = done.notes, [note for note in done.notes if note not in told]
                _tell_watched(face, done)
                if done.remote is None and not done.waiting:
                    return
            time.sleep(seconds)
    except KeyboardInterrupt:
        return


def _tell_watched(face: Face, done: Synced) -> None:
    for note in done.notes:
        face.warn(note)
    lines = _lines(done)
    if face.as_json:
        if lines:
            print(json.dumps({"schema": "fedtasks.sync/1", **done.to_json()}, ensure_ascii=False), flush=True)
        return
    urgent = any(task.state.priority == "critical" and task.state.status in OPEN for task in done.tasks.values())
    if urgent and sys.stdout.isatty():
        print(BELL, end="")
    for line in lines:
        print(line, flush=True)
