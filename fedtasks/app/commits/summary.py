"""What the hooks need to answer the usual case in the shell alone: `summary` and `guarded` beside their state."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from fedtasks.app.commits.concerns import Code, active_tasks, audience
from fedtasks.app.commits.guard import OFF, others_tasks
from fedtasks.app.commits.hookplace import HookPlace
from fedtasks.app.session import Session
from fedtasks.policy.globs import DEEP, Chars, Glob, Segment
from fedtasks.policy.matching import entries
from fedtasks.store.layout import CONFIG, MEMBERS, TASKS

VERSION = "2"
SETTLED_NS = 2_000_000_000
"""A change may have the same time as the one before it, where seconds are counted: it has to be older than that when
reading begins."""

MOST_PATTERNS = 5_000
PLAIN = re.compile(r"[A-Za-z0-9._-]+")


def write_summary(session: Session, place: HookPlace) -> None:
    """Notes for the actor at hand whether others edit files here, which, and whether anybody is to be told of commits.

    It is as old as the youngest file that it was made from: whatever changes there later is younger, and makes the
    hooks ask again. While those are still warm there is none.
    """
    state, environ = place.state, session.context.environ
    begun = session.context.clock()
    made_from = max(_mtimes(_sources(session, place)), default=0)
    if begun - made_from < SETTLED_NS:
        (state.folder / "summary").unlink(missing_ok=True)
        return
    others, me = others_tasks(session), session.actor.name
    members = session.members
    tells = any(set(audience(task, members)) - {me} for task in active_tasks(session).values())
    patterns = _patterns(Code(place.git, session, others))
    guards = "" if session.config.guard.get("mode") == OFF else " ".join(sorted({*map(_top, patterns)}))
    who = "|".join(environ.get(name, "") for name in ("FEDTASKS_STORE", "FEDTASKS_ACTOR"))
    email = environ.get("GIT_AUTHOR_EMAIL") or session.git_config.get("user.email", "")
    mark = f"{me} {made_from} {session.context.pid}"
    lines = [VERSION, who, email, str(session.root), me, guards, "tells" if tells else "", mark]
    if any("\n" in line for line in lines):
        return
    for name, text in (("guarded", guard_function(patterns, mark)), ("summary", "".join(f"{one}\n" for one in lines))):
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


def guard_function(patterns: Iterable[str], mark: str) -> str:
    """A shell function that answers 0 for the paths that fit, and for what stands below them; `mark` says which
    summary it goes with."""
    cases = "".join(f"    {pattern} | {pattern}/*) return 0 ;;\n" for pattern in patterns)
    begin = f"guarded_for={shlex.quote(mark)}\nfedtasks_guarded() {{\n"
    return f"{begin}  case $1 in\n{cases}  esac\n  return 1\n}}\n"


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
