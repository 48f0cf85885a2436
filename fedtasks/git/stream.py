"""What `git fast-import` reads: commits built from contents, without a working tree or an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fedtasks.domain.times import milliseconds
from fedtasks.store.treemerge import Change, Entry


def commit_stream(
    ref: str, contents: Mapping[str, Change], commit: Mapping[str, Any], *, parents: Sequence[str], mark: int = 0
) -> list[bytes]:
    """One commit of these contents (None: removed) on `ref`, upon its parents; with `mark` later ones can name it."""
    seconds = milliseconds(commit["at"]) // 1000
    person = f"{_person(commit['name'], commit['email'])} {seconds} +0000"
    text = message(commit).encode("utf-8", "replace")
    marked = f"mark :{mark}\n" if mark else ""
    lines = [f"commit {ref}\n{marked}author {person}\ncommitter {person}\ndata {len(text)}\n".encode(), text, b"\n"]
    lines += [f"{'merge' if place else 'from'} {parent}\n".encode() for place, parent in enumerate(parents)]
    for path, change in contents.items():
        lines += _change(_quoted(path), change)
    return [*lines, b"\n"]


def _change(path: bytes, change: Change) -> list[bytes]:
    if change is None:
        return [b"D ", path, b"\n"]
    if isinstance(change, Entry):
        return [f"M {change.mode} {change.oid} ".encode(), path, b"\n"]
    return [b"M 100644 inline ", path, b"\ndata %d\n" % len(change), change, b"\n"]


def message(commit: Mapping[str, Any]) -> str:
    """Subject, blank line, trailers, as `git interpret-trailers` reads them."""
    trailers = "".join(f"{name}: {value}\n" for name, value in commit["trailers"])
    return f"{commit['subject']}\n" + (f"\n{trailers}" if trailers else "")


def _person(name: str, email: str) -> str:
    unsafe = {ord(sign): None for sign in "<>\n\0"}
    return f"{name.translate(unsafe).strip() or 'fedtasks'} <{email.translate(unsafe).strip()}>"


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode("utf-8", "surrogateescape")
