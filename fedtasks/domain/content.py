"""The content of a task: what it says is to be done, which an approval is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fedtasks.domain.canonical import compact
from fedtasks.domain.task import State


def content_digest(title: str, description: str, files: Iterable[Mapping[str, Any]]) -> str:
    """A digest of title, description and files."""
    from hashlib import sha256

    return sha256(compact([title, description or "", list(files)]).encode()).hexdigest()[:32]


def digest_of(state: State) -> str:
    """The digest of a task's content as it is now."""
    return content_digest(state.title, state.description, state.files)
