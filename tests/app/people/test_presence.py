"""Who works on what: said once, seen in all clones, true only while it is so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fedtasks.store.merging import merge_bytes
from fedtasks.store.reading import nowhere


def test_what_somebody_works_on_is_seen_by_all(make_team: Callable[..., Any]) -> None:
    team = make_team(2)
    ada, ben = team.all
    one, two = ada.add("one"), ada.add("two")
    ada.ok("sync")
    assert ada.ok("work") == {"schema": "fedtasks.work/1", "working": []}
    done = ada.ft("work", one, "--note", "drawing\nit")
    assert done.out == f"🔧 WORKING: {one}: one (drawing it)\n"
    assert ada.show(one)["status"] == "in_progress"
    ben.ok("sync")
    (told,) = ben.ok("work")["working"]
    assert (told["name"], told["task"], told["title"], told["note"]) == ("ada", one, "one", "drawing it")
    assert f"🔧 WORKING: ada on {one}: one (drawing it)" in ben.ft("prime").out
    assert ben.fails(5, "work", one)["holder"] == "ada"
    ada.ok("work", one, "--note", "testing it")
    ada.ok("claim", two)
    ada.ok("sync"), ben.ok("sync")
    assert [entry["note"] for entry in ben.ok("work")["working"]] == ["testing it"]
    history = [event["kind"] for event in ada.raw(one)["history"]]
    assert history == ["created", "claimed"]
    ada.ok("done", one)
    ada.ok("sync"), ben.ok("sync")
    (told,) = ben.ok("work")["working"]
    assert (told["task"], told.get("note")) == (two, None)
    ada.ok("release", two)
    assert ada.ok("work")["working"] == [] and ada.ft("work").out == "nobody works on anything\n"
    team.settle()
    team.assert_alike()


def test_a_broken_presence_is_named_and_in_nobodys_way(dir_world: Any) -> None:
    id = dir_world.add("one")
    dir_world.ok("work", id, "--note", "here")
    path = dir_world.root / "presence" / "ada-lovelace.json"
    path.write_text('{"task": 1}', encoding="utf-8")
    (told,) = dir_world.ok("work")["working"]
    assert told["task"] == id and "note" not in told
    assert [problem["path"] for problem in dir_world.ft("check", "--json").json["problems"]] == [
        "presence/ada-lovelace.json"
    ]
    dir_world.ok("work", id, "--note", "again")
    assert dir_world.ok("work")["working"][0]["note"] == "again"
    dir_world.assert_clean()


def test_the_later_word_stays() -> None:
    first, second = (
        json.dumps({"schema": 1, "name": "ada", "task": f"task-0000{number}", "at": f"2026-01-0{number}T00:00:00Z"})
        for number in (1, 2)
    )
    for ours, theirs in ((first, second), (second, first)):
        assert merge_bytes(ours.encode(), theirs.encode(), "presence/ada.json", nowhere) == second.encode()
