"""Gates between tasks: dependencies that are not done, and circles of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fedtasks.domain.status import DONE
from fedtasks.domain.task import Task

Look = Callable[[str], Task | None]


def unmet(task: Task, look: Look) -> list[tuple[str, str, str]]:
    """Id, status and title of each dependency that is not done; one that does not exist is `missing`."""
    found = []
    for id in task.state.depends_on:
        other = look(id)
        if other is None:
            found.append((id, "missing", "no such task"))
        elif other.state.status != DONE:
            found.append((id, other.state.status, other.state.title))
    return found


def cycle_through(start: str, depends_on: Callable[[str], Iterable[str]]) -> list[str] | None:
    """A path from `start` along dependencies back to `start`, ids in order, `start` at both ends; None without one."""
    stack: list[tuple[str, list[str]]] = [(start, [start])]
    seen: set[str] = set()
    while stack:
        id, path = stack.pop()
        for other in sorted(depends_on(id), reverse=True):
            if other == start:
                return [*path, start]
            if other not in seen:
                seen.add(other)
                stack.append((other, [*path, other]))
    return None


def find_cycles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """One circle for each knot of tasks that wait for each other (depth-first search, iterative)."""
    cycles: list[list[str]] = []
    done: set[str] = set()
    for start in sorted(id for id, others in graph.items() if others):
        if start in done:
            continue
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            id, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(id)
                continue
            if id in on_path:
                cycles.append([*path[path.index(id) :], id])
                continue
            if id in done:
                continue
            done.add(id)
            path.append(id)
            on_path.add(id)
            stack.append((id, True))
            stack.extend((other, False) for other in sorted(graph.get(id, ()), reverse=True))
    return cycles
