"""Questions to the index about how tasks hang together: what waits for what, what is part of what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fedtasks.store.index import Index


def waits(index: Index) -> dict[str, list[tuple[str, str | None, str | None]]]:
    """For each pending task what it waits for: id, status and title of each dependency that is not done."""
    found: dict[str, list[tuple[str, str | None, str | None]]] = {}
    rows = index.execute(
        "SELECT task.id, need.dependency, other.status, other.title FROM task JOIN need ON need.task = task.id"
        " LEFT JOIN task AS other ON other.id = need.dependency"
        " WHERE task.status = 'pending' AND other.status IS NOT 'done' ORDER BY task.id, need.dependency"
    )
    for task, dependency, status, title in rows:
        found.setdefault(task, []).append((dependency, status, title))
    return found


def dependencies(index: Index) -> Iterator[tuple[str, str]]:
    """All (task, what it depends on)."""
    yield from index.execute("SELECT task, dependency FROM need ORDER BY task, dependency")


def parts(index: Index) -> list[tuple[str, str, str]]:
    """Each task that is a part of another one: id, parent, status."""
    return index.all("SELECT id, parent, status FROM task WHERE parent IS NOT NULL ORDER BY id")


def below(index: Index, id: str) -> list[str]:
    """The ids of the parts of a task, and of theirs, all the way down."""
    sql = (
        "WITH RECURSIVE below(id) AS (SELECT id FROM task WHERE parent = ?1"
        " UNION SELECT task.id FROM task JOIN below ON task.parent = below.id) SELECT id FROM below WHERE id <> ?1"
    )
    return [row[0] for row in index.execute(sql, (id,))]


def needs(index: Index) -> dict[str, list[str]]:
    """For each task that depends on others: their ids."""
    found: dict[str, list[str]] = {}
    for task, dependency in index.execute("SELECT task, dependency FROM need"):
        found.setdefault(task, []).append(dependency)
    return found


def waiting_for(index: Index, id: str) -> list[str]:
    """The ids of the tasks that depend on this one."""
    return [row[0] for row in index.execute("SELECT task FROM need WHERE dependency = ? ORDER BY task", (id,))]
