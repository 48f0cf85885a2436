"""A tool, what it accepts, and how one call becomes an answer or an error with code, message, hint and fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fedtasks.app.context import Context
from fedtasks.app.session import Session
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, UsageError
from fedtasks.mcp.forms import Form
from fedtasks.store.schemas import field_path, refusal
from fedtasks.views.text import clip, safe

SHORT = ("id", "title", "status", "priority", "lead", "assignee", "depends_on", "files", "due", "blocked", "claim")
SHOWN = 200
BLANKS = "\t\n\r"

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool answers: an object that fits its form, a short text; `empty` where it is worth waiting for more."""

    told: dict[str, Any]
    text: str
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """`call` is a use-case; `reads` says that it changes nothing."""

    name: str
    about: str
    takes: Form
    gives: Form
    call: Callable[[Session, Arguments], Answer]
    reads: bool = False

    def accept(self, given: Arguments) -> None:
        """Raises UsageError for arguments that the tool does not take."""
        for place, text in _texts(given, ()):
            for sign in text:
                if (sign < " " and sign not in BLANKS) or sign == "\x7f" or "\ud800" <= sign <= "\udfff":
                    raise _refused(self, field_path(place), f"has the control character U+{ord(sign):04X}")
        found = refusal(self.takes, given)
        if found is not None:
            raise _refused(self, field_path(found[0]), clip(safe(found[1]), SHOWN))


def _texts(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        if not value.isprintable():
            yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(name, (*place, clip(safe(name), 40)))
            yield from _texts(inner, (*place, clip(safe(name), 40)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, number))


def _refused(tool: Tool, field: str, problem: str) -> UsageError:
    where = f"{field}: " if field else ""
    known = ", ".join(tool.takes["properties"])
    return UsageError(f"{where}{problem}", hint=f"{tool.name} takes: {known or 'nothing'}", field=field)


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that was refused; nothing has changed."""

    error: dict[str, Any]

    @property
    def text(self) -> str:
        """Message and hint."""
        return "\n".join(str(self.error[name]) for name in ("message", "hint") if self.error.get(name))


def run(context: Context, tool: Tool, given: Arguments) -> tuple[Answer | Failure, bool]:
    """One call in a session of its own, so that nothing is kept that the files contradict; and whether it wrote."""
    session = Session(context, f"mcp {tool.name}")
    try:
        tool.accept(given)
        session.token = given.get("token")
        answer = tool.call(session, given)
        notes = [*session.notes, *_after(session)]
    except FedtasksError as found:
        return Failure(found.to_json()), session.wrote
    except Exception as found:  # noqa: BLE001  a fault of one call must not end the server
        return Failure(_unexpected(session, found).to_json()), session.wrote
    told = answer.told | ({"notes": notes} if notes else {})
    return Answer(told, "\n".join([answer.text, *notes]), answer.empty), session.wrote


def _after(session: Session) -> Iterator[str]:
    if session.posted:
        from fedtasks.app.delegation import courier

        yield from courier.after_change(session).notes
    if session.wrote and session.config.sync_always:
        from fedtasks.app.sharing.sync import after_change

        yield from after_change(session)


def _unexpected(session: Session, found: Exception) -> FedtasksError:
    if type(found).__module__ == "sqlite3":
        return session.drop_index()
    return FedtasksError(
        f"unexpected {type(found).__name__}: {clip(safe(str(found)), SHOWN)}",
        hint="a defect of fedtasks; the next call finishes or drops what was begun",
    )


def short(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A task in short, from its public fields."""
    return {name: fields[name] for name in SHORT if name in fields and fields[name] not in ([], {})}


def one(task: Task, words: str, **more: Any) -> Answer:
    """The answer about one task."""
    from fedtasks.store.rows import public_fields

    return Answer({"task": short(public_fields(task)), **more}, f"{task.id} {words}: {safe(task.state.title)}")
