"""Gates between tasks: what is not done is named, and circles are found wherever they are."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedtasks.domain.status import STATUSES
from fedtasks.domain.task import Task
from fedtasks.policy.gates import cycle_through, find_cycles, unmet
from tests.strategies import created, task_of

Graph = dict[str, list[str]]

names = st.sampled_from("abcdef")
graphs = st.dictionaries(names, st.lists(names, max_size=4), max_size=6)
DEEP = 20_000


def store_of(**tasks: Task) -> Any:
    """A lookup among these tasks."""
    return tasks.get


@pytest.mark.parametrize("status", STATUSES)
def test_only_done_opens_a_gate(status: str) -> None:
    other = task_of(created(title="Dig", status=status), id="dig")
    task = task_of(created(depends_on=["dig"]))
    expected = [] if status == "done" else [("dig", status, "Dig")]
    assert unmet(task, store_of(dig=other)) == expected


def test_every_gate_is_named_in_order_and_missing_ones_as_such() -> None:
    done, begun = (task_of(created(title=name, status=name), id=name) for name in ("done", "in_progress"))
    task = task_of(created(depends_on=["gone", "in_progress", "done", "also-gone"]))
    assert unmet(task, store_of(done=done, in_progress=begun)) == [
        ("also-gone", "missing", "no such task"),
        ("gone", "missing", "no such task"),
        ("in_progress", "in_progress", "in_progress"),
    ]


def test_without_dependencies_nothing_is_looked_up() -> None:
    asked: list[str] = []
    assert unmet(task_of(created()), asked.append) == [] and asked == []


def needs(graph: Graph) -> Any:
    """What a task depends on."""
    return lambda id: graph.get(id, [])


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({}, None),
        ({"a": []}, None),
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, ["a", "b", "c", "a"]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, None),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, None),
        ({"a": ["gone"]}, None),
        ({"a": ["b", "c"], "b": ["a"], "c": ["a"]}, ["a", "b", "a"]),
        ({"a": ["x", "b"], "b": ["x", "a"], "x": ["y"], "y": ["x"]}, ["a", "b", "a"]),
    ],
)
def test_a_circle_through_a_task(graph: Graph, expected: list[str] | None) -> None:
    assert cycle_through("a", needs(graph)) == expected


def reaches(graph: Graph, start: str, goal: str) -> bool:
    """Whether at least one step along dependencies leads to the goal, by plain widening."""
    reached: set[str] = set()
    fringe = set(graph.get(start, []))
    while fringe:
        reached |= fringe
        fringe = {other for id in fringe for other in graph.get(id, [])} - reached
    return goal in reached


def is_circle(graph: Graph, path: list[str]) -> bool:
    """Whether each step of the path is a dependency, the ends are one, and no other task comes twice."""
    steps = all(after in graph.get(before, []) for before, after in pairwise(path))
    return len(path) > 1 and path[0] == path[-1] and steps and len(set(path)) == len(path) - 1


@given(graphs, names)
def test_a_circle_is_found_exactly_where_one_leads_back(graph: Graph, start: str) -> None:
    found = cycle_through(start, needs(graph))
    assert (found is not None) == reaches(graph, start, start)
    assert found is None or (is_circle(graph, found) and found[0] == start)


def has_circle(graph: Graph) -> bool:
    """What the standard library says."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return True
    return False


@given(graphs)
def test_circles_are_found_exactly_where_there_are_some(graph: Graph) -> None:
    found = find_cycles(graph)
    assert bool(found) == has_circle(graph)
    for path in found:
        assert is_circle(graph, path), path


@given(graphs)
def test_every_knot_is_named(graph: Graph) -> None:
    """Each task that waits for itself shares a knot with one circle that is named."""
    named = {id for path in find_cycles(graph) for id in path}
    for id in graph:
        if reaches(graph, id, id):
            knot = {other for other in graph if reaches(graph, id, other) and reaches(graph, other, id)}
            assert named & knot, (id, knot)


@given(graphs, st.randoms(use_true_random=False))
def test_the_order_of_a_mapping_changes_nothing(graph: Graph, chance: Any) -> None:
    shuffled = list(graph.items())
    chance.shuffle(shuffled)
    mixed = {id: chance.sample(others, len(others)) for id, others in shuffled}
    assert find_cycles(mixed) == find_cycles(graph)


def test_separate_circles_are_all_named() -> None:
    graph = {"a": ["b"], "b": ["a"], "c": ["c"], "d": ["e"], "e": ["f"], "f": ["d"], "g": ["a", "d"]}
    assert find_cycles(graph) == [["a", "b", "a"], ["c", "c"], ["d", "e", "f", "d"]]


def test_no_depth_is_too_much() -> None:
    """A chain far beyond Python's limit of recursion, open and closed."""
    chain = {f"{number:06}": [f"{number + 1:06}"] for number in range(DEEP)}
    assert find_cycles(chain) == [] and cycle_through("000000", needs(chain)) is None
    chain[f"{DEEP:06}"] = ["000000"]
    (path,) = find_cycles(chain)
    assert len(path) == DEEP + 2 and is_circle(chain, path)
    assert len(cycle_through("000007", needs(chain)) or []) == DEEP + 2


def test_a_circle_made_by_hand_is_named_by_check(world: Any) -> None:
    """The commands refuse to make one; an editor or a merge does not."""
    first, second = sorted((world.add("first"), world.add("second")))
    world.ok("depend", second, first)
    assert "circle" not in world.ft("check").told
    world.rewrite(first, depends_on=[second])
    done = world.ft("check", "--json")
    told = [problem["message"] for problem in done.json["problems"]]
    assert any(f"{first} -> {second} -> {first}" in words for words in told), told
    assert world.ok("ready")["tasks"] == []
