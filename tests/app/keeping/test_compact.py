"""`fedtasks compact`: long histories in short files, in every kind of store, across clones and after damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fedtasks.domain.canonical import load_bytes
from fedtasks.domain.task import SEGMENT
from tests.histories import LENGTH, lengthen
from tests.team import Team


def segments(world: Any, id: str) -> list[Path]:
    return sorted((world.root / "history" / id).glob("*.json"))


def test_a_long_history_becomes_a_short_file_and_loses_nothing(world: Any) -> None:
    id, other = world.add("much talked about"), world.add("another")
    known, size = lengthen(world, id), world.path(id).stat().st_size
    before = world.ok("history", id)["history"]
    listed = world.ok("list")["tasks"]
    dry = world.ok("compact", "--dry-run")["tasks"]
    assert [(row["id"], row["moved"], row["events"]) for row in dry] == [(id, 2 * SEGMENT, LENGTH)]
    assert world.path(id).stat().st_size == size and not segments(world, id)
    assert world.ok("compact")["tasks"] == dry
    assert world.path(id).stat().st_size < size / 4 and len(segments(world, id)) == 2
    assert world.raw(id)["compacted"]["events"] == 2 * SEGMENT and len(world.raw(id)["history"]) == 100
    world.assert_clean()
    if world.recorded:
        assert world.subjects()[-1] == f"compact the history of {id}: much talked about"
    assert world.ok("history", id)["history"] == before
    assert world.ok("list")["tasks"] == listed
    assert world.ok("compact", id, other)["tasks"] == []
    kept = [path.read_bytes() for path in segments(world, id)]
    world.ok("comment", id, "one more"), world.ok("claim", id), world.ok("done", id), world.ok("archive", id)
    assert [made["id"] for made in world.ok("history", id)["history"]][:LENGTH] == known
    world.ok("unarchive", id)
    assert [path.read_bytes() for path in segments(world, id)] == kept
    world.assert_clean()


def test_a_lost_or_changed_segment_is_named_and_comes_back_from_git(world: Any) -> None:
    id, other = world.add("much talked about"), world.add("another")
    lengthen(world, id)
    world.ok("compact", id)
    first, last = sorted(segments(world, id), key=lambda path: load_bytes(path.read_bytes())["before"] is not None)
    kept = first.read_bytes(), last.read_bytes()
    task = world.path(id).read_bytes()
    for damage in (first.unlink, lambda: last.write_bytes(kept[1].replace(b"remark 300", b"remark 3OO"))):
        damage()
        error = world.fails(6, "show", id)
        assert f"history/{id}/" in error["message"] and "check --fix" in error["hint"]
        world.fails(6, "comment", id, "lost?")
        assert world.path(id).read_bytes() == task
        assert world.ids() and world.ok("show", other)["task"]["title"] == "another"
        assert world.ft("check").code == 6
        done = world.ft("check", "--fix", "--json")
        if world.recorded:
            assert done.code == 0 and [entry["source"] for entry in done.json["repaired"]] == ["git's history"]
        else:
            assert done.code == 6
            first.write_bytes(kept[0]), last.write_bytes(kept[1])
        assert (first.read_bytes(), last.read_bytes()) == kept
        world.assert_clean()


def test_the_index_sees_what_becomes_of_segments(world: Any) -> None:
    id, other = world.add("much talked about"), world.add("another")
    lengthen(world, id)
    world.ok("compact", id)
    place = segments(world, id)[0]
    kept = place.read_bytes()
    both = world.ids()
    assert sorted(both) == sorted([id, other]) and world.ids() == both
    for damage in (place.unlink, lambda: place.write_bytes(kept.replace(b"remark", b"REMARK"))):
        damage()
        told = world.ft("list")
        assert id not in told.out and other in told.out and "older events" in told.err
        place.write_bytes(kept)
        assert world.ids() == both and not world.ft("list").err


def test_a_store_without_tasks_has_nothing_to_compact(dir_world: Any) -> None:
    (dir_world.root / "tasks").rmdir()
    assert dir_world.ok("compact")["tasks"] == []


def test_a_name_that_leads_out_of_the_store_is_refused(world: Any) -> None:
    id = world.add("much talked about")
    lengthen(world, id)
    world.ok("compact", id)
    for name in ("../../../../etc/passwd", "0" * 64 + "/..", 7):
        world.rewrite(id, lambda raw, name=name: raw["compacted"].update(segment=name))
        assert world.fails(6, "show", id)["field"] == "compacted.segment"


def one_long(team: Team) -> str:
    """A task that both clones have, with a long history."""
    ada, ben = team.clones["ada"], team.clones["ben"]
    id = ada.add("much talked about")
    lengthen(ada, id)
    ada.ok("sync"), ben.ok("sync")
    return str(id)


def test_clones_that_compact_and_write_at_once_become_one(make_team: Any) -> None:
    team = make_team()
    ada, ben = team.clones["ada"], team.clones["ben"]
    id = one_long(team)
    ada.ok("compact", id), ben.ok("compact", id)
    assert [path.name for path in segments(ada, id)] == [path.name for path in segments(ben, id)]
    ada.ok("comment", id, "from ada"), ben.ok("comment", id, "from ben")
    ada.ok("sync"), ben.ok("sync"), ada.ok("sync")
    assert len(team.heads()) == 1
    assert len(ada.raw(id)["history"]) == 102 and len(ada.ok("history", id)["history"]) == LENGTH + 2
    assert ben.ok("claim", id)["task"]["claim"]["confirmed"] and ada.fails(5, "claim", id)["holder"] == "ben"
    assert len(ada.ok("history", id)["history"]) == LENGTH + 3
    for clone in team.all:
        clone.assert_clean()


def test_who_writes_without_knowing_of_it_loses_nothing(make_team: Any) -> None:
    team = make_team()
    ada, ben = team.clones["ada"], team.clones["ben"]
    id = one_long(team)
    ben.ok("comment", id, "early")
    grown = lengthen(ada, id, LENGTH + SEGMENT)
    ada.ok("compact", id), ada.ok("sync")
    assert ada.raw(id)["compacted"]["events"] == 3 * SEGMENT
    ben.ok("sync"), ada.ok("sync")
    assert len(team.heads()) == 1
    assert ada.raw(id)["compacted"]["events"] == 2 * SEGMENT
    found = [made["id"] for made in ada.ok("history", id)["history"]]
    assert set(grown) < set(found) and len(found) == LENGTH + SEGMENT + 1
    ada.ok("compact", id)
    assert ada.raw(id)["compacted"]["events"] == 3 * SEGMENT and len(segments(ada, id)) == 4
    assert [made["id"] for made in ada.ok("history", id)["history"]] == found
    ada.assert_clean()


def test_plain_git_merges_them_too(make_team: Any) -> None:
    team = make_team()
    ada, ben = team.clones["ada"], team.clones["ben"]
    id = one_long(team)
    ben.ok("comment", id, "from ben")
    ada.ok("compact", id), ada.ok("comment", id, "from ada"), ada.ok("sync")
    ben.git("fetch", "--quiet", "origin")
    ben.git("merge", "--quiet", "--no-edit", "origin/fedtasks")
    raw = json.loads(ben.git("show", f"HEAD:tasks/{id}.json"))
    assert raw["compacted"]["events"] == 2 * SEGMENT and len(raw["history"]) == 102
    assert len(ben.ok("history", id)["history"]) == LENGTH + 2
    ben.assert_clean()
