"""What holds of every task, wherever its history came from."""

from __future__ import annotations

from fedtasks.domain.task import Task


def check_invariants(task: Task) -> None:
    """Fails where a task breaks one of them."""
    state = task.state
    assert state.assignee is None or isinstance(state.assignee, str)
    assert set(task.void) <= {made.id for made in task.history}
    assert all(isinstance(reason, str) and reason for reason in task.void.values())
    assert list(task.history) == sorted(task.history, key=lambda made: made.order)
    if state.claim is not None:
        token = state.claim["token"]
        assert token not in task.void
        assert [made.by for made in task.history if made.id == token] == [state.claim["by"]]
    assert list(state.tags) == sorted(set(state.tags))
    assert list(state.depends_on) == sorted(set(state.depends_on))
    paths = [file["path"] for file in state.files]
    assert paths == sorted(set(paths))
