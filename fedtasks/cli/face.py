"""One command at work: the context taken from the process, its session, and output; without click."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fedtasks.app.context import DEFAULT_LOCK_TIMEOUT, Context, parse_stamp
from fedtasks.app.session import Session

if TYPE_CHECKING:
    from fedtasks.domain.task import Task

TELLING = ("inbox", "read", "ack", "notify.send", "merge-driver", "hooks.run")
"""Verbs that say themselves what waits, and those that nobody types."""


class Face(NamedTuple):
    """One invocation: its session, and how its output is shown."""

    session: Session
    verb: str
    as_json: bool

    def tell(self, payload: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Prints the payload with `--json`, the lines otherwise; `lines` may be lazy."""
        if self.as_json:
            import json

            shown = {"schema": f"fedtasks.{self.verb}/1", **payload}
            print(json.dumps(shown, ensure_ascii=False, indent=2))
        else:
            text = "\n".join(lines)
            if text:
                print(text)

    def tell_task(self, task: Task, words: str) -> None:
        """Prints one task after a change."""
        from fedtasks.domain.codec import task_to_json

        self.tell({"task": task_to_json(task)}, [words])

    def warn(self, message: str) -> None:
        """A remark beside the output."""
        from fedtasks.views.text import safe

        print(f"fedtasks: {safe(message)}", file=sys.stderr)

    def warn_strangers(self, *names: str | None) -> None:
        """Says which of these are no members: a name that was mistyped is seen at once."""
        if any(names):
            known = {member.name for member in self.session.members}
            for name in names:
                if name and name not in known:
                    self.warn(f"{name} is no member of this store yet: fedtasks member add {name}")

    def finish(self) -> None:
        """Says what the command has to remark, and pushes what it changed where the settings say so."""
        for note in self.session.notes:
            self.warn(note)
        if self.session.posted:
            from fedtasks.app.delegation import courier

            for note in courier.after_change(self.session).notes:
                self.warn(note)
        if self.session.wrote and self.session.config.sync_always:
            from fedtasks.app.sharing.sync import after_change

            for note in after_change(self.session):
                self.warn(note)
        if sys.stderr.isatty() and not self.as_json and self.verb not in TELLING:
            self._hint()

    def _hint(self) -> None:
        """On a terminal: that something waits for whoever acts; a command that never asked who does stays silent."""
        if "actor" in vars(self.session):
            from fedtasks.app.notices.reading import read_inbox
            from fedtasks.views.inbox import hint_line

            found = read_inbox(self.session.root, self.session.actor.name)
            line = hint_line([notice.to_json() for notice in found.notices])
            if line:
                self.warn(line)

    @property
    def columns(self) -> int | None:
        """Cells of the terminal's line, None where the output is no terminal."""
        if not sys.stdout.isatty():
            return None
        from shutil import get_terminal_size

        return get_terminal_size().columns


def process_context(store: str | None, actor: str | None, lock_timeout: float | None) -> Context:
    """The context of this process; FEDTASKS_NOW fixes the clock."""
    fixed = os.environ.get("FEDTASKS_NOW")
    moment = parse_stamp(fixed) if fixed else None
    return Context(
        directory=_directory(),
        environ=dict(os.environ),
        clock=time.time_ns if moment is None else lambda: moment,
        random=os.urandom,
        store=store,
        actor=actor,
        lock_timeout=DEFAULT_LOCK_TIMEOUT if lock_timeout is None else lock_timeout,
        host=os.uname().nodename,
        pid=os.getpid(),
        python=sys.executable,
    )


def _directory() -> Path:
    from fedtasks.errors import OutOfReach

    try:
        return Path.cwd()
    except FileNotFoundError:
        raise OutOfReach("the working directory is gone", hint="change to one that exists") from None


def carry_out(face: Face, body: Callable[[], None]) -> None:
    """One verb, and what follows it."""
    try:
        body()
        face.finish()
    except Exception as found:
        if type(found).__module__ == "sqlite3":
            raise face.session.drop_index() from found
        raise
