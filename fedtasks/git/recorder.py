"""Commits of the store: named paths only, built without the index, on the branch that the store has checked out."""

from __future__ import annotations

import hashlib
from calendar import timegm
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import sleep, strptime
from typing import Any

from fedtasks.errors import OutOfReach
from fedtasks.git.run import Git, GitFailed

DURABLE = ("-c", "core.fsync=committed,loose-object")
STALE_SECONDS = 2.0
POLL_SECONDS = 0.02
QUIET = ("-c", "core.hooksPath=/dev/null")
"""The store's commits are not the code's: its hooks stay out of them."""

Contents = Mapping[str, bytes | None]


class GitRecorder:
    """The history of a store that is a git working tree; `fsync` makes commits survive a power cut."""

    def __init__(self, git: Git, *, fsync: bool) -> None:
        self._git = git
        self._options = (*QUIET, *(DURABLE if fsync else ("-c", "core.fsync=none")))
        self._branch = ""

    def branch(self) -> str:
        """The full name of the branch that the store has checked out; raises OutOfReach where there is none."""
        done = self._git.attempt("symbolic-ref", "--quiet", "HEAD")
        name = done.stdout.decode("utf-8", "surrogateescape").strip()
        if done.returncode > 1:
            said = GitFailed(("symbolic-ref",), done.returncode, done.stderr.decode("utf-8", "replace")).said
            raise OutOfReach(f"git cannot read the store {self._git.directory}: {said}", hint="see: fedtasks doctor")
        if not name:
            raise OutOfReach(
                f"the store {self._git.directory} has no branch checked out",
                hint=f"check its branch out again: git -C {self._git.directory} switch fedtasks",
            )
        return name

    def ready(self) -> None:
        """Raises OutOfReach where nothing could be recorded: a detached head, somebody's merge or rebase under way."""
        folder = git_directory(self._git.directory)
        for name in ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD"):
            if (folder / name).exists():
                raise OutOfReach(
                    f"the store {self._git.directory} is in the middle of a merge or rebase ({name})",
                    hint="finish it there with git, then run the command again",
                )
        self._branch = self.branch()

    def record(self, contents: Contents, commit: Mapping[str, Any], *, again: bool = False) -> None:
        """Commits these contents (None: removed); `again`, after a kill: unless the branch has them so already.

        Raises OutOfReach where git refuses; then nothing is committed.
        """
        if again and self._is_committed(contents):
            return
        branch = self._branch or self.branch()
        stream = b"".join(_stream(branch, contents, commit))
        try:
            self._git.run(*self._options, "fast-import", "--quiet", "--done", "--date-format=raw", input=stream)
        except GitFailed as found:
            raise OutOfReach(
                f"git could not record the change ({found.said}); nothing was changed",
                hint="see what git says of the store: fedtasks doctor",
            ) from found

    def settle(self, paths: Sequence[str]) -> bool:
        """Tells git's index of paths that are committed and in place; False where it is locked just now."""
        listed = b"".join(path.encode() + b"\0" for path in paths)
        arguments = (*self._options, "update-index", "--add", "--remove", "-z", "--stdin")
        return self._git.attempt(*arguments, input=listed).returncode == 0

    def break_stale(self, now: float) -> None:
        """Removes the branch's lock that a killed git left: called only behind a killed writer, under the store's lock.

        A lock younger than two seconds may still be in use (git outlives a killed parent for a moment) and is waited
        for; `now` is Unix time in seconds.
        """
        common = self._git.line("rev-parse", "--path-format=absolute", "--git-path", f"{self.branch()}.lock")
        path = Path(common)
        with suppress(FileNotFoundError):
            young = STALE_SECONDS - (now - path.stat().st_mtime)
            for _ in range(int(max(young, 0) / POLL_SECONDS)):
                sleep(POLL_SECONDS)
                path.stat()
            path.unlink()

    def _is_committed(self, contents: Contents) -> bool:
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
    git.run(*QUIET, *DURABLE, "fast-import", "--quiet", "--done", "--date-format=raw", input=stream)


def git_directory(worktree: Path) -> Path:
    """The git directory of a working tree: `.git` itself, or the one that a linked worktree's `.git` file names."""
    entry = worktree / ".git"
    if entry.is_file():
        named = entry.read_text(encoding="utf-8", errors="surrogateescape").removeprefix("gitdir:").strip()
        return worktree / named
    return entry


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
