"""What a merge has completed: two clones finished the last two parts."""

from __future__ import annotations

from fedtasks.app.delegation.bubbling import settle
from fedtasks.app.delegation.outbox import read_delegations
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain import delegation as rules


def complete_due(session: Session) -> bool:
    """Completes what no single change has completed, since a merge did: two clones finished the last two parts."""
    accepted = [record for record in read_delegations(session) if record["status"] == rules.ACCEPTED]
    if not accepted:
        return False
    with writing(session) as change:
        settle(change, [id for record in accepted for id in reversed(record["tasks"])])
        if change.is_empty:
            return False
        change.title("complete what its parts have completed")
    return True
