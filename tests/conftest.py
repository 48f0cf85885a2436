"""What the tests share: a world of one's own (home, git, repository, store) and the ways to run fedtasks."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

PACKAGE = Path(__file__).resolve().parent.parent
STORE_KINDS = ("git", "dir", "dir+git")
SCRUBBED = ("FEDTASKS_", "GIT_", "XDG_", "COVERAGE_", "PYTHONDONTWRITEBYTECODE")
LIMIT = 60

settings.register_profile("fedtasks", deadline=None)  # a busy machine is no defect
settings.load_profile("fedtasks")


class Result(NamedTuple):
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object of `--json`."""
        assert self.out.startswith("{"), self
        return json.loads(self.out)

    @property
    def told(self) -> str:
        """All that a person sees."""
        return self.out + self.err


class World:
    """One person's machine: home, git configuration, cache, and a code repository at `project`.

    `ft` runs a command in this process, `run` in one of its own; both see only this world's environment.
    """

    def __init__(self, base: Path, kind: str, name: str = "Ada Lovelace", email: str = "ada@example.org") -> None:
        self.base, self.kind = base, kind
        self.home, self.project = base / "home", base / "project"
        self.home.mkdir(parents=True)
        self.project.mkdir()
        (self.home / "gitconfig").write_text(
            f'[user]\n\tname = "{name}"\n\temail = {email}\n[init]\n\tdefaultBranch = main\n', encoding="utf-8"
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith(SCRUBBED)}
        self.env = kept | {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "GIT_CONFIG_GLOBAL": str(self.home / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LC_ALL": "C.UTF-8",
        }
        self.root = base / "project" / ".fedtasks" if kind == "git" else base / "shared" / "tasks"

    # --- running -------------------------------------------------------------------------------------------------

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "fedtasks", *words]

    def environ(self, env: Mapping[str, str | None] | None, who: str | None) -> dict[str, str]:
        mixed = self.env | (env or {}) | ({"FEDTASKS_ACTOR": who} if who else {})
        return {name: value for name, value in mixed.items() if value is not None}

    def run(
        self,
        *words: str,
        who: str | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
        program: list[str] | None = None,
        **more: Any,
    ) -> Result:
        """A process of its own."""
        done = subprocess.run(
            program or self.command(*words),
            cwd=cwd or self.project,
            env=self.environ(env, who),
            capture_output=True,
            timeout=LIMIT,
            check=False,
            **more,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def popen(
        self,
        *words: str,
        who: str | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
        program: list[str] | None = None,
        **more: Any,
    ) -> subprocess.Popen[bytes]:
        """A process that goes on."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | more
        environ = self.environ(env, who)
        return subprocess.Popen(program or self.command(*words), cwd=cwd or self.project, env=environ, **options)

    def ft(
        self,
        *words: str,
        who: str | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
    ) -> Result:
        """The same command line in this process: quick, and as real but for the start of an interpreter."""
        from fedtasks.cli.main import main

        out, err = io.StringIO(), io.StringIO()
        environ, place = self.environ(env, who), cwd or self.project
        with _environment(environ), chdir(place), redirect_stdout(out), redirect_stderr(err):
            code = main(list(words))
        return Result(code, out.getvalue(), err.getvalue())

    def ok(self, *words: str, **more: Any) -> Any:
        """The JSON answer of a command that must succeed."""
        done = self.ft(*_asking_json(words), **more)
        assert done.code == 0, (words, done)
        return done.json

    def fails(self, code: int, *words: str, **more: Any) -> Any:
        """The error object of a command that must fail, with a hint and without a traceback."""
        done = self.ft(*_asking_json(words), **more)
        assert done.code == code, (words, done)
        assert done.json["schema"] == "fedtasks.error/1"
        error = done.json["error"]
        assert error["message"] and "Traceback" not in done.told
        assert not error["message"].startswith("unexpected "), error
        return error

    # --- tasks ---------------------------------------------------------------------------------------------------

    def add(self, title: str = "a task", *words: str, **more: Any) -> str:
        return self.ok("add", title, *words, **more)["task"]["id"]

    def show(self, id: str) -> dict[str, Any]:
        return self.ok("show", id)["task"]

    def ids(self, *words: str) -> list[str]:
        return [task["id"] for task in self.ok("list", *words)["tasks"]]

    def path(self, id: str) -> Path:
        return self.root / "tasks" / f"{id}.json"

    def raw(self, id: str) -> dict[str, Any]:
        return json.loads(self.path(id).read_text(encoding="utf-8"))

    def rewrite(self, id: str, change: Callable[[dict[str, Any]], Any] | None = None, **fields: Any) -> bytes:
        """A hand edit, as an editor makes it; answers the new bytes."""
        raw = self.raw(id)
        if change is not None:
            change(raw)
        data = (json.dumps(raw | fields, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "surrogatepass")
        self.path(id).write_bytes(data)
        return data

    def configure(self, settings: str) -> None:
        """Lines at the end of `fedtasks.yaml`, as an editor puts them there."""
        with (self.root / "fedtasks.yaml").open("a", encoding="utf-8") as file:
            file.write(f"{settings.rstrip()}\n")

    def assert_clean(self) -> None:
        """`check` finds nothing at all, and git has nothing left to commit."""
        found = self.ft("check", "--json")
        assert found.code == 0 and found.json["problems"] == [], found
        if self.recorded:
            assert self.git("status", "--porcelain") == ""

    # --- git -----------------------------------------------------------------------------------------------------

    @property
    def recorded(self) -> bool:
        return self.kind != "dir"

    def git(self, *words: str, cwd: Path | None = None, env: Mapping[str, str | None] | None = None) -> str:
        """Standard output of a git command that must succeed, in the store unless `cwd` says where."""
        done = self.git_result(*words, cwd=cwd, env=env)
        assert done.code == 0, (words, done)
        return done.out.rstrip("\n")

    def git_result(self, *words: str, cwd: Path | None = None, env: Mapping[str, str | None] | None = None) -> Result:
        return self.run(program=["git", *words], cwd=cwd or self.root, env=env)

    def subjects(self, *words: str) -> list[str]:
        """The subjects of the store's commits, the oldest first."""
        return self.git("log", "--reverse", "--format=%s", *words).splitlines()

    def start_project(self, *, commit: bool = True) -> None:
        self.git("init", "--quiet", cwd=self.project)
        if commit:
            self.git("commit", "--quiet", "--allow-empty", "-m", "start", cwd=self.project)

    def commit(self, name: str) -> str:
        """A new file of the code, committed; answers the commit."""
        (self.project / name).write_text(name, encoding="utf-8")
        self.git("add", name, cwd=self.project)
        self.git("commit", "--quiet", "-m", f"add {name}", cwd=self.project)
        return self.git("rev-parse", "HEAD", cwd=self.project)

    def init(self, *words: str) -> dict[str, Any]:
        """Makes the store of this world's kind."""
        place = {"git": [], "dir": ["--dir", "../shared/tasks"], "dir+git": ["--dir", "../shared/tasks", "--git"]}
        return self.ok("init", *place[self.kind], *words)


def _asking_json(words: tuple[str, ...]) -> tuple[str, ...]:
    place = words.index("--") if "--" in words else len(words)
    return (*words[:place], "--json", *words[place:])


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environ)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session", autouse=True)
def _no_foreign_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the real home, git configuration, cache or FEDTASKS_ variables."""
    home = tmp_path_factory.mktemp("session-home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SCRUBBED)}
    isolated = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "GIT_CONFIG_NOSYSTEM": "1"}
    with _environment(kept | isolated | {"GIT_CONFIG_GLOBAL": os.devnull}):
        yield


@pytest.fixture(params=STORE_KINDS)
def store_kind(request: pytest.FixtureRequest) -> str:
    """A git store on the orphan branch; `init --dir`; `init --dir --git`."""
    return str(request.param)


@pytest.fixture
def make_world(tmp_path: Path) -> Callable[..., World]:
    """Makes a world with a repository and, unless `init=False`, a store of the kind."""

    def make(kind: str = "git", *, name: str = "world", init: bool = True, **more: Any) -> World:
        made = World(tmp_path / name, kind, **more)
        made.start_project()
        if init:
            made.init()
        return made

    return make


@pytest.fixture
def make_team(tmp_path: Path) -> Callable[..., Any]:
    """Makes so many clones of a store that share a bare remote (see tests.team.Team)."""
    from tests.team import Team

    return lambda count=2, **more: Team(tmp_path / "team", count, **more)


@pytest.fixture
def team(make_team: Callable[..., Any]) -> Any:
    """Ada and Ben, and a task that both know: `team.id`."""
    return make_team(2).share()


@pytest.fixture
def world(make_world: Callable[..., World], store_kind: str) -> World:
    """A world with a store of each kind in turn."""
    return make_world(store_kind)


@pytest.fixture
def git_world(make_world: Callable[..., World]) -> World:
    """A world with a git store."""
    return make_world("git")


@pytest.fixture
def dir_world(make_world: Callable[..., World]) -> World:
    """A world with a plain directory store."""
    return make_world("dir")


@pytest.fixture
def empty_world(make_world: Callable[..., World]) -> World:
    """A world with a code repository and no store."""
    return make_world("git", init=False)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system of so many bytes (`256k`); needs root and a kernel that lets it."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    """Makes a directory read-only, for root too, by a bind mount."""
    mounted: list[Path] = []

    def mount(place: Path) -> None:
        _mount("--bind", str(place), str(place))
        mounted.append(place)
        _mount("-o", "remount,bind,ro", str(place))

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


def _mount(*words: str) -> None:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("needs root to mount a file system")
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")
