"""Before a commit: are the staged files edited under somebody else's task?"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedtasks.app.commits.summary import shell_pattern
from fedtasks.policy.globs import parse_glob
from tests.conftest import Result, World
from tests.hooks.conftest import Person


def try_commit(person: Person, *words: str, who: str = "ben", **env: str) -> Result:
    environ = {"FEDTASKS_ACTOR": who, **env}
    return person.world.git_result("commit", "-q", "-m", "x", *words, cwd=person.project, env=environ)


def test_others_files_are_named_with_task_owner_and_time_and_exclusive_ones_are_refused(alone: Person) -> None:
    task = alone.task("Sign people in", "src/auth.py", "lib/*.py", "!lib/free.py")
    since = alone.world.show(task)["claim"]["since"]
    for path in ("src/auth.py", "lib/free.py", "docs/free.md"):
        alone.write(path)
    said = try_commit(alone)
    assert said.code == 0
    assert f"fedtasks: ada is editing src/auth.py since {since}: {task} Sign people in\n" in said.err
    assert "the commit goes on" in said.err and "free" not in said.err
    alone.write("lib/x.py")
    assert try_commit(alone, who="ada").err == "", "one's own files are no news"
    alone.write("lib/free.py")
    alone.write("docs/free.md")
    assert try_commit(alone).err == "", "nobody edits these"
    alone.write("lib/y.py")
    refused = try_commit(alone, FEDTASKS_GUARD="refuse")
    assert refused.code == 1 and "nothing was committed: the guard refuses" in refused.err
    verdict = alone.world.ft("hooks", "run", "pre-commit", "--json", who="ben", env={"FEDTASKS_GUARD": "refuse"})
    assert verdict.code == 5 and verdict.json["outcome"] == "conflict"
    assert verdict.json["conflicts"][0] | {"since": since} == {
        "task": task, "title": "Sign people in", "owner": "ada", "since": since, "exclusive": False,
        "paths": ["lib/y.py"],
    }  # fmt: skip
    assert try_commit(alone, FEDTASKS_GUARD="off").err == ""
    alone.world.ok("release", task)
    alone.write("src/auth.py")
    assert try_commit(alone).err == "", "nobody is at it any more"
    alone.world.ok("claim", task, "--exclusive")
    alone.write("src/auth.py")
    refused = try_commit(alone)
    assert refused.code == 1 and "ada holds src/auth.py since" in refused.err
    assert "nothing was committed: ada holds these files exclusively" in refused.err
    assert try_commit(alone, FEDTASKS_GUARD="warn").code == 0
    alone.write("src/auth.py", add=False)
    assert try_commit(alone, "-a").code == 1, "what git stages for -a alone counts as well"
    assert try_commit(alone, "src/auth.py").code == 1
    alone.git("reset", "-q", "--hard")
    alone.git("checkout", "-q", "-b", "side")
    alone.commit("src/auth.py")
    alone.git("checkout", "-q", "main")
    alone.git("merge", "-q", "--no-ff", "--no-commit", "side")
    assert try_commit(alone).err == "", "merges are exempt"


def test_a_protected_branch_refuses_and_the_outcomes_are_distinct(alone: Person) -> None:
    world = alone.world
    run = ("hooks", "run", "pre-commit", "--json")
    task = alone.task("Sign people in", "src/auth.py")
    config = world.root / "fedtasks.yaml"
    config.write_text(config.read_text() + "guard: {protected: [main, 'release/*']}\n")
    alone.write("src/auth.py")
    found = world.ft(*run, who="ben")
    assert (found.code, found.json["reason"]) == (5, "the branch main is protected")
    alone.git("checkout", "-q", "-b", "side")
    assert world.ft(*run, who="ben").code == 0
    assert world.ok(*run[:-1], who="ada")["outcome"] == "clear"
    assert world.ok(*run[:-1], who="ben", env={"FEDTASKS_GUARD": "off"})["outcome"] == "unmanaged"
    assert world.ok(*run[:-1], env={"FEDTASKS_GUARD": "loud"})["outcome"] == "unknown"
    config.write_text("format: [\n")
    unknown = world.ok(*run[:-1], who="ben")
    assert unknown["outcome"] == "unknown" and "fedtasks.yaml" in unknown["notes"][0]
    said = try_commit(alone)
    assert said.code == 0 and "whether others edit these files is not known" in said.err
    config.unlink()
    headless = world.ok(*run[:-1], who="ben")
    assert headless["outcome"] == "unknown" and "no fedtasks.yaml" in headless["notes"][0]
    shutil.rmtree(world.root)
    assert world.ok(*run[:-1], who="ben")["outcome"] == "unmanaged"
    assert task


def test_the_shell_alone_answers_once_it_knows(alone: Person, tmp_path: Path) -> None:
    """Nothing of Python starts for a commit that surely concerns nobody; any change makes the hook ask again."""
    log = tmp_path / "asked"
    wrapper = tmp_path / "python"
    wrapper.write_text(f'#!/bin/sh\necho "$*" >>{log}\nexec {alone.world.command()[0]} "$@"\n')
    wrapper.chmod(0o755)
    for hook in (alone.project / ".git/hooks").glob("p*-*t"):
        lines = hook.read_text().splitlines(keepends=True)
        hook.write_text("".join(f"python={wrapper}\n" if line.startswith("python=") else line for line in lines))
    alone.world.add("nobody's yet", "--file", "free.txt")
    settle(alone.world)
    alone.follow()
    alone.commit("free.txt")
    assert not log.exists()
    seen = (alone.project / ".git/fedtasks/hooks/seen").read_text().split()
    assert seen[-1] == alone.git("rev-parse", "HEAD")
    alone.task("Odd names", "src/a b.py", "häuser/*.md")
    alone.commit("free.txt")
    assert "hooks run pre-commit" in log.read_text()
    settle(alone.world)
    alone.world.ft("hooks", "run", who="ben")
    log.write_text("")
    alone.write("free.txt")
    assert try_commit(alone).code == 0
    state = alone.project / ".git/fedtasks/hooks"
    assert (state / "seen").read_text().split()[-1] == alone.git("rev-parse", "HEAD")
    assert not any((state / "pending").iterdir()) and log.read_text() == "", "others are told, but not of this file"
    alone.write("free.txt")
    ben = {"FEDTASKS_ACTOR": "ben"}
    assert alone.world.git_result("commit", "-q", "-m", "", cwd=alone.project, env=ben).code == 1
    assert (state / "clear").read_text(), "what was clear was given up"
    alone.write("src/a b.py")
    assert try_commit(alone, "--no-verify").code == 0
    assert [alone.git("rev-parse", "HEAD")] in alone.told()
    settle(alone.world)
    alone.world.ft("hooks", "run", who="ben")
    alone.write("src/a b.py")
    assert "ada is editing src/a b.py" in try_commit(alone).err
    alone.write("häuser/am see.md")
    assert "ada is editing häuser/am see.md" in try_commit(alone).err


def settle(world: World) -> None:
    """Lets what the summary is made from be old, as it is when a person comes back to a repository."""
    places = [world.root / name for name in ("tasks", "members", "fedtasks.yaml")]
    for place in filter(Path.exists, [*places, world.project / ".git/config"]):
        os.utime(place, (1_700_000_000, 1_700_000_000))


names = st.text("ab .*?[]\\'\"$`!é", min_size=1, max_size=4)
patterns = st.lists(st.one_of(names, st.just("**")), min_size=1, max_size=3).map("/".join)


@pytest.mark.parametrize("shell", ["/bin/sh"])
def test_the_shells_patterns_mean_all_that_the_tasks_mean(shell: str) -> None:
    cases: list[tuple[str, str]] = []

    @given(patterns, st.lists(names.filter(lambda name: name not in (".", "..")), min_size=1, max_size=4).map("/".join))
    def collect(pattern: str, path: str) -> None:
        glob = parse_glob(pattern)
        if glob is not None and glob.matches(path):
            cases.append((shell_pattern(glob), path))

    collect()
    script = "".join(
        f"case $1 in {pattern} | {pattern}/*) ;; *) echo {at} ;; esac; shift\n" for at, (pattern, _) in enumerate(cases)
    )
    done = subprocess.run(
        [shell, "-c", script, "sh", *(path for _, path in cases)], capture_output=True, text=True, check=True
    )
    assert cases and done.stdout == "", [cases[int(at)] for at in done.stdout.split()]


def test_what_reads_gits_output_does_not_wait_for_the_work_behind_it(alone: Person, tmp_path: Path) -> None:
    """The program that the hook starts hangs until it is let go; the commit, whose output is read, is back before."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    wrapper = tmp_path / "python"
    wrapper.write_text(f'#!/bin/sh\ncase "$*" in *detached*) read line <{gate} ;; esac\n')
    wrapper.chmod(0o755)
    hook = alone.project / ".git/hooks/post-commit"
    lines = hook.read_text().splitlines(keepends=True)
    hook.write_text("".join(f"python={wrapper}\n" if line.startswith("python=") else line for line in lines))
    alone.task("Sign people in", "src/auth.py")
    commit = alone.commit("src/auth.py")
    assert alone.git("rev-parse", "HEAD") == commit
    assert alone.world.ok("hooks", "status")["pending"] == 1
    gate.write_text("go\n")
