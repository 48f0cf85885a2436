"""What claim and status do; without click, so that their plainest forms need not load it."""

from __future__ import annotations

from typing import Any

from fedtasks.cli.face import Face
from fedtasks.views.text import safe


def claim(face: Face, id: str, **given: Any) -> None:
    """Takes a task, and says under what; `given` is as `work.claim` has it."""
    from fedtasks.app.tasks import work

    task = work.claim(face.session, id, **given)
    claim = task.state.claim or {}
    how = ", tentatively, until 'fedtasks sync' confirms it" if not claim.get("confirmed", True) else ""
    how += f" until {claim['expires']} unless you go on" if "expires" in claim else ""
    face.tell_task(task, f"{task.id} is yours{how}: {safe(task.state.title)}")


def status(face: Face, id: str, to: str | None = None, reason: str | None = None) -> None:
    """Says a task's status, or changes it."""
    if to is None:
        from fedtasks.app.tasks.audit import show

        task = show(face.session, id)
    else:
        from fedtasks.app.tasks.work import set_status

        task = set_status(face.session, id, to, reason)
    face.tell_task(task, f"{task.id} is {task.state.status}: {safe(task.state.title)}")
