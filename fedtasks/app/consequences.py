"""What follows from a change: what it completes, what nobody wants any more, and whom it concerns."""

from __future__ import annotations

from fedtasks.app.change import Change, goes_to_files
from fedtasks.domain import events as kinds
from fedtasks.domain.events import Event
from fedtasks.domain.status import FINISHED
from fedtasks.domain.task import State, Task


def finish(change: Change) -> None:
    """Completes what the changed tasks complete (delegations of other stores, tasks made of parts), withdraws what
    they no longer want of other stores, and tells all whom the events concern; called once, when they are made."""
    if any(map(_may_complete, map(change.transaction.task, change.tasks))):
        from fedtasks.app.delegation.bubbling import settle

        made = len(change.made)
        settle(change, change.tasks)
        if len(change.made) > made:
            change.retitle()
    if any(after.state.delegations for _, _, after in change.made):
        from fedtasks.app.delegation.withdrawing import withdraw_unwanted

        made = len(change.made)
        withdraw_unwanted(change, tuple(change.made))
        if len(change.made) > made:
            change.retitle()
    news = [one for one in change.made if concerns_others(*one)]
    if news:
        from fedtasks.app.notices.telling import tell

        tell(change, news)


def note_active(change: Change) -> None:
    """Notes which tasks edit files now; called once the change is made."""
    if any(task.state.files for _, _, task in change.made):
        from fedtasks.app.tasks.active import note

        note(change.session, {task.id: task for _, _, task in change.made}.values())


def _may_complete(task: Task) -> bool:
    state = task.state
    return state.status in FINISHED and bool(state.delegated_from or state.parent)


TELLING = (kinds.CREATED, kinds.HANDOFF_OFFERED, kinds.HANDOFF_DECLINED, kinds.COMMENTED, kinds.PERMIT_GIVEN,
           kinds.PERMIT_REFUSED)  # fmt: skip
"""Kinds that may concern somebody who has nothing else to do with the task."""


def concerns_others(before: State, event: Event, task: Task) -> bool:
    """Whether anybody could be told of it: nobody is, of what one does to tasks that are nobody else's."""
    state = task.state
    names = {before.assignee, before.lead, state.assignee, state.lead, state.team}
    names |= {*state.watchers, *state.helpers, *state.reviewers}
    finished = state.status in FINISHED and state.status != before.status
    said = event.kind in TELLING or "blocked_by" in event.data or "@" in str(event.data)
    return bool(names - {None, event.by}) or finished or said or goes_to_files(before, task)
