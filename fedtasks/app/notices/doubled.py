"""Notices that two machines made of the same commits: each commit is told once."""

from __future__ import annotations

from collections.abc import Iterable

from fedtasks.app.notices.reading import read_inbox
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.notify.commits import told_twice
from fedtasks.store.layout import INBOX


def tell_once(session: Session, moved: Iterable[str]) -> None:
    """Takes out of the inboxes to which these paths belong what an earlier notice tells, too (see told_twice)."""
    members = sorted({path.split("/")[1] for path in moved if path.startswith(f"{INBOX}/") and path.count("/") == 2})
    if not any(told_twice(read_inbox(session.root, member).notices) for member in members):
        return
    with writing(session) as change:
        for member in members:
            for before, after in told_twice(read_inbox(session.root, member).notices):
                if after is not None and after.id == before.id:
                    change.replace(before, after)
                    continue
                change.withdraw(before)
                if after is not None:
                    change.deliver(after)
        if not change.writes_nothing:
            change.title("tell each commit once")
