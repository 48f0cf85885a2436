"""Two versions of one file of the store become one: pure, symmetric, and never with a conflict marker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fedtasks.domain.canonical import compact, dump_bytes, ordered
from fedtasks.domain.codec import task_to_json
from fedtasks.domain.compaction import digest_of
from fedtasks.domain.delegation import merge_records
from fedtasks.domain.merge import merge_plans, merge_tasks
from fedtasks.domain.notices import merge_notices
from fedtasks.errors import FedtasksError, InvalidData
from fedtasks.store.layout import (
    CONFIG,
    DELEGATIONS,
    GITATTRIBUTES_FILE,
    GITIGNORE_FILE,
    HISTORY,
    INBOX,
    MEMBERS,
    OUTBOX,
    PLANS,
    PRESENCE,
    task_id_at,
)
from fedtasks.store.reading import Beside, nowhere, parse_object, parse_task
from fedtasks.store.schemas import first_error

Json = Any
MISSING = object()

RECORDS = frozenset({"task", "plan", "notice", "delegation", "presence"})
"""Kinds of file that merge by their own rules, whatever the base."""

FOLDERS = {PLANS: "plan", MEMBERS: "member", DELEGATIONS: "delegation", OUTBOX: "message", PRESENCE: "presence"}
"""What the files of each folder are."""

TextMerge = Callable[[bytes, bytes, bytes], bytes | None]
"""Git's merge of base, ours and theirs line by line; None where both changed the same lines."""


def kind_of(path: str) -> str:
    """What a path of the store holds: one of schemas.KINDS, lines, or other."""
    if task_id_at(path) is not None:
        return "task"
    folder, _, name = path.rpartition("/")
    if folder.startswith(f"{INBOX}/") and folder.count("/") == 1 and name.endswith(".json") and name[0] != ".":
        return "notice"
    if name.endswith(".json") and not name.startswith(".") and folder in FOLDERS:
        return FOLDERS[folder]
    if folder.startswith(f"{HISTORY}/") and folder.count("/") == 1 and name.endswith(".json") and name[0] != ".":
        return "segment"
    return {CONFIG: "config", GITATTRIBUTES_FILE: "lines", GITIGNORE_FILE: "lines"}.get(path, "other")


def merge_bytes(ours: bytes, theirs: bytes, path: str, beside: Beside) -> bytes:
    """The merge of two versions of a file of RECORDS, hand edits adopted; raises InvalidData and NewerFormat.

    `beside` reads the segments of both sides: a segment's name stands for its content.
    """
    if ours == theirs:
        return ours
    if path.startswith(f"{PLANS}/"):
        return dump_bytes(merge_plans(parse_object(path, ours), parse_object(path, theirs)))
    if kind_of(path) == "delegation":
        return dump_bytes(ordered(merge_records(parse_object(path, ours), parse_object(path, theirs))))
    if kind_of(path) == "presence":
        return max(ours, theirs, key=lambda side: (str(parse_object(path, side).get("at", "")), side))
    if kind_of(path) == "notice":
        return dump_bytes(ordered(merge_notices(parse_object(path, ours), parse_object(path, theirs))))
    return dump_bytes(task_to_json(merge_tasks(parse_task(path, ours, beside), parse_task(path, theirs, beside))))


def require_valid(path: str, data: bytes, beside: Beside) -> None:
    """Raises InvalidData for a file of the store that is none of its kind; other files are what they are."""
    kind = kind_of(path)
    if kind == "task":
        parse_task(path, data, beside)
    elif kind in ("plan", "member", "notice", "delegation", "message", "presence", "segment"):
        found = first_error(kind, parse_object(path, data))
        if found is not None:
            raise InvalidData(path, found[1])
        if kind == "segment" and not path.endswith(f"/{digest_of(data)}.json"):
            raise InvalidData(path, "has been changed: its name is the SHA-256 of another content")
    elif kind == "config":
        load_settings(path, data)


