"""Reading the store's files: bytes to values, every fault named with its path, line and field."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from fedtasks.domain.canonical import DuplicateKey, load_bytes
from fedtasks.domain.codec import task_as_json, task_from_json
from fedtasks.domain.compaction import NOTHING_OLDER, Older, digest_of
from fedtasks.domain.ids import TASK_ID
from fedtasks.domain.task import SCHEMA, Task
from fedtasks.errors import InvalidData, NewerFormat
from fedtasks.store.files import is_below
from fedtasks.store.layout import segment_path, task_id_at
from fedtasks.store.schemas import field_path, first_error

Beside = Callable[[str], bytes | None]
"""Reads another file of the same store by its path; None where there is none."""

DIGEST = re.compile("[0-9a-f]{64}")
LARGEST = 50 * 1024 * 1024
CONFLICT = (b"<<<<<<< ", b"\n<<<<<<< ")


def read_bytes(root: Path, path: str) -> bytes:
    """The content of a file of the store.

    Raises FileNotFoundError, and InvalidData for what is no plain file of the store: a directory, a pipe, a link that
    leads out of it, more than 50 MB.
    """
    full = f"{root}/{path}"
    try:
        descriptor, linked = _open(full)
    except FileNotFoundError as found:
        if (root / path).is_symlink():
            raise InvalidData(path, "a link that leads nowhere", hint="put the file itself there") from found
        raise
    except OSError as found:
        if found.errno in (errno.ELOOP, errno.ENXIO, errno.ENAMETOOLONG):
            raise InvalidData(path, "not a regular file", hint="move it out of the store") from found
        raise
    try:
        _require_plain(root, path, os.fstat(descriptor), linked)
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.readall()
    finally:
        os.close(descriptor)


def _open(full: str) -> tuple[int, bool]:
    """A descriptor of a file, and whether its name is a link."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(full, flags | os.O_NOFOLLOW), False
    except OSError as found:
        if found.errno != errno.ELOOP:
            raise
    return os.open(full, flags), True


def _require_plain(root: Path, path: str, status: os.stat_result, linked: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise InvalidData(path, "not a regular file", hint="move it out of the store")
    if linked and not is_below(root / path, root):
        raise InvalidData(path, "a link that leads out of the store", hint="put the file itself there")
    if status.st_size > LARGEST:
        raise InvalidData(path, f"larger than {LARGEST // 1024**2} MB")


def parse_object(path: str, data: bytes) -> dict[str, Any]:
    """The JSON object of a file; raises InvalidData with the line where it stops being one."""
    try:
        value = load_bytes(data)
    except UnicodeDecodeError as found:
        line = data[: found.start].count(b"\n") + 1
        raise InvalidData(path, f"not UTF-8 (byte {found.start})", line=line) from found
    except DuplicateKey as found:
        line = data.decode("utf-8", "replace").rfind(f'"{found.key}"')
        raise InvalidData(path, str(found), line=data[: max(line, 0)].count(b"\n") + 1) from found
    except json.JSONDecodeError as found:
        raise _not_json(path, data, found) from found
    except ValueError as found:
        raise InvalidData(path, str(found)) from found
    if not isinstance(value, dict):
        raise InvalidData(path, "not a JSON object")
    return value


def _not_json(path: str, data: bytes, found: json.JSONDecodeError) -> InvalidData:
    for marker in CONFLICT:
        if (at := data.find(marker)) >= 0:
            line = data[: at + 1].count(b"\n") + 1
            return InvalidData(path, "git conflict markers", line=line, hint="repair it: fedtasks check --fix")
    if not data.strip():
        return InvalidData(path, "the file is empty")
    return InvalidData(path, f"not JSON: {found.msg}", line=found.lineno)


def nowhere(path: str) -> None:
    """For files that need no other one beside them."""


def beside(root: Path) -> Beside:
    """The files of a store as they stand in a directory."""

    def read(path: str) -> bytes | None:
        with suppress(FileNotFoundError, NotADirectoryError):
            os.listdir((root / path).parent)
            return read_bytes(root, path)
        return None

    return read


def parse_task(path: str, data: bytes, beside: Beside) -> Task:
    """The task of a file, hand edits adopted; of a newer format as far as this version understands it.

    `beside` reads the segments of a compacted history. Raises InvalidData, and NewerFormat where a newer file cannot be
    understood at all.
    """
    raw = parse_object(path, data)
    try:
        task = replace(task_from_json(raw, older_events(path, raw, beside)), schema=raw["schema"])
        as_written = task.schema > SCHEMA or task_as_json(task) == raw or first_error("task", raw) is None
        if not isinstance(task.schema, int) or task_id_at(path) != task.id or not as_written:
            raise ValueError
    except (LookupError, TypeError, ValueError, AttributeError) as found:
        raise fault(path, data, raw) from found
    return task


def older_events(path: str, raw: Mapping[str, Any], beside: Beside) -> Older:
    """The events that a task's file has in segments; raises InvalidData where one is missing or has been changed."""
    if "compacted" not in raw:
        return NOTHING_OLDER
    events: list[list[dict[str, Any]]] = []
    digests: list[str] = []
    digest = raw["compacted"]["segment"]
    while digest is not None:
        if not (DIGEST.fullmatch(digest) and TASK_ID.fullmatch(raw["id"])):
            raise ValueError("not the name of a segment")
        segment = _segment(path, segment_path(raw["id"], digest), digest, beside)
        events.append(segment["events"])
        digests.append(digest)
        digest = segment["before"]
    if raw["compacted"]["events"] != sum(map(len, events)):
        raise InvalidData(path, "counts other events than its segments have", field="compacted.events")
    return Older(tuple(event for block in reversed(events) for event in block), tuple(reversed(digests)))


def _segment(path: str, place: str, digest: str, beside: Beside) -> dict[str, Any]:
    data = beside(place)
    if data is None or digest_of(data) != digest:
        what = "is missing" if data is None else "has been changed"
        raise InvalidData(
            path,
            f"{place}, which has the older events, {what}",
            field="compacted.segment",
            hint="bring that file back: 'fedtasks check --fix' finds it in git; else take it from another copy",
        )
    return parse_object(place, data)


def fault(path: str, data: bytes, raw: dict[str, Any], kind: str = "task") -> InvalidData | NewerFormat:
    """The error of an object that its schema refuses."""
    from fedtasks.store.locate import line_of

    format = raw.get("schema")
    if isinstance(format, int) and format > SCHEMA:
        return NewerFormat(path, format, SCHEMA)
    found = first_error(kind, raw)
    if found is not None:
        where, message = found
        return InvalidData(path, message, line=line_of(data.decode("utf-8-sig"), where), field=field_path(where))
    if path.rpartition("/")[2] != f"{raw.get('id')}.json":
        line = line_of(data.decode("utf-8-sig"), ["id"])
        return InvalidData(path, f"the id is {raw.get('id')}, the file's name says otherwise", line=line, field="id")
    return InvalidData(path, "cannot be folded")
