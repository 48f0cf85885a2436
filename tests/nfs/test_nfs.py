"""Two machines and one directory on a real NFS server; `python -m pytest -n 0 -m nfs tests/nfs` runs them.

FEDTASKS_NFS_CHANGES says how many contended changes the race makes (400 unless it is given).
"""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from tests.nfs.conftest import STORE
from tests.nfs.lab import EXPORT, TEAM, Guest, Lab

pytestmark = pytest.mark.nfs

CHANGES = int(os.environ.get("FEDTASKS_NFS_CHANGES", "400"))
PLAN = "---\nid: pipes\n---\n# Pipes\n\n" + "".join(f"- [ ] Lay the pipe number {number}\n" for number in range(20))
LONG = ["--lock-timeout", "120"]


def tell(words: str) -> None:
    """A figure for whoever runs these tests with -s."""
    print(f"\n  {words}", flush=True)


def is_clean(machine: Any) -> bool:
    """`check` finds nothing."""
    return machine.ok("check")["problems"] == []


def test_two_machines_lose_no_change(machines: Any) -> None:
    one, two = machines
    shared = [one.ok("add", f"shared {number}")["task"]["id"] for number in range(10)]
    each, begun = CHANGES // 4, time.monotonic()
    ends = []
    for number, machine in enumerate([one, two, one, two]):
        tags = [["tag", shared[turn % 10], f"w{number}-{turn}", *LONG] for turn in range(each)]
        commands = [words if turn % 5 else ["add", f"new {number} {turn}", *LONG] for turn, words in enumerate(tags)]
        ends.append(machine.begin(commands))
    found = [end() for end in ends]
    spent = time.monotonic() - begun
    assert [len(answers) for answers in found] == [each] * 4
    assert {answer.code for answers in found for answer in answers} == {0}
    wanted = {f"w{number}-{turn}" for number in range(4) for turn in range(each) if turn % 5}
    for machine in machines:
        assert set().union(*map(machine.tags, shared)) == wanted
        assert len([title for title in machine.titles() if title.startswith("new ")]) == 4 * len(range(0, each, 5))
    assert is_clean(two)
    tell(f"{4 * each} contended changes in {spent:.0f} s ({4 * each / spent:.0f} a second), none lost")


def test_a_claim_has_one_winner(machines: Any) -> None:
    one, two = machines
    ids = [answer.json["task"]["id"] for answer in one.run(*[["add", f"t{n}", "--json"] for n in range(25)])]
    names = ["ann", "ben", "cleo", "dan"]
    machines_of = dict(zip(names, [one, two, one, two], strict=True))
    ends = [machines_of[name].begin([["claim", id, *LONG] for id in ids], f"FEDTASKS_ACTOR={name}") for name in names]
    codes = [[answer.code for answer in end()] for end in ends]
    for place, id in enumerate(ids):
        column = [row[place] for row in codes]
        assert sorted(column) == [0, 5, 5, 5], (id, column)
        assert two.ok("show", id)["task"]["assignee"] == names[column.index(0)]
    tell(f"25 tasks, four takers each: wins {[row.count(0) for row in codes]}, every other one exit 5")


def test_two_parses_of_one_plan_make_no_twins(machines: Any) -> None:
    one, two = machines
    for turn in range(3):
        plan = PLAN + "".join(f"- [ ] Another one, {number}\n" for number in range(turn))
        for machine in machines:
            machine.guest.run(f"cat > /root/plan.md <<'END'\n{plan}END")
        ends = [machine.begin([["parse", "/root/plan.md", *LONG]]) for machine in machines]
        assert {answer.code for end in ends for answer in end()} == {0}
        assert len(one.titles()) == len(set(two.titles())) == 20 + turn
    assert is_clean(one)


def test_a_new_task_is_seen_within_a_second(machines: Any) -> None:
    one, two = machines
    slowest = 0.0
    for turn in range(5):
        title = f"seen {turn}"
        looking = two.begin([["list"], ["until", title, "list"]])
        (added,) = one.run(["add", title])
        _, seen = looking()
        assert title in seen.out
        slowest = max(slowest, seen.began - added.ended)
    assert slowest < 1.0
    tell(f"five new tasks: no list of the other machine that began later than {slowest:.2f} s after one missed it")


