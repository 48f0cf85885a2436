"""Keywords of JSON Schema that need no other schema, as tests of values; see `accepting`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sized
from functools import cache
from math import inf
from typing import Any

Test = Callable[[Any], bool]
Schema = Mapping[str, Any]

TYPES: Mapping[str, frozenset[type]] = {
    "object": frozenset({dict}),
    "array": frozenset({list}),
    "string": frozenset({str}),
    "number": frozenset({int, float}),
    "integer": frozenset({int}),
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
}
"""What JSON's types are when they are loaded; a validator knows more ways, such as 1.0 for an integer."""

JSON = frozenset[type]().union(*TYPES.values())
NO_NUMBERS = JSON - TYPES["number"]
TEXT = frozenset({"type", "minLength", "maxLength", "pattern"})


class NotQuick(Exception):
    """The schema says something that only a validator understands."""


def types_of(schema: Schema) -> frozenset[type]:
    """The types that `type` names."""
    named = schema["type"]
    return frozenset[type]().union(*(TYPES[name] for name in ([named] if isinstance(named, str) else named)))


def text(schema: Schema) -> Test:
    """All of `TEXT` in one step, as most of what is tested is text; a pattern is compiled when it is first needed."""
    low, high = schema.get("minLength", 0), schema.get("maxLength", inf)
    pattern = schema.get("pattern")
    if pattern is None:
        return lambda value: type(value) is str and low <= len(value) <= high
    search = cache(lambda: re.compile(pattern).search)
    return lambda value: type(value) is str and low <= len(value) <= high and search()(value) is not None


def _type(schema: Schema) -> Test:
    types = types_of(schema)
    if len(types) == 1:
        only = next(iter(types))
        return lambda value: type(value) is only
    return lambda value: type(value) in types


def _unique(schema: Schema) -> Test:
    """Words only; what else may be unique is not easily said."""

    def test(value: Any) -> bool:
        if type(value) is not list:
            return type(value) in JSON
        return all(type(member) is str for member in value) and len(set(value)) == len(value)

    return test


def _pattern(schema: Schema) -> Test:
    search = cache(lambda: re.compile(schema["pattern"]).search)
    return lambda value: search()(value) is not None if type(value) is str else type(value) in JSON


def _size(of: type[Sized], least: str, most: str) -> Callable[[Schema], Test]:
    def make(schema: Schema) -> Test:
        low, high = schema.get(least, 0), schema.get(most, inf)
        return lambda value: low <= len(value) <= high if type(value) is of else type(value) in JSON

    return make


def _range(schema: Schema) -> Test:
    low, high = schema.get("minimum", -inf), schema.get("maximum", inf)
    above, step = schema.get("exclusiveMinimum", -inf), schema.get("multipleOf", 1)
    return lambda value: (
        low <= value <= high and above < value and value % step == 0
        if type(value) is int
        else type(value) in NO_NUMBERS
    )


def _enum(schema: Schema) -> Test:
    """Words, or nothing: between numbers and truth values, equal means more than one thing."""
    named = frozenset(schema["enum"] if "enum" in schema else [schema["const"]])
    if not all(name is None or type(name) is str for name in named):
        raise NotQuick("enum")
    return lambda value: (value is None or type(value) is str) and value in named


PLAIN: Mapping[str, Callable[[Schema], Test]] = {
    "type": _type,
    "const": _enum,
    "enum": _enum,
    "minLength": (_length := _size(str, "minLength", "maxLength")),
    "maxLength": _length,
    "pattern": _pattern,
    "minimum": _range,
    "maximum": _range,
    "exclusiveMinimum": _range,
    "multipleOf": _range,
    "minItems": (_count := _size(list, "minItems", "maxItems")),
    "maxItems": _count,
    "minProperties": _size(dict, "minProperties", "maxProperties"),
    "uniqueItems": _unique,
}
"""Who makes the test of each keyword; keywords of one maker are tested together."""
