"""What stands in a task under an id of its own - remarks, attempts, verdicts - named by a part of that id."""

from __future__ import annotations

from collections.abc import Iterable

from fedtasks.domain.task import Task
from fedtasks.errors import AmbiguousId, NotFound


def find_id(task: Task, ids: Iterable[str], given: str, what: str, look: str) -> str:
    """The id that an unambiguous beginning or end of one stands for; raises NotFound and AmbiguousId.

    `what` names the things in the plural, `look` is the verb that shows them.
    """
    wanted = given.upper()
    found = [id for id in ids if id.startswith(wanted) or id.endswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found or not wanted:
        raise NotFound(
            f"none of the {what} of {task.id} is '{given}'", hint=f"see them: fedtasks {look} {task.id}", task=task.id
        )
    raise AmbiguousId(given, found, what)