@pytest.mark.parametrize("place", ["os.rename .local/tmp", "open .local/tmp"])
@pytest.mark.parametrize("fate", ["paused", "cut off"])
def test_a_holder_that_comes_back_overwrites_nothing(lab: Lab, machines: Any, fate: str, place: str) -> None:
    one, two = machines
    id = one.ok("add", "contested")["task"]["id"]
    end = one.begin([["edit", id, "--title", "mine", "--json"]], f"FT_SLEEP='{place}'")
    until(two.guest, f"ls {TEAM} | grep -x here")
    leave, back = (one.guest.pause, one.guest.wake) if fate == "paused" else (one.guest.cut, one.guest.heal)
    leave()
    begun = time.monotonic()
    (answer,) = two.run(["edit", id, "--title", "theirs", "--json", *LONG])
    assert answer.code == 0, answer
    waited = time.monotonic() - begun
    two.guest.run(f"touch {TEAM}/go")
    back()
    (answer,) = end()
    assert answer.code in (5, 7), answer
    said = answer.json["error"]["message"]
    assert "lock was lost" in said or "another process took" in said or "input/output" in said, said
    assert two.ok("show", id)["task"]["title"] == "theirs"
    assert one.ok("show", id)["task"]["title"] == "theirs" and is_clean(one)
    tell(f"{fate} at {place}: taken over after {waited:.0f} s; back with exit {answer.code}: {said}")


def test_a_holder_that_comes_back_removes_nothing_newer(lab: Lab, machines: Any) -> None:
    """Asleep right before it takes a task's file away; meanwhile its archiving is finished, and the task reopened."""
    one, two = machines
    id = one.ok("add", "finished")["task"]["id"]
    one.ok("cancel", id)
    end = one.begin([["archive", id, "--json"]], "FT_SLEEP='os.rename tasks/task-'")
    (answer,) = meanwhile(one, two, ["reopen", id, "--as", "ann", "--json", *LONG], end)
    assert answer.code in (5, 7), answer
    for machine in machines:
        task = machine.ok("show", id)["task"]
        assert task["status"] == "pending" and "archived" not in task
    assert is_clean(one)
    tell(f"paused before a removal: back with exit {answer.code}: {answer.json['error']['message']}")


def test_a_file_that_somebody_reads_is_removed_and_holds_up_nobody(machines: Any) -> None:
    """NFS keeps it under another name until it is closed."""
    one, two = machines
    id = one.ok("add", "read for long")["task"]["id"]
    one.ok("cancel", id)
    one.guest.run(
        f"(exec 9< {STORE}/tasks/{id}.json; until [ -e /root/closed ]; do sleep 0.1; done) > /dev/null 2>&1 &"
    )
    assert one.ok("archive", id)["tasks"][0]["id"] == id
    one.ok("tag", id, "works")
    left = one.guest.run(f"find {STORE}/.local/tmp -name '.nfs*'").splitlines()
    one.guest.run("touch /root/closed")
    until(one.guest, f"[ -z \"$(find {STORE}/.local/tmp -name '.nfs*')\" ]")
    two.ok("tag", id, "there")
    assert one.tags(id) == {"works", "there"} and is_clean(one)
    assert one.guest.run(f"ls -A {STORE}/.local/tmp") == ""
    tell(f"a file removed while it was read: {len(left)} kept until it was closed, nobody held up")


def test_a_holder_that_comes_back_commits_over_nothing(lab: Lab, machines: Any) -> None:
    """Asleep right before git commits for it; meanwhile its change is finished, and the next one committed."""
    one, two = machines
    one.guest.run(f"rm -rf {STORE}")
    (made,) = one.run(["init", "--dir", STORE, "--git"], more="FEDTASKS_STORE=")
    assert made.code == 0, made
    id = one.ok("add", "contested")["task"]["id"]
    end = one.begin([["edit", id, "--title", "mine", "--json"]], "FT_SLEEP='subprocess.Popen fast-import'")
    (answer,) = meanwhile(one, two, ["edit", id, "--title", "theirs", "--json", *LONG], end)
    assert answer.code in (5, 7), answer
    assert one.ok("show", id)["task"]["title"] == two.ok("show", id)["task"]["title"] == "theirs"
    git = f"git -c safe.directory='*' -C {STORE}"
    assert two.guest.run(f"{git} log --format=%s -2").splitlines() == [f"edit {id}: theirs", f"edit {id}: mine"]
    assert two.guest.run(f"{git} status --porcelain") == "" and is_clean(one) and is_clean(two)
    tell(f"paused before git commits: back with exit {answer.code}: {answer.json['error']['message']}")


def meanwhile(one: Any, two: Any, words: list[str], end: Any) -> Any:
    """What the first machine answers that is paused where it sleeps, while the second one takes over and does this."""
    until(two.guest, f"ls {TEAM} | grep -x here")
    one.guest.pause()
    (answer,) = two.run(words)
    assert answer.code == 0, answer
    two.guest.run(f"touch {TEAM}/go")
    one.guest.wake()
    return end()


