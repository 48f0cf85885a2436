"""Commits of the store: named paths only, built without the index, on the branch that the store has checked out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any

from fedtasks.errors import OutOfReach
from fedtasks.git.refs import git_directory, named_head, read_branch, shared_directory
from fedtasks.git.run import Git, GitFailed
from fedtasks.git.stream import commit_stream
from fedtasks.git.unfinished import unfinished

DURABLE = ("-c", "core.fsync=committed,loose-object")
FAST_IMPORT = ("fast-import", "--quiet", "--done", "--date-format=raw")
LOOSE_OBJECTS = 6700
"""git's own default for gc.auto."""
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
        self._head = ""

    def branch(self) -> str:
        """The full name of the branch that the store has checked out; raises OutOfReach where there is none."""
        if name := named_head(git_directory(self._git.directory)):
            return name
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
        if (under_way := unfinished(self._git.directory)) is not None:
            raise OutOfReach(f"the store {self._git.directory} {under_way.message}", hint=under_way.hint)
        self.pin()

    def pin(self) -> None:
        """Keeps in mind the commit that the branch is at: `record` puts the change upon it, and upon no other."""
        self._branch = self.branch()
        self._head = self._read_head()

    def _read_head(self) -> str:
        found = read_branch(git_directory(self._git.directory), self._branch)
        if found is None:
            from fedtasks.git.repository import branch_head

            found = branch_head(self._git, self._branch)
        if found is None:
            raise OutOfReach(f"the store's branch {self._branch} has no commit", hint="see: fedtasks doctor")
        return found

    def follow(self, paths: Iterable[str]) -> bool:
        """Pins the commit that the branch is at now; False where it differs from the former one in these paths."""
        before = self._head
        self.pin()
        return self._git.attempt("diff-tree", "-r", "--quiet", before, self._head, "--", *paths).returncode == 0

    def record(self, contents: Contents, commit: Mapping[str, Any], *, again: bool = False) -> bool:
        """Commits these contents (None: removed) upon the pinned commit, which the branch must still be at.

        | the branch                              | what happens                                                      |
        |-----------------------------------------|-------------------------------------------------------------------|
        | is at the pinned commit                 | it moves to the new one: git compares and swaps under its lock    |
        | is not, a moment before or meanwhile    | False: git refuses what does not contain the branch's own commit  |
        | has the contents, and this is `again`   | nothing: the killed writer had committed them                     |

        Raises OutOfReach where git refuses for another reason; then, as with False, nothing is committed.
        """
        if again and self._is_committed(contents):
            return True
        stream = b"".join([*commit_stream(self._branch, contents, commit, parents=[self._head]), b"done\n"])
        try:
            self._git.run(*self._options, *FAST_IMPORT, input=stream)
        except GitFailed as found:
            if self._read_head() != self._head:
                return False
            raise OutOfReach(
                f"git could not record the change ({found.said}); nothing was changed",
                hint="see what git says of the store: fedtasks doctor",
            ) from found
        return True

    def advance(self, head: str, was: str, *, again: bool = False) -> bool:
        """Moves the branch from the commit `was` to `head`; `again`, after a kill: only answers whether it had moved.

        Raises OutOfReach where it is no longer at `was`; then it stays where it is.
        """
        branch = self._branch or self.branch()
        if again:
            return self._git.attempt("merge-base", "--is-ancestor", head, branch).returncode == 0
        done = self._git.attempt(*self._options, "update-ref", "-m", "fedtasks", branch, head, was)
        if done.returncode != 0:
            said = GitFailed(("update-ref",), done.returncode, done.stderr.decode("utf-8", "replace")).said
            raise OutOfReach(
                f"git could not move the store's branch ({said}); nothing was changed here",
                hint="run the command again",
            )
        return True

    def settle(self, paths: Sequence[str]) -> bool:
        """Tells git's index of paths that are committed and in place; False where it is locked just now."""
        listed = b"".join(path.encode() + b"\0" for path in paths)
        arguments = (*self._options, "update-index", "--add", "--remove", "-z", "--stdin")
        return self._git.attempt(*arguments, input=listed).returncode == 0

    def break_stale(self, since: float, now: float) -> None:
        """Removes the locks that a killed git left: only behind a killed writer, under the store's lock.

        `since` is when that writer began to commit, `now` the present, both as Unix time in seconds; an older lock of
        the index is somebody else's (git commit holds it while its editor is open). A lock younger than two seconds
        may still be in use (git outlives a killed parent for a moment) and is waited for.
        """
        lock = self._git.line("rev-parse", "--path-format=absolute", "--git-path", f"{self.branch()}.lock")
        own = git_directory(self._git.directory)
        for path in (Path(lock), own / "HEAD.lock", own / "index.lock"):
            with suppress(FileNotFoundError):
                if path.name == "index.lock" and path.stat().st_mtime < since:
                    continue
                young = STALE_SECONDS - (now - path.stat().st_mtime)
                for _ in range(int(max(young, 0) / POLL_SECONDS)):
                    sleep(POLL_SECONDS)
                    path.stat()
                path.unlink()

    def tidy(self) -> None:
        """Lets git pack loose objects, where git itself would look for them; it decides (gc.auto) and detaches.

        No command of the store does that otherwise, and a change of one task among ten thousand leaves some 300 KB of
        trees. As git does, it counts one of the 256 folders.
        """
        with suppress(OSError):
            folder = shared_directory(git_directory(self._git.directory))
            if len(os.listdir(folder / "objects" / "17")) > LOOSE_OBJECTS / 256:
                self._git.attempt(*QUIET, "gc", "--auto", "--quiet")

    def _is_committed(self, contents: Contents) -> bool:
        listed = self._git.attempt("ls-tree", "-z", self._head, "--", *contents)
        found = {}
        for entry in listed.stdout.split(b"\0"):
            head, _, path = entry.partition(b"\t")
            if path:
                found[path.decode()] = head.split()[2].decode()
        return all(blob_id(data, found.get(path, "")) == found.get(path) for path, data in contents.items())


def blob_id(data: bytes | None, like: str) -> str | None:
    """The id that git gives a file's bytes, with the hash of the id `like`; None for no file."""
    if data is None:
        return None
    import hashlib

    algorithm = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(data) + data).hexdigest()


def first_commit(git: Git, branch: str, files: Mapping[str, bytes], commit: Mapping[str, Any]) -> None:
    """Makes `branch` (a full ref name) with one parentless commit of these files."""
    stream = b"".join([*commit_stream(branch, files, commit, parents=()), b"done\n"])
    git.run(*QUIET, *DURABLE, *FAST_IMPORT, input=stream)


def uncommitted(git: Git) -> list[str]:
    """Paths of the working tree that differ from the last commit, new ones included."""
    entries = git.run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all").split(b"\0")
    return [entry[3:].decode("utf-8", "surrogateescape") for entry in entries if entry]
