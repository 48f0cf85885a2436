"""This clone of a git store: its branch, its remote, and the commits that are made of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from fedtasks.app.change import signature
from fedtasks.errors import FedtasksError, NewerFormat, OutOfReach
from fedtasks.git.network import Pushed, fetch, push
from fedtasks.git.objects import Objects
from fedtasks.git.recorder import GitRecorder
from fedtasks.git.remotes import Remote
from fedtasks.git.sharing import Joined, build, is_shallow, join_commits
from fedtasks.git.worktree import require_own_branch
from fedtasks.store.config import FORMAT
from fedtasks.store.layout import CONFIG, HEARD
from fedtasks.store.merging import load_settings
from fedtasks.store.reading import read_bytes
from fedtasks.store.treemerge import Change

if TYPE_CHECKING:
    from fedtasks.app.session import Session

RECENT_NS = 2_000_000_000


class Clone:
    """Used as a context: git's reader ends with it."""

    def __init__(self, session: Session, remote: Remote | None) -> None:
        self.session, self.remote = session, remote
        self.root = session.root
        self.git = session.context.git.at(self.root)
        self.network = session.context.git.at(self.root.parent if (self.root / ".git").is_file() else self.root)
        self.branch = GitRecorder(self.git, fsync=session.context.fsync).branch()
        if remote is not None:
            require_own_branch(self.git, self.branch, remote.theirs)
        self.registry = session.registry
        self.objects = Objects(self.git)
        self._stack = ExitStack()

    def __enter__(self) -> Clone:
        self._stack.enter_context(self.objects)
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def beside(self, path: str) -> bytes | None:
        """A file of this clone's branch, as it is committed."""
        found = self.objects.ask(f"{self.branch}:{path}")
        return None if found is None else found.data

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
            self.require_known_format(theirs)
        return joined

    def require_known_format(self, theirs: str) -> None:
        """Raises NewerFormat where a newer version has written the settings of a commit, upon which nothing is put."""
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

    def read(self, path: str) -> bytes | None:
        """A file of the working tree."""
        try:
            return read_bytes(self.root, path)
        except (FileNotFoundError, NotADirectoryError):
            return None


@contextmanager
def open_clone(session: Session, remote: Remote | None) -> Iterator[Clone]:
    """The clone of a session's store; raises FedtasksError for a store without git."""
    if not (session.root / ".git").exists():
        raise FedtasksError(
            f"{session.root} is a plain directory, which needs no remote", hint="nothing has to be done"
        )
    with Clone(session, remote) as clone:
        yield clone
