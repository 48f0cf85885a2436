"""Commits of the store: named paths only, built without the index, on the branch that the store has checked out."""

from __future__ import annotations

import hashlib
from calendar import timegm
from collections.abc import Mapping
from pathlib import Path
from time import strptime
from typing import Any

from fedtasks.errors import OutOfReach
from fedtasks.git.run import Git

DURABLE = ("-c", "core.fsync=committed,loose-object", "-c", "core.fsyncObjectFiles=true")


class GitRecorder:
    """The history of a store that is a git working tree; `fsync` makes commits survive a power cut."""

    def __init__(self, git: Git, *, fsync: bool) -> None:
        self._git = git
        self._options = DURABLE if fsync else ("-c", "core.fsync=none")

    def branch(self) -> str:
        """The full name of the branch that the store has checked out; raises OutOfReach where there is none."""
        name = self._git.line_or_none("symbolic-ref", "--quiet", "HEAD")
        if name is None:
            raise OutOfReach(
                f"the store {self._git.directory} has no branch checked out",
                hint=f"check its branch out again: git -C {self._git.directory} switch fedtasks",
            )
        return name

    def ready(self) -> None:
        """Raises OutOfReach where the store is in the middle of somebody's merge or rebase."""
        folder = git_directory(self._git.directory)
        for name in ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD"):
            if (folder / name).exists():
                raise OutOfReach(
                    f"the store {self._git.directory} is in the middle of a merge or rebase ({name})",
                    hint="finish it there with git, then run the command again",
                )

    def record(self, paths: tuple[str, ...], commit: Mapping[str, Any], *, again: bool = False) -> None:
        """Commits the paths as they are on the disk; `again`, after a kill: unless the branch has them so already."""
        contents = {path: _content(self._git.directory / path) for path in paths}
        if not (again and self._is_committed(contents)):
            stream = b"".join(_stream(self.branch(), contents, commit))
            self._git.run(*self._options, "fast-import", "--quiet", "--done", "--date-format=raw", input=stream)
        listed = b"".join(path.encode() + b"\0" for path in paths)
        self._git.run("update-index", "--add", "--remove", "-z", "--stdin", input=listed)

    def _is_committed(self, contents: Mapping[str, bytes | None]) -> bool:
        listed = self._git.attempt("ls-tree", "-z", "HEAD", "--", *contents)
        found = {}
        for entry in listed.stdout.split(b"\0"):
            head, _, path = entry.partition(b"\t")
            if path:
                found[path.decode()] = head.split()[2].decode()
        return all(_blob_id(data, found.get(path, "")) == found.get(path) for path, data in contents.items())


def _blob_id(data: bytes | None, like: str) -> str | None:
    if data is None:
        return None
    algorithm = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data).hexdigest()


def first_commit(git: Git, branch: str, files: Mapping[str, bytes], commit: Mapping[str, Any]) -> None:
    """Makes `branch` (a full ref name) with one parentless commit of these files."""
    stream = b"".join(_stream(branch, files, commit, parent=False))
    git.run(*DURABLE, "fast-import", "--quiet", "--done", "--date-format=raw", input=stream)


def git_directory(worktree: Path) -> Path:
    """The git directory of a working tree: `.git` itself, or the one that a linked worktree's `.git` file names."""
    entry = worktree / ".git"
    if entry.is_file():
        named = entry.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("gitdir:").strip()
        return worktree / named
    return entry


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def message(commit: Mapping[str, Any]) -> str:
    """Subject, blank line, trailers, as `git interpret-trailers` reads them."""
    trailers = "".join(f"{name}: {value}\n" for name, value in commit["trailers"])
    return f"{commit['subject']}\n" + (f"\n{trailers}" if trailers else "")


def _person(name: str, email: str) -> str:
    unsafe = {ord(sign): None for sign in "<>\n\0"}
    return f"{name.translate(unsafe).strip() or 'fedtasks'} <{email.translate(unsafe).strip()}>"


def _stream(branch: str, contents: Mapping[str, Any], commit: Mapping[str, Any], *, parent: bool = True) -> list[bytes]:
    """The `git fast-import` stream of one commit, on top of the branch where `parent` says so."""
    seconds = timegm(strptime(commit["at"], "%Y-%m-%dT%H:%M:%SZ"))
    person = f"{_person(commit['name'], commit['email'])} {seconds} +0000"
    text = message(commit).encode("utf-8", "replace")
    head = f"commit {branch}\nauthor {person}\ncommitter {person}\ndata {len(text)}\n".encode()
    lines = [head, text, b"\n"]
    if parent:
        lines.append(f"from {branch}^0\n".encode())
    for path, data in contents.items():
        if data is None:
            lines.append(f"D {_quoted(path)}\n".encode())
        else:
            lines += [f"M 100644 inline {_quoted(path)}\ndata {len(data)}\n".encode(), data, b"\n"]
    return [*lines, b"\ndone\n"]


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def uncommitted(git: Git) -> list[str]:
    """Paths of the working tree that differ from the last commit, new ones included."""
    entries = git.run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all").split(b"\0")
    return [entry[3:].decode("utf-8", "surrogateescape") for entry in entries if entry]
