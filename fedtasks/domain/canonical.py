"""Canonical JSON: the same value gives the same bytes on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any


class DuplicateKey(ValueError):
    """An object has a key twice; `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key '{key}' stands twice in one object")
        self.key = key


KEYS = (
    "schema", "id", "seq", "at", "by", "name", "kind", "role", "full_name", "emails",
    "title", "description", "status", "priority", "lead", "assignee", "team", "claim", "blocked",
    "parent", "depends_on", "related", "skills", "tags", "helpers", "watchers", "path", "action", "files",
    "due", "estimate", "requires_approval", "min_approvals", "reviewers", "review", "reviews", "handoffs", "attempts",
    "tracked", "tools", "permits", "plan", "key", "group", "external_id", "source",
    "delegated_from", "delegations", "task", "source_instance", "target_instance", "type",
    "reason", "since", "token", "confirmed", "exclusive", "from", "to", "set", "add", "remove",
    "archived", "created_at", "updated_at", "compacted", "before", "events", "segment", "history", "metadata",
)  # fmt: skip
"""Known keys in their canonical order, at any depth; others follow, sorted."""

RANK = {name: place for place, name in enumerate(KEYS)}

DEEPEST = 200

_COMPACT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def ordered(value: Any) -> Any:
    """The same value with the keys of all objects in canonical order."""
    if isinstance(value, Mapping):
        return {name: ordered(value[name]) for name in sorted(value, key=_rank)}
    if isinstance(value, (list, tuple)):
        return [ordered(member) for member in value]
    return value


def _rank(name: str) -> tuple[int, str]:
    return (RANK.get(name, len(RANK)), name)


def dump_bytes(value: Any) -> bytes:
    """UTF-8, two-space indent, keys in the order given (see `ordered`), one final newline."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def compact(value: Any) -> str:
    """One line with sorted keys: for hashing and for comparing values."""
    return _COMPACT(value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are written alike; unlike `==`, true is not 1 and 1 is not 1.0."""
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and (type(one) is not float or repr(one) == repr(other))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise DuplicateKey(key)
            seen.add(key)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"the number {text[:20]} is too large")
    return number


def _require_shallow(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        members = (member for one in level for member in (one.values() if isinstance(one, dict) else one))
        level = [member for member in members if isinstance(member, (dict, list))]
        if not level:
            return
    raise ValueError("nested too deep")


def load_bytes(data: bytes) -> Any:
    """The value of UTF-8 JSON (a byte order mark is allowed).

    Raises ValueError: json.JSONDecodeError, UnicodeDecodeError or DuplicateKey. A nesting too deep to read is a
    ValueError too.
    """
    text = data.decode("utf-8-sig")
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
        if "\\u" in text:
            compact(value).encode()
        if isinstance(value, (dict, list)) and text.count("[") + text.count("{") > DEEPEST:
            _require_shallow(value)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair, which is no character") from None
    return value
