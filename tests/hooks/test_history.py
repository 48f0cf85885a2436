"""What counts as a commit that touches a file: renames, rewritten history, merges, odd names, other working trees."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import World
from tests.hooks.conftest import Person

BEN = {"FEDTASKS_ACTOR": "ben"}
ODD = ("sp ace/é ü.py", "new\nline.py", "tab\there.py", '"quoted".py', "-dash.py", "$(x).py")


def ben_commits(ada: Person, message: str, *words: str, cwd: Path | None = None) -> str:
    """Ben commits what is staged, in the same repository."""
    ada.git("commit", "-q", "-m", message, *words, cwd=cwd, env=BEN)
    return ada.git("rev-parse", "HEAD", cwd=cwd)


def ben_changes(ada: Person, path: str, message: str = "change", text: str = "more\n") -> str:
    ada.write(path, text)
    return ben_commits(ada, message)


def flat(person: Person) -> list[str]:
    """The commits of all notices."""
    return [commit for notice in person.told() for commit in notice]


def files(notice: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        tuple(str(file[name]) for name in ("action", "old", "path") if name in file)
        for commit in notice["commits"]
        for file in commit["files"]
    ]


def test_renames_deletions_modes_and_odd_names(alone: Person) -> None:
    ada = alone
    for path in ("src/auth.py", "src/deep/mode.py", "free.py", *ODD):
        ada.write(path, f"a line of its own: {path!r}\n" * 5)
    ada.git("commit", "-q", "-m", "start")
    task = ada.task("Everything odd", "src/auth.py", "/src/deep/", "*.py", "!free.py")
    told = [
        (lambda: ada.git("mv", "src/auth.py", "src/login.py"), [("R", "src/auth.py", "src/login.py")]),
        (lambda: ada.git("rm", "-q", "src/login.py"), [("D", "src/login.py")]),
        (lambda: ada.git("update-index", "--chmod=+x", "src/deep/mode.py"), [("M", "src/deep/mode.py")]),
        (lambda: [ada.write(path, "crlf\r\n") for path in ODD], [("M", path) for path in sorted(ODD)]),
        (lambda: ada.write("free.py"), None),
        (lambda: ada.git("commit", "-q", "--allow-empty", "-m", "nothing", env=BEN), None),
    ]
    for step, wanted in told:
        step()
        commit = ben_commits(ada, "step", "--allow-empty")
        news = [notice for notice in ada.inbox() if commit in str(notice)]
        assert (sorted(files(news[0])) if news else None) == wanted
        assert not news or (news[0]["by"] == "ben" and news[0]["task"] == task and "\n" not in news[0]["text"])


def test_what_was_rewritten_is_told_once(alone: Person) -> None:
    """Amended or rebased before it was read it takes the old one's place; read, the same change is no news."""
    ada = alone
    ada.commit("src/auth.py", "start", "a\nb\nc\n")
    ada.task("Sign people in", "src/auth.py")
    ada.git("checkout", "-q", "-b", "topic")
    first = ben_changes(ada, "src/auth.py", "first")
    assert ada.told() == [[first]]
    ada.write("other.py")
    amended = ben_commits(ada, "first, amended", "--amend")
    assert ada.told() == [[amended]]
    second = ben_changes(ada, "src/auth.py", "second")
    assert sorted(flat(ada)) == sorted([amended, second])
    ada.git("checkout", "-q", "main")
    ada.commit("free.py", "main goes on")
    ada.git("rebase", "-q", "main", "topic", env=BEN)
    rebased = ada.git("rev-list", "--reverse", "main..topic").split()
    assert sorted(flat(ada)) == sorted(rebased)
    ada.world.ok("read")
    ada.git("checkout", "-q", "-b", "picks", "main")
    ada.git("cherry-pick", "topic~1", "topic", env=BEN)
    ada.git("rebase", "-q", "--force-rebase", "main", env=BEN)
    assert ada.world.ok("hooks", "run")["notices"] == []
    assert ada.world.ok("inbox")["notices"] == []


