"""The demonstration: the real commands, as real processes, in a throw-away repository."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from fedtasks.app.context import Context
from fedtasks.errors import FedtasksError
from fedtasks.git.run import LOCAL_VARIABLES

Say = Callable[[str], None]

SAMPLE = "implementation_plan.md"


def demo(context: Context, *, keep: bool, say: Say) -> None:
    """Shows init, parse, board, a lost claim, a commit, done, the history in git, a second clone, and two at one file.

    Raises FedtasksError where a command does not answer as it should.
    """
    base = Path(tempfile.mkdtemp(prefix="fedtasks-demo-"))
    try:
        _Stage(context, base, say).play()
        if keep:
            say(f"\nThe repository is kept: {base / 'project'}")
    finally:
        if not keep:
            shutil.rmtree(base, ignore_errors=True)


def sample(name: str) -> Path:
    """One of the sample plans, from the wheel or from a checkout."""
    package = Path(__file__).resolve().parent.parent.parent
    for folder in (package / "sample_plans", package.parent / "sample_plans"):
        if (folder / name).is_file():
            return folder / name
    raise FedtasksError(f"the sample plan {name} is missing from the installation", hint="install fedtasks again")


class _Stage:
    def __init__(self, context: Context, base: Path, say: Say) -> None:
        self.say = say
        self.project, self.remote, self.clone = base / "project", base / "remote.git", base / "cleos"
        self.python = context.python
        kept = {name: value for name, value in context.environ.items() if not name.startswith("FEDTASKS_")}
        self.environ = {name: value for name, value in kept.items() if name not in LOCAL_VARIABLES}
        package = Path(__file__).resolve().parent.parent.parent.parent
        paths = [str(package), *filter(None, [kept.get("PYTHONPATH")])]
        self.environ |= {
            "XDG_CACHE_HOME": str(base / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "FEDTASKS_HOOKS": "wait",
            "PYTHONPATH": os.pathsep.join(paths),
        }

    def play(self) -> None:
        """The scenes, in order."""
        self.project.mkdir()
        self._set_up()
        self.say("\n# A plan becomes tasks, on a branch of their own")
        self._run("fedtasks init")
        self._run(f"fedtasks parse {SAMPLE}")
        self._run("fedtasks board --most 4")
        self.say("\n# Ana takes the first task; Ben, who wants it too, is told who has it")
        task = self._first_ready()
        self._run(f"fedtasks claim {task} --as ana")
        self._run(f"fedtasks claim {task} --as ben", expect=5)
        self.say("\n# She does the work, in git as always, and finishes the task")
        (self.project / "work.txt").write_text("done\n", encoding="utf-8")
        self._run("git add work.txt")
        self._run(f"git commit --quiet -m 'Do {task}'")
        self._run(f"fedtasks done {task} --as ana")
        self.say("\n# Who did what: the audit trail is git's")
        self._run(f"fedtasks history {task}")
        self._run(f"git log --format='%h %an: %s' fedtasks -- tasks/{task}.json")
        self._share()
        self._collide()
        self._run("fedtasks check")

    def _share(self) -> None:
        """A second machine, a remote between the two, and a claim that only one of them can win."""
        self.say("\n# A second machine: a clone and 'fedtasks init' are all that Cleo needs to see the board")
        self._run(f"git init --quiet --bare --initial-branch=main {self.remote}")
        self._run(f"git remote add origin {self.remote}")
        self._run("git push --quiet --set-upstream origin main")
        self._run("fedtasks sync")
        self._run(f"git clone --quiet {self.remote} {self.clone}")
        self._run("fedtasks init --as cleo", place=self.clone)
        task = self._first_ready()
        self.say("\n# Both want the next task; the remote takes one claim, the other machine is told who was first")
        self._run(f"fedtasks claim {task} --as cleo", place=self.clone)
        self._run(f"fedtasks claim {task} --as ana", expect=5)
        self.say("\n# What both do to one task meanwhile becomes one; nobody resolves anything")
        self._run(f"fedtasks tag {task} from-ana --as ana")
        self._run(f"fedtasks tag {task} from-cleo --as cleo", place=self.clone)
        self._run("fedtasks sync --as cleo", place=self.clone)
        self._run("fedtasks sync")
        self._run(f"fedtasks history {task}")

    def _collide(self) -> None:
        """Two people, one file: whoever edits it learns of the other's commit."""
        self.say(
            "\n# Ana edits src/auth.py; with the hooks installed, Cleo is warned at her commit, and Ana is told of it"
        )
        self._known_as(self.project, "ana")
        self._known_as(self.clone, "cleo")
        self._run("fedtasks hooks install")
        self._run("fedtasks hooks install", place=self.clone)
        task = self._first_ready()
        self._run(f"fedtasks edit {task} --file src/auth.py")
        self._run(f"fedtasks claim {task}")
        self._run("fedtasks sync", place=self.clone)
        (self.clone / "src").mkdir()
        (self.clone / "src/auth.py").write_text("SALT = 16\n", encoding="utf-8")
        self._run("git add src/auth.py", place=self.clone)
        self._run("git commit --quiet -m 'Salt the passwords'", place=self.clone)
        self._run("git push --quiet", place=self.clone)
        self._run("git pull --quiet")
        self._run("fedtasks inbox")

    def _known_as(self, place: Path, name: str) -> None:
        for key, value in (
            ("user.name", name.title()),
            ("user.email", f"{name}@example.org"),
            ("fedtasks.actor", name),
        ):
            subprocess.run(["git", "config", key, value], cwd=place, env=self.environ, check=True)

    def _set_up(self) -> None:
        shutil.copy(sample(SAMPLE), self.project / SAMPLE)
        self._run("git init --quiet --initial-branch=main")
        for name, value in (("user.name", "Lea Lead"), ("user.email", "lea@example.org")):
            subprocess.run(["git", "config", name, value], cwd=self.project, env=self.environ, check=True)
        self._run(f"git add {SAMPLE}")
        self._run("git commit --quiet -m 'Write the plan'")

    def _run(self, line: str, expect: int = 0, place: Path | None = None) -> str:
        self.say(f"\n{place.name if place else ''}$ {line}")
        words = shlex.split(line)
        command = [self.python, "-m", "fedtasks", *words[1:]] if words[0] == "fedtasks" else words
        where = place or self.project
        done = subprocess.run(command, cwd=where, env=self.environ, capture_output=True, text=True, check=False)
        for text in (done.stdout, done.stderr):
            if text.strip():
                self.say(text.rstrip())
        if done.returncode != 0:
            self.say(f"(exit {done.returncode})")
        if done.returncode != expect:
            raise FedtasksError(
                f"'{line}' ended with {done.returncode} instead of {expect}", hint="see: fedtasks doctor"
            )
        return done.stdout

    def _first_ready(self) -> str:
        command = [self.python, "-m", "fedtasks", "ready", "--json", "--limit", "1"]
        done = subprocess.run(command, cwd=self.project, env=self.environ, capture_output=True, text=True, check=True)
        with suppress(LookupError):
            return str(json.loads(done.stdout)["tasks"][0]["id"])
        raise FedtasksError("nothing is ready in the demonstration", hint="see: fedtasks doctor")
