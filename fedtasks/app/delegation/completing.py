"""What a merge has led to, and no single change: two clones finished the last two parts, one cancelled what the other
delegated."""

from __future__ import annotations

from fedtasks.app.change import Change
from fedtasks.app.delegation.bubbling import settle
from fedtasks.app.delegation.delegating import unwanted
from fedtasks.app.delegation.outbox import read_delegations
from fedtasks.app.delegation.withdrawing import withdraw_open
from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain import delegation as rules
from fedtasks.domain.status import FINISHED


def complete_due(session: Session) -> bool:
    """Completes the delegations whose parts are finished, and withdraws those of finished tasks; whether there were
    any."""
    made = [
        id
        for record in read_delegations(session)
        if record["status"] == rules.ACCEPTED
        for id in reversed(record["tasks"])
    ]
    given = unwanted(session)
    if not made and not given:
        return False
    with writing(session) as change:
        settle(change, made)
        for id in given:
            _withdraw_if_finished(change, id)
        if change.is_empty:
            return False
        change.title("complete what its parts have completed, withdraw what is finished")
    return True


def _withdraw_if_finished(change: Change, id: str) -> None:
    task = change.look(id)
    if task is not None and task.state.status in FINISHED:
        withdraw_open(change, task)
