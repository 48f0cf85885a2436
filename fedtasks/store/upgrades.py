"""Formats of a store: how the files of each one become those of the next. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fedtasks.errors import InvalidData
from fedtasks.store.config import FORMAT
from fedtasks.store.layout import CONFIG, GITATTRIBUTES, GITATTRIBUTES_FILE, GITIGNORE, GITIGNORE_FILE

Lift = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


class Upgrade(NamedTuple):
    """From one format to the next: `says` what changes; `lift` answers an object of a kind in the new format."""

    says: str
    lift: Lift


UPGRADES: Mapping[int, Upgrade] = {}
"""The upgrade from each format but the newest, by number. A new format gets its row here; a stored fixture of the one
before it stays among the tests for ever."""

LINES = {GITATTRIBUTES_FILE: GITATTRIBUTES, GITIGNORE_FILE: GITIGNORE}
"""Files of which every line is needed, whatever else stands there."""


def lifted(kind: str, raw: Mapping[str, Any], since: int, table: Mapping[int, Upgrade]) -> Mapping[str, Any]:
    """An object of format `since` in the newest format that the table knows."""
    for number in range(since, since + len(table) + 1):
        if number in table:
            raw = table[number].lift(kind, raw)
    return raw


def newest(table: Mapping[int, Upgrade]) -> int:
    """The format that the table leads to."""
    return max(FORMAT, *(number + 1 for number in table)) if table else FORMAT


def with_format(text: str, number: int) -> str:
    """The text of fedtasks.yaml with another format number, every other sign as it was."""
    found, count = re.subn(r"(?m)^(format[ \t]*:[ \t]*)[0-9]+", rf"\g<1>{number}", text, count=1)
    if count != 1:
        raise InvalidData(
            CONFIG, "the line 'format:' cannot be found", field="format", hint="write it at the left margin"
        )
    return found


def with_lines(path: str, text: str) -> tuple[str, int]:
    """The text of .gitattributes or .gitignore with the lines of ours that it lacks, and how many those are."""
    have = {line.strip() for line in text.splitlines()}
    missing = [line for line in LINES[path].splitlines() if line not in have]
    if not missing:
        return text, 0
    begin = text if not text or text.endswith("\n") else text + "\n"
    return begin + "".join(f"{line}\n" for line in missing), len(missing)
