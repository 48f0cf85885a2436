"""Lines that SQLite aligns are those that the views would make."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fedtasks.domain.status import PRIORITIES, STATUSES
from fedtasks.store import query
from fedtasks.store.index import Index
from fedtasks.store.lines import aligned
from fedtasks.store.query import Filter
from fedtasks.store.refresh import Tables
from fedtasks.store.stale import Source
from fedtasks.views.lists import HEAD, list_lines

COLUMNS = "id, status, priority, lead, assignee, title"
NAMES = st.sampled_from([None, "ann", "a-very-long-name-of-an-agent", "zoë"])
TITLES = st.text(st.sampled_from("ab %'\"\t標é\x1b"), min_size=1).filter(lambda text: text.strip() != "")


def index_of(lines: list[query.Line]) -> Index:
    tables = Tables(Source(Path("/nowhere"), None, 0))
    tables.connection.executemany(f"INSERT INTO task ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", lines)
    return Index(tables)


LINES = st.lists(
    st.tuples(
        st.uuids().map(lambda id: f"task-{id.hex[:9]}"), st.sampled_from(STATUSES),
        st.integers(0, len(PRIORITIES) - 1), NAMES, NAMES, TITLES,
    ),
    max_size=6, unique_by=lambda line: line[0],
)  # fmt: skip


@given(LINES)
def test_aligned_lines_are_those_of_the_views_or_left_to_them(lines: list[query.Line]) -> None:
    index = index_of(lines)
    found = aligned(index, Filter(), "id", HEAD)
    plain = all((line[3] or "").isascii() and (line[4] or "").isascii() and line[5].isprintable() for line in lines)
    assert (found is not None) == plain
    if found is not None:
        assert found.splitlines() == list_lines(query.lines(index, Filter(), "id"), None)
    index.close()


def test_only_what_fits_is_shown_and_measured() -> None:
    index = index_of([("task-1", "done", 0, "ann", "bob", "first"), ("task-22222", "pending", 1, None, None, "second")])
    assert aligned(index, Filter(status=("done",)), "id", HEAD) == (
        "ID      STATUS  PRIORITY  LEAD  ASSIGNEE  TITLE\ntask-1  done    critical  ann   bob       first\n"
    )
    assert aligned(index, Filter(status=("blocked",)), "id", HEAD) == ""