def test_merges_tell_only_what_they_change_themselves(alone: Person) -> None:
    ada = alone
    ada.commit("src/auth.py", "start", "a\nb\nc\n")
    ada.task("Sign people in", "src/auth.py")
    ada.git("checkout", "-q", "-b", "topic")
    own = ada.commit("src/auth.py", "Ada's own", "d\n")
    ada.git("checkout", "-q", "main")
    other = ben_changes(ada, "free.py", "elsewhere")
    ada.git("merge", "-q", "--no-ff", "-m", "plain merge", "topic", env=BEN)
    assert ada.told() == []
    ada.git("checkout", "-q", "-b", "clash", "HEAD~1")
    ben = ben_changes(ada, "src/auth.py", "another d", "e\n")
    ada.git("checkout", "-q", "main")
    assert ada.world.git_result("merge", "-q", "clash", cwd=ada.project, env=BEN).code == 1
    (ada.project / "src/auth.py").write_text("a\nb\nc\nd and e\n")
    ada.git("add", "src/auth.py")
    resolved = ben_commits(ada, "resolve it")
    assert sorted(flat(ada)) == sorted([ben, resolved])
    ada.world.ok("read")
    ada.git("checkout", "-q", "-b", "squashed", other)
    ada.git("merge", "-q", "--squash", "clash", env=BEN)
    ben_commits(ada, "squash of one commit")
    assert ada.world.ok("hooks", "run")["notices"] == [] and ada.world.ok("inbox")["notices"] == []
    assert own not in str(ada.told())


def test_other_working_trees_subfolders_and_submodules(alone: Person) -> None:
    ada, other = alone, alone.world.base / "linked"
    ada.commit("apps/shop/cart.py", "start")
    library = alone.world.base / "library"
    library.mkdir()
    ada.git("init", "-q", cwd=library)
    ada.git("commit", "-q", "--allow-empty", "-m", "start", cwd=library)
    ada.git("-c", "protocol.file.allow=always", "submodule", "-q", "add", str(library), "lib")
    ada.git("commit", "-q", "-m", "a library")
    task = ada.task("Shop", "apps/shop/", "lib", "lib/core.py")
    ada.git("worktree", "add", "-q", "-b", "side", str(other))
    (other / "apps/shop/cart.py").write_text("there\n")
    there = ben_commits(ada, "in another working tree", "-a", cwd=other)
    assert ada.told() == [[there]]
    (ada.project / "apps/shop/new.py").write_text("below\n")
    ada.git("add", "new.py", cwd=ada.project / "apps/shop")
    below = ben_commits(ada, "from below", cwd=ada.project / "apps/shop")
    assert ada.told()[-1:] == [[below]] or [below] in ada.told()
    module = ada.project / "lib"
    assert ada.world.ok("hooks", "install", cwd=module)["changed"]
    (module / "core.py").write_text("core\n")
    ada.git("add", "core.py", cwd=module)
    inside = ben_commits(ada, "inside of the submodule", cwd=module)
    ada.world.ok("hooks", "run", cwd=module)
    assert [inside] in ada.told()
    ada.git("add", "lib")
    assert [ben_commits(ada, "the submodule goes on")] in ada.told()
    assert {notice["task"] for notice in ada.inbox()} == {task}


