"""Bringing the index up to date: what is not as the index knows it is read again, all in one sealed transaction."""

from __future__ import annotations

import sqlite3

from fedtasks.errors import FedtasksError
from fedtasks.store.layout import ARCHIVE, HISTORY, PLANS, archived_path
from fedtasks.store.seal import prove, seal
from fedtasks.store.stale import RACY_NS, Folder, Source, stale_folders
from fedtasks.store.texts import Texts

NAME = "index.sqlite"
VERSION = 7
TWICE = "{}:1: the task stands elsewhere as well; merge the two: fedtasks check --fix"
GENERATION = "SELECT generation, (SELECT group_concat(folder) FROM stamps) FROM meta"
NEXT = "UPDATE meta SET generation = hex(randomblob(8))"
TURNS = 3


class Tables:
    """The index itself, sealed, and the texts beside it; `proven`: it was looked at whole, and is what was sealed."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.texts = Texts(source.root, source.cache)
        self.proven = source.cache is None
        path = None if source.cache is None else source.cache / NAME
        is_new = path is None or not path.is_file()
        if is_new and path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path or ":memory:", timeout=1.0, isolation_level=None)
        self.connection.execute("PRAGMA synchronous=OFF")
        self.connection.create_function("fold", 1, _fold, deterministic=True)
        if is_new:
            self._create()
        elif self.connection.execute("SELECT version, root FROM meta").fetchone() != (VERSION, source.name):
            raise sqlite3.DatabaseError("of another version or store")

    def close(self) -> None:
        """Ends the connections."""
        self.connection.close()
        self.texts.close()

    @property
    def generation(self) -> str:
        """What is another one after every change, with the folders that are known."""
        return ":".join(map(str, self.connection.execute(GENERATION).fetchone()))

    def prove(self) -> None:
        """Raises DatabaseError where the index is not what was sealed."""
        if not self.proven:
            prove(self.connection)
            self.proven = True

    def refresh(self) -> None:
        """Makes the index as the files are now; raises DatabaseError where it is damaged."""
        for _ in range(TURNS):
            known = self.generation
            stale = list(stale_folders(self.connection, self.source))
            if not stale or self._update(stale, known):
                return
        raise sqlite3.OperationalError("changed all the time")

    def _create(self) -> None:
        from fedtasks.store.rows import TABLES

        self.connection.execute("BEGIN IMMEDIATE")
        for statement in TABLES.split(";"):
            self.connection.execute(statement)
        self.connection.execute("INSERT INTO meta VALUES (?, ?, '')", (VERSION, self.source.name))
        seal(self.connection)
        self.connection.execute("COMMIT")

    def _update(self, stale: list[Folder], known: str) -> bool:
        """False where another process was quicker."""
        ask = self.connection.execute
        ask("BEGIN IMMEDIATE")
        try:
            if self.generation != known:
                ask("ROLLBACK")
                return False
            self.prove()
            for folder in stale:
                _forget(self, folder)
            for folder in stale:
                _read_all(self, folder)
            ask(NEXT)
            seal(self.connection)
            self.texts.end("COMMIT")
            ask("COMMIT")
        except BaseException:
            self.texts.end("ROLLBACK")
            ask("ROLLBACK")
            raise
        return True


def _fold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _forget(tables: Tables, folder: Folder) -> None:
    from fedtasks.store.rows import forget_places, forget_tasks

    if folder.name.startswith(HISTORY):
        return
    names = [*folder.gone, *folder.changed]
    problems = ((f"{folder.name}/{name}",) for name in names)
    tables.connection.executemany("DELETE FROM problem WHERE path = ?", problems)
    ids = [name[:-5] for name in names]
    if folder.name == PLANS:
        forget_places(tables.connection, ids)
    else:
        tables.texts.drop(forget_tasks(tables.connection, ids, folder.year))


def _read_all(tables: Tables, folder: Folder) -> None:
    """Reads what has changed; a task that another folder has as well is looked at again each time."""
    from fedtasks.store.reading import read_bytes

    read = _read_plan if folder.name == PLANS else _read_task
    twice = []
    for name in folder.changed if not folder.name.startswith(HISTORY) else ():
        path = f"{folder.name}/{name}"
        try:
            read(tables, folder, path, read_bytes(tables.source.root, path))
        except FileNotFoundError:
            continue
        except (FedtasksError, OSError) as found:
            _note(tables, path, str(found))
        except sqlite3.IntegrityError:
            _note(tables, path, TWICE.format(path))
            twice.append(name)
        except (LookupError, TypeError, ValueError, sqlite3.ProgrammingError, sqlite3.InterfaceError) as found:
            _note(tables, path, f"{path}:1: cannot be listed ({found}); see: fedtasks check")
    settled = folder.now.without_racy(tables.source.now_ns - RACY_NS, twice)
    row = (folder.name, folder.mark if settled == folder.now else "", *settled)
    tables.connection.execute("INSERT OR REPLACE INTO stamps VALUES (?, ?, ?, ?)", row)


def _read_plan(tables: Tables, folder: Folder, path: str, data: bytes) -> None:
    from fedtasks.store.reading import parse_object
    from fedtasks.store.rows import insert_places

    insert_places(tables.connection, path[len(folder.name) + 1 : -5], parse_object(path, data))


def _read_task(tables: Tables, folder: Folder, path: str, data: bytes) -> None:
    from fedtasks.store.reading import beside, parse_task
    from fedtasks.store.rows import insert_task, text_of

    task = parse_task(path, data, beside(tables.source.root))
    text = text_of(task)
    if folder.year is None:
        _displace(tables, task.id)
    insert_task(tables.connection, task, text, folder.year)
    tables.texts.put(task.id, text)


def _displace(tables: Tables, id: str) -> None:
    """A live task that is archived, too, is shown as live; that archive is read again next time."""
    from fedtasks.store.rows import forget_tasks

    ask = tables.connection.execute
    for (year,) in ask("SELECT archived FROM task WHERE id = ?", (id,)).fetchall():
        forget_tasks(tables.connection, [id], year)
        path = archived_path(id, year)
        _note(tables, path, TWICE.format(path))
        ask("DELETE FROM stamps WHERE folder = ?", (f"{ARCHIVE}/{year}",))


def _note(tables: Tables, path: str, words: str) -> None:
    tables.connection.execute("INSERT OR REPLACE INTO problem VALUES (?, ?)", (path, words))
