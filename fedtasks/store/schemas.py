"""The JSON Schemas of the store's files, compiled once, and errors that name the failing field."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

KINDS = ("task", "plan", "member", "config", "notice", "delegation", "message", "presence", "segment")


def schema_text(kind: str) -> str:
    """The text of `schemas/<kind>.schema.json`, from the wheel or from a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "schemas", package.parent / "schemas"):
        path = folder / f"{kind}.schema.json"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise FileNotFoundError(f"{kind}.schema.json is missing from the installation")


class _Validator(Protocol):
    def is_valid(self, instance: Any) -> bool: ...
    def iter_errors(self, instance: Any) -> Any: ...


QUICK = frozenset(KINDS) - {"config"}
"""Kinds that are loaded from JSON; YAML has values that a schema has no word for."""


def expect_many() -> None:
    """Loads the compiled validator where it is installed, which a few values are not worth."""
    with suppress(ImportError):
        import jsonschema_rs  # noqa: F401


@cache
def _accepts(kind: str) -> Callable[[Any], bool]:
    if "jsonschema_rs" in sys.modules:
        accepts: Callable[[Any], bool] = _validator(kind).is_valid
        return accepts
    from fedtasks.store.accepting import quick

    return quick(json.loads(schema_text(kind)))


@cache
def _validator(kind: str) -> _Validator:
    return _compiled(json.loads(schema_text(kind)))


def _compiled(schema: Any) -> _Validator:
    import decimal  # noqa: F401  where Ctrl-C meets jsonschema_rs in its own import of it, that ends in a panic

    try:
        import jsonschema_rs
    except ImportError:
        from jsonschema import Draft202012Validator

        return Draft202012Validator(schema)
    compiled: _Validator = jsonschema_rs.Draft202012Validator(schema)
    return compiled


def field_path(path: Sequence[str | int]) -> str:
    """A JSON path as people write it: `history[3].at`."""
    shown = ""
    for step in path:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else str(step)
    return shown


def first_error(kind: str, value: Any) -> tuple[list[str | int], str] | None:
    """Path and message of the first thing that the schema refuses, by position; None when it accepts the value."""
    if kind in QUICK and _accepts(kind)(value):
        return None
    return _first(_validator(kind), value)


def refusal(schema: Any, value: Any) -> tuple[list[str | int], str] | None:
    """The same for a schema that stands in no file."""
    return _first(_compiled(schema), value)


def _first(validator: _Validator, value: Any) -> tuple[list[str | int], str] | None:
    found: list[tuple[list[str | int], str]] = []
    for error in validator.iter_errors(value):
        path = error.instance_path if hasattr(error, "instance_path") else error.absolute_path
        found.append((list(path), error.message))
    return min(found, key=lambda pair: (-len(pair[0]), field_path(pair[0]), pair[1])) if found else None
