"""This clone of a git store: its branch, its remote, and the ways in which commits come to its working tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fedtasks.app.change import signature
from fedtasks.errors import FedtasksError, InvalidData, NewerFormat, OutOfReach
from fedtasks.git.network import Pushed, fetch, push
from fedtasks.git.objects import Objects, deltas
from fedtasks.git.recorder import GitRecorder, blob_id, uncommitted
from fedtasks.git.remotes import Remote
from fedtasks.git.sharing import Joined, build, check_changes, is_shallow, join_commits
from fedtasks.store.config import FORMAT
from fedtasks.store.layout import CONFIG, HEARD
from fedtasks.store.merging import kind_of, load_settings, require_valid
from fedtasks.store.reading import parse_task, read_bytes
from fedtasks.store.transaction import Transaction
from fedtasks.store.treemerge import Change, Delta, Entry

if TYPE_CHECKING:
    from fedtasks.app.session import Session

TRIES = 5
RECENT_NS = 2_000_000_000
SUBJECT = "take in what was edited by hand"


class Unrecorded(Exception):
    """Files that somebody edited by hand, and that a move would overwrite; they are taken in first."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = tuple(paths)


@dataclass(frozen=True, slots=True)
class Brought:
    """A move of the branch: from where, to where, and what it changed."""

    was: str
    head: str
    moves: Mapping[str, Delta] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Clone:
    """Used as a context: git's reader ends with it."""

    def __init__(self, session: Session, remote: Remote | None) -> None:
        self.session, self.remote = session, remote
        self.root = session.root
        self.git = session.context.git.at(self.root)
        self.network = session.context.git.at(self.root.parent if (self.root / ".git").is_file() else self.root)
        self.branch = GitRecorder(self.git, fsync=session.context.fsync).branch()
        self.registry = session.registry
        self.objects = Objects(self.git)
        self._stack = ExitStack()

    def __enter__(self) -> Clone:
        self._stack.enter_context(self.objects)
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    # --- the remote ------------------------------------------------------------------------------------------------

    def publishing(self) -> Any:
        """The right to talk to the remote, held by one process of this clone at a time."""
        return self.registry.publishing()

    def fetch(self, *, deepen: bool = False, tidy: bool = False) -> str | None:
        """The head of the remote's branch, None where it has no such branch; raises OutOfReach."""
        assert self.remote is not None
        if not fetch(self.network, self.remote, self.session.config.sync_timeout, deepen=deepen, tidy=tidy):
            return None
        self._hear()
        return self.tracked()

    def _hear(self) -> None:
        with suppress(OSError):
            (self.root / HEARD).touch()

    def heard_of(self) -> bool:
        """Whether this clone knows what the remote had less than two seconds ago, as `sync --watch` makes sure."""
        with suppress(OSError):
            age = self.session.context.clock() - (self.root / HEARD).stat().st_mtime_ns
            return 0 <= age < RECENT_NS
        return False

    def tracked(self) -> str | None:
        """The head of the remote's branch when it was last seen."""
        assert self.remote is not None
        return self.objects.commit(self.remote.tracking)

    def push(self, commit: str) -> Pushed:
        """Offers a commit to the remote (see git.network.push)."""
        assert self.remote is not None
        pushed = push(self.network, self.remote, commit, self.session.config.sync_timeout)
        if pushed is Pushed.TAKEN:
            self._hear()
        return pushed

    # --- commits ---------------------------------------------------------------------------------------------------

    def head(self) -> str:
        """The commit that the store's branch is at; raises OutOfReach where it has none."""
        found = self.objects.commit(self.branch)
        if found is None:
            raise OutOfReach(f"the store's branch {self.branch} has no commit", hint="see: fedtasks doctor")
        return found

    def join(self, ours: str, theirs: str) -> Joined:
        """What two heads make together; a shallow clone asks for more of the history where it needs that."""
        joined = join_commits(self.git, self.objects, ours, theirs)
        if joined.unrelated:
            if self.remote is not None and is_shallow(self.git):
                self.fetch(deepen=True)
                joined = join_commits(self.git, self.objects, ours, theirs)
            if self.objects.ask(f"{theirs}:{CONFIG}") is None:
                raise FedtasksError(
                    f"the remote's branch {self.branch.removeprefix('refs/heads/')} is no task store",
                    hint="is it the right remote? Choose another: git config fedtasks.remote NAME",
                )
        if len(joined.parents) > 1:
            self._require_known_format(theirs)
        return joined

    def _require_known_format(self, theirs: str) -> None:
        """Raises NewerFormat where a newer version has written the remote's settings: it must not be merged here."""
        found = self.objects.ask(f"{theirs}:{CONFIG}")
        settings = load_settings(CONFIG, found.data, checked=False) if found is not None else {}
        if isinstance(settings.get("format"), int) and settings["format"] > FORMAT:
            raise NewerFormat(CONFIG, settings["format"], FORMAT)

    def merge_commit(self) -> dict[str, Any]:
        """What a merge's commit says."""
        name = f"{self.remote.name}/{self.branch.removeprefix('refs/heads/')}" if self.remote else self.branch
        return self.says(f"merge {name}")

    def says(self, subject: str, tasks: Sequence[str] = ()) -> dict[str, Any]:
        """What a commit of this session says."""
        return {"subject": subject, **signature(self.session), "trailers": self._trailers(tasks)}

    def _trailers(self, tasks: Sequence[str]) -> list[tuple[str, str]]:
        named = [("Fedtasks-Task", id) for id in tasks] if len(tasks) <= 100 else []
        return [*named, ("Fedtasks-Actor", self.session.actor.name)]

    def build(self, joined: Joined, changes: Mapping[str, Change] | None, commit: Mapping[str, Any] | None) -> str:
        """The commit of what was joined, with one commit of `changes` on top where there are any."""
        commits: list[tuple[Sequence[str], Mapping[str, Change], Mapping[str, Any]]] = []
        if len(joined.parents) > 1:
            commits.append((joined.parents, joined.changes, self.merge_commit()))
        if changes is not None and commit is not None:
            commits.append(([] if commits else joined.parents, changes, commit))
        if not commits:
            return joined.parents[0]
        return build(self.git, commits, fsync=self.session.context.fsync)

    # --- the working tree ------------------------------------------------------------------------------------------

    def bring(self, target: str, known: Brought | None = None) -> Brought:
        """Brings a commit into the branch and the working tree, under the store's lock, whole or not at all.

        The branch moves forward where it can, and merges where it has commits of its own; `known` is a move that was
        worked out before. What was edited by hand is taken in first. Raises InvalidData where such a file is not
        valid, OutOfReach where the store cannot be written.
        """
        for _ in range(TRIES):
            try:
                with self.registry.transaction() as transaction:
                    return self._bring(transaction, target, known)
            except Unrecorded as found:
                self.take_in(found.paths)
        raise OutOfReach("the files of the store change all the time", hint="run the command again")

    def _bring(self, transaction: Transaction, target: str, known: Brought | None) -> Brought:
        was = self.head()
        if known is not None and known.was == was:
            move = known
        else:
            joined = self.join(was, target)
            head = self.build(joined, None, None)
            move = Brought(was, head, deltas(self.git, was, head) if head != was else {}, joined.notes)
        if move.head != was:
            self.require_movable(transaction.read, move.moves)
            self._put(transaction, move.moves)
            transaction.advance(move.head, was)
        return move

    def _put(self, transaction: Transaction, moves: Mapping[str, Delta]) -> None:
        entries = {path: delta.after for path, delta in moves.items() if delta.after is not None}
        for path, data in zip(entries, self.objects.blobs(list(entries.values())), strict=True):
            transaction.put_bytes(path, data)
        for path in moves:
            if path not in entries:
                transaction.remove(path)

    def read(self, path: str) -> bytes | None:
        """A file of the working tree."""
        try:
            return read_bytes(self.root, path)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def require_movable(self, read: Any, moves: Mapping[str, Delta]) -> None:
        """Raises Unrecorded where a file that would be written was edited by hand, InvalidData where one cannot be."""
        check_changes({path: delta.after for path, delta in moves.items()})
        for folder in {parent for path in moves for parent in (self.root / path).parents}:
            if folder != self.root and self.root in folder.parents and folder.is_symlink():
                name = folder.relative_to(self.root).as_posix()
                raise InvalidData(name, "a link where the store has a directory", hint="put the directory itself there")
        found = [path for path, delta in moves.items() if not _is_recorded(read(path), delta)]
        if found:
            raise Unrecorded(found)

    def take_in(self, paths: Sequence[str] | None = None) -> tuple[str, ...]:
        """Commits what was edited by hand, tasks with their `edited` events; answers remarks on what is not valid.

        `paths` names what must be taken in: then a file that is not valid raises InvalidData.
        """
        wanted = paths if paths is not None else self._edited()
        if not wanted:
            return ()
        notes, taken = [], []
        with self.registry.transaction() as transaction:
            for path in wanted:
                try:
                    taken += [path] if self._take(transaction, path) else []
                except InvalidData as found:
                    if paths is not None:
                        raise
                    notes.append(f"{found.message}; it was left alone, mend it")
            tasks = [path[6:-5] for path in taken if kind_of(path) == "task"]
            says = self.says(SUBJECT, tasks)
            transaction.describe(says["subject"], says["trailers"], **signature(self.session))
        return tuple(notes)

    def _take(self, transaction: Transaction, path: str) -> bool:
        """Puts a file that was edited by hand; False for one that is gone, or is what was committed."""
        data = transaction.read(path)
        known = self.objects.ask(f"{self.branch}:{path}")
        if data is None or (known is not None and blob_id(data, known.oid) == known.oid):
            return False
        if kind_of(path) != "task":
            require_valid(path, data)
        else:
            with suppress(NewerFormat):
                transaction.put(parse_task(path, data))
                return True
        transaction.put_bytes(path, data)
        return True

    def _edited(self) -> list[str]:
        return [path for path in uncommitted(self.git) if kind_of(path) != "other"]


def _is_recorded(data: bytes | None, delta: Delta) -> bool:
    """Whether a file of the working tree holds what is committed, before or after; a missing one loses nothing."""
    if data is None:
        return True
    entries = [entry for entry in (delta.before, delta.after) if entry is not None]
    return any(blob_id(data, entry.oid) == entry.oid for entry in entries)


def moves_of(base: Mapping[str, Entry | None], changes: Mapping[str, Change], like: str) -> dict[str, Delta]:
    """The same changes as deltas, contents named by their ids; `like` is any id of the repository."""
    found = {}
    for path, change in changes.items():
        after = Entry("100644", str(blob_id(change, like))) if isinstance(change, bytes) else change
        found[path] = Delta(base.get(path), after)
    return found


@contextmanager
def open_clone(session: Session, remote: Remote | None) -> Iterator[Clone]:
    """The clone of a session's store; raises FedtasksError for a store without git."""
    if not (session.root / ".git").exists():
        raise FedtasksError(
            f"{session.root} is a plain directory, which needs no remote", hint="nothing has to be done"
        )
    with Clone(session, remote) as clone:
        yield clone
