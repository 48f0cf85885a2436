"""Out of the lists and back."""

from __future__ import annotations

from fedtasks.domain.effects.draft import Draft, Reason
from fedtasks.domain.events import Event
from fedtasks.domain.status import FINISHED


def archived(draft: Draft, event: Event) -> Reason:
    """Puts a finished task into the archive of a year; the first year stands."""
    if draft.status not in FINISHED:
        return f"{draft.status}, and only what is finished is archived"
    draft.values.setdefault("archived", event.data["year"])
    return None


def unarchived(draft: Draft, event: Event) -> Reason:
    """Brings it back; a task that is live already stays so."""
    draft.values.pop("archived", None)
    return None


def leave_archive(draft: Draft) -> None:
    """Whatever takes a task up again brings it back as well."""
    if draft.status not in FINISHED:
        draft.values.pop("archived", None)
