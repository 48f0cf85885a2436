"""What an agent needs to know now: who it is, what is in its hands, what waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fedtasks.app.notices.reading import read_inbox
from fedtasks.app.people.presence import present
from fedtasks.app.session import Session
from fedtasks.app.tasks.inhand import in_hand
from fedtasks.app.tasks.listing import Row, list_tasks
from fedtasks.app.tasks.nextup import candidates
from fedtasks.domain.status import ACTIVE
from fedtasks.store.query import Filter


@dataclass(frozen=True, slots=True)
class Briefing:
    """`task` is the one in hand, `others` are the actor's other active ones, `ready` the best that could be next;
    `notices` are the first of `unread` ones, `working` says what the other members do."""

    actor: str
    role: str
    kind: str
    project: str
    store: str
    task: Row | None
    others: tuple[Row, ...]
    ready: tuple[Row, ...]
    notices: tuple[Row, ...]
    unread: int
    working: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """The answer of `prime --json`."""
        return {
            "actor": {"name": self.actor, "role": self.role, "kind": self.kind},
            "project": self.project,
            "store": self.store,
            "task": self.task,
            "others": [_short(row) for row in self.others],
            "ready": [_short(row) for row in self.ready],
            "notices": list(self.notices),
            "unread": self.unread,
            "working": list(self.working),
        }


def _short(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "title", "status", "priority", "lead")}


def brief(session: Session) -> Briefing:
    """The briefing of who acts; the task in hand is the one noted here, else the actor's latest active one."""
    member = session.actor.member
    active = list_tasks(session, Filter(status=ACTIVE, assignee=(member.name,)), "updated").rows()
    noted = in_hand(session)
    task = next((row for row in active if row["id"] == noted), active[0] if active else None)
    waiting = read_inbox(session.root, member.name).notices
    notices = [notice.to_json() for notice in waiting if not notice.settled]
    return Briefing(
        member.name,
        member.role,
        member.kind,
        session.config.project,
        str(session.root),
        task,
        tuple(row for row in active if row is not task),
        tuple(one.row for one in candidates(session, Filter(), everything=False)[:5]),
        tuple(notices[:3]),
        len(notices),
        tuple(one for one in present(session) if one["name"] != member.name)[:10],
    )
