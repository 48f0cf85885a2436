"""What this machine knows and the store must not: secrets and commands by name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fedtasks.app.context import Context
from fedtasks.notify.delivery import Undelivered
from fedtasks.store.files import is_below

FILE = "fedtasks/channels.yaml"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class Secrets:
    """Looked up first in the environment, then in the file of this machine, which nobody else may read.

    | what      | environment               | `$XDG_CONFIG_HOME/fedtasks/channels.yaml`, or FEDTASKS_CHANNELS |
    |-----------|---------------------------|-----------------------------------------------------------------|
    | a secret  | `FEDTASKS_SECRET_<NAME>`  | `secrets: {NAME: text}`                                         |
    | a command | `FEDTASKS_COMMAND_<NAME>` | `commands: {NAME: [program, argument, ...]}`                    |
    """

    def __init__(self, context: Context, root: Path) -> None:
        self._environ = context.environ
        self._root = root
        self._file: Mapping[str, Any] | None = None

    def secret(self, name: str) -> str:
        """A secret; raises Undelivered for a name that this machine does not know."""
        found = self._found("secret", name)
        if not isinstance(found, str) or not found:
            raise Undelivered(f"this machine has no secret '{name}': set FEDTASKS_SECRET_{name} or write it to {FILE}")
        return found

    def command(self, name: str) -> list[str]:
        """A command; raises Undelivered for a name that this machine does not know."""
        found = self._found("command", name)
        try:
            words = shlex.split(found) if isinstance(found, str) else [str(word) for word in found or ()]
        except (ValueError, TypeError):
            words = []
        if not words:
            raise Undelivered(f"this machine has no command '{name}': write it to {FILE} below 'commands'")
        return words

    def _found(self, kind: str, name: str) -> Any:
        if not NAME.fullmatch(name):
            raise Undelivered(f"'{name}' cannot be the name of a {kind}: use letters, digits and '_'")
        value = self._environ.get(f"FEDTASKS_{kind.upper()}_{name}")
        return value or self._section(f"{kind}s").get(name)

    def _section(self, name: str) -> Mapping[str, Any]:
        if self._file is None:
            self._file = self._read()
        found = self._file.get(name)
        return found if isinstance(found, Mapping) else {}

    def _path(self) -> Path | None:
        named = self._environ.get("FEDTASKS_CHANNELS")
        if named:
            return Path(named)
        home = self._environ.get("HOME")
        base = self._environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
        return Path(base) / FILE if base else None

    def _read(self) -> Mapping[str, Any]:
        import yaml

        path = self._path()
        if path is None or not path.is_file():
            return {}
        if is_below(path, self._root):
            raise Undelivered(f"{path} is in the store, which others can read; move it out")
        if path.stat().st_mode & 0o077:
            raise Undelivered(f"others can read {path}: chmod 600 {path}")
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, OSError, ValueError) as found:
            raise Undelivered(f"{path} cannot be read: {type(found).__name__}") from None
        return raw if isinstance(raw, Mapping) else {}
