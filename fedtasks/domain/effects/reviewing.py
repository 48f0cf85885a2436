"""Review: review_requested, reviewed, review_lifted, and when an approval falls."""

from __future__ import annotations

from typing import Any

from fedtasks.domain.content import content_digest
from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event
from fedtasks.domain.status import IN_PROGRESS, IN_REVIEW

APPROVE, CHANGES, REJECT = "approve", "changes", "reject"
VERDICTS = (APPROVE, CHANGES, REJECT)


def review_requested(draft: Draft, event: Event) -> Reason:
    """Hands the work in, with the commit that is to be looked at; asked again for another commit, approvals fall."""
    if draft.status not in (IN_PROGRESS, IN_REVIEW):
        return f"{draft.status}, not in progress"
    draft.status = IN_REVIEW
    draft.sets["reviewers"].update((name, None) for name in event.data.get("reviewers", ()))
    begin_review(draft, event)
    return None


def begin_review(draft: Draft, event: Event) -> None:
    """What is under review from now on."""
    named = {name: event.data[name] for name in ("branch", "commit", "note") if event.data.get(name)}
    draft.values["review"] = {"by": event.by, "at": event.at, **named}
    outdate(draft)


def reviewed(draft: Draft, event: Event) -> Reason:
    """One reviewer's verdict, in the place of their last one; all but an approval give the task back to its owner.

    An approval is for a content and a commit: made for others than the present ones it is outdated at once.
    """
    review = draft.values.get("review")
    if review is None or draft.status not in (IN_PROGRESS, IN_REVIEW):
        return f"{draft.status}, and no review was asked for"
    verdict = event.data["verdict"]
    entry: dict[str, Any] = {"id": event.id, "by": event.by, "verdict": verdict, "at": event.at}
    entry |= {name: event.data[name] for name in ("digest", "commit", "text") if event.data.get(name)}
    draft.sets["reviews"][event.by] = entry
    outdate(draft)
    if verdict != APPROVE:
        draft.status = IN_PROGRESS
    return None


def review_lifted(draft: Draft, event: Event) -> Reason:
    """Takes a verdict back, by its author or over their head; `reason` says why."""
    found = next((entry for entry in draft.sets["reviews"].values() if entry["id"] == event.data["review"]), None)
    if found is None or "lifted" in found:
        return "that review no longer stands"
    lifted = {"by": event.by, "at": event.at, "reason": event.data.get("reason")}
    kept = {name: value for name, value in lifted.items() if value is not None}
    draft.sets["reviews"][found["by"]] = found | {"lifted": kept}
    return None


def outdate(draft: Draft, *, every: bool = False) -> None:
    """Approvals of another content or commit than the present one fall, for good; `every`: all of them do."""
    reviews = draft.sets["reviews"]
    if not reviews or not any(entry["verdict"] == APPROVE for entry in reviews.values()):
        return
    now = (_digest(draft), (draft.values.get("review") or {}).get("commit"))
    for name, entry in reviews.items():
        if entry["verdict"] == APPROVE and (every or (entry.get("digest"), entry.get("commit")) != now):
            reviews[name] = entry | {"outdated": True}


def _digest(draft: Draft) -> str:
    files = [draft.sets["files"][path] for path in sorted(draft.sets["files"])]
    return content_digest(draft.values.get("title", ""), draft.values.get("description", ""), files)
