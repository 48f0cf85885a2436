"""Kills around notices: nobody is told of what did not happen, nobody misses what did, no message is lost."""

from __future__ import annotations

import json
from typing import Any

from tests.store.kills import points, whole


class Assigns:
    """A task that is given to ben, who is told with the same change."""

    def __init__(self, world: Any) -> None:
        self.world, self.number = world, 0
        self.reset()

    @property
    def words(self) -> tuple[str, ...]:
        return ("assign", self.id, "ben")

    def look(self) -> bool:
        self.world.assert_clean()
        given = self.world.raw(self.id)["assignee"] == "ben"
        told = [notice["task"] for notice in self.world.ok("inbox", who="ben")["notices"]]
        assert told.count(self.id) == int(given)
        return given

    def reset(self) -> None:
        self.id = self.world.add("for ben")


def test_a_change_and_its_notice_are_one(make_world: Any, killer: Any) -> None:
    world = make_world("git")
    world.env["FEDTASKS_FSYNC"] = "off"
    case, kills = Assigns(world), killer(world)
    whole(points(lambda number: kills.at_change(number, *case.words), case.look, case.reset))


def test_no_message_is_lost_and_only_the_one_under_way_goes_twice(dir_world: Any, killer: Any) -> None:
    """Killed before each change to the disk, `notify send` sends the rest the next time."""
    world, log = dir_world, dir_world.base / "log"
    world.env |= {"FEDTASKS_FSYNC": "off", "FEDTASKS_COMMAND_log": f"sh -c 'cat >> {log}; echo >> {log}'"}
    world.env["FEDTASKS_ACTOR"] = "ben"
    world.ok("member", "add", "ben", who="ada-lovelace")
    world.ok("notify", "channel", "log", "--type", "command")
    for title in ("one", "two"):
        world.ok("assign", world.add(title, who="ann"), "ben", who="ann")
    kills, number, code = killer(world), 0, -1
    while code != 0:
        number += 1
        for path in (world.root / ".local" / "channels").glob("ben.json"):
            path.unlink()
        log.write_text("")
        code = kills.at_change(number, "notify", "send")
        again = world.ok("notify", "send")["sent"]
        keys = [json.loads(line)["key"] for line in log.read_text().splitlines()]
        assert len(set(keys)) == 2 and len(keys) <= 3, (number, keys)
        assert len(again) >= 2 - len(keys) and world.ok("notify", "send")["sent"] == []
    assert number > 3 and len(keys) == 2
