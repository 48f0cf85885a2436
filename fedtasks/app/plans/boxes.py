"""Write-back: the plan's checkboxes are ticked from the store."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fedtasks.app.plans.parsing import Parsed
from fedtasks.app.session import Session
from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.plan.writeback import write_back


@dataclass(frozen=True, slots=True)
class Ticked:
    """What write-back did, or would do: the new text, and the 1-based lines whose boxes changed."""

    data: bytes
    lines: tuple[int, ...]


def tick(session: Session, parsed: Parsed, *, dry_run: bool = False) -> Ticked:
    """Sets the boxes of the plan's file to the statuses of its tasks; no other byte changes.

    Raises FedtasksError where the file was changed meanwhile, OutOfReach where it cannot be written.
    """
    document = parsed.document
    statuses = _statuses(session, parsed)
    boxes = {item.line: statuses[item.key] for item in document.plan.items if item.checkbox and item.key in statuses}
    data = write_back(document.data, boxes)
    changed = tuple(line for line in boxes if write_back(document.data, {line: boxes[line]}) != document.data)
    if changed and not dry_run:
        _replace(document.file.resolve(), document.data, data, document.shown)
    return Ticked(data, changed)


def _statuses(session: Session, parsed: Parsed) -> dict[str, str]:
    found = {}
    for key, id in parsed.ids.items():
        with suppress(FedtasksError):
            found[key] = session.reader.task(id).state.status
    return found


def _replace(file: Path, before: bytes, after: bytes, shown: str) -> None:
    """Writes beside the file and renames over it, with its permissions."""
    temporary = file.with_name(f".{file.name}.fedtasks")
    try:
        with temporary.open("wb") as stream:
            stream.write(after)
            stream.flush()
            os.fchmod(stream.fileno(), file.stat().st_mode & 0o7777)
            os.fsync(stream.fileno())
        if file.read_bytes() != before:
            raise FedtasksError(f"{shown} was changed meanwhile; it was left alone", hint="parse it again")
        temporary.replace(file)
    except OSError as found:
        said = found.strerror or str(found)
        raise OutOfReach(
            f"{shown} could not be written ({said})", hint="make it writable; the store is fine"
        ) from found
    finally:
        temporary.unlink(missing_ok=True)
