"""What the hooks of one repository remember, in its common git directory: which commits were seen, what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

STATE = "fedtasks/hooks"
"""Below the common git directory; without it the hooks of this repository do nothing."""

LOCK = ("lock", "holder.json")

MOST_OLD = 500
"""Commits noted as seen beside those that branches point at: what was seen on branches that are gone."""


class HookState:
    """The files of `<common git directory>/fedtasks/hooks`.

    `seen` has the commits whose history has been looked at, a line each (the hook itself appends to it), `landed` those
    of the main branch; `pending/` has one file for each hook that ran and was not followed up yet; `rewritten` what
    rebase and amend replaced, `OLD NEW` a line.
    """

    def __init__(self, common_directory: Path) -> None:
        self.folder = common_directory / STATE

    @property
    def exists(self) -> bool:
        """Whether anything is remembered here: hooks are installed."""
        return self.folder.is_dir()

    def make(self, seen: Iterable[str], landed: Iterable[str]) -> None:
        """Begins to remember: what is here already is nobody's news."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "seen").exists():
            self.remember("landed", landed)
            self.remember("seen", seen)
        (self.folder / "pending").mkdir(exist_ok=True)

    def remove(self) -> None:
        """Forgets everything."""
        import shutil

        shutil.rmtree(self.folder, ignore_errors=True)

    def recall(self, name: str) -> list[str]:
        """The commits of `seen` or `landed`."""
        try:
            return (self.folder / name).read_text(encoding="ascii", errors="replace").split()
        except FileNotFoundError:
            return []

    def remember(self, name: str, oids: Iterable[str]) -> None:
        """Replaces `seen` or `landed`, whole; one process at a time, under the lock."""
        self.write(name, "".join(f"{oid}\n" for oid in dict.fromkeys(oids)))

    def saw(self, before: Iterable[str], tips: Collection[str], name: str = "seen") -> None:
        """Notes that all that leads to these has been looked at; of what was noted before, the latest is kept."""
        latest = dict.fromkeys([*before, *tips][::-1])
        self.remember(name, list(latest)[: len(tips) + MOST_OLD][::-1])

    def write(self, name: str, text: str) -> None:
        """Replaces one of the files, whole."""
        temporary = self.folder / f".{name}.new"
        temporary.write_bytes(text.encode("utf-8", "surrogateescape"))
        temporary.replace(self.folder / name)

    def pending(self) -> list[Path]:
        """What hooks have left to be followed up."""
        with suppress(OSError):
            return sorted(path for path in (self.folder / "pending").iterdir() if not path.name.startswith("."))
        return []

    def last_words(self) -> str:
        """What the last process that hooks started has complained of."""
        with suppress(OSError):
            text = (self.folder / "log").read_text(encoding="utf-8", errors="replace").strip()
            return text.splitlines()[0] if text else ""
        return ""

    def settle(self, done: Iterable[Path]) -> None:
        """Forgets what has been followed up, and the rewritten commits that were taken with it."""
        for path in done:
            path.unlink(missing_ok=True)
        (self.folder / "rewritten.taken").unlink(missing_ok=True)

    def rewritten(self) -> dict[str, str]:
        """What was rewritten into what since the last time that this was settled."""
        taken, arrived = self.folder / "rewritten.taken", self.folder / "rewritten"
        if arrived.exists():
            before = taken.read_bytes() if taken.exists() else b""
            moving = self.folder / ".rewritten.moving"
            arrived.rename(moving)
            self.write("rewritten.taken", (before + moving.read_bytes()).decode("ascii", "replace"))
            moving.unlink()
        if not taken.exists():
            return {}
        pairs = (line.split()[:2] for line in taken.read_text(encoding="ascii").splitlines())
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
