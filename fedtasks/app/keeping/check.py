"""`check`: every file of a store against its schema, its fold, and the other files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fedtasks.app.finding import cache_of
from fedtasks.app.keeping.judging import ERROR, WARNING, Problem, Verdict, judge_many, worded
from fedtasks.app.session import Session
from fedtasks.errors import InvalidData, NewerFormat
from fedtasks.git.recorder import uncommitted
from fedtasks.git.run import Git
from fedtasks.git.unfinished import unfinished
from fedtasks.policy.gates import find_cycles
from fedtasks.store.config import read_config
from fedtasks.store.layout import task_path
from fedtasks.store.listing import paths_of
from fedtasks.store.schemas import expect_many
from fedtasks.store.verdicts import Verdicts

AT_ONCE = 500
MANY = 4_000
"""From so many files on, all processors work on them."""

Watch = Callable[[int, int], None]
"""Hears how many files are done, of how many."""


@dataclass(frozen=True, slots=True)
class Report:
    """How many files were read, and what was found."""

    files: int
    problems: tuple[Problem, ...]

    @property
    def clean(self) -> bool:
        """Whether no error was found; warnings do not count."""
        return not any(problem.severity == ERROR for problem in self.problems)


def check(session: Session, watch: Watch = lambda done, of: None, many: int = MANY) -> Report:
    """Verifies the whole store: schema, fold, ids, dependencies, circles, what git has not recorded."""
    root = session.reader.root
    found: list[Problem] = []
    try:
        read_config(root)
    except (InvalidData, NewerFormat, OSError) as problem:
        found.append(worded(problem))
    paths = paths_of(root)
    graph: dict[str, tuple[str, ...]] = {}
    for verdict in _verdicts(root, paths[1:], cache_of(session.context, root), watch, many):
        found += verdict.problems
        found += _place_problems(verdict, graph)
        if verdict.id is not None:
            graph[verdict.id] = verdict.depends_on
    found += _references(graph, frozenset(paths))
    if (root / ".git").exists():
        found += _unrecorded(session.context.git.at(root))
    return Report(len(paths), tuple(sorted(found, key=lambda problem: (problem.path, problem.line))))


def _unrecorded(git: Git) -> Iterator[Problem]:
    """What git has not recorded: a merge under way, else what was changed or deleted by hand."""
    under_way = unfinished(git.directory)
    if under_way is not None:
        yield Problem(".git", 1, ERROR, f"the store {under_way.message}; {under_way.hint}")
        return
    for path in uncommitted(git):
        if os.path.lexists(git.directory / path):
            yield Problem(path, 1, WARNING, "changed by hand, not committed yet; the next change to it commits it")
        else:
            yield Problem(path, 1, WARNING, "deleted by hand, not committed; bring it back: fedtasks check --fix")


def _verdicts(root: Path, paths: list[str], cache: Path | None, watch: Watch, many: int) -> Iterator[Verdict]:
    chunks = [paths[begin : begin + AT_ONCE] for begin in range(0, len(paths), AT_ONCE)]
    done, kept = 0, dict[bytes, str]()
    watch(0, len(paths))
    for found, fresh in _judged(root, chunks, cache, len(paths) >= many):
        yield from found
        kept |= fresh
        done += len(found)
        watch(done, len(paths))
    Verdicts(cache).keep(kept, len(paths))


Judged = tuple[list[Verdict], dict[bytes, str]]


def _judged(root: Path, chunks: list[list[str]], cache: Path | None, is_large: bool) -> Iterator[Judged]:
    """In order; in processes of their own where there is much to do and more than one processor."""
    processors = os.cpu_count() or 1
    work = [(root, chunk, cache) for chunk in chunks]
    if not is_large or processors < 2:
        yield from map(_judge_chunk, work)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_all_start_methods, get_context

    expect_many()
    way = "fork" if "fork" in get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(min(processors, 8), get_context(way), _begin_work) as pool:
        yield from pool.map(_judge_chunk, work)


def _begin_work() -> None:
    """Ctrl-C is for the process that waits; what a file leaves behind holds no circles to look for."""
    import gc
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _judge_chunk(work: tuple[Path, list[str], Path | None]) -> Judged:
    root, paths, cache = work
    verdicts = Verdicts(cache)
    return judge_many(root, paths, verdicts), verdicts.fresh


def _place_problems(verdict: Verdict, graph: dict[str, tuple[str, ...]]) -> Iterator[Problem]:
    path, place = verdict.path, verdict.place
    if verdict.id in graph:
        yield Problem(path, 1, ERROR, "the task stands elsewhere as well; merge the two: fedtasks check --fix", "id")
    elif place not in (None, path):
        yield Problem(path, 1, WARNING, f"belongs to {place}; move it there: fedtasks check --fix", "archived")


def _references(graph: dict[str, tuple[str, ...]], paths: frozenset[str]) -> Iterator[Problem]:
    for id, others in graph.items():
        for other in others:
            if other not in graph:
                what = "which is not readable" if task_path(other) in paths else "which does not exist"
                yield Problem(task_path(id), 1, WARNING, f"depends on {other}, {what}", "depends_on")
    for circle in find_cycles(graph):
        shown = " -> ".join(circle)
        yield Problem(task_path(circle[0]), 1, ERROR, f"the dependencies run in a circle: {shown}", "depends_on")
