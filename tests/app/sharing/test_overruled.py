"""Whoever's step does not stand a merge is told, once, whatever kind it is and whoever merged."""

from __future__ import annotations

from typing import Any

import pytest

from fedtasks.app.notices.overruled import overruled
from fedtasks.domain import events as kinds
from fedtasks.domain.content import digest_of
from fedtasks.domain.merge import merge_tasks
from tests.strategies import created, event, task_of

FIRST, LATER = {"FEDTASKS_NOW": "2030-01-01T00:00:00Z"}, {"FEDTASKS_NOW": "2031-01-01T00:00:00Z"}


def step(status: str, to: str, seq: int, by: str, **more: Any) -> Any:
    return event(kinds.STATUS, seq, by=by, name=f"{by}{seq}", **{"from": status, "to": to}, **more)


def mine(kind: str, seq: int, **data: Any) -> Any:
    return event(kind, seq, by="ben", name="zz", **data)


BUSY = (created(), event(kinds.CLAIMED, 2, by="ann", name="claim", confirmed=True))
TOKEN = BUSY[1].id
REVIEW = (*BUSY, event(kinds.REVIEW_REQUESTED, 3, by="ann", name="asked"))
OFFER = event(kinds.HANDOFF_OFFERED, 3, by="ann", name="offer", to="ben", reason="ill")
ATTEMPT = event(kinds.ATTEMPT_STARTED, 3, by="ben", name="try")
VERDICT = event(kinds.REVIEWED, 4, by="ben", name="verdict", verdict="reject", digest=digest_of(task_of(*REVIEW).state))
DONE = step("in_progress", "done", 4, "ann", claim=TOKEN)


@pytest.mark.parametrize(
    ("base", "theirs", "ours"),
    [
        ((created(),), step("pending", "cancelled", 2, "ann"), mine(kinds.CLAIMED, 3, confirmed=False)),
        (BUSY, step("in_progress", "cancelled", 3, "ann"), step("in_progress", "blocked", 4, "ben", reason="x")),
        (REVIEW, step("in_review", "done", 4, "ann"), mine(kinds.REVIEWED, 5, verdict="reject", digest="0" * 32)),
        (REVIEW, step("in_review", "done", 4, "ann"), mine(kinds.REVIEW_REQUESTED, 5)),
        (BUSY, DONE, mine(kinds.RELEASED, 5)),
        ((*BUSY, OFFER), DONE, mine(kinds.HANDOFF_DECLINED, 5, handoff=OFFER.id)),
        ((*BUSY, OFFER), DONE, mine(kinds.HANDOFF_ACCEPTED, 5, handoff=OFFER.id)),
        (BUSY, DONE, mine(kinds.HANDOFF_OFFERED, 5, to="cat", reason="ill")),
        (BUSY, DONE, mine(kinds.TAKEN_OVER, 5, claim=TOKEN)),
        (
            (*BUSY, ATTEMPT),
            event(kinds.ATTEMPT_FINISHED, 4, by="ann", name="end", attempt=ATTEMPT.id, outcome="abandoned"),
            mine(kinds.ATTEMPT_FINISHED, 5, attempt=ATTEMPT.id, outcome="success"),
        ),
        (
            (*REVIEW, VERDICT),
            event(kinds.REVIEW_LIFTED, 5, by="ann", name="lift", review=VERDICT.id),
            mine(kinds.REVIEW_LIFTED, 6, review=VERDICT.id),
        ),
        (
            REVIEW,
            event(kinds.EDITED, 4, by="ann", name="edit", set={"title": "Another"}),
            mine(kinds.REVIEWED, 5, verdict="approve", digest=digest_of(task_of(*REVIEW).state)),
        ),
    ],
)
def test_every_kind_that_does_not_stand_is_found(base: tuple[Any, ...], theirs: Any, ours: Any) -> None:
    """On one side it stood, in the merge it does not; what stands on both is not named. A takeover, which was published
    first, overrules what came before it."""
    sides = [task_of(*base, theirs), task_of(*base, ours)]
    assert not sides[0].void and not sides[1].void
    merged = merge_tasks(*sides)
    (found,) = overruled(merged, sides)
    assert found.event.id == (theirs if ours.kind == kinds.TAKEN_OVER else ours).id and found.why
    assert overruled(merged, [merged, merged]) == [] and overruled(sides[0], [sides[0]]) == []


def told(clone: Any, kind: str = "overruled") -> dict[str, str]:
    """The texts of one kind of notice by task; each task has one."""
    found = [one for one in clone.ok("inbox", "--all")["notices"] if one["kind"] == kind]
    assert len({one["task"] for one in found}) == len(found)
    return {one["task"]: one["text"] for one in found}


def test_the_author_hears_of_it_once(make_team: Any) -> None:
    """Whether his own clone merges or another's, by fedtasks or by git."""
    team = make_team(2)
    ada, ben = team.all
    review, freed, begun, later = (ada.add(name) for name in ("review", "freed", "begun", "later"))
    for id in (review, later):
        ada.ok("claim", id), ada.ok("review", "request", id)
    ada.ok("assign", begun, "ben")
    ada.ok("sync"), ben.ok("claim", freed), ben.ok("sync"), ada.ok("sync")
    ada.ok("done", review, env=FIRST), ada.ok("release", freed, "--reason", "not now", env=FIRST)
    ben.ok("review", "reject", review, "--reason", "no test", env=LATER), ben.ok("done", freed, env=LATER)
    ada.ok("cancel", begun, env=FIRST)
    ben.ok("start", begun, env=LATER)
    ada.ok("sync")
    ben.ok("sync"), ada.ok("sync"), ben.ok("sync")
    found = told(ben)
    assert "'rejected it: no test' (done, and no review was asked for)" in found[review]
    assert "'finished it' (made under a claim that no longer holds)" in found[freed]
    assert told(ben, "withdrawn") == {begun: "your claim is withdrawn: already cancelled, held by ben"}
    assert told(ada) == {}, "Ben's published claim was overruled where Ada's clone merged"
    team.settle(), team.assert_alike()

    ada.ok("done", later, env=FIRST), ada.ok("sync")
    ben.ok("review", "changes", later, "--reason", "a name", env=LATER)
    ben.git("fetch", "--quiet", "origin", cwd=ben.root)
    ben.git("merge", "--quiet", "--no-edit", "origin/fedtasks", cwd=ben.root)
    ben.ok("sync")
    assert "'asks for changes: a name'" in told(ben)[later]
    ben.ok("ack", "--all"), team.settle()
    for _ in range(2):
        ben.ok("sync"), ada.ok("sync")
    assert set(told(ben)) == set(found) | {later} and ben.ok("inbox")["notices"] == []
    team.assert_alike()
