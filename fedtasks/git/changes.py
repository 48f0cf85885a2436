"""What git knows of a file's changes."""

from __future__ import annotations

from fedtasks.git.run import Git


def renamed_from(git: Git, path: str) -> str | None:
    """The path that a file was renamed from: since the last commit, else in the commit that brought it.

    `git` stands at the top of the working tree, `path` is relative to it.
    """
    since = git.attempt("diff", "--find-renames", "--diff-filter=R", "--name-status", "-z", "HEAD")
    for old, new in _pairs(since.stdout):
        if new == path:
            return old
    follow = ("log", "-1", "--follow", "--find-renames", "--diff-filter=R", "--format=", "--name-status", "-z")
    last = git.attempt(*follow, "--", path)
    return next((old for old, new in _pairs(last.stdout) if new == path), None)


def _pairs(listed: bytes) -> list[tuple[str, str]]:
    """(old, new) of the entries `R<score> NUL old NUL new NUL`."""
    words = [word.decode("utf-8", "surrogateescape").strip("\n") for word in listed.split(b"\0")]
    return [
        (words[at + 1], words[at + 2]) for at, word in enumerate(words[:-2]) if word[:1] == "R" and word[1:].isdigit()
    ]
