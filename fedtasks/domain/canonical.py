"""Canonical JSON: the same value gives the same bytes on every machine."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any


class DuplicateKey(ValueError):
    """An object has a key twice; `key` names it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key '{key}' stands twice in one object")
        self.key = key


def dump_bytes(value: Any) -> bytes:
    """UTF-8, two-space indent, keys in the order given, one final newline."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def compact(value: Any) -> str:
    """One line with sorted keys: for hashing and for comparing values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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
    except RecursionError:
        raise ValueError("nested too deep") from None
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair, which is no character") from None
    return value
