"""Hooks in a repository: where git runs them from, which of them are ours, and how others' are kept and put back."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fedtasks.errors import FedtasksError, OutOfReach
from fedtasks.git.repository import BRANCH
from fedtasks.git.run import Git, GitFailed

VERSION = 1
CLIENT = ("post-commit", "post-merge", "post-rewrite", "post-checkout", "pre-push")
SERVER = ("post-receive",)
KEPT = ".fedtasks-kept"
LEGACY = ".legacy"
"""Where the tool pre-commit moves a hook that it finds; it goes on running it."""

MARK = re.compile(rb"\A#!/bin/sh\n# fedtasks hook (\d+): ")
SHEBANG = re.compile(r"#!\s*(/\S*/(?:env\s+)?)(sh|bash|dash|ksh|ash)((?:\s+-\w+)*)\s*")
NONE, OURS, OLDER, FOREIGN, CHAINED = "missing", "ours", "older", "foreign", "chained"


@dataclass(frozen=True, slots=True)
class Standing:
    """One hook: missing, ours, older (ours, of another version or environment), foreign, or chained (ours, run by the
    one that stands here); `kept` says that another one waits to be put back."""

    name: str
    state: str
    kept: bool


def hooks_folder(top: Git) -> Path:
    """Where git looks for hooks, asked at the top of the working tree or in a bare repository."""
    return top.directory / top.line("rev-parse", "--git-path", "hooks")


def stub(name: str, python: str, before: bytes | None) -> bytes:
    """Our hook of this name; `before` is the one that it runs first."""
    values = {
        "@NAME@": name,
        "@PYTHON@": shlex.quote(python),
        "@PACKAGE@": shlex.quote(str(Path(__file__).resolve().parent.parent)),
        "@SHELL@": shlex.quote(shell_of(before) if before is not None else ""),
        "@BRANCH@": f"refs/heads/{BRANCH}",
    }
    text = Path(__file__).with_name("hook.sh").read_text(encoding="utf-8")
    for place, value in values.items():
        text = text.replace(place, value)
    return text.encode("utf-8", "surrogateescape")


def shell_of(script: bytes) -> str:
    """The command of a shell script's first line; empty for anything else, which is run as it is."""
    first = script[:200].split(b"\n", 1)[0].decode("utf-8", "surrogateescape").rstrip("\r")
    found = SHEBANG.fullmatch(first)
    if found is not None:
        return "".join(found.groups())
    return "" if first.startswith("#!") or b"\0" in script[:1000] else "/bin/sh"


def standing(folder: Path, name: str) -> Standing:
    """What there is of a hook."""
    kept = os.path.lexists(folder / f"{name}{KEPT}")
    if not os.path.lexists(folder / name):
        return Standing(name, NONE, kept)
    if (version := version_of(folder / name)) is not None:
        return Standing(name, OURS if version == VERSION else OLDER, kept)
    return Standing(name, CHAINED if version_of(folder / f"{name}{LEGACY}") is not None else FOREIGN, kept)


def version_of(path: Path) -> int | None:
    """The version of a hook of ours, None for any other file."""
    try:
        found = MARK.match(path.read_bytes()[:100]) if not path.is_symlink() else None
    except OSError:
        return None
    return int(found.group(1)) if found else None


def put(folder: Path, name: str, python: str) -> str:
    """Puts our hook in place; answers what was done: nothing, installed, upgraded, kept (and chained) what was here."""
    before = standing(folder, name)
    place, kept = folder / (f"{name}{LEGACY}" if before.state == CHAINED else name), folder / f"{name}{KEPT}"
    if before.state == FOREIGN:
        _keep(place, kept)
    wanted = stub(name, python, _content(kept))
    if before.state in (OURS, OLDER, CHAINED) and place.read_bytes() == wanted and os.access(place, os.X_OK):
        return "nothing"
    _write(place, wanted)
    return {NONE: "installed", FOREIGN: "kept"}.get(before.state, "upgraded")


def take_away(folder: Path, name: str) -> str:
    """Removes our hook and puts back what was here; answers what was done: nothing, removed, restored."""
    before = standing(folder, name)
    place, kept = folder / (f"{name}{LEGACY}" if before.state == CHAINED else name), folder / f"{name}{KEPT}"
    if before.state in (NONE, FOREIGN):
        return "nothing"
    if before.kept:
        kept.replace(place)
        return "restored"
    place.unlink()
    return "removed"


def _keep(place: Path, kept: Path) -> None:
    """Moves a foreign hook aside; one that was moved aside before stays, under a number."""
    if os.path.lexists(kept) and _content(kept) != _content(place):
        number = next(number for number in range(1, 1000) if not os.path.lexists(f"{kept}-{number}"))
        kept.rename(f"{kept}-{number}")
    place.replace(kept)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(place: Path, content: bytes) -> None:
    temporary = place.with_name(f".{place.name}.fedtasks-new")
    try:
        temporary.write_bytes(content)
        temporary.chmod(0o755)
        temporary.replace(place)
    except OSError as found:
        raise OutOfReach(f"the hook {place} cannot be written ({found.strerror})", path=str(place)) from found


def probe(git: Git, folder: Path, scratch: Path, environ: Mapping[str, str], *, bare: bool) -> dict[str, str]:
    """Commits, amends, switches, merges and pushes in a scratch clone that has this folder of hooks (a bare one is
    pushed to); answers for each of our hooks that ran the version of fedtasks that it found. Others' do not run there.
    """
    clone, target, answer = scratch / "clone", scratch / "target", scratch / "answer"
    if git.attempt("clone", "--quiet", "--shared", "--no-checkout", "--no-tags", ".", str(clone)).returncode != 0:
        git.run("init", "--quiet", str(clone))
    git.run("init", "--quiet", "--bare", str(target))
    hooked = Git(target if bare else clone, environ)
    hooked.run("config", "core.hooksPath", str(folder.resolve()))
    settings = {"user.name": "fedtasks", "user.email": "fedtasks@fedtasks.invalid", "commit.gpgSign": "false"}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    inside = Git(clone, {**environ, "FEDTASKS_PROBE": str(answer)})
    for words in PROBE:
        done = inside.attempt(*options, *words, *([str(target), "HEAD:refs/heads/probe"] if words[0] == "push" else []))
        if done.returncode != 0:
            said = GitFailed(words, done.returncode, done.stderr.decode("utf-8", "replace")).said
            raise FedtasksError(f"git {words[0]} failed in the scratch clone: {said}")
    lines = answer.read_text(encoding="utf-8").splitlines() if answer.is_file() else []
    return {name: version for name, _, version in (line.partition(" ") for line in lines)}


PROBE = (
    ("checkout", "--quiet", "--orphan", "fedtasks-probe"),
    ("read-tree", "--empty"),
    ("commit", "--quiet", "--allow-empty", "-m", "probe"),
    ("commit", "--quiet", "--allow-empty", "--amend", "-m", "probe again"),
    ("checkout", "--quiet", "-b", "fedtasks-probe-2"),
    ("commit", "--quiet", "--allow-empty", "-m", "beside"),
    ("checkout", "--quiet", "fedtasks-probe"),
    ("merge", "--quiet", "--no-ff", "-m", "merge", "fedtasks-probe-2"),
    ("push", "--quiet"),
)
"""What makes git run every hook once."""