def merge_other(base: bytes | None, ours: bytes, theirs: bytes, path: str, text: TextMerge) -> bytes:
    """The merge of two versions of a file that is no task, plan or notice; the same with the sides exchanged.

    | the file                           | what the merge has                                             |
    |------------------------------------|----------------------------------------------------------------|
    | any, changed in different lines    | both changes, as git merges text; a member or settings file    |
    |                                    | only where the result is still valid                           |
    | members/*.json, fedtasks.yaml      | field by field: what one side changed; of two changes the      |
    |                                    | greater by JSON; lists keep what either side added             |
    | .gitattributes, .gitignore         | the lines of both                                              |
    | one side valid, the other not      | the valid one                                                  |
    | anything else                      | the greater by bytes; the other one stays in git's history     |
    """
    kind = kind_of(path)
    valid = [side for side in (ours, theirs) if _is_valid(path, side)]
    if len(valid) == 1:
        return valid[0]
    clean = text(base or b"", ours, theirs) if base is not None else None
    if clean is not None and (_is_valid(path, clean) or not valid):
        return clean
    if valid and kind in ("member", "config"):
        load, dump = (_load_member, dump_bytes) if kind == "member" else (load_settings, dump_settings)
        old = load(path, base) if base is not None and _is_valid(path, base) else {}
        merged = dump(ordered(join_fields(old, load(path, ours), load(path, theirs))))
        return merged if _is_valid(path, merged) else max(ours, theirs)
    if kind == "lines":
        return _all_lines(max(ours, theirs), min(ours, theirs))
    return max(ours, theirs)


def _is_valid(path: str, data: bytes) -> bool:
    try:
        require_valid(path, data, nowhere)
    except FedtasksError:
        return False
    return True


def _load_member(path: str, data: bytes) -> dict[str, Json]:
    return parse_object(path, data)


def load_settings(path: str, data: bytes, *, checked: bool = True) -> dict[str, Json]:
    """The mapping of a fedtasks.yaml; raises InvalidData unless it fits the schema (`checked`) and is a mapping."""
    import yaml

    try:
        raw = yaml.load(data.decode("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        compact(raw)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as found:
        raise InvalidData(path, f"not YAML: {found}") from found
    fault = first_error("config", raw) if checked else None
    if fault is not None or not isinstance(raw, dict):
        raise InvalidData(path, fault[1] if fault else "not a mapping of settings")
    return raw


def dump_settings(settings: Mapping[str, Json]) -> bytes:
    """A fedtasks.yaml of these settings."""
    import yaml

    known = ("format", "project", "prefix", "default_priority", "members")
    names = [name for name in known if name in settings] + sorted(set(settings) - set(known))
    text: str = yaml.safe_dump({name: settings[name] for name in names}, sort_keys=False, allow_unicode=True)
    return ("# Settings of this fedtasks store; see the README of fedtasks.\n" + text).encode()


def join_fields(base: Mapping[str, Json], ours: Mapping[str, Json], theirs: Mapping[str, Json]) -> dict[str, Json]:
    """Three objects to one, field by field; symmetric in ours and theirs."""
    found = {name: _join(*(side.get(name, MISSING) for side in (base, ours, theirs))) for name in {*ours, *theirs}}
    return {name: found[name] for name in sorted(found) if found[name] is not MISSING}


def _join(base: Json, ours: Json, theirs: Json) -> Json:
    if _same(ours, theirs) or _same(theirs, base):
        return ours
    if _same(ours, base) or ours is MISSING:
        return theirs
    if theirs is MISSING:
        return ours
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return join_fields(base if isinstance(base, dict) else {}, ours, theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return _join_lists(base if isinstance(base, list) else [], ours, theirs)
    return max(ours, theirs, key=compact)


def _join_lists(base: list[Json], ours: list[Json], theirs: list[Json]) -> list[Json]:
    kept = [member for member in base if member in ours and member in theirs]
    added = [member for member in [*ours, *theirs] if member not in base]
    once = {compact(member): member for member in added}
    return kept + [once[key] for key in sorted(once)]


def _same(one: Json, other: Json) -> bool:
    if one is MISSING or other is MISSING:
        return one is other
    return compact(one) == compact(other)


def _all_lines(first: bytes, second: bytes) -> bytes:
    lines = first.splitlines()
    return b"".join(line + b"\n" for line in [*lines, *(line for line in second.splitlines() if line not in lines)])
