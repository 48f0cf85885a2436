"""What came with a move of the branch: new events, changed files, claims that no longer stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from fedtasks.domain.events import Event
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.store.merging import kind_of
from fedtasks.store.reading import parse_task
from fedtasks.store.treemerge import Delta, Entry

if TYPE_CHECKING:
    from fedtasks.app.bringing import Brought
    from fedtasks.app.clone import Clone


@dataclass(frozen=True, slots=True)
class News:
    """One event that came: of which task, and why it is void, if it is."""

    task: Task
    event: Event
    void: str | None

    def to_json(self) -> dict[str, Any]:
        """The entry as `sync --json` shows it."""
        event, state = self.event, self.task.state
        shown = {"task": self.task.id, "title": state.title, "at": event.at, "by": event.by, "kind": event.kind}
        return shown | ({"void": self.void} if self.void else {})


class Report(Protocol):
    """Where the news go."""

    tasks: dict[str, Task]
    news: list[News]
    files: list[str]
    withdrawn: list[dict[str, Any]]
    notes: list[str]


def collect(clone: Clone, brought: Brought, report: Report) -> None:
    """Adds what a move brought to a report."""
    for path in sorted(brought.moves):
        delta = brought.moves[path]
        if kind_of(path) != "task":
            report.files.append(path)
        elif delta.after is None:
            report.notes.append(f"{path} was removed")
        else:
            _collect_task(clone, path, delta, report)
    report.news.sort(key=lambda news: (news.event.at, news.task.id, news.event.order))


def _collect_task(clone: Clone, path: str, delta: Delta, report: Report) -> None:
    before, after = (_task(clone, path, entry) for entry in (delta.before, delta.after))
    if after is None:
        report.notes.append(f"{path} came, and is not valid: fedtasks check says why")
        return
    known = {event.id for event in before.history} if before is not None else set()
    report.tasks[after.id] = after
    report.news += [News(after, event, after.void.get(event.id)) for event in after.history if event.id not in known]
    if before is not None and before.state.claim is not None:
        lost = withdrawn(before, after)
        report.withdrawn += [lost] if lost else []


def _task(clone: Clone, path: str, entry: Entry | None) -> Task | None:
    if entry is None:
        return None
    try:
        return parse_task(path, clone.objects.blob(entry))
    except FedtasksError:
        return None


def withdrawn(before: Task, after: Task) -> dict[str, Any] | None:
    """The claim that stood before and is void now: whose, why, and who has the task since when."""
    claim = before.state.claim
    if claim is None or claim["token"] not in after.void:
        return None
    state = after.state
    since = state.claim["since"] if state.claim else None
    reason = after.void[claim["token"]]
    return {"task": after.id, "by": claim["by"], "holder": state.assignee, "since": since, "reason": reason}
