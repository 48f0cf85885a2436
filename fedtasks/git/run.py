"""The one door to git: no shell, scrubbed environment, bytes in and out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fedtasks.errors import FedtasksError, OutOfReach

if TYPE_CHECKING:
    import subprocess

LOCAL_VARIABLES = frozenset(
    {"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
     "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE",
     "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_QUARANTINE_PATH",
     "GIT_INTERNAL_SUPER_PREFIX", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS",
     "GIT_ICASE_PATHSPECS"}
)  # fmt: skip
"""What git sets for its own children about one repository (`git rev-parse --local-env-vars` and its kin)."""


GRACE_SECONDS = 2.0
FATAL = 128
"""The exit status of a git command that died."""
CONFIGURED = r"^(user\.(name|email)|fedtasks\..*|branch\..*\.(remote|merge)|remote\..*\.url)$"


class GitFailed(FedtasksError):
    """A git command failed; `words` is what it wrote to standard error, `status` its exit status."""

    code = "git_failed"

    def __init__(self, arguments: tuple[str, ...], status: int, words: str) -> None:
        self.said = _decisive(words) or f"exit status {status}"
        super().__init__(f"git {_verb(arguments)}: {self.said}", hint="see what git says there: git status")
        self.words = words
        self.status = status


def _decisive(words: str) -> str:
    """The line of git's that says why it gave up."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return next(iter(fatal or lines[-1:]), "")


def _verb(arguments: tuple[str, ...]) -> str:
    words = iter(arguments)
    for word in words:
        if word == "-c":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return "git"


def _distrusted(directory: Path, words: bytes) -> OutOfReach:
    """Git reads nothing of a repository that belongs to somebody else; its last line names the exception to make."""
    from shlex import quote

    where = words.decode("utf-8", "replace").partition("'")[2].partition("'")[0] or str(directory)
    return OutOfReach(
        f"git does not trust the repository {where}: it belongs to another user (dubious ownership)",
        hint=f"if you trust it: git config --global --add safe.directory {quote(where)}",
        path=where,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks a process to end, so that git removes its lock files; after two seconds it is killed."""
    import subprocess

    process.terminate()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()


class Git:
    """Git in one directory. `environ` is the caller's environment, scrubbed of what names another repository."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory = directory
        self.environ = {name: value for name, value in environ.items() if name not in LOCAL_VARIABLES}
        self.environ |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

    def at(self, directory: Path) -> Git:
        """The same door in another directory."""
        return Git(directory, self.environ)

    def run(self, *arguments: str, input: bytes = b"", timeout: float | None = None) -> bytes:
        """Standard output of a git command.

        Raises GitFailed, and OutOfReach where git is not installed or `timeout` (seconds) is over.
        """
        done = self.attempt(*arguments, input=input, timeout=timeout)
        if done.returncode != 0:
            raise GitFailed(arguments, done.returncode, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def attempt(
        self, *arguments: str, input: bytes = b"", timeout: float | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """The finished process, whatever its exit status."""
        import subprocess

        process = self.start(*arguments)
        try:
            out, err = process.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired as found:
            _end(process)
            raise OutOfReach(
                f"git {_verb(arguments)} did not answer within {timeout:g} s", hint="try again later"
            ) from found
        except BaseException:
            _end(process)
            raise
        if process.returncode == FATAL and b"dubious ownership" in err:
            raise _distrusted(self.directory, err)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The running process, with pipes to all three streams."""
        import subprocess

        try:
            return subprocess.Popen(
                ["git", *arguments],
                cwd=self.directory,
                env=self.environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except FileNotFoundError as found:
            if found.filename == "git":
                raise OutOfReach("git is not installed", hint="install git 2.34 or later") from found
            raise OutOfReach(f"{self.directory} is gone", hint="is the directory mounted?") from found

    def require_trusted(self) -> None:
        """Raises OutOfReach for a repository that git does not trust: its configuration reads as if it were empty."""
        self.attempt("rev-parse", "--git-dir")

    def line(self, *arguments: str) -> str:
        """Standard output without its final newline."""
        return self.run(*arguments).decode("utf-8", "surrogateescape").removesuffix("\n")

    def line_or_none(self, *arguments: str) -> str | None:
        """The same, or None where git exits with another status than 0."""
        done = self.attempt(*arguments)
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n") if done.returncode == 0 else None

    def config(self) -> dict[str, str]:
        """What git's configuration says of the user, of fedtasks and of remotes, the last value winning.

        Keys are as git prints them: in lower case but for the name of a branch or remote.
        """
        done = self.attempt("config", "-z", "--get-regexp", CONFIGURED)
        entries = done.stdout.decode("utf-8", "replace").split("\0")
        pairs = (entry.partition("\n") for entry in entries if entry)
        return {key: value for key, _, value in pairs}
