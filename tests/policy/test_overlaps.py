"""Overlaps among many tasks: the same pairs as comparing each with each, and quick."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fedtasks.policy.matching import entries, meetings
from fedtasks.policy.overlaps import Ground

paths = st.sampled_from(
    ["src", "src/", "src/a.py", "src/b/c.py", "src/b", "src/*.py", "**/c.py", "*.md", "docs/", "docs/x.md", "!src/b",
     "a[1].py", "a1.py", "!docs/x.md", "src/**", "../x", "README.md"]
)  # fmt: skip
tasks = st.dictionaries(
    st.sampled_from([f"task-{n}" for n in range(6)]),
    st.lists(st.builds(lambda path: {"path": path}, paths), max_size=4),
    max_size=6,
)


@settings(deadline=None, max_examples=150)
@given(tasks, st.lists(st.builds(lambda path: {"path": path}, paths), max_size=3))
def test_it_finds_what_comparing_all_finds(found: dict, mine: list) -> None:
    ground = Ground(found)
    ids = list(found)
    read = {id: entries(files) for id, files in found.items()}
    expected = {
        (one, other): where
        for place, one in enumerate(ids)
        for other in ids[place + 1 :]
        if (where := meetings(read[one], read[other]))
    }
    assert {(one, other): where for one, other, where in ground.pairs()} == expected
    met = {id: where for id in ids if (where := meetings(entries(mine), read[id]))}
    assert ground.met_by(mine) == met


def test_thousands_of_tasks_are_compared_by_their_names() -> None:
    """No time is measured: the pairs that are looked at are those that share a path."""
    ground = Ground({f"task-{n}": [{"path": f"src/part{n // 2}/file.py"}] for n in range(3000)})
    assert len(ground._near(entries([{"path": "src/part7"}]))) == 2
    assert len(list(ground.pairs())) == 1500
