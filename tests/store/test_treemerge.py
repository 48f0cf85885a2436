"""The merge of three trees, case by case as its table says, and the same with the sides exchanged."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from fedtasks.domain.canonical import dump_bytes
from fedtasks.domain.codec import folded_from_json, task_to_json
from fedtasks.errors import InvalidData, NewerFormat
from fedtasks.store.merging import merge_bytes, merge_other
from fedtasks.store.reading import nowhere
from fedtasks.store.treemerge import Delta, Entry, merge_trees, refuse_unsafe

TASK = "tasks/task-abcde.json"
PLAN = "plans/p.json"


def task(*tags: str, schema: int = 1) -> bytes:
    """A task file with one `created` event and one `edited` event a tag, ids made of the tags."""
    at = "2026-01-01T00:00:00Z"
    history: list[dict[str, Any]] = [
        {"id": "01" + "0" * 24, "seq": 1, "at": at, "by": "ann", "kind": "created", "title": "t", "lead": "ann"}
    ]
    for tag in tags:
        id = "01" + tag.encode().hex().upper().rjust(24, "1")
        history.append({"id": id, "seq": 2, "at": at, "by": "ann", "kind": "edited", "add": {"tags": [tag]}})
    raw = {"schema": schema, "id": "task-abcde", "title": "t", "status": "pending", "lead": "ann", "tags": sorted(tags)}
    return (json.dumps(raw | {"created_at": at, "updated_at": at, "history": history}, indent=2) + "\n").encode()


def plan(at: str, **lines: int) -> bytes:
    items = {key: {"task": "task-abcde", "at": at, "line": line} for key, line in lines.items()}
    return json.dumps({"schema": 1, "id": "p", "path": "p.md", "at": at, "items": items}, indent=2).encode()


class Blobs:
    """Contents by id; `past` are the older contents of each side."""

    def __init__(self, text: bytes | None = None, **past: list[bytes]) -> None:
        self.known: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self.past, self._text = past, text

    def entry(self, data: bytes | None, mode: str = "100644") -> Entry | None:
        if data is None:
            return None
        oid = hashlib.sha1(data).hexdigest()
        self.known[oid] = data
        return Entry(mode, oid)

    def blob(self, entry: Entry) -> bytes:
        return self.known[entry.oid]

    def beside(self, path: str) -> bytes | None:
        return self.files.get(path)

    def older(self, side: str, path: str) -> Iterator[bytes]:
        return iter(self.past.get(side, ()))

    def text(self, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
        return self._text

    def swapped(self) -> Blobs:
        past = {"ours": self.past.get("theirs", []), "theirs": self.past.get("ours", [])}
        made = Blobs(self._text, **past)
        made.known = self.known
        return made


def merge(path: str, base: Any, ours: Any, theirs: Any, blobs: Blobs | None = None) -> tuple[Any, tuple[str, ...]]:
    """What the path is after the merge; asserts that the other direction gives the same."""
    blobs = blobs or Blobs()
    entries = [blobs.entry(data) for data in (base, ours, theirs)]
    results = []
    for one, other, source in ((1, 2, blobs), (2, 1, blobs.swapped())):
        sides = [{path: Delta(entries[0], entries[at])} if entries[at] != entries[0] else {} for at in (one, other)]
        merged = merge_trees(sides[0], sides[1], source)
        after = merged.changes.get(path, entries[one])
        results.append((blobs.blob(after) if isinstance(after, Entry) else after, merged.notes))
    assert results[0] == results[1]
    return results[0]


BASE, OURS, THEIRS = task(), task("a"), task("b")
BOTH = merge_bytes(OURS, THEIRS, TASK, nowhere)

CASES = [
    ("changed, unchanged", BASE, OURS, BASE, OURS),
    ("added, absent", None, OURS, None, OURS),
    ("removed, unchanged", BASE, None, BASE, None),
    ("removed, changed", BASE, None, THEIRS, THEIRS),
    ("removed, removed", BASE, None, None, None),
    ("the same", BASE, OURS, OURS, OURS),
    ("added the same", None, OURS, OURS, OURS),
    ("both changed", BASE, OURS, THEIRS, BOTH),
    ("both added", None, OURS, THEIRS, BOTH),
    ("unchanged", BASE, BASE, BASE, BASE),
]


@pytest.mark.parametrize(("base", "ours", "theirs", "wanted"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_each_case_of_the_table(base: Any, ours: Any, theirs: Any, wanted: Any) -> None:
    assert merge(TASK, base, ours, theirs) == (wanted, ())


ARCHIVED = "archive/2026/task-abcde.json"


def step(data: bytes, kind: str, seq: int, at: int = 1, **fields: Any) -> bytes:
    """The same task after one more event, as the fold writes it."""
    raw = json.loads(data)
    id = "01" + f"{kind}{seq}{at}".encode().hex().upper()[-24:].rjust(24, "1")
    stamp = f"2026-01-01T00:00:0{at}Z"
    raw["history"].append({"id": id, "seq": seq, "at": stamp, "by": "ann", "kind": kind, **fields})
    return dump_bytes(task_to_json(folded_from_json(raw)))


CANCELLED = step(task(), "status", 2, **{"from": "pending", "to": "cancelled"})
PUT_AWAY = step(CANCELLED, "archived", 3, year="2026")
PUT_AWAY_LATER = step(CANCELLED, "archived", 3, at=2, year="2027")
TAGGED = step(CANCELLED, "edited", 3, at=2, add={"tags": ["late"]})
REOPENED = step(CANCELLED, "status", 3, at=2, **{"from": "cancelled", "to": "pending"})
BROUGHT_BACK = step(PUT_AWAY, "unarchived", 4)
NOTED = step(PUT_AWAY, "edited", 4, at=2, add={"tags": ["late"]})
LATER = ARCHIVED.replace("2026", "2027")

MOVES = [
    ("archived, unchanged", {TASK: CANCELLED}, {ARCHIVED: PUT_AWAY}, {TASK: CANCELLED}, ARCHIVED),
    ("archived, changed", {TASK: CANCELLED}, {ARCHIVED: PUT_AWAY}, {TASK: TAGGED}, ARCHIVED),
    ("archived, reopened", {TASK: CANCELLED}, {ARCHIVED: PUT_AWAY}, {TASK: REOPENED}, TASK),
    ("archived, archived", {TASK: CANCELLED}, {ARCHIVED: PUT_AWAY}, {LATER: PUT_AWAY_LATER}, ARCHIVED),
    ("archived, removed", {TASK: CANCELLED}, {ARCHIVED: PUT_AWAY}, {}, ARCHIVED),
    ("unarchived, changed", {ARCHIVED: PUT_AWAY}, {TASK: BROUGHT_BACK}, {ARCHIVED: NOTED}, TASK),
    ("changed, changed", {ARCHIVED: PUT_AWAY}, {ARCHIVED: step(PUT_AWAY, "edited", 4)}, {ARCHIVED: NOTED}, ARCHIVED),
    ("changed, removed", {ARCHIVED: PUT_AWAY}, {ARCHIVED: NOTED}, {}, ARCHIVED),
    ("added in two places", {}, {ARCHIVED: PUT_AWAY}, {TASK: TAGGED}, ARCHIVED),
]


@pytest.mark.parametrize(("base", "ours", "theirs", "wanted"), [case[1:] for case in MOVES], ids=[c[0] for c in MOVES])
def test_a_task_that_moves_has_one_place_and_all_its_events(base: Any, ours: Any, theirs: Any, wanted: str) -> None:
    blobs = Blobs()
    found = []
    for one, other in ((ours, theirs), (theirs, ours)):
        sides = [deltas(blobs, base, side) for side in (one, other)]
        tree = {path: blobs.entry(data) for path, data in one.items()}
        for path, change in merge_trees(sides[0], sides[1], blobs).changes.items():
            tree[path] = blobs.entry(change) if isinstance(change, bytes) else change
        found.append({path: entry for path, entry in tree.items() if entry is not None})
    assert found[0] == found[1] and list(found[0]) == [wanted]
    known = {event["id"] for side in (ours, theirs) for data in side.values() for event in json.loads(data)["history"]}
    assert {event["id"] for event in json.loads(blobs.blob(found[0][wanted]))["history"]} == known


def deltas(blobs: Blobs, base: dict[str, bytes], side: dict[str, bytes]) -> dict[str, Delta]:
    every = {path: Delta(blobs.entry(base.get(path)), blobs.entry(side.get(path))) for path in {*base, *side}}
    return {path: delta for path, delta in every.items() if delta.before != delta.after}


def test_both_sides_tags_are_there() -> None:
    assert json.loads(BOTH)["tags"] == ["a", "b"]


def test_plans_merge_item_by_item() -> None:
    early, late = plan("2026-01-01T00:00:00Z", x=1, y=2), plan("2026-01-02T00:00:00Z", x=7, z=3)
    merged, notes = merge(PLAN, plan("2025-01-01T00:00:00Z", x=1), early, late)
    assert {key: item["line"] for key, item in json.loads(merged)["items"].items()} == {"x": 7, "y": 2, "z": 3}
    assert notes == ()


@pytest.mark.parametrize("broken", [b"", b"{ broken", b"[]", b'{"schema": 1}', b"\xff"])
def test_an_invalid_side_is_left_out_and_named(broken: bytes) -> None:
    merged, notes = merge(TASK, BASE, OURS, broken)
    assert json.loads(merged)["tags"] == ["a"]
    assert len(notes) == 1 and TASK in notes[0] and "left out" in notes[0]


def test_the_last_valid_content_stands_in_for_an_invalid_one() -> None:
    """What that side did before it broke the file is not lost."""
    blobs = Blobs(theirs=[b"{ broken", b"also broken", task("b"), task()])
    merged, notes = merge(TASK, BASE, OURS, b"{ broken", blobs)
    assert json.loads(merged)["tags"] == ["a", "b"] and len(notes) == 1


def test_two_invalid_sides_have_one_outcome() -> None:
    merged, notes = merge(TASK, BASE, b"{ one", b"{ two")
    assert merged == b"{ two" and len(notes) == 2


def test_a_version_too_new_to_read_stops_the_merge() -> None:
    with pytest.raises(NewerFormat):
        merge(TASK, BASE, OURS, b'{"schema": 99, "id": "task-abcde"}')


def test_a_newer_version_that_can_be_read_keeps_its_format() -> None:
    merged, _ = merge(TASK, BASE, OURS, task("b", schema=2))
    assert json.loads(merged)["schema"] == 2 and json.loads(merged)["tags"] == ["a", "b"]


def test_a_file_against_a_directory_is_refused() -> None:
    blobs = Blobs()
    ours = {"inbox": Delta(None, blobs.entry(b"x"))}
    theirs = {"inbox/ann/1.json": Delta(None, blobs.entry(b"y"))}
    for sides in ((ours, theirs), (theirs, ours)):
        with pytest.raises(InvalidData, match="a file on one side and a directory"):
            merge_trees(*sides, blobs)


def test_links_have_one_outcome_and_a_note() -> None:
    blobs = Blobs()
    link, file = blobs.entry(b"/etc/passwd", "120000"), blobs.entry(b"text")
    outcomes = []
    for ours, theirs in ((link, file), (file, link)):
        merged = merge_trees({"a": Delta(None, ours)}, {"a": Delta(None, theirs)}, blobs)
        outcomes.append(merged.changes.get("a", ours))
        assert len(merged.notes) == 1
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    "path", ["../x", "tasks/../../x", "/etc/x", ".git/config", "tasks/.GIT/x", ".local/lock", "a\\b", "git~1/x", "a//b"]
)
def test_unsafe_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidData):
        refuse_unsafe([path])


# --- files that are neither task nor plan --------------------------------------------------------------------------


def other(path: str, base: Any, ours: bytes, theirs: bytes, text: bytes | None = None) -> bytes:
    results = {
        merge_other(base, *sides, path, lambda base, ours, theirs: text)
        for sides in itertools.permutations((ours, theirs))
    }
    assert len(results) == 1
    return results.pop()


def member(**fields: Any) -> bytes:
    return json.dumps({"schema": 1, "name": "ann", "kind": "human", "role": "developer"} | fields, indent=2).encode()


def test_members_merge_field_by_field() -> None:
    base = member(emails=["a@x", "b@x"], skills=["go"], full_name="Ann", x_new={"a": 1})
    ours = member(emails=["a@x", "b@x", "c@x"], skills=["go"], role="admin", full_name="Ann", x_new={"a": 1, "b": 2})
    theirs = member(emails=["b@x", "d@x"], skills=["go", "rust"], full_name="Ann B", x_new={"a": 3})
    merged = json.loads(other("members/ann.json", base, ours, theirs))
    assert merged["emails"] == ["b@x", "c@x", "d@x"] and merged["skills"] == ["go", "rust"]
    assert (merged["role"], merged["full_name"], merged["x_new"]) == ("admin", "Ann B", {"a": 3, "b": 2})


def test_a_field_that_both_changed_has_one_outcome() -> None:
    assert (
        json.loads(other("members/ann.json", member(), member(role="admin"), member(role="viewer")))["role"] == "viewer"
    )


def test_a_removed_field_stays_removed_unless_it_changed() -> None:
    base, gone = member(full_name="Ann"), member()
    assert "full_name" not in json.loads(other("members/ann.json", base, gone, member(full_name="Ann", role="admin")))
    assert json.loads(other("members/ann.json", base, gone, member(full_name="New")))["full_name"] == "New"


def test_settings_merge_key_by_key_without_a_common_base() -> None:
    """Two `init`s in two clones before either pushed."""
    ours = b"# ours\nformat: 1\nproject: one\nprefix: task\n"
    theirs = b"format: 1\nproject: two\nmembers: closed\n"
    merged = other("fedtasks.yaml", None, ours, theirs)
    settings = {"format": 1, "project": "two", "prefix": "task", "members": "closed"}
    assert yaml.safe_load(merged) == settings


def test_a_clean_text_merge_is_taken_where_it_is_valid() -> None:
    base, ours, theirs = (b"format: 1\n", b"# a\nformat: 1\n", b"format: 1\nproject: x\n")
    assert other("fedtasks.yaml", base, ours, theirs, b"# a\nformat: 1\nproject: x\n").startswith(b"# a\n")
    merged = other("fedtasks.yaml", base, b"format: 1\nproject: a\n", theirs, b"format: 1\nproject: a\nproject: [\n")
    assert yaml.safe_load(merged) == {"format": 1, "project": "x"}


def test_an_invalid_side_gives_way() -> None:
    assert (
        other("fedtasks.yaml", b"format: 1\n", b"format: [", b"format: 1\nproject: x\n") == b"format: 1\nproject: x\n"
    )
    assert other("members/ann.json", member(), b"{", member(role="admin")) == member(role="admin")


def test_lines_of_both_sides_are_kept() -> None:
    merged = other(".gitattributes", b"a\n", b"a\nb\n", b"a\nc\n")
    assert sorted(merged.splitlines()) == [b"a", b"b", b"c"]


def test_anything_else_has_one_outcome_and_no_marker() -> None:
    assert other("notes.txt", b"a", b"b", b"c") == b"c"
    merged, notes = merge("notes.txt", b"a", b"b", b"c")
    assert merged == b"c" and "notes.txt" in notes[0]