def until(guest: Guest, command: str, limit: float = 60) -> None:
    """Asks until the command succeeds."""
    deadline = time.monotonic() + limit
    while guest.attempt(command).code != 0:
        assert time.monotonic() < deadline, command


def test_what_a_machine_acknowledged_before_it_died_is_there(lab: Lab, machines: Any) -> None:
    one, two = machines
    one.begin([["add", f"acknowledged {number}"] for number in range(500)], f"FT_ACKS={TEAM}/acks")
    until(two.guest, f"ls {TEAM} | grep -x acks && [ $(wc -l < {TEAM}/acks) -ge 20 ]")
    one.guest.kill()
    begun = time.monotonic()
    (answer,) = two.run(["add", "after the death", *LONG])
    assert answer.code == 0, answer
    waited = time.monotonic() - begun
    acknowledged = set(two.guest.run(f"cat {TEAM}/acks").splitlines())
    titles = two.titles()
    assert acknowledged <= set(titles) and len(titles) - len(acknowledged) in (1, 2)
    assert is_clean(two)
    one.guest.start()
    one.guest.wait()
    lab.mount(one.guest)
    assert one.titles() == titles
    tell(f"power cut after {len(acknowledged)} acknowledged tasks: all there; the other went on after {waited:.0f} s")


def test_a_server_that_reboots_loses_nothing(lab: Lab, machines: Any) -> None:
    one, two = machines
    shared = one.ok("add", "shared")["task"]["id"]
    ends = [
        machine.begin([["tag", shared, f"{machine.name}-{turn}", *LONG] for turn in range(60)]) for machine in machines
    ]
    until(one.guest, f'[ $(grep -c \'"kind": "edited"\' {STORE_FILE.format(shared)}) -ge 20 ]')
    lab.server.kill()
    begun = time.monotonic()
    lab.server.start()
    lab.server.wait()
    lab.serve()
    found = [end() for end in ends]
    codes = [answer.code for answers in found for answer in answers]
    assert len(codes) == 120 and set(codes) <= {0, 7}
    done = {
        f"{machine.name}-{turn}"
        for machine, answers in zip(machines, found, strict=True)
        for turn, answer in enumerate(answers)
        if answer.code == 0
    }
    assert done <= two.tags(shared) and is_clean(two)
    spent = time.monotonic() - begun
    tell(
        f"server rebooted: {codes.count(0)} of 120 changes done, {codes.count(7)} told exit 7, none lost; {spent:.0f} s"
    )


STORE_FILE = f"{TEAM}/tasks/tasks/{{}}.json"


def test_a_full_export_is_told_and_changes_nothing(lab: Lab, machines: Any) -> None:
    one, two = machines
    id = one.ok("add", "small")["task"]["id"]
    lab.server.attempt(f"cd {EXPORT}; dd if=/dev/zero of=filling bs=1M; dd if=/dev/zero of=rest bs=512; sync")
    (answer,) = one.run(["edit", id, "--description", "words " * 4000, "--json"])
    assert answer.code == 7, answer
    assert "the disk is full; nothing was changed" in answer.json["error"]["message"]
    assert "description" not in two.ok("show", id)["task"]
    lab.server.run(f"rm {EXPORT}/filling {EXPORT}/rest")
    assert one.ok("edit", id, "--description", "words " * 4000)["task"]["description"]
    assert is_clean(two)


@pytest.mark.parametrize(
    ("option", "code", "state"), [("hard,nocto", 7, "fail"), ("soft", 0, "warn"), ("hard", 0, "ok")]
)
def test_a_mount_that_is_not_safe_is_refused(lab: Lab, machines: Any, option: str, code: int, state: str) -> None:
    one, _ = machines
    one.guest.run(f"umount {TEAM}")
    lab.mount(one.guest, option)
    try:
        doctor, add = one.run(["doctor", "--json"], ["add", "one", "--json"])
        findings = {entry["name"]: entry for entry in doctor.json["findings"]}
        assert findings["mount"]["state"] == state and "nfs4 from 10.200.0.1:/" in findings["mount"]["detail"]
        assert add.code == code and doctor.code == (1 if code else 0), (doctor, add)
        assert code == 0 or "nocto: a file may be read as it was before" in add.json["error"]["message"]
        assert code != 0 or findings["lock"]["state"] == "ok"
        tell(f"mounted {option}: {findings['mount']['state']}, {findings['mount']['detail']}")
    finally:
        one.guest.run(f"umount {TEAM}")
        lab.mount(one.guest)
