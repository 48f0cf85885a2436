"""The verb that waits for work."""

from __future__ import annotations

import json
import sys
import threading

import click

from fedtasks.cli.base import Face, verb


@verb("watch", "fedtasks watch\nfedtasks watch --once --timeout 300\nfedtasks watch --batch 10 --after 7k3q2x1m-41")
@click.option("--once", is_flag=True, help="End after the first lines.")
@click.option("--timeout", type=click.FloatRange(0), metavar="SECONDS", help="End after so long without a line.")
@click.option("--batch", type=click.FloatRange(0), default=0.0, metavar="SECONDS",
              help="Gather lines for so long; an urgent one ends the gathering at once.")  # fmt: skip
@click.option("--after", metavar="CURSOR", help="Go on behind this line; default: behind what was printed last.")
@click.option("--sync", type=click.FloatRange(0), default=2.0, show_default=True, metavar="SECONDS",
              help="How often to ask the remote; 0: never.")  # fmt: skip
def watch_command(face: Face, once: bool, timeout: float | None, batch: float, after: str | None, sync: float) -> None:
    """Waits for work and notices; prints one JSON line each, and goes on through every failure."""
    from fedtasks.app.agents.watching import Watch
    from fedtasks.app.finding import cache_of
    from fedtasks.store.feed import open_feed

    session = face.session
    context, cache = session.context, cache_of(session.context, session.root)
    feed = open_feed(cache, session.actor.name, context.random(5))
    position, known = feed.start(after)
    if not known:
        face.warn(f"cursor {after} is not known on this machine; all that is there is told")
    watch = Watch(context, session.root, session.actor.name, feed, face.warn, sync, batch)
    if sync and session.remote is not None:
        threading.Thread(target=watch.share, daemon=True).start()
    for lines in watch.lines(position, timeout):
        for line in lines:
            shown = {"schema": "fedtasks.watch/1", "cursor": feed.cursor(line), **json.loads(line.text)}
            print(json.dumps(shown, ensure_ascii=False), flush=True)
            feed.told(line.number)
        if once:
            break
    sys.stdout.flush()
