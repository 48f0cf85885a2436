"""Verbs about git's hooks: hooks install, uninstall, status, run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fedtasks.cli.base import Face, verb
from fedtasks.errors import Exit
from fedtasks.views.text import table

if TYPE_CHECKING:
    from fedtasks.app.commits.hooks import Report

WORDS = {"nothing": "as it was", "kept": "installed, and run the one that was here first"}


@click.group("hooks")
def hooks_command() -> None:
    """Git's hooks: commits tell the owners of tasks, a guard looks at what is staged."""


@verb("install", "fedtasks hooks install\nfedtasks hooks install --server", group=hooks_command)
@click.option("--server", is_flag=True, help="Of a bare repository: tell owners of what is pushed there.")
def hooks_install(face: Face, server: bool) -> None:
    """Puts the hooks in place; those that are there are kept, and run first."""
    from fedtasks.app.commits.hooks import install

    _tell(face, install(face.session.context, server=server), "hooks are installed in")


@verb("uninstall", "fedtasks hooks uninstall", group=hooks_command)
def hooks_uninstall(face: Face) -> None:
    """Takes the hooks away and puts back what stood there before."""
    from fedtasks.app.commits.hooks import uninstall

    _tell(face, uninstall(face.session.context), "hooks are gone from")


def _tell(face: Face, report: Report, words: str) -> None:
    for note in report.notes:
        face.warn(note)
    lines = [f"{words} {report.folder}"] if report.changed else [f"nothing to do in {report.folder}"]
    lines += [
        f"  {WORDS.get(what, what)}: {', '.join(name for name in report.done if report.done[name] == what)}"
        for what in dict.fromkeys(report.done.values())
    ]
    face.tell({"folder": str(report.folder), "changed": report.changed, "hooks": report.done}, lines)


@verb("status", "fedtasks hooks status", group=hooks_command)
def hooks_status(face: Face) -> None:
    """Proves by real commits in a scratch clone that the hooks fire; exit 1 when one does not."""
    from fedtasks.app.commits.hooks import status

    found = status(face.session.context)
    rows = [("HOOK", "STATE", "FIRES", "")]
    for hook in found.hooks:
        fires = {None: "no", "missing": "yes, but finds no fedtasks"}.get(found.fired.get(hook.name), "yes")
        rows.append((hook.name, hook.state, fires, _remark(hook.state, hook.kept)))
    for note in found.notes:
        face.warn(note)
    waiting = [f"{found.pending} to be followed up by the next command"] if found.pending else []
    face.tell(found.to_json(), [str(found.folder), *table(rows, face.columns), *waiting])
    if not found.fires:
        raise click.exceptions.Exit(1)


def _remark(state: str, kept: bool) -> str:
    if state in ("missing", "foreign"):
        return "put it in front: fedtasks hooks install"
    return "runs the one that was here first" if kept else ""


@verb("run", "fedtasks hooks run", group=hooks_command)
@click.argument("hook", required=False)
@click.argument("words", nargs=-1)
@click.option("--detached", is_flag=True, hidden=True, help="Git has gone on: quietly, and only where nobody is at it.")
def hooks_run(face: Face, hook: str | None, words: tuple[str, ...], detached: bool) -> None:
    """What a hook does; without a name: tells owners of all commits that are new, now."""
    from fedtasks.app.commits.guard import Verdict, lines_of
    from fedtasks.app.commits.runhook import run_hook

    done = run_hook(face.session, hook, words, detached=detached)
    if isinstance(done, Verdict):
        face.tell(done.to_json(), lines_of(done))
        if done.refused:
            raise click.exceptions.Exit(Exit.HELD)
        return
    for note in done.notes:
        face.warn(note)
    lines = [f"told {notice.to}: {notice.text}" for notice in done.notices]
    lines += [f"{id} is done: its commit has landed" for id in done.closed]
    payload = {"commits": done.commits, "closed": done.closed, "notices": [notice.to_json() for notice in done.notices]}
    face.tell(payload, lines if hook else lines or ["nobody has to be told of anything"])
