"""The life of a task: its statuses and the one table of steps between them."""

from __future__ import annotations

PENDING = "pending"
IN_PROGRESS = "in_progress"
BLOCKED = "blocked"
IN_REVIEW = "in_review"
DONE = "done"
CANCELLED = "cancelled"

TRANSITIONS: dict[str, tuple[str, ...]] = {
    PENDING: (IN_PROGRESS, CANCELLED),
    IN_PROGRESS: (BLOCKED, IN_REVIEW, DONE, PENDING, CANCELLED),
    BLOCKED: (IN_PROGRESS, PENDING, CANCELLED),
    IN_REVIEW: (IN_PROGRESS, DONE, CANCELLED),
    DONE: (IN_PROGRESS,),
    CANCELLED: (PENDING,),
}

STATUSES = tuple(TRANSITIONS)
ACTIVE = (IN_PROGRESS, BLOCKED, IN_REVIEW)
OPEN = (PENDING, *ACTIVE)
FINISHED = (DONE, CANCELLED)
PRIORITIES = ("critical", "high", "medium", "low")


def allowed(current: str, wanted: str) -> bool:
    """Whether the table has a step from `current` to `wanted`; an unknown status has none."""
    return wanted in TRANSITIONS.get(current, ())
