"""Lines of ours in files of others: put in between markers and taken out again to the byte; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fedtasks.errors import InvalidData

BEGIN = "fedtasks:begin"
END = "fedtasks:end"
ARGS = ("mcp",)
ENTRY = '"fedtasks": {"command": "fedtasks", "args": ["mcp"]}'


@dataclass(frozen=True, slots=True)
class Block:
    """Lines between two comments, for Markdown and TOML; `opens` and `closes` are the comment's signs."""

    lines: tuple[str, ...]
    opens: str
    closes: str = ""

    def put(self, before: bytes | None, path: str) -> bytes:
        """The file with the block at its end, or renewed where it is; None stands for no file."""
        if before is None:
            return self._text(b"\n")
        found = self._find(before, path)
        if found is not None:
            return before[: found.start("block")] + self._text(found["eol"]) + before[found.end() :]
        eol = b"\r\n" if b"\r\n" in before else b"\n"
        return before + eol + self._text(eol)

    def take(self, before: bytes, path: str) -> bytes | None:
        """The file without the block; None where the block was the whole file."""
        found = self._find(before, path)
        if found is None:
            return before
        eol = found["eol"]
        start = found.start("block")
        if start == 0 and found.end() == len(before):
            return None
        head = before[:start]
        return head.removesuffix(eol) + before[found.end() :]

    def is_in(self, data: bytes, path: str) -> bool:
        """Whether the file has the block."""
        return self._find(data, path) is not None

    def _text(self, eol: bytes) -> bytes:
        every = (f"{self.opens}{BEGIN}{self.closes}", *self.lines, f"{self.opens}{END}{self.closes}", "")
        return eol.join(line.encode() for line in every)

    def _find(self, data: bytes, path: str) -> re.Match[bytes] | None:
        begin, end = (re.escape(f"{self.opens}{word}{self.closes}".encode()) for word in (BEGIN, END))
        found = re.search(rb"(?m)^(?P<block>" + begin + rb"(?P<eol>\r?\n)(?s:.*?)^" + end + rb"(?:\r?\n|\Z))", data)
        if found is None and re.search(rb"(?m)^" + begin, data):
            raise InvalidData(path, f"'{BEGIN}' stands there without '{END}'", hint="remove these lines by hand")
        return found


@dataclass(frozen=True, slots=True)
class JsonMember:
    """One member of an object in a JSON file, which has no comments: `key` names the object, `args` start us."""

    key: str
    args: tuple[str, ...] = ARGS

    @property
    def entry(self) -> str:
        """What is written: the command that starts our server, as JSON."""
        return _entry(self.args)

    def put(self, before: bytes | None, path: str) -> bytes:
        """The file with the member in front of the object's others; None stands for no file."""
        if before is None:
            return f'{{\n  "{self.key}": {{\n    {self.entry}\n  }}\n}}\n'.encode()
        if self.is_in(before, path):
            there = self.entry_in(before, path)
            return before.replace(there.encode(), self.entry.encode()) if self.args != ARGS else before
        text = before.decode("utf-8")
        place = self._opening(text)
        inner = f"\n    {self.entry}"
        if place is None:
            place, inner = text.index("{") + 1, f'\n  "{self.key}": {{{self.entry}}}'
        after = text[place:].lstrip()
        joined = text[:place] + inner + ("" if after.startswith("}") else ",") + text[place:]
        _load(path, joined.encode())
        return joined.encode()

    def take(self, before: bytes, path: str) -> bytes | None:
        """The file without the member; None where it was the whole file."""
        if not self.is_in(before, path):
            return before
        there = self.entry_in(before, path)
        text = before.decode("utf-8")
        if text == f'{{\n  "{self.key}": {{\n    {there}\n  }}\n}}\n':
            return None
        for inner in (f'\n  "{self.key}": {{{there}}}', f"\n    {there}"):
            for ours in (inner + ",", inner):
                if text.count(ours) == 1:
                    left = text.replace(ours, "").encode()
                    _load(path, left)
                    return left
        raise InvalidData(path, f"'{self.key}.fedtasks' was changed by hand", hint="remove that member by hand")

    def is_in(self, data: bytes, path: str) -> bool:
        """Whether the object has a member 'fedtasks'; raises InvalidData for a file that is no JSON object."""
        inner = _load(path, data).get(self.key, {})
        if not isinstance(inner, dict):
            raise InvalidData(path, f"'{self.key}' is no object", hint="mend the file by hand")
        return "fedtasks" in inner

    def entry_in(self, data: bytes, path: str) -> str:
        """The member as it stands in the file, whoever it acts as."""
        outer = _load(path, data)[self.key]
        there = outer.get("fedtasks") if isinstance(outer, dict) else None
        args = there.get("args") if isinstance(there, dict) else None
        return _entry(args) if isinstance(args, list) else self.entry

    def _opening(self, text: str) -> int | None:
        """The place behind the brace that opens the object, which stands on the file's first level."""
        depth = 0
        for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', text):
            sign = found[0]
            if depth == 1 and sign.startswith('"') and json.loads(sign) == self.key:
                opening = re.compile(r"\s*:\s*\{").match(text, found.end())
                if opening is not None:
                    return opening.end()
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(sign, 0)
        return None


def _load(path: str, data: bytes) -> dict[str, object]:
    try:
        raw = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as found:
        raise InvalidData(path, f"not JSON: {found}", hint=f"add by hand: {ENTRY}") from found
    if not isinstance(raw, dict):
        raise InvalidData(path, "not a JSON object", hint="mend the file by hand")
    return raw


def _entry(args: Sequence[Any]) -> str:
    return f'"fedtasks": {json.dumps({"command": "fedtasks", "args": list(args)}, ensure_ascii=False)}'
