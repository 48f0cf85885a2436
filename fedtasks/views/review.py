"""How a review stands, as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.policy.approval import ReviewStanding
from fedtasks.views.people import VERDICTS
from fedtasks.views.text import safe

Row = Mapping[str, Any]


def standing_json(found: ReviewStanding) -> dict[str, Any]:
    """The standing as `review show --json` has it."""
    needed = found.requirement
    return {
        "clear": found.is_clear,
        "needed": needed.count if needed else 0,
        "missing": found.missing,
        "reviewers": list(needed.reviewers) if needed else [],
        "approvals": list(found.approvals),
        "blocking": [dict(entry) for entry in found.blocking],
        "ignored": [{"by": name, "reason": why} for name, why in found.ignored],
    }


def standing_lines(row: Row, found: ReviewStanding) -> list[str]:
    """What is under review, each verdict, and what is missing."""
    lines = [f"{row['id']}  {safe(row['title'])}", *_asked(row.get("review"))]
    ignored = dict(found.ignored)
    lines += [_verdict(entry, ignored.get(entry["by"])) for entry in row.get("reviews", ())]
    if found.requirement:
        whose = ", ".join(found.requirement.reviewers) or "anybody but who did the work"
        lines.append(f"{len(found.approvals)} of {found.requirement.count} approvals, by {whose}")
    else:
        lines.append("needs no approval")
    if found.blocking:
        lines.append(f"in the way: {', '.join(entry['by'] for entry in found.blocking)}")
    return lines


def _asked(review: Row | None) -> list[str]:
    if not review:
        return ["no review was asked for"]
    commit = review.get("commit")
    where = " ".join(part for part in (review.get("branch"), f"at {commit[:10]}" if commit else None) if part)
    lines = [f"{review['at']}  {review['by']} asks for review{f' of {safe(where)}' if where else ''}"]
    return lines + ([f"  {safe(line)}" for line in review["note"].splitlines()] if review.get("note") else [])


def _verdict(entry: Row, why: str | None) -> str:
    line = f"{entry['at']}  {entry['by']} {VERDICTS.get(entry['verdict'], entry['verdict'])}"
    if entry.get("text"):
        line += f": {safe(entry['text'])}"
    if "lifted" in entry:
        lifted = entry["lifted"]
        return f"{line} (lifted by {lifted['by']}{': ' + safe(lifted['reason']) if lifted.get('reason') else ''})"
    return f"{line} (does not count: {why})" if why else line


def waiting_lines(rows: Sequence[Row]) -> list[str]:
    """Tasks to review, with the command that shows more."""
    lines: list[str] = []
    for row in rows:
        lines += [f"{row['id']}  {safe(row['title'])}", *(f"  {line}" for line in _asked(row.get("review")))]
        lines.append(f"  fedtasks review show {row['id']}")
    return lines
