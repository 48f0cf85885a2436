"""Which commits are new, and which paths each of them changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fedtasks.errors import OutOfReach
from fedtasks.git.recorder import QUIET
from fedtasks.git.repository import BRANCH
from fedtasks.git.run import Git, GitFailed

FIELDS = ("%H", "%P", "%an", "%ae", "%aE", "%ct", "%s", "%B")
FORMAT = "%x01" + "%x00".join(FIELDS)
SETTINGS = (
    "-c", "log.showRoot=true", "-c", "log.showSignature=false", "-c", "i18n.logOutputEncoding=UTF-8",
    "-c", "diff.submodule=short", "-c", "diff.ignoreSubmodules=none",
)  # fmt: skip
SHOWN = ("--raw", "--numstat", "-z", "-M", "--no-abbrev", "--no-color", "--no-ext-diff", "--no-textconv")
ORDER = "--topo-order"
"""Children first: git forgets the parents of what it has shown, and --remerge-diff must find them."""

MERGES = ("--remerge-diff", "--cc")
"""What a merge itself changed: against git's own merge of its parents, with git before 2.35 against all parents."""

OID = re.compile(r"[0-9a-f]{40,64}")
MOST_ARGUMENTS = 500

TRAILER = re.compile(r"^([A-Za-z][A-Za-z-]*):[ \t]+(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Touched:
    """One path that a commit changed: `action` is git's letter (A, M, D, R, C, T); `old` is the name before a rename.
    `added` and `removed` count lines, None for what has none."""

    path: str
    action: str
    old: str | None = None
    added: int | None = None
    removed: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Both names of what was renamed; what was copied changed only under its new one."""
        return (self.path,) if self.old is None or self.action == "C" else (self.old, self.path)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with what it changed; `emails` are its author's, as written and as .mailmap has it; `at` is Unix time in
    seconds."""

    id: str
    parents: tuple[str, ...]
    author: str
    emails: tuple[str, ...]
    at: int
    subject: str
    body: str
    files: tuple[Touched, ...]

    def trailers(self, *names: str) -> list[str]:
        """The values of the lines `Name: value` of its message, in any spelling of the names."""
        wanted = {name.casefold() for name in names}
        return [value for name, value in TRAILER.findall(self.body) if name.casefold() in wanted]

    @property
    def paths(self) -> list[str]:
        """Every name that it touched, each once, in git's order."""
        return list(dict.fromkeys(name for file in self.files for name in file.names))


def tips(git: Git) -> dict[str, str]:
    """The commits of HEAD and of all branches, local and of remotes, by ref; the store's own branch is no code."""
    found = _refs(git, "refs/heads", "refs/remotes")
    if git.line_or_none("symbolic-ref", "--quiet", "HEAD") != f"refs/heads/{BRANCH}":
        head = git.line_or_none("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        found |= {"HEAD": head} if head else {}
    return found


def main_heads(git: Git, configured: str | None) -> dict[str, str]:
    """The commits of the main branch here and at remotes, by ref.

    Which branch that is says the configuration, else the remote's HEAD, else git's init.defaultBranch where there is
    such a branch, else main or master.
    """
    found = _refs(git, "refs/heads", "refs/remotes")
    heads = _refs(git, "refs/remotes/*/HEAD", field="symref")
    remote = next((target.split("/", 3)[3] for ref, target in heads.items() if target.count("/") > 2), None)
    named = (configured, remote, git.line_or_none("config", "init.defaultBranch"), "main", "master")
    for name in filter(None, named[: 1 if configured else None]):
        here = {ref: oid for ref, oid in found.items() if _short(ref) == name}
        if here:
            return here
    return {}


def _short(ref: str) -> str:
    return ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else ref.split("/", 3)[-1]


def _refs(git: Git, *patterns: str, field: str = "objectname") -> dict[str, str]:
    listed = git.run("for-each-ref", f"--format=%({field}) %(refname)", *patterns).decode("utf-8", "surrogateescape")
    pairs = (line.partition(" ")[::2] for line in listed.splitlines())
    if field == "symref":
        return {ref: value for value, ref in pairs if value}
    return {ref: value for value, ref in pairs if _short(ref) not in (BRANCH, "HEAD")}


def new_commits(git: Git, heads: Sequence[str], seen: Sequence[str]) -> list[Commit]:
    """The commits that lead to `heads` and not to `seen`, the oldest first; ids that git has lost are passed over."""
    return _listed(git, [*heads, *(f"^{oid}" for oid in seen)])[::-1] if heads else []


def commits_of(git: Git, ids: Sequence[str]) -> list[Commit]:
    """These commits, without those that git has lost."""
    return _listed(git, ids, "--no-walk=unsorted") if ids else []


def _listed(git: Git, asked: Sequence[str], *options: str) -> list[Commit]:
    lines = "".join(f"{oid}\n" for oid in asked).encode()
    for merges in MERGES:
        words = (*QUIET, *SETTINGS, "log", "--ignore-missing", "--stdin", ORDER, *options)
        done = git.attempt(*words, merges, *SHOWN, f"--format={FORMAT}", input=lines)
        if done.returncode == 0:
            return list(_commits(done.stdout))
    said = GitFailed(("log",), done.returncode, done.stderr.decode("utf-8", "replace")).said
    raise OutOfReach(f"git cannot list the new commits: {said}", hint="see: git fsck")


def _commits(listed: bytes) -> Iterator[Commit]:
    """What `git log -z` lists: the fields of a commit, its raw entries, its numbers of lines."""
    words = iter(listed.decode("utf-8", "surrogateescape").split("\0"))
    head: list[str] = []
    files: dict[str, Touched] = {}
    for raw in words:
        word = raw.lstrip("\n")
        if word.startswith("\x01"):
            if head:
                yield _commit(head, files)
            head, files = [word[1:], *(next(words) for _ in FIELDS[1:])], {}
        elif word.startswith(":"):
            found = _touched(word, words)
            files[found.path] = found
        elif word:
            _count(word, words, files)
    if head:
        yield _commit(head, files)


def _commit(head: Sequence[str], files: dict[str, Touched]) -> Commit:
    id, parents, author, email, mapped, at, subject, body = head
    emails = tuple(dict.fromkeys((email, mapped)))
    return Commit(id, tuple(parents.split()), author, emails, int(at), subject, body, tuple(files.values()))


def _touched(word: str, words: Iterator[str]) -> Touched:
    """`:100644 100644 a b M` and a path; of a rename both; of a merge one mode, id and letter a parent."""
    action = word.rsplit(" ", 1)[1]
    if word.startswith("::"):
        return Touched(next(words), "M" if len(set(action)) > 1 else action[0])
    if action[0] in "RC":
        old = next(words)
        return Touched(next(words), action[0], old)
    return Touched(next(words), action[0])


def _count(word: str, words: Iterator[str], files: dict[str, Touched]) -> None:
    """`3<TAB>1<TAB>path`, of a rename with an empty path and both names behind it; `-` for what has no lines."""
    added, removed, path = word.split("\t", 2)
    if not path:
        next(words)
        path = next(words)
    if (found := files.get(path)) is not None and added.isdigit():
        files[path] = Touched(found.path, found.action, found.old, int(added), int(removed))


def patch_ids(git: Git, commits: Sequence[str]) -> dict[str, str]:
    """For each commit that is no merge an id of its change alone, the same after a rebase or a cherry-pick."""
    if not commits:
        return {}
    asked = "".join(f"{oid}\n" for oid in commits).encode()
    shown = git.run(
        *SETTINGS, "diff-tree", "--stdin", "-p", "-r", "--root", "--no-ext-diff", "--no-textconv", input=asked
    )
    listed = git.run("patch-id", "--stable", input=shown).decode().splitlines()
    return {commit: patch for patch, _, commit in (line.partition(" ") for line in listed)}


def staged(git: Git, index: str | None) -> list[str]:
    """The paths that the next commit changes, of a rename both; `index` is the one that git commits from, where it
    named one."""
    asking = Git(git.directory, git.environ)
    if index:
        asking.environ["GIT_INDEX_FILE"] = str(git.directory / index)
    head = git.line_or_none("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    words = ("diff-index", "--cached", "--name-only", "--no-renames", "--ignore-submodules=none", "-z")
    listed = asking.run(*words, head or asking.line("hash-object", "-t", "tree", "/dev/null"), "--")
    return [path for path in listed.decode("utf-8", "surrogateescape").split("\0") if path]


def unshared(git: Git, commits: Sequence[str]) -> frozenset[str]:
    """Those of the commits that no remote's branch leads to."""
    found: set[str] = set()
    for at in range(0, len(commits), MOST_ARGUMENTS):
        some = [oid for oid in commits[at : at + MOST_ARGUMENTS] if OID.fullmatch(oid)]
        found.update(git.run("rev-list", "--ignore-missing", *some, "--not", "--remotes").decode().split())
    return frozenset(found) & frozenset(commits)


def reaches(git: Git, commit: str, heads: Sequence[str]) -> bool:
    """Whether one of the heads leads to the commit."""
    return any(git.attempt("merge-base", "--is-ancestor", commit, head).returncode == 0 for head in heads)
