"""The index is only a cache: whatever happens to the files or to it, it answers as the files are now."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fedtasks.domain.codec import task_to_json
from fedtasks.domain.task import Task
from fedtasks.store import query, relations
from fedtasks.store.index import open_index
from fedtasks.store.lines import aligned, columns
from fedtasks.store.query import ORDERS, Filter
from fedtasks.views.lists import HEAD
from tests.strategies import tasks

LATER = 4_000_000_000 * 10**9
"""A time at which no file of a test is fresh."""


@dataclass
class Shelf:
    """A store's folders, written without any lock, and the cache of its index."""

    base: Path
    count: int = 0

    @property
    def root(self) -> Path:
        return self.base / "store"

    @property
    def cache(self) -> Path:
        return self.base / "cache"

    def fresh(self) -> Shelf:
        """An empty one beside it."""
        self.count += 1
        made = Shelf(self.base / str(self.count))
        for folder in ("tasks", "plans"):
            (made.root / folder).mkdir(parents=True)
        return made

    def write(self, id: str, raw: Any) -> Path:
        path = self.root / "tasks" / f"{id}.json"
        path.write_text(raw if isinstance(raw, str) else json.dumps(raw), encoding="utf-8")
        return path

    def answers(self, *, cache: bool = True, now: int = LATER) -> dict[str, Any]:
        """All that lists, boards, filters and orders are made of."""
        index = open_index(self.root, self.cache if cache else None, now)
        try:
            found: dict[str, Any] = {order: list(query.select(index, Filter(), order)) for order in ORDERS}
            found["ready"] = query.lines(index, Filter(ready=True))
            found["tags"] = [query.lines(index, Filter(tag=(tag,))) for tag in ("api", "UI", "größe", "p:1")]
            found["texts"] = [query.lines(index, Filter(text=text)) for text in ("a", "task", "%", "_", "ß")]
            found["board"] = columns(index, Filter(), 2)
            found["aligned"] = aligned(index, Filter(), "plan", HEAD)
            found["counts"] = query.counts(index)
            found["waits"] = relations.waits(index)
            found["needs"] = list(relations.dependencies(index))
            found["broken"] = query.broken(index)
            return found
        finally:
            index.close()

    def agrees(self) -> dict[str, Any]:
        """The cached answers, which must be those of a cold read."""
        cached = self.answers()
        assert cached == self.answers(cache=False)
        return cached


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A shelf with no tasks."""
    return Shelf(tmp_path).fresh()


NAMES = [f"task-aaaa{letter}" for letter in "abcdef"]
IDS = st.sampled_from(NAMES)
STAMPS = st.integers(1_700_000_000_000_000_000, 1_800_000_000_000_000_000)

writes = st.tuples(st.just("write"), IDS, tasks())
edits = st.one_of(
    writes,
    writes,
    st.tuples(st.just("garbage"), IDS, st.sampled_from(["", "{", "[]", "\x00", '{"schema": 1}', '{"schema": 99}'])),
    st.tuples(st.just("remove"), IDS),
    st.tuples(st.just("touch"), IDS, STAMPS),
    st.tuples(st.just("rename"), IDS, IDS),
    st.tuples(st.just("place"), IDS, st.integers(1, 9)),
    st.tuples(st.just("forget plan")),
    st.tuples(st.just("drop cache")),
    st.tuples(st.just("cut cache"), st.integers(0, 99)),
    st.tuples(st.just("ask")),
)


def carry_out(shelf: Shelf, edit: tuple[Any, ...]) -> None:
    """One edit by hand, of the store or of the cache."""
    what, *rest = edit
    path = shelf.root / "tasks" / f"{rest[0]}.json" if rest and rest[0] in NAMES else None
    cache = shelf.cache / "index.sqlite"
    if what == "write":
        raw = task_to_json(rest[1]) | {"id": rest[0]}
        swapped = shelf.root / "tasks" / ".swap"
        swapped.write_text(json.dumps(raw), encoding="utf-8")
        swapped.replace(shelf.root / "tasks" / f"{rest[0]}.json")
    elif what == "garbage":
        shelf.write(rest[0], rest[1])
    elif what == "place":
        raw = {"path": "plan.md", "items": {"phase-1/a": {"task": rest[0], "line": rest[1]}}}
        (shelf.root / "plans" / "roadmap.json").write_text(json.dumps(raw), encoding="utf-8")
    elif what == "forget plan":
        (shelf.root / "plans" / "roadmap.json").unlink(missing_ok=True)
    elif what == "drop cache":
        shutil.rmtree(shelf.cache, ignore_errors=True)
    elif what == "cut cache" and cache.exists():
        os.truncate(cache, cache.stat().st_size * rest[0] // 100)
    elif what == "ask":
        shelf.agrees()
    elif path is not None and path.exists():
        if what == "remove":
            path.unlink()
        elif what == "touch":
            os.utime(path, ns=(rest[1], rest[1]))
        elif what == "rename":
            path.replace(shelf.root / "tasks" / f"{rest[1]}.json")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.lists(edits, min_size=1, max_size=14))
def test_the_index_agrees_with_a_cold_read_after_any_edits(shelf: Shelf, found: list[tuple[Any, ...]]) -> None:
    case = shelf.fresh()
    for edit in found:
        carry_out(case, edit)
    case.agrees()


# --- one thing at a time ---------------------------------------------------------------------------------------------


def raw(id: str, title: str = "Dig") -> dict[str, Any]:
    """A task file with one event."""
    from tests.strategies import created, task_of

    made: Task = task_of(created(title=title), id=id)
    return task_to_json(made)


def titles(shelf: Shelf) -> list[str]:
    return [json.loads(text)["title"] for text in shelf.agrees()["id"]]


@pytest.fixture
def filled(shelf: Shelf) -> Shelf:
    """Three tasks that the index knows."""
    for number, id in enumerate(NAMES[:3]):
        shelf.write(id, raw(id, f"title {number}"))
    assert titles(shelf) == ["title 0", "title 1", "title 2"]
    return shelf


def test_an_edit_that_keeps_size_and_time_but_not_the_inode_is_seen(filled: Shelf) -> None:
    """As `git checkout` and editors write: a new file under the old name."""
    path = filled.root / "tasks" / f"{NAMES[0]}.json"
    before = path.stat()
    other = path.with_suffix(".new")
    other.write_text(json.dumps(raw(NAMES[0], "title 9")), encoding="utf-8")
    os.utime(other, ns=(before.st_mtime_ns, before.st_mtime_ns))
    other.replace(path)
    assert path.stat().st_size == before.st_size and path.stat().st_mtime_ns == before.st_mtime_ns
    assert titles(filled)[0] == "title 9"


def test_an_edit_in_place_that_keeps_size_and_time_is_seen_while_the_file_is_fresh(shelf: Shelf) -> None:
    """The clock of a file system is coarse: what was read in the tick of its writing is read again."""
    path = shelf.write(NAMES[0], raw(NAMES[0], "title 0"))
    moment = 1_750_000_000 * 10**9
    os.utime(path, ns=(moment, moment))
    assert "title 0" in shelf.answers(now=moment + 1_000_000)["id"][0]
    path.write_text(json.dumps(raw(NAMES[0], "title 9")), encoding="utf-8")
    os.utime(path, ns=(moment, moment))
    assert "title 9" in shelf.answers(now=moment + 2_000_000)["id"][0]


def test_a_time_in_the_past_or_the_future_is_a_change_like_any(filled: Shelf) -> None:
    for number, moment in enumerate((1, 10**18, 2**33 * 10**9), start=3):
        path = filled.write(NAMES[1], raw(NAMES[1], f"title {number}"))
        os.utime(path, ns=(moment, moment))
        assert titles(filled)[1] == f"title {number}"


def test_files_that_are_no_tasks_are_passed_over(filled: Shelf) -> None:
    for name in (".nfs0001", "task-aaaaa.json~", "notes.txt", ".task-aaaaa.json", "task.json.orig"):
        (filled.root / "tasks" / name).write_text("{}", encoding="utf-8")
    assert titles(filled) == ["title 0", "title 1", "title 2"]
    assert filled.agrees()["broken"] == []


def test_what_cannot_be_read_is_named_until_it_can(filled: Shelf) -> None:
    folder = filled.root / "tasks"
    filled.write(NAMES[0], "{")
    (folder / f"{NAMES[1]}.json").unlink()
    (folder / f"{NAMES[1]}.json").mkdir()
    (folder / f"{NAMES[2]}.json").unlink()
    (folder / f"{NAMES[2]}.json").symlink_to(folder / f"{NAMES[2]}.json")
    assert titles(filled) == []
    assert [broken.path for broken in filled.agrees()["broken"]] == [f"tasks/{id}.json" for id in NAMES[:3]]
    filled.write(NAMES[0], raw(NAMES[0], "mended"))
    (folder / f"{NAMES[1]}.json").rmdir()
    (folder / f"{NAMES[2]}.json").unlink()
    assert titles(filled) == ["mended"] and filled.agrees()["broken"] == []


def cut(cache: Path) -> None:
    os.truncate(cache, 100)


def cut_between_pages(cache: Path) -> None:
    os.truncate(cache, cache.stat().st_size - 4096)


def empty(cache: Path) -> None:
    cache.write_bytes(b"")


def text(cache: Path) -> None:
    cache.write_text("not a database\n" * 200, encoding="utf-8")


def folder(cache: Path) -> None:
    cache.unlink()
    cache.mkdir()


def old(cache: Path) -> None:
    with sqlite3.connect(cache) as connection:
        connection.execute("UPDATE meta SET version = version - 1")
        connection.execute("UPDATE task SET title = 'old', public = '{\"title\": \"old\"}'")
    connection.close()


def of_another_store(cache: Path) -> None:
    with sqlite3.connect(cache) as connection:
        connection.execute("UPDATE meta SET root = '/elsewhere'")
        connection.execute("UPDATE task SET title = 'theirs', public = '{\"title\": \"theirs\"}'")
    connection.close()


def of_damaged_stamps(cache: Path) -> None:
    with sqlite3.connect(cache) as connection:
        connection.execute("UPDATE stamps SET numbers = x'00112233'")
    connection.close()


DAMAGE: list[Callable[[Path], None]] = [
    cut, cut_between_pages, empty, text, folder, old, of_another_store, of_damaged_stamps,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_damaged_cache_is_no_trouble(filled: Shelf, damage: Callable[[Path], None]) -> None:
    damage(filled.cache / "index.sqlite")
    filled.write(NAMES[3], raw(NAMES[3], "title 3"))
    for _ in range(3):
        assert titles(filled) == ["title 0", "title 1", "title 2", "title 3"]


@pytest.mark.parametrize("damage", [cut, empty, text, old, of_another_store, of_damaged_stamps])
def test_a_damaged_cache_mends_itself(filled: Shelf, damage: Callable[[Path], None]) -> None:
    damage(filled.cache / "index.sqlite")
    filled.answers()
    filled.answers()
    with sqlite3.connect(filled.cache / "index.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM task").fetchone() == (3,)
        assert connection.execute("SELECT root FROM meta").fetchone() == (str(filled.root),)
    connection.close()


def test_an_old_cache_that_was_restored_is_brought_up_to_date(filled: Shelf) -> None:
    filled.answers()
    kept = (filled.cache / "index.sqlite").read_bytes()
    filled.write(NAMES[0], raw(NAMES[0], "changed since"))
    filled.write(NAMES[3], raw(NAMES[3], "new since"))
    (filled.root / "tasks" / f"{NAMES[1]}.json").unlink()
    wanted = ["changed since", "new since", "title 2"]
    assert sorted(titles(filled)) == wanted
    (filled.cache / "index.sqlite").write_bytes(kept)
    assert sorted(titles(filled)) == wanted and filled.agrees()["broken"] == []


FILES = ("index.sqlite", "texts.sqlite", "answers.sqlite")


def flips(data: bytes, count: int) -> Iterator[bytes]:
    """The content with one bit flipped, at so many of its bytes: the headers of pages, and evenly over the rest, zeros
    (which are room that nothing uses, mostly) more rarely."""
    heads = [page + at for page in range(0, len(data), 4096) for at in range(12)]
    places = sorted({*heads, *range(100)} | {at for at, byte in enumerate(data) if byte or at % 64 == 0})
    for turn, at in enumerate(places[:: max(1, len(places) // count)]):
        flipped = bytearray(data)
        flipped[at] ^= 1 << turn % 8
        yield bytes(flipped)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_changes_no_answer(shelf: Shelf, name: str) -> None:
    """One after the other, in each file of the cache, with and without the answers that were given before."""
    for number, id in enumerate(NAMES[:4]):
        path = shelf.write(id, raw(id, f"title {number} größe"))
        os.utime(path, (10**9 + number, 10**9 + number))
    truth = shelf.answers(cache=False)
    assert shelf.answers() == truth and len(truth["id"]) == 4
    whole = {file: (shelf.cache / file).read_bytes() for file in FILES}
    for damaged in flips(whole[name], 400):
        for file, data in whole.items():
            (shelf.cache / file).write_bytes(damaged if file == name else data)
        for path in (*shelf.cache.glob("*-journal"), *([shelf.cache / FILES[2]] if name == FILES[0] else ())):
            path.unlink(missing_ok=True)
        assert shelf.answers() == truth


def test_caches_of_different_times_change_no_answer(filled: Shelf) -> None:
    """As after a restored backup, or a power cut that kept one file and not the other."""
    filled.answers()
    kept = {file: (filled.cache / file).read_bytes() for file in FILES}
    filled.write(NAMES[0], raw(NAMES[0], "changed since"))
    truth = filled.agrees()
    now = {file: (filled.cache / file).read_bytes() for file in FILES}
    for number in range(2 ** len(FILES)):
        for place, file in enumerate(FILES):
            (filled.cache / file).write_bytes((kept, now)[number >> place & 1][file])
        assert filled.answers() == truth


def test_flipped_bits_change_no_answer_of_a_command(dir_world: Any) -> None:
    world = dir_world
    ids = sorted(world.add(f"title {number}") for number in range(4))
    world.ok("edit", ids[1], "--parent", ids[0])
    before = {id: world.path(id).read_bytes() for id in ids}
    questions = (["list"], ["list", "--json"], ["ready"], ["board"], ["show", ids[0]])
    truth = [world.ft(*words, env={"HOME": None, "XDG_CACHE_HOME": None}) for words in questions]
    chance = random.Random(7)
    for turn in range(6):
        world.ok("list")
        for cache in Path(world.env["XDG_CACHE_HOME"]).rglob("*.sqlite"):
            data = bytearray(cache.read_bytes())
            for _ in range(20 if turn % 2 else 1):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            cache.write_bytes(data)
        assert [world.ft(*words) for words in questions] == truth
    assert {id: world.path(id).read_bytes() for id in ids} == before


def test_a_cache_that_another_process_holds_is_done_without(filled: Shelf) -> None:
    holder = sqlite3.connect(filled.cache / "index.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        filled.write(NAMES[0], raw(NAMES[0], "while it was held"))
        assert titles(filled)[0] == "while it was held"
    finally:
        holder.close()
    assert titles(filled)[0] == "while it was held"


def test_a_cache_that_cannot_be_written_is_done_without(shelf: Shelf) -> None:
    shelf.cache.parent.mkdir(exist_ok=True)
    shelf.cache.write_text("a file where the folder should be", encoding="utf-8")
    shelf.write(NAMES[0], raw(NAMES[0], "all the same"))
    assert titles(shelf) == ["all the same"]
    assert shelf.cache.read_text(encoding="utf-8") == "a file where the folder should be"


def test_the_commands_agree_after_the_store_was_changed_behind_their_back(world: Any) -> None:
    """Through the command line: a hand edit, a removed file, a file of git's, a removed cache."""
    first, second = world.add("first"), world.add("second")
    assert set(world.ids()) == {first, second}
    world.rewrite(first, title="by hand")
    world.path(second).unlink()
    assert [task["title"] for task in world.ok("list")["tasks"]] == ["by hand"]
    shutil.rmtree(world.home / "cache")
    assert [task["title"] for task in world.ok("list")["tasks"]] == ["by hand"]
    if world.recorded:
        world.git("checkout", "--quiet", "--", "tasks")
        assert {task["title"] for task in world.ok("list")["tasks"]} == {"first", "second"}


def test_a_cache_with_a_lost_page_is_made_anew(filled: Shelf) -> None:
    """As a power cut leaves it: a page that was not on the disk yet reads as zeros."""
    whole = (filled.cache / "index.sqlite").read_bytes()
    truth = filled.answers(cache=False)
    for page in range(len(whole) // 4096):
        (filled.cache / "answers.sqlite").unlink(missing_ok=True)
        (filled.cache / "index.sqlite").write_bytes(whole[: 4096 * page] + bytes(4096) + whole[4096 * (page + 1) :])
        assert filled.answers() == truth


def test_without_a_home_there_is_no_cache(world: Any) -> None:
    id = world.add("one")
    env = {"HOME": None, "XDG_CACHE_HOME": None}
    assert [task["id"] for task in world.ok("list", env=env)["tasks"]] == [id]
    assert world.ok("list", env=env | {"XDG_CACHE_HOME": "relative"})["tasks"][0]["id"] == id
    assert not (world.project / "relative").exists()
