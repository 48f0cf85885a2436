"""A quick yes for what a schema accepts, without a validator: most values are valid, and loading one takes longer.

A yes is certain. Anything else is no answer: a validator judges, and finds the words for what is wrong. `PLAIN` and
`NESTED` have the keywords that are understood; a schema with another one gets no quick yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fedtasks.store.keywords import JSON, PLAIN, TEXT, NotQuick, Schema, Test, text, types_of

SILENT = frozenset({"$schema", "$id", "$defs", "title", "description"})
"""Keywords that accept everything."""


def quick(schema: Schema) -> Test:
    """The test of a schema; one that always leaves it to the validator where the schema is not understood."""
    try:
        return _Compiler(schema.get("$defs", {})).test(schema)
    except (NotQuick, LookupError):
        return lambda value: False


class _Compiler:
    """Tests of one document's schemas; those that are referred to are made once."""

    def __init__(self, defined: Mapping[str, Schema]) -> None:
        self._defined = defined
        self._made: dict[str, Test] = {}

    def test(self, schema: Schema) -> Test:
        """All keywords of a schema as one test."""
        words = schema.keys() - SILENT
        if schema.get("type") == "string" and words <= TEXT:
            return text(schema)
        if not words <= PLAIN.keys() | NESTED.keys():
            raise NotQuick(*words)
        plain = dict.fromkeys(maker for word, maker in PLAIN.items() if word in words)
        nested = dict.fromkeys(maker for word, maker in NESTED.items() if word in words)
        return _each([*(maker(schema) for maker in plain), *(maker(self, schema) for maker in nested)])

    def referred(self, reference: str) -> Test:
        """The test of the schema that a reference names."""
        if reference not in self._made:
            self._made[reference] = self.test(self._named(reference))
        return self._made[reference]

    def types(self, schema: Schema) -> frozenset[type]:
        """The types that a schema takes at most."""
        if "$ref" in schema:
            return self.types(self._named(schema["$ref"]))
        if "enum" in schema:
            return frozenset(map(type, schema["enum"]))
        return types_of(schema) if "type" in schema else JSON

    def _named(self, reference: str) -> Schema:
        return self._defined[reference.removeprefix("#/$defs/")]


def _each(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda value: first(value) and second(value)
    return lambda value: all(test(value) for test in tests)


def _reference(compiler: _Compiler, schema: Schema) -> Test:
    return compiler.referred(schema["$ref"])


def _members(compiler: _Compiler, schema: Schema) -> Test:
    """What an object must have, and its members."""
    required = frozenset(schema.get("required", ()))
    tests = {name: compiler.test(member) for name, member in schema.get("properties", {}).items()}
    others = schema.get("additionalProperties", True)
    other: Test = compiler.test(others) if isinstance(others, Mapping) else lambda member: bool(others)

    def test(value: Any) -> bool:
        if type(value) is not dict:
            return type(value) in JSON
        if not required <= value.keys():
            return False
        for name, member in value.items():  # noqa: SIM110  a generator would take half as long again
            if not tests.get(name, other)(member):
                return False
        return True

    return test


def _items(compiler: _Compiler, schema: Schema) -> Test:
    member = compiler.test(schema["items"])
    return lambda value: all(map(member, value)) if type(value) is list else type(value) in JSON


def _contains(compiler: _Compiler, schema: Schema) -> Test:
    member = compiler.test(schema["contains"])
    return lambda value: any(map(member, value)) if type(value) is list else type(value) in JSON


def _one_of(compiler: _Compiler, schema: Schema) -> Test:
    """Alternatives of which no value can be two, since their types differ."""
    seen: set[type] = set()
    for types in map(compiler.types, schema["oneOf"]):
        if seen & types:
            raise NotQuick("oneOf")
        seen |= types
    tests = [compiler.test(member) for member in schema["oneOf"]]
    return lambda value: any(test(value) for test in tests)


def _all_of(compiler: _Compiler, schema: Schema) -> Test:
    """All of them; a ladder of `if` one field is this or that is looked up by that field."""
    members = schema["allOf"]
    steps = list(filter(None, map(_step, members)))
    fields = {field for field, _ in steps}
    if len(steps) != len(members) or len(fields) != 1:
        return _each([compiler.test(member) for member in members])
    table: dict[str, list[Test]] = {}
    for (_, names), member in zip(steps, members, strict=True):
        for name in names:
            table.setdefault(name, []).append(compiler.test(member["then"]))
    return _ladder(fields.pop(), {name: _each(tests) for name, tests in table.items()})


def _step(member: Schema) -> tuple[str, list[str]] | None:
    """The field of a ladder's step and the words that the step is for; None where it is not one."""
    if member.keys() != {"if", "then"} or member["if"].keys() != {"properties"}:
        return None
    (field, wanted), *more = member["if"]["properties"].items()
    if more or wanted.keys() not in ({"const"}, {"enum"}):
        return None
    names = wanted["enum"] if "enum" in wanted else [wanted["const"]]
    return (field, names) if all(type(name) is str for name in names) else None


def _ladder(field: str, table: Mapping[str, Test]) -> Test:
    def test(value: Any) -> bool:
        name = value.get(field) if type(value) is dict else None
        return type(name) is str and (name not in table or table[name](value))

    return test


def _if(compiler: _Compiler, schema: Schema) -> Test:
    """Where the condition is nothing but that fields are there."""
    if schema["if"].keys() != {"required"}:
        raise NotQuick("if")
    required, then = frozenset(schema["if"]["required"]), compiler.test(schema["then"])
    return lambda value: type(value) is dict and (not required <= value.keys() or then(value))


NESTED: Mapping[str, Callable[[_Compiler, Schema], Test]] = {
    "$ref": _reference,
    "required": _members,
    "properties": _members,
    "additionalProperties": _members,
    "items": _items,
    "contains": _contains,
    "oneOf": _one_of,
    "allOf": _all_of,
    "if": _if,
    "then": _if,
}
"""Who makes the test of each keyword that holds schemas; keywords of one maker are tested together."""
