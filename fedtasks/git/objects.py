"""Reading git's objects: one `git cat-file --batch` for all questions, trees compared, ancestors found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fedtasks.errors import OutOfReach
from fedtasks.git.run import Git, GitFailed
from fedtasks.store.treemerge import Delta, Entry

if TYPE_CHECKING:
    import subprocess

AT_ONCE = 128
"""Questions sent before the answers are read: few enough that neither pipe fills."""

EMPTY_TREES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""Git's object id of a tree without files, by the length of the repository's ids."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object: its id, its type, its content."""

    oid: str
    kind: str
    data: bytes


class Objects:
    """Answers from the object store; the process starts at the first question and ends with the block."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def ask(self, name: str) -> Found | None:
        """The object that a revision, `REVISION:PATH` or an object id names; None where there is none."""
        return next(self.many([name]))

    def many(self, names: Sequence[str]) -> Iterator[Found | None]:
        """The same for many names, in their order."""
        process = self._process = self._process or self._git.start("cat-file", "--batch")
        assert process.stdin is not None
        for begin in range(0, len(names), AT_ONCE):
            block = names[begin : begin + AT_ONCE]
            try:
                process.stdin.write(b"".join(_question(name) for name in block))
                process.stdin.flush()
            except BrokenPipeError as found:
                raise self._gone() from found
            for _ in block:
                yield self._answer(process)

    def _answer(self, process: subprocess.Popen[bytes]) -> Found | None:
        assert process.stdout is not None
        head = process.stdout.readline()
        if not head:
            raise self._gone()
        words = head.split()
        if len(words) < 3 or words[-1] in (b"missing", b"ambiguous"):
            return None
        size = int(words[2])
        data = process.stdout.read(size + 1)
        if len(data) != size + 1:
            raise self._gone()
        return Found(words[0].decode(), words[1].decode(), data[:-1])

    def _gone(self) -> OutOfReach:
        process, self._process = self._process, None
        words = b"" if process is None else process.communicate()[1]
        said = GitFailed(("cat-file",), 1, words.decode("utf-8", "replace")).said
        return OutOfReach(f"git cannot read the store's objects ({said})", hint="see: fedtasks doctor")

    def commit(self, name: str) -> str | None:
        """The id of the commit that a revision names."""
        found = self.ask(name)
        return found.oid if found is not None and found.kind == "commit" else None

    def blob(self, entry: Entry) -> bytes:
        """The content of a file; raises OutOfReach where git has lost it."""
        return next(self.blobs([entry]))

    def blobs(self, entries: Sequence[Entry]) -> Iterator[bytes]:
        """The contents of many files, in their order."""
        for entry, found in zip(entries, self.many([entry.oid for entry in entries]), strict=True):
            if found is None:
                raise OutOfReach(f"git has no object {entry.oid}", hint="see what is damaged: git fsck")
            yield found.data


def _question(name: str) -> bytes:
    if "\n" in name:
        raise ValueError(f"not one name: {name!r}")
    return name.encode("utf-8", "surrogateescape") + b"\n"


def deltas(git: Git, before: str | None, after: str) -> dict[str, Delta]:
    """How two commits' trees differ, path by path; before None everything is new."""
    base = before or EMPTY_TREES[len(after)]
    said = git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", base, after)
    return dict(_deltas(said.decode("utf-8", "surrogateescape").split("\0")))


def _deltas(fields: list[str]) -> Iterator[tuple[str, Delta]]:
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old, new, _ = head.removeprefix(":").split(" ")
        yield path, Delta(_entry(old_mode, old), _entry(new_mode, new))


def _entry(mode: str, oid: str) -> Entry | None:
    return None if mode == "000000" else Entry(mode, oid)


def merge_bases(git: Git, one: str, other: str) -> list[str]:
    """The best common ancestors of two commits, sorted; none for unrelated histories."""
    done = git.attempt("merge-base", "--all", one, other)
    if done.returncode > 1:
        raise GitFailed(("merge-base",), done.returncode, done.stderr.decode("utf-8", "replace"))
    return sorted(done.stdout.decode().split())


def older_contents(git: Git, objects: Objects, commit: str, path: str) -> Iterator[bytes]:
    """What a path held in a commit and before, the newest first; commits without the path are passed over."""
    for oid in git.run("rev-list", "--full-history", commit, "--", path).decode().split():
        found = objects.ask(f"{oid}:{path}")
        if found is not None and found.kind == "blob":
            yield found.data


def content_anywhere(git: Git, objects: Objects, path: str) -> bytes | None:
    """What any commit that this repository knows has at a path; for files that are named by their content."""
    places = ("--all", "--reflog", "--ignore-missing", "HEAD", "FETCH_HEAD", "ORIG_HEAD", "MERGE_HEAD")
    added = ("--full-history", "--diff-filter=A", "-m", "-1", "--format=%H")
    commit = git.attempt("log", *added, *places, "--", path).stdout.decode().strip()
    found = objects.ask(f"{commit}:{path}") if commit else None
    return None if found is None else found.data


def counts(git: Git, one: str, other: str) -> tuple[int, int]:
    """How many commits, merges aside, only the one and only the other has."""
    left, right = git.line("rev-list", "--left-right", "--no-merges", "--count", f"{one}...{other}").split()
    return int(left), int(right)
