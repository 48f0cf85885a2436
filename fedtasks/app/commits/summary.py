"""What the hooks need to answer the usual case in the shell alone: `summary.sh` and `guarded` beside their state."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from fedtasks.app.commits.concerns import Code, active_tasks, audience
from fedtasks.app.commits.guard import OFF, others_tasks
from fedtasks.app.commits.hookplace import HookPlace
from fedtasks.app.session import Session
from fedtasks.policy.globs import DEEP, Chars, Glob, Segment
from fedtasks.policy.matching import entries
from fedtasks.store.layout import CONFIG, MEMBERS, TASKS
from fedtasks.store.query import leased_by

SUMMARY = "summary.sh"
VERSION = "3"
SETTLED_NS = 2_000_000_000
"""A change may have the same time as the one before it, where seconds are counted: it has to be older than that when
reading begins."""

MOST_PATTERNS = 5_000
PLAIN = re.compile(r"[A-Za-z0-9._-]+")


def write_summary(session: Session, place: HookPlace) -> None:
    """Notes for the actor at hand in which folders others edit files, in which files are of which anybody is told, and
    of which tasks a commit renews the lease.

    It is as old as the youngest file that it was made from: whatever changes there later is younger, and makes the
    hooks ask again. While those are still warm there is none.
    """
    state, environ = place.state, session.context.environ
    begun = session.context.clock()
    made_from = max(_mtimes(_sources(session, place)), default=0)
    if begun - made_from < SETTLED_NS:
        (state.folder / SUMMARY).unlink(missing_ok=True)
        return
    others, me = others_tasks(session), session.actor.name
    members = session.members
    told = {id: task for id, task in active_tasks(session).items() if set(audience(task, members)) - {me}}
    guarded, watched = (_patterns(Code(place.git, session, tasks)) for tasks in (others, told))
    guards = "" if session.config.guard.get("mode") == OFF else _tops(guarded)
    tells, leased = _tops(watched), " ".join(leased_by(session.index(), me))
    who = "|".join(environ.get(name, "") for name in ("FEDTASKS_STORE", "FEDTASKS_ACTOR"))
    email = environ.get("GIT_AUTHOR_EMAIL") or session.git_config.get("user.email", "")
    mark = f"{me} {made_from} {session.context.pid}"
    known = {"version": VERSION, "who": who, "email": email, "store": str(session.root), "actor": me,
             "guards": guards, "tells": tells, "leased": leased, "mark": mark}  # fmt: skip
    functions = guard_functions({"guarded": guarded, "told": watched}, mark)
    values = "".join(f"{name}={shlex.quote(value)}\n" for name, value in known.items())
    for name, text in (("guarded", functions), (SUMMARY, values)):
        temporary = state.folder / f".{name}.{session.context.pid}"
        temporary.write_bytes(text.encode("utf-8", "surrogateescape"))
        os.utime(temporary, ns=(made_from, made_from))
        temporary.replace(state.folder / name)


def _sources(session: Session, place: HookPlace) -> Iterator[Path]:
    yield from (session.root / name for name in (TASKS, MEMBERS, CONFIG))
    yield place.common / "config"
    yield Path(session.context.environ.get("HOME", "/")) / ".gitconfig"


def _mtimes(paths: Iterable[Path]) -> Iterator[int]:
    for path in paths:
        with suppress(OSError):
            yield path.stat().st_mtime_ns


def _patterns(code: Code) -> list[str]:
    """Patterns of the shell for all paths that these tasks mean, and maybe for some more."""
    named = (entry for task in code.tasks.values() for entry in entries(task["files"], code.place(None)))
    globs = {glob for entry in named if not entry.negated for glob in entry.globs}
    return ["*"] if globs and (code.prefix or len(globs) > MOST_PATTERNS) else sorted(map(shell_pattern, globs))


def guard_functions(patterns: Mapping[str, Iterable[str]], mark: str) -> str:
    """Shell functions `fedtasks_NAME`, each of which answers 0 for the paths that fit its patterns, and for what stands
    below them; `mark` says which summary they go with."""
    made = [f"guarded_for={shlex.quote(mark)}\n"]
    for name, wanted in patterns.items():
        cases = "".join(f"    {pattern} | {pattern}/*) return 0 ;;\n" for pattern in wanted)
        made.append(f"fedtasks_{name}() {{\n  case $1 in\n{cases}  esac\n  return 1\n}}\n")
    return "".join(made)


def _tops(patterns: Iterable[str]) -> str:
    return " ".join(sorted({*map(_top, patterns)}))


def _top(pattern: str) -> str:
    """The first name of a pattern, `*` where it may be any."""
    first = pattern.partition("/")[0]
    return first if PLAIN.fullmatch(first) else "*"


def shell_pattern(glob: Glob) -> str:
    """A pattern of the shell, in which `*` means slashes, too."""
    parts = ["*" if segment == DEEP else _of_segment(segment) + "/" for segment in glob.segments]
    return "".join(parts).removesuffix("/")


def _of_segment(segment: Segment) -> str:
    return "".join(_one(chars) for chars in segment)


def _one(chars: Chars | None) -> str:
    if chars is None or len(chars) != 1 or chars[0][0] != chars[0][1]:
        return "*"
    return shlex.quote(chr(chars[0][0]))
