"""The inbox of a member: what it holds, and reading and acknowledging it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fedtasks.app.context import stamp_of
from fedtasks.app.notices.reading import Inbox, notice_names, order, read_inbox, read_notice
from fedtasks.app.notices.reminding import remind_now_and_then
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.errors import InvalidData, NotFound
from fedtasks.notify.notice import Notice
from fedtasks.store.files import stamp
from fedtasks.store.layout import notice_path

KEPT_DAYS = 30
"""Settled notices that are older go when the next one is settled: until then nobody can be told of the same again."""


def inbox(session: Session, *, everything: bool = False, task: str | None = None) -> Inbox:
    """What the actor has not settled yet, or `everything` that is kept; `task` may be a part of an id."""
    registry, member = session.reader, session.actor.name
    wanted = registry.resolve(task) if task is not None else None
    remind_now_and_then(session)
    found = read_inbox(registry.root, member)
    found.notices = [
        notice
        for notice in found.notices
        if (everything or not notice.settled) and (wanted is None or about(notice, wanted))
    ]
    return found


def about(notice: Notice, task: str) -> bool:
    """Whether a notice concerns a task."""
    return task in (notice.task, notice.data.get("about"), *notice.data.get("tasks", ()))


def read(session: Session, given: Sequence[str]) -> list[Notice]:
    """Marks notices of the actor as read: those given, by a part of their id or of their task's; else all unread."""
    now = session.context.now()
    return _settle(session, given, "read", lambda notice: notice.read_at is None, lambda notice: notice.read(now))


def acknowledge(session: Session, given: Sequence[str]) -> list[Notice]:
    """Acknowledges notices of the actor; nothing given: all that are not settled."""
    now = session.context.now()
    return _settle(session, given, "ack", lambda notice: not notice.settled, lambda notice: notice.acked(now))


def _settle(
    session: Session,
    given: Sequence[str],
    verb: str,
    waits: Callable[[Notice], bool],
    alter: Callable[[Notice], Notice],
) -> list[Notice]:
    """The chosen notices, after the change; those whose state does not change are not written."""
    with writing(session) as change:
        held = read_inbox(session.root, session.actor.name).notices
        chosen = _chosen(given, held) if given else [notice for notice in held if waits(notice)]
        after = []
        for notice in chosen:
            after.append(alter(notice))
            change.replace(notice, after[-1])
        if change.writes_nothing:
            return after
        for notice in _outlived(session, held):
            change.withdraw(notice)
        change.title(f"{verb} {len(after)} notice{'s' * (len(after) != 1)}")
        return after


def _chosen(given: Iterable[str], held: list[Notice]) -> list[Notice]:
    """The notices that are named; a task names all that it has waiting. Raises NotFound."""
    chosen: dict[str, Notice] = {}
    for part in given:
        wanted = part.lower()
        fits = [notice for notice in held if wanted and _fits(notice.id, wanted)]
        if len({notice.id for notice in fits}) > 1:
            names = ", ".join(notice.id for notice in fits[:8])
            raise NotFound(f"'{part}' fits {len(fits)} notices: {names}", hint="give more characters", given=part)
        if not fits:
            fits = [notice for notice in held if wanted and notice.task and _fits(notice.task, wanted)]
            if len({notice.task for notice in fits}) != 1:
                raise NotFound(
                    f"you have no notice '{part}', nor one of such a task", hint="fedtasks inbox --all", given=part
                )
        chosen |= {notice.id: notice for notice in fits}
    return list(chosen.values())


def _fits(id: str, wanted: str) -> bool:
    return id.startswith(wanted) or id.endswith(wanted) or id.rpartition("-")[2].startswith(wanted)


def _outlived(session: Session, held: list[Notice]) -> list[Notice]:
    limit = stamp_of(session.context.clock() - KEPT_DAYS * 86_400_000_000_000)
    return [notice for notice in held if notice.settled and (notice.acked_at or notice.read_at or notice.at) < limit]


@dataclass(slots=True)
class Watch:
    """Looks at an inbox again and again; files that have not changed are not read again."""

    root: Path
    member: str
    _known: dict[str, tuple[object, Notice | None]] = field(default_factory=dict)
    _told: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def news(self) -> list[Notice]:
        """What is not settled and has come, or was told again, since the last look."""
        known = self._known
        self._known, self.problems = {}, []
        for name in notice_names(self.root, self.member):
            mark = stamp(self.root / notice_path(self.member, name))
            self._known[name] = known[name] if name in known and known[name][0] == mark else (mark, self._read(name))
        fresh = [notice for _, notice in self._known.values() if notice is not None and self._is_new(notice)]
        self._told |= {notice.id: len(notice.reminded) for notice in fresh}
        return sorted(fresh, key=order)

    def _is_new(self, notice: Notice) -> bool:
        return not notice.settled and self._told.get(notice.id, -1) < len(notice.reminded)

    def _read(self, name: str) -> Notice | None:
        try:
            return read_notice(self.root, self.member, name)
        except InvalidData as found:
            self.problems.append(found.message)
            return None
