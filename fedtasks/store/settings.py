"""Changes to the text of fedtasks.yaml: one entry comes or goes, every other line stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fedtasks.errors import InvalidData
from fedtasks.store.layout import CONFIG


def put_entry(text: str, section: str, name: str, value: Mapping[str, Any]) -> str:
    """The text with `value` as the entry `name` of a mapping at the top; raises InvalidData where that cannot be done.

    A section written on one line in braces is written anew, one line a field.
    """
    old = _load(text)
    wanted = {**old, section: {**(old.get(section) or {}), name: dict(value)}}
    kept = drop_entry(text, section, name) if name in (old.get(section) or {}) else text
    return _verified(_put(kept, section, name, value), wanted)


def drop_entry(text: str, section: str, name: str) -> str:
    """The text without an entry; with its last entry the section goes."""
    old = _load(text)
    rest = {key: entry for key, entry in old[section].items() if key != name}
    key, body = _section(text, section)
    lines = text.splitlines(keepends=True)
    if rest and not body.flow_style:
        first, last = next((k.start_mark.line, _last(v)) for k, v in body.value if k.value == name)
        new: list[str] = []
    else:
        first, last = key.start_mark.line, _last(body)
        new = [_dump({section: rest})] if rest else []
    return _verified("".join([*lines[:first], *new, *lines[last + 1 :]]), _with(old, section, rest))


def _put(text: str, section: str, name: str, value: Mapping[str, Any]) -> str:
    found = _section(text, section)
    if found is None:
        return text + ("" if text.endswith("\n") or not text else "\n") + _dump({section: {name: dict(value)}})
    key, body = found
    lines = [line if line.endswith("\n") else line + "\n" for line in text.splitlines(keepends=True)]
    last = _last(body)
    if _is_block(body):
        column = body.value[0][0].start_mark.column
        entry = "".join(" " * column + line for line in _dump({name: dict(value)}).splitlines(keepends=True))
        return "".join([*lines[: last + 1], entry, *lines[last + 1 :]])
    whole = {**(_load(text).get(section) or {}), name: dict(value)}
    return "".join([*lines[: key.start_mark.line], _dump({section: whole}), *lines[last + 1 :]])


def _with(old: Mapping[str, Any], section: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in old.items() if key != section}
    return rest | ({section: dict(entries)} if entries else {})


def _verified(text: str, wanted: Mapping[str, Any]) -> str:
    if _load(text) != wanted:
        raise InvalidData(
            CONFIG, "this file is written in a way that cannot be edited here", hint="edit it by hand; see the README"
        )
    return text


def _load(text: str) -> dict[str, Any]:
    import yaml

    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as found:
        raise InvalidData(CONFIG, f"not YAML: {found}") from found
    return raw if isinstance(raw, dict) else {}


def _dump(value: Mapping[str, Any]) -> str:
    import yaml

    text: str = yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True, width=1000)
    return text


def _section(text: str, section: str) -> Any:
    """The key and the value of a mapping at the top, as nodes that know their lines; None where it is not there."""
    import yaml

    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    return next(((key, value) for key, value in node.value if key.value == section), None) if node else None


def _is_block(node: Any) -> bool:
    return bool(node.value) and not isinstance(node.value, str) and not node.flow_style


def _last(node: Any) -> int:
    """The last line that a node stands on; a block's own end mark is behind the comments that follow it."""
    if _is_block(node):
        below = node.value[-1]
        return _last(below[1] if isinstance(below, tuple) else below)
    end = node.end_mark
    return int(end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line)