def test_a_backlog_is_one_summary(alone: Person) -> None:
    """5,000 commits that come at once, made by somebody who has no hooks; told again nowhere."""
    ada, count = alone, 5_000
    task = ada.task("Sign people in", "src/auth.py")
    tip = ada.git("rev-parse", "HEAD")
    lines = [b"reset refs/heads/main\nfrom %s\n" % tip.encode()]
    for number in range(count):
        path = b"src/auth.py" if number % 2 else b"other.py"
        head = b"commit refs/heads/main\ncommitter Cleo <cleo@example.org> %d +0000\ndata 4\nstep\n" % (
            1_700_000_000 + number
        )
        lines.append(head + b"M 100644 inline %s\ndata %d\n%d\n" % (path, len(str(number)), number))
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=ada.project, env=ada.world.env, input=b"".join(lines), check=True
    )
    ada.git("reset", "-q", "--hard")
    (notice,) = ada.inbox()
    assert (notice["by"], notice["count"], len(notice["commits"])) == ("Cleo", count // 2, 50)
    assert notice["text"].startswith(f"{count // 2} commits by Cleo changed src/auth.py; the last is ")
    assert notice["task"] == task and notice["commits"][-1]["id"] == ada.git("rev-parse", "HEAD")
    (ada.project / ".git/fedtasks/hooks/seen").write_text(f"{tip}\n")
    last = ben_changes(ada, "src/auth.py")
    assert ada.told()[-1] == [last] or [last] in ada.told(), "as after a kill, before it was noted what was seen"
    assert len(ada.told()) == 2


VICTIM = """
import os, signal, sys
import fedtasks.app.commits.followup, fedtasks.app.commits.runhook, fedtasks.app.sharing.sync
import fedtasks.cli.hooks, fedtasks.cli.boundary
from fedtasks.cli.main import main
CHANGES = {"os.rename", "os.remove", "os.mkdir", "subprocess.Popen"}
seen, place = 0, 0
def watch(event, arguments):
    global seen
    if event == "open":
        path, _, flags = arguments
        if not isinstance(path, (str, bytes)) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
    elif event not in CHANGES:
        return
    seen += 1
    if seen == place:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
for line in sys.stdin:
    place = int(line)
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(main(["hooks", "run", "post-commit", "--detached"]))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_a_kill_anywhere_loses_no_notice_and_doubles_none(alone: Person) -> None:
    """Each commit's follow-up is killed a little later than the one before, then the next command finishes it."""
    ada = alone
    ada.task("Sign people in", "src/auth.py")
    victim = ada.world.popen(program=[sys.executable, "-c", VICTIM], stdin=subprocess.PIPE, stderr=None)
    assert victim.stdin and victim.stdout
    commits, codes = [], []
    with victim:
        for place in range(1, 400, 4):
            ada.write("src/auth.py")
            ada.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "x", "--author=Ben <ben@example.org>")
            commits.append(ada.git("rev-parse", "HEAD"))
            victim.stdin.write(b"%d\n" % place)
            victim.stdin.flush()
            codes.append(int(victim.stdout.readline()))
            if codes[-1] == 0:
                break
            if len(commits) % 3 == 0:
                ada.world.ok("hooks", "run")
        victim.stdin.close()
    assert set(codes) == {-9, 0} and len(codes) > 5
    assert sorted(flat(ada)) == sorted(commits)
    ada.world.assert_clean()


def test_repositories_branches_and_absolute_paths_count(
    make_world: Callable[..., World],
) -> None:
    """In a store in a shared directory, for once."""
    world = make_world("dir", init=False)
    world.env |= {"FEDTASKS_FSYNC": "off", "FEDTASKS_ACTOR": "ada"}
    world.init()
    world.ok("hooks", "install")
    ada = Person(world, "ada")
    task = ada.task("Shop", "a.py", f"file://{world.project}/b.py", f"{world.project}/c.py")
    kept = [file for file in world.raw(task)["files"] if file["path"] != "a.py"]
    world.rewrite(task, files=[{"path": "a.py", "branch": "release/*"}, *kept])
    other = ada.task("Elsewhere", "d.py")
    world.rewrite(other, files=[{"path": "d.py", "repository": "git@example.org:x/y.git"}])
    ada.git("remote", "add", "origin", "https://example.org/team/project.git")
    for path in ("a.py", "d.py", "free.py"):
        ben_changes(ada, path)
    assert ada.inbox() == []
    commits = [ben_changes(ada, "b.py"), ben_changes(ada, "c.py")]
    ada.git("checkout", "-q", "-b", "release/1")
    commits.append(ben_changes(ada, "a.py"))
    assert sorted(flat(ada)) == sorted(commits)
