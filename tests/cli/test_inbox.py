"""The inbox from the command line: what comes, in which order, and how it is settled."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

DAY = "2026-05-{:02}T08:00:00Z"


def inbox(world: Any, who: str, *words: str) -> list[dict[str, Any]]:
    answer = world.ok("inbox", *words, who=who)
    assert answer["schema"] == "fedtasks.inbox/1"
    return list(answer["notices"])


def kinds_of(world: Any, who: str, *words: str) -> list[str]:
    return [notice["kind"] for notice in inbox(world, who, *words)]


def on(day: int) -> dict[str, Any]:
    return {"env": {"FEDTASKS_NOW": DAY.format(day)}}


@pytest.fixture
def week(git_world: Any) -> Any:
    """A week on two tasks: ben lays the base, cleo puts the roof on it; ann leads, wes and a crew watch."""
    world = git_world
    world.configure("notices: {repeat: never, escalate: never, urgent_repeat: never, urgent_escalate: never}")
    world.git("commit", "--quiet", "--all", "-m", "settings")
    for name in ("lea", "ben", "dan"):
        world.ok("member", "add", name)
    world.ok("member", "add", "crew", "--kind", "team", "--member", "ben", "--member", "dan")
    base = world.add("Lay the base", who="ann", **on(1))
    roof = world.add("Put on the roof", "--depends-on", base, "-d", "with @lea", who="ann", **on(1))
    assert world.ok("follow", base, who="wes", **on(1))["task"]["watchers"] == ["wes"]
    world.ok("follow", base, "--who", "crew", who="ann", **on(1))
    world.ok("assign", base, "ben", who="ann", **on(2))
    world.ok("assign", roof, "cleo", "--reason", "you know roofs", who="ann", **on(2))
    world.ok("start", base, who="ben", **on(3))
    world.ok("block", base, "--reason", "no sand", "--by", roof, who="ben", **on(4))
    world.ok("unblock", base, who="ben", **on(5))
    world.ok("done", base, who="ben", **on(5))
    world.base, world.roof = base, roof
    return world


def test_everybody_hears_what_concerns_them(week: Any) -> None:
    """... and nobody of their own doing."""
    world, base, roof = week, week.base, week.roof
    assert kinds_of(world, "ann") == ["blocked", "progress"]
    assert kinds_of(world, "ben") == ["assigned"]
    assert kinds_of(world, "cleo") == ["blocking", "assigned", "dependency_done"]
    assert kinds_of(world, "wes") == kinds_of(world, "dan") == ["watched"] * 5
    world.ok("edit", roof, "-d", "ask @lea, not @stranger", who="ann", **on(5))
    assert kinds_of(world, "lea") == ["mentioned"] and kinds_of(world, "stranger") == []
    world.ok("read", who="lea")
    assert kinds_of(world, "lea") == []
    world.ok("ack", "--all", who="ann")
    assert kinds_of(world, "ann") == []
    assert world.ok("unfollow", base, who="wes")["task"]["watchers"] == ["crew"]
    world.assert_clean()


def test_the_inbox_is_shown_and_settled(week: Any) -> None:
    """Urgent ones first; read and ack settle them, for good."""
    world, base, roof = week, week.base, week.roof
    first = inbox(world, "cleo")[0]
    assert first["urgent"] and first["task"] == roof and base in first["text"]
    shown = world.ft("inbox", who="cleo", **on(6)).out.splitlines()
    assert shown[0].startswith(f"!  {first['id'][:8]}  2 d ago  {roof}  ben waits for it") and len(shown) == 4
    assert shown[-1] == "3 for cleo (1 urgent, 2 to acknowledge: fedtasks ack ID)"
    threads = world.ft("inbox", "--threads", who="cleo", **on(6)).out.splitlines()
    assert threads[0] == f"{roof}  Put on the roof" and "assigned it to you: you know roofs" in threads[1]
    assert kinds_of(world, "cleo", "--task", base) == ["blocking", "dependency_done"]

    world.ok("read", first["id"][:9], who="cleo")
    assert kinds_of(world, "cleo") == ["blocking", "assigned", "dependency_done"], "read, but not acknowledged"
    batch = world.ok("inbox", "--batch", "2", who="cleo")
    assert [notice["kind"] for notice in batch["notices"]] == ["blocking", "assigned"]
    world.ok(*batch["ack"].split()[1:], who="cleo")
    assert kinds_of(world, "cleo") == ["dependency_done"]
    world.ok("read", roof, who="cleo")
    assert kinds_of(world, "cleo") == [] and len(inbox(world, "cleo", "--all")) == 3
    commits = len(world.subjects())
    assert len(world.ok("ack", roof, who="cleo")["notices"]) == 3
    assert len(world.ok("ack", roof, who="cleo")["notices"]) == 3 and len(world.subjects()) == commits + 1
    assert world.subjects()[-1] == "ack 3 notices"
    world.ok("inbox", "--batch", "9", "--ack", who="wes")
    assert kinds_of(world, "wes") == []
    assert world.ft("inbox", who="wes").out == "nothing waits for wes\n"
    world.assert_clean()


def test_what_cannot_be_read_or_found(dir_world: Any, refuses: Any) -> None:
    world = dir_world
    id = world.add("one", who="ann")
    world.ok("assign", id, "ben", who="ann")
    (name,) = os.listdir(world.root / "inbox" / "ben")
    for words in (("read", "zzzz"), ("ack", "zzzz"), ("inbox", "--task", "zzzz"), ("read", "")):
        refuses(world, 3, "not_found", *words, who="ben")
    for words in (("ack",), ("ack", "x", "--all"), ("inbox", "--ack")):
        world.fails(2, *words, who="ben")
    broken = world.root / "inbox" / "ben" / "0000000000000000.json"
    broken.write_text('{"schema": 1}')
    found = world.ft("inbox", who="ben")
    assert found.code == 0 and "0000000000000000.json" in found.err and "ann assigned it to you" in found.out
    assert world.ft("inbox", "--json", who="ben").json["notices"][0]["id"] == name[:-5]
    assert world.ok("ack", "--all", who="ben")["notices"] and broken.read_text() == '{"schema": 1}'


def test_many_assignments_are_one_notice(dir_world: Any) -> None:
    """A plan that gives somebody many tasks fills no inbox; whoever wants to hears of new tasks."""
    world = dir_world
    world.ok("member", "add", "ben")
    world.configure("notices: {created: everyone}")
    (world.project / "plan.md").write_text("# Plan\n\n" + "".join(f"- [ ] step number {n}\n" for n in range(9)))
    world.ok("parse", "plan.md", who="ann")
    (notice,) = inbox(world, "ben")
    assert notice["kind"] == "created" and len(notice["tasks"]) == 9 and "9 tasks" in notice["text"]
    assert inbox(world, "ann") == []
    (world.project / "plan.md").write_text("# Plan\n\n" + "".join(f"- [ ] step number {n}\n" for n in range(10)))
    world.ok("parse", "plan.md", who="ann")
    assert [notice.get("tasks") is None for notice in inbox(world, "ben")] == [False, True]


def test_settled_notices_go_after_a_month(dir_world: Any) -> None:
    world = dir_world
    first, second = world.add("one", who="ann"), world.add("two", who="ann")
    world.ok("assign", first, "ben", who="ann", **on(1))
    world.ok("ack", "--all", who="ben", **on(2))
    world.ok("assign", second, "ben", who="ann", **on(3))
    world.ok("ack", "--all", who="ben", **on(4))
    assert len(inbox(world, "ben", "--all")) == 2
    world.ok("assign", first, "--nobody", who="ann", **on(30))
    world.ok("ack", "--all", who="ben", env={"FEDTASKS_NOW": "2026-06-02T09:00:00Z"})
    assert [notice["task"] for notice in inbox(world, "ben", "--all")] == [second, first]


def test_watching_and_waiting(dir_world: Any) -> None:
    """`--watch` tells what is there and what comes, once; `--wait` ends with the first notice."""
    world = dir_world
    id = world.add("one", who="ann")
    waiting = world.popen("inbox", "--wait", "50", "--json", who="ben")
    watching = world.popen("inbox", "--watch", "0.1", "--json", who="ben")
    try:
        world.ok("assign", id, "ben", who="ann")
        line = json.loads(watching.stdout.readline())
        assert [notice["kind"] for notice in line["notices"]] == ["assigned"]
        world.ok("assign", id, "--nobody", who="ann")
        line = json.loads(watching.stdout.readline())
        assert [notice["kind"] for notice in line["notices"]] == ["taken_away"]
        out, _ = waiting.communicate(timeout=30)
        assert json.loads(out)["notices"][0]["kind"] in ("assigned", "taken_away")
    finally:
        watching.send_signal(signal.SIGINT)
        _, err = watching.communicate(timeout=30)
        waiting.kill()
    assert (watching.returncode, err) == (0, b"")


def test_waiting_hears_what_another_clone_has_sent(make_team: Any) -> None:
    """... and, with a remote that is gone, says so once and goes on."""
    team = make_team(2)
    ada, ben = team.all
    waiting = ben.popen("inbox", "--wait", "50", "--sync", "0.1", "--json")
    ada.ok("assign", ada.add("one"), "ben")
    ada.ok("sync")
    out, err = waiting.communicate(timeout=50)
    assert [notice["kind"] for notice in json.loads(out)["notices"]] == ["assigned"] and err == b""
    team.remote.rename(team.remote.with_name("gone"))
    ben.ok("ack", "--all")
    done = ben.run("inbox", "--wait", "2.2", "--sync", "0.1")
    assert done.out == "nothing waits for ben\n" and len(done.err.splitlines()) == 1


def test_two_clones_settle_alike(make_team: Any) -> None:
    """What was read on one machine is read on the other."""
    team = make_team(2)
    ada, ben = team.all
    id = ada.add("one")
    ada.ok("assign", id, "ben")
    team.settle()
    assert kinds_of(ben, "ben") == ["assigned"]
    ben.ok("ack", id)
    ada.ok("unfollow", id, "--who", "nobody")
    team.settle()
    team.assert_alike()
    assert kinds_of(ada, "ben") == [] and kinds_of(ada, "ben", "--all") == ["assigned"]


def test_the_owner_hears_that_a_plan_dropped_the_task(dir_world: Any) -> None:
    world = dir_world
    plan = world.project / "plan.md"
    plan.write_text("# Plan\n\n- [ ] Lay the base\n- [ ] Put on the roof\n")
    world.ok("parse", "plan.md", who="ann")
    base = next(task["id"] for task in world.ok("list")["tasks"] if task["title"] == "Lay the base")
    world.ok("claim", base, who="ben")
    plan.write_text("# Plan\n\n- [ ] Put on the roof\n")
    for _ in range(2):
        world.ok("parse", "plan.md", who="ann")
    (notice,) = inbox(world, "ben")
    assert (notice["kind"], notice["task"]) == ("unplanned", base) and "no longer in the plan" in notice["text"]


def test_a_terminal_says_that_something_waits(dir_world: Any) -> None:
    """After commands of whoever acts, in one line; never where the output is no terminal."""
    import pty

    world = dir_world
    first, second = world.add("one", who="ann"), world.add("two", "-p", "critical", who="ann")
    for id in (first, second):
        world.ok("assign", id, "ben", who="ann")

    def at_a_terminal(*words: str) -> str:
        ours, theirs = pty.openpty()
        done = world.popen(*words, who="ben", stderr=theirs)
        os.close(theirs)
        done.communicate(timeout=30)
        text = b""
        try:
            while more := os.read(ours, 4096):
                text += more
        except OSError:
            pass
        os.close(ours)
        assert done.returncode == 0
        return text.decode()

    assert at_a_terminal("start", first) == "fedtasks: 2 notices wait for you, 1 urgent: fedtasks inbox\r\n"
    assert at_a_terminal("inbox") == at_a_terminal("start", second, "--json") == ""
    assert world.run("tag", first, "x", who="ben").err == ""
    world.ok("ack", "--all", who="ben")
    assert at_a_terminal("tag", first, "y") == ""
