"""Fetching and pushing the store's branch; what a remote answers, in its own words."""

from __future__ import annotations

import re
from enum import Enum

from fedtasks.errors import NotAllowed, OutOfReach
from fedtasks.git.recorder import QUIET
from fedtasks.git.remotes import Remote
from fedtasks.git.run import Git

MISSING = "couldn't find remote ref"
BOILERPLATE = re.compile(
    r"(Please make sure you have the correct access rights|and the repository exists\.|To .*|hint: .*|"
    r"error: failed to push some refs to .*|fatal: Could not read from remote repository\.|Everything up-to-date|"
    r"fatal: the remote end hung up unexpectedly|send-pack: unexpected disconnect while reading sideband packet)"
)
CREDENTIALS = re.compile(r"://[^/@\s]*@")
RACES = re.compile(
    r"non-fast-forward|fetch first|stale info|cannot lock ref|(failed|unable) to (update|lock|write)|"
    r"incorrect old value|reference already exists|reference conflict|reference does not exist"
)
REFUSALS = re.compile(
    r"hook declined|protected|denied|not allowed|checked out|prohibited|rule violation|hidden ref", re.IGNORECASE
)
MOST_WORDS = 300


class Unknown(OutOfReach):
    """A push was sent, and its answer did not come: whether the remote took it is not known."""


class Pushed(Enum):
    """What became of a push: taken, or somebody else was first."""

    TAKEN = "taken"
    OVERTAKEN = "overtaken"


def fetch(git: Git, remote: Remote, seconds: float, *, deepen: bool = False, tidy: bool = False) -> bool:
    """Brings what the remote's branch is to the tracking ref; False where the remote has no such branch.

    `deepen` asks for the whole history of this branch, `tidy` lets git collect garbage afterwards. Raises OutOfReach
    with git's own words.
    """
    options = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--refmap="]
    options += ["--depth=2147483647"] if deepen else []
    options += [] if tidy else ["--no-auto-maintenance"]
    arguments = (*QUIET, "fetch", *options, remote.name, f"+{remote.theirs}:{remote.tracking}")
    for last in (False, False, True):
        done = git.attempt(*arguments, timeout=seconds)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode == 0:
            return True
        if MISSING in said:
            return False
        if last or not re.search("cannot lock ref|unable to update local ref", said):
            break
    raise OutOfReach(
        f"the remote {remote.name} cannot be reached: {words(said) or f'git fetch ended with {done.returncode}'}",
        hint=f"see what git says there: git fetch {remote.name}",
        remote=remote.name,
    )


def push(git: Git, remote: Remote, commit: str, seconds: float) -> Pushed:
    """Offers a commit as the new head of the remote's branch: a compare-and-swap, since it is never forced.

    | the remote's answer                                         | the result                                |
    |-------------------------------------------------------------|-------------------------------------------|
    | accepted, or there already                                  | TAKEN                                     |
    | another head than this commit's ancestor; a lock of the ref | OVERTAKEN                                 |
    | a hook, a protected or checked-out branch, a missing right  | raises NotAllowed with the remote's words |
    | any other refusal                                           | raises OutOfReach with the remote's words |
    | no answer before anything could be sent                     | raises OutOfReach with git's words        |
    | no answer                                                   | raises Unknown: it may have been taken    |
    """
    options = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
    try:
        done = git.attempt(*QUIET, "push", *options, remote.name, f"{commit}:{remote.theirs}", timeout=seconds)
    except OutOfReach as found:
        raise Unknown(
            f"the remote {remote.name} did not answer within {seconds:g} s; whether it took the change is not known",
            hint="the next fedtasks sync tells",
            remote=remote.name,
        ) from found
    said = done.stderr.decode("utf-8", "replace")
    answer = next((line for line in done.stdout.decode("utf-8", "replace").splitlines() if line[1:2] == "\t"), "")
    if done.returncode == 0 or answer[:1] in (" ", "*", "="):
        return Pushed.TAKEN
    reason = answer.rpartition("\t")[2]
    if answer[:1] == "!" and RACES.search(reason):
        return Pushed.OVERTAKEN
    raise _refusal(remote, reason if answer[:1] == "!" else "", said)


def _refusal(remote: Remote, reason: str, said: str) -> NotAllowed | OutOfReach:
    spoken = "; ".join(filter(None, [words(said), reason]))
    if reason and REFUSALS.search(f"{reason} {said}"):
        hint = "ask who runs it for leave to push this branch"
        if "checked out" in f"{reason} {said}":
            hint = "share through a bare repository (git init --bare), or sync from that working copy instead"
        return NotAllowed(f"the remote {remote.name} refuses the tasks: {spoken}", hint=hint, remote=remote.name)
    if reason and "remote failure" not in reason:
        return OutOfReach(f"the remote {remote.name} cannot take the tasks: {spoken}", remote=remote.name)
    if "hung up" in said or "disconnect" in said or "remote failure" in reason:
        return Unknown(
            f"the remote {remote.name} broke off ({spoken}); whether it took the change is not known",
            hint="the next fedtasks sync tells",
            remote=remote.name,
        )
    return OutOfReach(
        f"the remote {remote.name} cannot be reached: {spoken or 'git push failed'}",
        hint=f"see what git says there: git push {remote.name}",
        remote=remote.name,
    )


def words(said: str) -> str:
    """What git and the remote wrote, on one line, without phrases that say nothing and without credentials."""
    lines = [line.strip().removeprefix("remote: ").strip() for line in said.splitlines()]
    kept = [line for line in lines if line and line != "remote:" and not BOILERPLATE.fullmatch(line)]
    if not kept:
        kept = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    text = "; ".join(dict.fromkeys(line.removeprefix("fatal: ").removeprefix("error: ") for line in kept))
    text = CREDENTIALS.sub("://", text)
    return text if len(text) <= MOST_WORDS else text[:MOST_WORDS] + " ..."
