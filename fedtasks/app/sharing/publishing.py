"""Publishing an exclusive change: decided on the remote's state, pushed, and brought here once the remote has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from time import sleep
from typing import Generic, TypeVar

from fedtasks.app.change import Change
from fedtasks.app.consequences import finish
from fedtasks.app.session import Session
from fedtasks.app.sharing.bringing import TRIES, Brought, Unrecorded, bring, moves_of, require_movable, take_in
from fedtasks.app.sharing.clone import Clone, open_clone
from fedtasks.app.sharing.news import arrived
from fedtasks.app.tasks.active import MANY, forget, note
from fedtasks.domain import events as kinds
from fedtasks.domain.task import Task
from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.git.network import Pushed, Unknown
from fedtasks.git.objects import deltas, merge_bases
from fedtasks.git.remotes import Remote
from fedtasks.git.sharing import Joined
from fedtasks.store.draft import TreeDraft
from fedtasks.store.layout import task_id_at
from fedtasks.store.reading import parse_task
from fedtasks.store.treemerge import FILE, Entry

Done = TypeVar("Done")

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0
OFFLINE = "when it is back, run the command again; or take it tentatively now: fedtasks claim ID --offline"


def publish(session: Session, remote: Remote, decide: Callable[[Change], Done]) -> Done:
    """Makes a change at the remote first (see `exclusively`)."""
    with open_clone(session, remote) as clone, clone.publishing():
        return _Publisher(clone, decide).run()


class _Publisher(Generic[Done]):
    def __init__(self, clone: Clone, decide: Callable[[Change], Done]) -> None:
        self.clone, self.decide = clone, decide
        self.session = clone.session

    def run(self) -> Done:
        """Decides on what the remote has now, until it takes the change."""
        offered = self._quick_offer() if self.clone.heard_of() else None
        if offered is not None:
            return offered[0]
        for _ in rounds(self.session):
            theirs = self._fetch()
            offered = self._settled_offer(theirs)
            if offered is not None:
                return offered[0]
        raise overtaken(self.session)

    def _quick_offer(self) -> tuple[Done] | None:
        """A remote that was heard of just now is not asked first: where it has moved on meanwhile, it refuses the push.

        A refusal that this clone's own knowledge would give is not final, since it may be old.
        """
        try:
            return self._settled_offer(self.clone.tracked())
        except Unknown:
            raise
        except FedtasksError:
            return None

    def _settled_offer(self, theirs: str | None) -> tuple[Done] | None:
        """An offer with what was edited by hand taken in first."""
        for _ in range(TRIES):
            try:
                return self._offer(theirs)
            except Unrecorded as found:
                take_in(self.clone, found.paths)
        raise OutOfReach("the files of the store change all the time", hint="run the command again")

    def _fetch(self) -> str | None:
        try:
            return self.clone.fetch()
        except OutOfReach as found:
            found.hint = OFFLINE
            raise

    def _offer(self, theirs: str | None) -> tuple[Done] | None:
        """Decides, builds and pushes once; None where somebody else was first."""
        was = self.clone.head()
        joined = self.clone.join(was, theirs) if theirs is not None else Joined((was,))
        view = _View(self.clone, was, joined)
        draft = TreeDraft(self.clone.root, view.read, view.names)
        try:
            change = Change(self.session, draft)
            change.arriving = view.arriving
            result = self.decide(change)
            finish(change)
        except FedtasksError:
            self._learn(theirs)
            raise
        if not draft.writes:
            self._learn(theirs)
            return (result,)
        if joined.parents != (was,):
            self.clone.require_known_format(joined.parents[0])
        head = self.clone.build(joined, draft.writes, draft.commit)
        known = self._move(was, head, joined, view, draft)
        require_movable(self.clone, self.clone.read, known.moves)
        if not self._push(head):
            return None
        self.session.published = True
        self._arrive(head, known)
        return (result,)

    def _move(self, was: str, head: str, joined: Joined, view: _View, draft: TreeDraft) -> Brought:
        if joined.parents == (was,):
            return Brought(was, head, moves_of(view.seen, draft.writes, head))
        return Brought(was, head, deltas(self.clone.git, was, head), joined.notes, joined.merges)

    def _push(self, head: str) -> bool:
        """Whether the remote took the commit; where its answer was lost, it is asked what it has now."""
        try:
            return self.clone.push(head) is Pushed.TAKEN
        except Unknown:
            with suppress(OutOfReach):
                theirs = self.clone.fetch()
                if theirs is not None and head in merge_bases(self.clone.git, head, theirs):
                    return True
            raise

    def _arrive(self, head: str, known: Brought) -> None:
        """The remote has it; that this clone cannot follow just now does not undo it."""
        try:
            self.session.notes += self._bring(head, known).notes
        except FedtasksError as found:
            self.session.notes.append(
                f"it is published, but this clone could not follow: {found.message}; fedtasks sync brings it here"
            )

    def _learn(self, theirs: str | None) -> None:
        if theirs is not None:
            with suppress(FedtasksError):
                self._bring(theirs)

    def _bring(self, target: str, known: Brought | None = None) -> Brought:
        """Brings a commit here, and tells whose steps did not stand it."""
        brought = bring(self.clone, target, known)
        if len(brought.moves) > MANY:
            forget(self.session)
        else:
            note(self.session, arrived(self.clone, brought))
        if brought.merged:
            from fedtasks.app.notices.overruled import tell_overruled

            tell_overruled(self.clone, brought.was)
        return brought


class _View:
    """The files of a joined state, of which no commit may exist; `seen` are the entries that were read."""

    def __init__(self, clone: Clone, was: str, joined: Joined) -> None:
        self.clone, self.was, self.joined = clone, was, joined
        self.seen: dict[str, Entry | None] = {}

    def read(self, path: str) -> bytes | None:
        """A file; raises Unrecorded where only the working tree has it."""
        if path in self.joined.changes:
            change = self.joined.changes[path]
            return self.clone.objects.blob(change) if isinstance(change, Entry) else change
        found = self.clone.objects.ask(f"{self.joined.parents[0]}:{path}")
        self.seen[path] = None if found is None else Entry(FILE, found.oid)
        if found is None and (self.clone.root / path).is_file() and not self._was(path):
            raise Unrecorded([path])
        return None if found is None else found.data

    def _was(self, path: str) -> bool:
        return self.clone.objects.ask(f"{self.was}:{path}") is not None

    def arriving(self) -> Iterator[Task]:
        """The tasks that are not as this clone has them."""
        base = self.joined.parents[0]
        moved = {} if base == self.was else deltas(self.clone.git, self.was, base)
        for path in {*moved, *self.joined.changes}:
            data = self.read(path) if task_id_at(path) is not None else None
            with suppress(FedtasksError):
                if data is not None:
                    yield parse_task(path, data, self.read)

    def names(self, folder: str) -> set[str]:
        """The names in a folder, those of its folders included."""
        tree = f"{self.joined.parents[0]}:{folder}"
        names: set[str] = set()
        if self.clone.objects.ask(tree) is not None:
            listed = self.clone.git.run("ls-tree", "-z", "--name-only", tree).decode("utf-8", "surrogateescape")
            names.update(listed.split("\0"))
        for path, change in self.joined.changes.items():
            if path.startswith(f"{folder}/"):
                name, _, below = path.removeprefix(f"{folder}/").partition("/")
                if change is not None or not below:
                    (names.discard if change is None else names.add)(name)
        return names - {""}


def confirm(clone: Clone, head: str) -> tuple[str, list[str]]:
    """A commit upon `head` that confirms every tentative claim which stands there, and the tasks; `head` without any.

    Whoever pushes it: once the remote takes it, no other claim was there before.
    """
    from fedtasks.store.query import tentative

    view = _View(clone, head, Joined((head,)))
    draft = TreeDraft(clone.root, view.read, view.names)
    change = Change(clone.session, draft)
    tasks = []
    for id in tentative(clone.session.index()):
        task = change.look(id)
        if task is not None and task.state.claim and not task.state.claim["confirmed"]:
            tasks.append(change.state(task, kinds.CONFIRMED, {"claim": task.state.claim["token"]}))
    if not tasks:
        return head, []
    if len(tasks) == 1:
        change.describe("confirm", tasks[0])
    else:
        change.title(f"confirm {len(tasks)} claims")
    return clone.build(view.joined, draft.writes, draft.commit), [task.id for task in tasks]


def rounds(session: Session) -> Iterator[int]:
    """The tries that a push has: `sync.retries` more than one, with a longer and random pause before each."""
    for count in range(session.config.sync_retries + 1):
        if count:
            longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**count)
            sleep(longest * int.from_bytes(session.context.random(2), "big") / 65536)
        yield count


def overtaken(session: Session) -> OutOfReach:
    """The error after the last try."""
    tries = session.config.sync_retries + 1
    return OutOfReach(
        f"others published first, {tries} times in a row; nothing was changed",
        hint="run the command again; 'sync: {retries: N}' in fedtasks.yaml allows for more tries",
    )
