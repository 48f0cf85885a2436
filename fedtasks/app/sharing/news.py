"""What came with a move of the branch: new events, changed files, claims that no longer stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from fedtasks.domain.events import Event
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError
from fedtasks.store.layout import task_id_at
from fedtasks.store.reading import parse_task
from fedtasks.store.treemerge import Entry

if TYPE_CHECKING:
    from fedtasks.app.sharing.bringing import Brought
    from fedtasks.app.sharing.clone import Clone


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
    tasks: dict[str, list[str]] = {}
    for path in sorted(brought.moves):
        id = task_id_at(path)
        if id is None:
            report.files.append(path)
        else:
            tasks.setdefault(id, []).append(path)
    for paths in tasks.values():
        _collect_task(clone, paths, brought, report)
    report.news.sort(key=lambda news: (news.event.at, news.task.id, news.event.order))


def _collect_task(clone: Clone, paths: list[str], brought: Brought, report: Report) -> None:
    """A task may have moved: into the archive, or out of it."""
    moves = brought.moves
    old = next((path for path in paths if moves[path].before is not None), paths[0])
    new = next((path for path in paths if moves[path].after is not None), None)
    if new is None:
        report.notes.append(f"{old} was removed")
        return
    before, after = _task(clone, old, moves[old].before), _task(clone, new, moves[new].after)
    if after is None:
        report.notes.append(f"{new} came, and is not valid: fedtasks check says why")
        return
    known = {event.id for event in before.history} if before is not None else set()
    report.tasks[after.id] = after
    report.news += [News(after, event, after.void.get(event.id)) for event in after.history if event.id not in known]
    if before is not None and before.state.claim is not None:
        lost = withdrawn(before, after)
        report.withdrawn += [lost] if lost else []


def arrived(clone: Clone, brought: Brought) -> list[Task]:
    """The tasks that a move changed, as they are now."""
    moves = ((path, delta.after) for path, delta in brought.moves.items() if task_id_at(path) is not None)
    return [task for path, entry in moves if (task := _task(clone, path, entry)) is not None]


def _task(clone: Clone, path: str, entry: Entry | None) -> Task | None:
    if entry is None:
        return None
    try:
        return parse_task(path, clone.objects.blob(entry), clone.beside)
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
    said = {"task": after.id, "title": state.title, "claim": claim["token"]}
    return said | {"by": claim["by"], "holder": state.assignee, "since": since, "reason": reason}
