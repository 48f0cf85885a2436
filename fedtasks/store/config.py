"""fedtasks.yaml: the settings of a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fedtasks.errors import InvalidData, NewerFormat
from fedtasks.store.layout import CONFIG

FORMAT = 1
RETRIES = 8
TIMEOUT = 60.0

Fault = tuple[list[str | int], str]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings; `members` is open (anyone named may act as a developer) or closed; `lead` leads new tasks."""

    format: int = FORMAT
    project: str = "project"
    prefix: str = "task"
    default_priority: str = "medium"
    members: str = "open"
    sync: str | Mapping[str, Any] = "manual"
    instances: Mapping[str, Any] | None = field(default_factory=dict)
    claim: Mapping[str, Any] = field(default_factory=dict)
    lead: str | None = None
    permissions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    agents: Mapping[str, Any] = field(default_factory=dict)
    fallbacks: Sequence[str] = ()
    blocked_too_long: str = "2d"
    notices: Mapping[str, Any] = field(default_factory=dict)
    main_branch: str | None = None
    done_needs_commit: bool = False
    guard: Mapping[str, Any] = field(default_factory=dict)
    review: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sync_always(self) -> bool:
        """Whether each change is pushed at once."""
        return (self.sync if isinstance(self.sync, str) else self.sync.get("when")) == "always"

    @property
    def sync_retries(self) -> int:
        """How often a push that others overtook is tried again."""
        return RETRIES if isinstance(self.sync, str) else int(self.sync.get("retries", RETRIES))

    @property
    def sync_timeout(self) -> float:
        """Seconds to wait for the remote."""
        return TIMEOUT if isinstance(self.sync, str) else float(self.sync.get("timeout", TIMEOUT))


def config_text(project: str, prefix: str) -> str:
    """A fedtasks.yaml for a new store."""
    import yaml

    body: str = yaml.safe_dump(
        {"format": FORMAT, "project": project, "prefix": prefix, "default_priority": "medium", "members": "open"},
        sort_keys=False,
        allow_unicode=True,
    )
    return "# Settings of this fedtasks store; see the README of fedtasks.\n" + body


def read_config(root: Path) -> Config:
    """The settings of the store; raises InvalidData with line and field."""
    import yaml

    text = (root / CONFIG).read_bytes().decode("utf-8", "replace")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        raw = yaml.load(text, Loader=loader)
    except yaml.MarkedYAMLError as found:
        line = found.problem_mark.line + 1 if found.problem_mark else 1
        raise InvalidData(CONFIG, f"not YAML: {found.problem}", line=line) from found
    except (yaml.YAMLError, ValueError, RecursionError) as found:
        raise InvalidData(CONFIG, f"not YAML: {found}") from found
    if not isinstance(raw, dict):
        raise InvalidData(CONFIG, "not a mapping of settings")
    return _typed(text, raw)


def _typed(text: str, raw: dict[str, Any]) -> Config:
    from fedtasks.store.locate import line_of
    from fedtasks.store.schemas import field_path, first_error

    format = raw.get("format")
    newer = isinstance(format, int) and format > FORMAT
    found = None if newer else _checked(first_error, raw)
    if found is not None:
        where, message = found
        raise InvalidData(CONFIG, message, line=line_of(text, where), field=field_path(where))
    return Config(**{name: raw[name] for name in Config.__slots__ if name in raw})


def _checked(first_error: Callable[[str, Any], Fault | None], raw: dict[str, Any]) -> Fault | None:
    try:
        return first_error("config", raw)
    except (RecursionError, ValueError, TypeError):
        return [], "holds itself, or what JSON has no word for"


def require_writable(config: Config) -> None:
    """Raises NewerFormat for a store that a newer version has written."""
    if config.format > FORMAT:
        raise NewerFormat(CONFIG, config.format, FORMAT)
