"""Parents and dependencies as task ids, without those that would close a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fedtasks.domain.task import Task
from fedtasks.plan.model import Diagnostic, Item
from fedtasks.plan.reconciling.fields import Said, member_changes
from fedtasks.plan.reconciling.known import Known

Edge = tuple[str, str]
Edges = dict[str, set[str]]


def linked(
    items: Sequence[Item], ids: Mapping[str, str], known: Mapping[str, Known], tasks: Mapping[str, Task]
) -> tuple[dict[str, Said], list[Diagnostic]]:
    """What the plan says of each item, by key; keys that are not in the plan name nothing.

    A dependency (or parent) that is new and would close a circle, in the plan or through the store, is left out.
    """
    said = {
        item.key: Said(item, ids.get(item.parent or ""), tuple(sorted({ids[k] for k in item.depends_on if k in ids})))
        for item in items
    }
    waits, fresh = _dependencies(said, ids, known, tasks)
    refused = closing(waits, fresh)
    remarks = [_circle(said, ids, edge, "depends on") for edge in refused]
    under, moved = _parents(said, ids, known, tasks)
    wrong = closing(under, moved)
    remarks += [_circle(said, ids, edge, "stands under") for edge in wrong]
    return {key: _without(one, ids[key], refused, wrong, known.get(key)) for key, one in said.items()}, remarks


def _dependencies(
    said: Mapping[str, Said], ids: Mapping[str, str], known: Mapping[str, Known], tasks: Mapping[str, Task]
) -> tuple[Edges, list[Edge]]:
    edges: Edges = {id: set(task.state.depends_on) for id, task in tasks.items()}
    fresh: list[Edge] = []
    for key, one in said.items():
        id = ids[key]
        base = known[key].base.depends_on if key in known else ()
        add, remove = member_changes(base, one.depends_on, edges.get(id, ()))
        edges[id] = edges.get(id, set()) - set(remove) | set(add)
        fresh += [(id, other) for other in add]
    return edges, fresh


def _parents(
    said: Mapping[str, Said], ids: Mapping[str, str], known: Mapping[str, Known], tasks: Mapping[str, Task]
) -> tuple[Edges, list[Edge]]:
    edges: Edges = {id: {task.state.parent} if task.state.parent else set() for id, task in tasks.items()}
    fresh: list[Edge] = []
    for key, one in said.items():
        id = ids[key]
        if key in known and known[key].base.parent == one.parent:
            continue
        edges[id] = {one.parent} if one.parent else set()
        fresh += [(id, one.parent)] if one.parent else []
    return edges, fresh


def closing(edges: Edges, fresh: Iterable[Edge]) -> set[Edge]:
    """Those of the fresh edges that close a circle, each judged after the ones before it."""
    inside = _in_circles(edges)
    doubtful = [(here, there) for here, there in fresh if here in inside and there in inside]
    graph = {here: {there for there in edges[here] if there in inside} for here in inside}
    for here, there in doubtful:
        graph[here].discard(there)
    refused: set[Edge] = set()
    for here, there in doubtful:
        if _reaches(graph, there, here):
            refused.add((here, there))
        else:
            graph[here].add(there)
    return refused


def _in_circles(edges: Edges) -> set[str]:
    """The nodes on circles and between them: what is left when ends are peeled off again and again."""
    forward = {here: {there for there in targets if there in edges} for here, targets in edges.items()}
    backward: Edges = {here: set() for here in edges}
    for here, targets in forward.items():
        for there in targets:
            backward[there].add(here)
    return _peeled(backward, _peeled(forward, set(edges)))


def _peeled(edges: Edges, inside: set[str]) -> set[str]:
    """`inside` without the nodes that lead nowhere in it."""
    sources: Edges = {here: set() for here in inside}
    degree = dict.fromkeys(inside, 0)
    for here in inside:
        for there in edges[here] & inside:
            sources[there].add(here)
            degree[here] += 1
    ends = [here for here in inside if not degree[here]]
    left = set(inside)
    while ends:
        end = ends.pop()
        left.discard(end)
        for here in sources[end]:
            degree[here] -= 1
            if not degree[here]:
                ends.append(here)
    return left


def _reaches(graph: Edges, start: str, goal: str) -> bool:
    stack, been = [start], {start}
    while stack:
        here = stack.pop()
        if here == goal:
            return True
        fresh = graph.get(here, set()) - been
        been |= fresh
        stack.extend(fresh)
    return False


def _without(one: Said, id: str, refused: set[Edge], wrong: set[Edge], known: Known | None) -> Said:
    parent = one.parent
    if parent and (id, parent) in wrong:
        parent = known.base.parent if known else None
    return Said(one.item, parent, tuple(other for other in one.depends_on if (id, other) not in refused))


def _circle(said: Mapping[str, Said], ids: Mapping[str, str], edge: Edge, verb: str) -> Diagnostic:
    by_id = {ids[key]: one.item for key, one in said.items()}
    item, other = by_id[edge[0]], by_id.get(edge[1])
    what = f"'{other.title}' (line {other.line})" if other else edge[1]
    return Diagnostic(item.line, f"{verb} {what}, which closes a circle: left out", rule="circle")
