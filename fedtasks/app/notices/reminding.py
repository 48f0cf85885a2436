"""Reminding: notices that nobody acknowledged are told again, and then to the lead; done by whoever looks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fedtasks.app.change import Change
from fedtasks.app.notices.reading import read_inbox
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain.status import FINISHED
from fedtasks.domain.times import seconds_between
from fedtasks.errors import FedtasksError
from fedtasks.notify.notice import Notice
from fedtasks.notify.reminding import Terms, is_unanswered, reminded, terms_of, unanswered
from fedtasks.policy.may import POWERFUL
from fedtasks.store.files import os_errors
from fedtasks.store.layout import INBOX, LOCAL

LOOKED = f"{LOCAL}/reminded"
"""When this machine looked last."""

PAUSE = 600
"""Seconds between two looks of one machine at all inboxes."""


def remind_now_and_then(session: Session) -> int:
    """Reminds, unless this machine has just looked or the store cannot be written now; how many notices were told."""
    with suppress(FedtasksError, OSError):
        if _is_time(session.root, session.context.now()):
            return remind(Session(session.context._replace(lock_timeout=0.0), session.what))
    return 0


def _is_time(root: Path, now: str) -> bool:
    """Whether the last look was long ago; then it is now."""
    path = root / LOOKED
    try:
        last = path.read_text(encoding="ascii").strip()
        if 0 <= seconds_between(last, now) < PAUSE:
            return False
    except (OSError, ValueError):
        pass
    with os_errors(path):
        path.write_text(f"{now}\n", encoding="ascii")
    return True


def remind(session: Session) -> int:
    """Tells again what is due in any inbox, and escalates; how many notices were told."""
    terms, now = terms_of(session.config.notices), session.context.now()
    if not any(_is_due(notice, now, terms) for notice in _all(session.root)):
        return 0
    with writing(session) as change:
        count = sum(_remind(change, notice, now, terms) for notice in list(_all(session.root)))
        if count:
            change.title(f"remind of {count} notice{'s' * (count != 1)}")
        return count


def _all(root: Path) -> Iterator[Notice]:
    try:
        members = sorted(os.listdir(root / INBOX))
    except FileNotFoundError:
        return
    for member in members:
        yield from read_inbox(root, member).notices


def _is_due(notice: Notice, now: str, terms: Terms) -> bool:
    return reminded(notice, now, terms) != notice or is_unanswered(notice, now, terms)


def _remind(change: Change, notice: Notice, now: str, terms: Terms) -> int:
    if notice.settled or _is_over(change, notice):
        return 0
    after = reminded(notice, now, terms)
    told = int(after != notice)
    change.replace(notice, after)
    if is_unanswered(notice, now, terms):
        told += sum(change.deliver(unanswered(notice, name, now)) for name in _above(change, notice))
    return told


def _is_over(change: Change, notice: Notice) -> bool:
    task = change.look(notice.task) if notice.task else None
    return task is not None and task.state.status in FINISHED


def _above(change: Change, notice: Notice) -> list[str]:
    """Who hears of it: the task's lead; where it is the lead who does not answer, owners and admins."""
    task = change.look(notice.task) if notice.task else None
    lead = task.state.lead if task is not None else None
    if lead and lead != notice.to:
        return [lead]
    return [member.name for member in change.session.members if member.role in POWERFUL and member.name != notice.to]
