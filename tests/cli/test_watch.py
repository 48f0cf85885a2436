"""`watch`: one line an event, urgent ones at once, none missed and none twice, whatever fails or is killed."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any

import pytest

from fedtasks.store.feed import KEPT, open_feed

LIMIT = 20


class Watching:
    """A `watch` in a process of its own, its lines as they come."""

    def __init__(self, world: Any, *words: str) -> None:
        self.process: subprocess.Popen[bytes] = world.popen("watch", *words)
        self.lines: Queue[str] = Queue()
        self.said: Queue[str] = Queue()
        streams = ((self.process.stdout, self.lines), (self.process.stderr, self.said))
        self.readers = [threading.Thread(target=self._read, args=pair) for pair in streams]
        for reader in self.readers:
            reader.start()

    def _read(self, stream: Any, queue: Queue[str]) -> None:
        with stream:
            for line in stream:
                queue.put(line.decode())

    def next(self) -> Any:
        told = json.loads(self.lines.get(timeout=LIMIT))
        assert told["schema"] == "fedtasks.watch/1"
        return told

    def subject(self) -> str:
        """What the next line is about."""
        told = self.next()
        return told["task"]["id"] if told["event"] == "ready" else told["notice"]["id"]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()


@contextmanager
def watching(world: Any, *words: str) -> Iterator[Watching]:
    found = Watching(world, *words)
    try:
        yield found
    finally:
        found.kill()


def test_work_and_notices_come_once_each_and_on_where_it_was(git_world: Any) -> None:
    git_world.ok("member", "add", "bo", "--kind", "agent", "--role", "agent")
    git_world.env["FEDTASKS_ACTOR"] = "bo"
    first = git_world.add("one", who="lea")
    with watching(git_world) as watch:
        told = watch.next()
        assert (told["event"], told["urgent"], told["task"]["id"]) == ("ready", False, first)
        taken = git_world.add("two", who="lea")
        assert watch.subject() == taken
        git_world.ok("claim", taken, who="lea")
        urgent = git_world.add("now", "--priority", "critical", who="lea")
        told = watch.next()
        assert (told["urgent"], told["task"]["id"]) == (True, urgent)
    git_world.ok("release", taken, who="lea")
    git_world.ok("assign", first, "bo", who="lea")
    with watching(git_world, "--after", told["cursor"]) as watch:
        found = [watch.next() for _ in range(2)]
        assert {one["event"] for one in found} == {"ready", "notice"}
        assert {(one.get("task") or one["notice"]).get("id") for one in found} >= {taken}
        last = found[-1]["cursor"]
    again = git_world.run("watch", "--once", "--after", found[0]["cursor"], "--timeout", "5")
    assert [json.loads(line)["cursor"] for line in again.out.splitlines()] == [last]
    quiet = git_world.run("watch", "--once", "--after", last, "--timeout", "0")
    assert (quiet.code, quiet.out) == (0, "")
    assert git_world.fails(2, "watch", "--after", "yesterday")["code"] == "usage"
    lost = git_world.run("watch", "--once", "--after", "zzzzzzzz-1", "--timeout", "5")
    assert "not known on this machine" in lost.err and len(lost.out.splitlines()) == 5


def test_what_is_left_behind_is_told_once(dir_world: Any) -> None:
    """A lease that expires changes no file."""
    dir_world.configure("claim: {human_lease: 1s}")
    id = dir_world.add("one")
    dir_world.ok("claim", id, who="dan")
    done = dir_world.run("watch", "--once", "--timeout", "30", who="bo")
    told = json.loads(done.out)
    assert (told["event"], told["task"]["id"], told["task"]["assignee"]) == ("expired", id, "dan")
    error = dir_world.fails(3, "next", "--claim", who="bo")
    assert (error["expired"], error["code"]) == ([id], "nothing_ready") and "--takeover" in error["hint"]
    assert dir_world.fails(3, "next", "--claim", who="dan")["expired"] == []
    assert dir_world.run("watch", "--once", "--timeout", "0", who="bo").out == ""


def test_lines_are_gathered_until_an_urgent_one(git_world: Any) -> None:
    with watching(git_world, "--batch", "600", "--once") as watch:
        calm = git_world.add("calm")
        with pytest.raises(Empty):
            watch.lines.get(timeout=1.5)
        urgent = git_world.add("urgent", "--priority", "critical")
        assert [watch.subject(), watch.subject()] == [calm, urgent]
        assert watch.process.wait(LIMIT) == 0


def test_it_goes_on_through_a_lost_remote_and_a_lost_store(make_team: Callable[..., Any]) -> None:
    team = make_team(2)
    ada, ben = team.all
    with watching(ada, "--sync", "0.2") as watch:
        one = ben.add("one")
        ben.ok("sync")
        assert watch.subject() == one
        team.away()
        assert "trying on" in watch.said.get(timeout=LIMIT)
        here = ada.add("here")
        assert watch.subject() == here
        team.back()
        assert "works again" in watch.said.get(timeout=LIMIT)
        away = ada.root.with_name("away")
        shutil.move(ada.root, away)
        assert "trying on" in watch.said.get(timeout=LIMIT)
        shutil.move(away, ada.root)
        last = ada.add("last")
        assert watch.subject() == last
        assert watch.process.poll() is None


def test_killed_again_and_again_it_misses_nothing(git_world: Any) -> None:
    """Who goes on behind the last cursor that they saw gets every task once."""
    ids, found, cursor = [git_world.add(f"task {number}") for number in range(5)], [], None
    for number in range(4):
        with watching(git_world, *(["--after", cursor] if cursor else [])) as watch:
            for _ in range(2):
                told = watch.next()
                found.append(told["task"]["id"])
                cursor = told["cursor"]
            ids.append(git_world.add(f"more {number}"))
    done = git_world.run("watch", "--once", "--after", cursor, "--timeout", "5")
    found += [json.loads(line)["task"]["id"] for line in done.out.splitlines()]
    assert sorted(found) == sorted(ids)


def test_a_feed_keeps_the_latest_lines(tmp_path: Any) -> None:
    feed = open_feed(tmp_path, "bo", b"12345")
    feed.note({f"{number:05}": {"event": "ready"} for number in range(KEPT + 5)})
    assert len(feed.after(0)) == KEPT and feed.start(f"{feed.epoch}-5") == (5, True)
    assert feed.start(f"{feed.epoch}-4") == (0, False) and feed.start(f"{feed.epoch}-{KEPT + 6}") == (0, False)
    feed.note({"00001": None, "new": None})
    feed.note({"00001": {"event": "ready"}, "new": {"event": "ready", "urgent": True}})
    assert [(line.number - KEPT, line.urgent) for line in feed.after(KEPT + 5)] == [(6, True)]
    tmp_path.joinpath("watch-bo.sqlite").write_bytes(b"no database at all" * 100)
    assert open_feed(tmp_path, "bo", b"54321").epoch != feed.epoch
    assert open_feed(tmp_path / "watch-bo.sqlite", "bo", b"54321").after(0) == []


def test_a_feed_with_a_flipped_bit_is_begun_anew(tmp_path: Any) -> None:
    feed = open_feed(tmp_path, "bo", b"12345")
    feed.note({f"{number:05}": {"event": "ready", "urgent": number % 2 == 0} for number in range(9)})
    feed.told(4)
    told, start = feed.after(0), feed.start(None)
    feed.connection.close()
    path = tmp_path / "watch-bo.sqlite"
    whole = path.read_bytes()
    for at in [place for place, byte in enumerate(whole) if byte][::9]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        again = open_feed(tmp_path, "bo", b"54321")
        if again.epoch == feed.epoch:  # a bit of SQLite's own counters
            assert (again.after(0), again.start(None)) == (told, start)
        else:
            assert (again.after(0), again.start(None)) == ([], (0, True))
        again.connection.close()
