"""What git records of a store: one commit a change, of the named paths only, and nothing else is touched."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

HOOKS = (
    "pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-checkout", "pre-push", "post-merge",
    "post-rewrite", "reference-transaction", "post-index-change", "pre-auto-gc", "pre-rebase", "fsmonitor-watchman",
)  # fmt: skip


@pytest.fixture(params=["git", "dir+git"])
def recorded(make_world: Any, request: pytest.FixtureRequest) -> Any:
    """A world whose store git records."""
    return make_world(request.param)


def trailers(world: Any, commit: str = "HEAD") -> dict[str, list[str]]:
    text = world.git("log", "-1", "--format=%(trailers:only,unfold)", commit)
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(": ")
        found.setdefault(name, []).append(value)
    return found


def test_each_change_is_one_commit_with_subject_and_trailers(recorded: Any) -> None:
    world, count = recorded, 1
    id = world.add("Add the login flow")
    other = world.add("other")
    steps = [
        (("claim", id), f"claim {id}: Add the login flow"),
        (("edit", id, "--title", "Add it"), f"edit {id}: Add it"),
        (("tag", id, "x"), f"tag {id}: Add it"),
        (("lead", id, "taichi"), f"lead {id}: Add it"),
        (("depend", other, id), f"depend {other}: other"),
        (("block", id, "--reason", "r"), f"block {id}: Add it"),
        (("unblock", id), f"unblock {id}: Add it"),
        (("status", id, "in_review"), f"in_review {id}: Add it"),
        (("done", id), f"done {id}: Add it"),
        (("reopen", id), f"reopen {id}: Add it"),
        (("release", id), f"release {id}: Add it"),
        (("assign", other, "baby"), f"assign {other} to baby: other"),
        (("assign", other, "--nobody"), f"unassign {other}: other"),
        (("cancel", other), f"cancel {other}: other"),
        (("member", "add", "baby"), "add member baby"),
    ]
    count = len(world.subjects())
    assert world.subjects()[-1] == f"add {other}: other"
    for words, subject in steps:
        answer = world.ok(*words)
        count += 1
        assert len(world.subjects()) == count and world.subjects()[-1] == subject
        assert trailers(world)["Fedtasks-Actor"] == ["ada-lovelace"]
        if "task" in answer:
            assert trailers(world)["Fedtasks-Task"] == [answer["task"]["id"]]
            assert trailers(world)["Fedtasks-Event"] == [answer["task"]["history"][-1]["id"]]
        written = world.git("show", "--format=", "--name-only").splitlines()
        assert [path for path in written if not path.startswith("inbox/")] == [
            f"tasks/{answer['task']['id']}.json" if "task" in answer else "members/baby.json"
        ]
        assert world.git("status", "--porcelain") == ""
    assert world.git("log", "-1", "--format=%an <%ae>|%cn <%ce>") == "|".join(["Ada Lovelace <ada@example.org>"] * 2)
    world.assert_clean()


def test_the_log_of_a_task_file_tells_its_story(recorded: Any) -> None:
    id = recorded.add("Dig")
    recorded.add("another")
    recorded.ok("claim", id, who="baby"), recorded.ok("done", id, who="baby")
    log = recorded.git("log", "--reverse", "--format=%an: %s", "--", f"tasks/{id}.json").splitlines()
    assert log == [f"Ada Lovelace: add {id}: Dig", f"baby: claim {id}: Dig", f"baby: done {id}: Dig"]
    kinds = [event["kind"] for event in json.loads(recorded.git("show", f"HEAD:tasks/{id}.json"))["history"]]
    assert kinds == ["created", "claimed", "status"]
    if recorded.kind == "git":
        line = recorded.git("log", "--oneline", "fedtasks", "--", f"tasks/{id}.json", cwd=recorded.project)
        assert len(line.splitlines()) == 3


def test_what_is_committed_is_what_stands_in_the_file(recorded: Any) -> None:
    id = recorded.add("grün ✓ 🎉")
    assert recorded.git("show", f"HEAD:tasks/{id}.json") + "\n" == recorded.path(id).read_text(encoding="utf-8")
    assert recorded.git("fsck", "--strict").strip() in ("", "dangling")


def test_commit_times_are_those_of_the_events(recorded: Any) -> None:
    id = recorded.ok("add", "x", env={"FEDTASKS_NOW": "2026-01-27T16:00:00Z"})["task"]["id"]
    assert recorded.git("log", "-1", "--format=%aI %cI") == "2026-01-27T16:00:00+00:00 2026-01-27T16:00:00+00:00"
    assert recorded.raw(id)["created_at"] == "2026-01-27T16:00:00Z"


def test_only_the_named_path_is_committed(recorded: Any) -> None:
    first, second, third = recorded.add("a"), recorded.add("b"), recorded.add("c")
    recorded.rewrite(second, title="edited by hand")
    recorded.rewrite(third, title="edited by hand and staged")
    notes = recorded.root / "notes.txt"
    notes.write_text("staged", encoding="utf-8")
    (recorded.root / "loose.txt").write_text("untracked", encoding="utf-8")
    recorded.git("add", "notes.txt", f"tasks/{third}.json")
    recorded.ok("claim", first)
    assert recorded.git("show", "--format=", "--name-only") == f"tasks/{first}.json"
    status = set(recorded.git("status", "--porcelain").splitlines())
    assert status == {f" M tasks/{second}.json", f"M  tasks/{third}.json", "A  notes.txt", "?? loose.txt"}
    recorded.ok("claim", second)
    assert recorded.git("show", "--format=", "--name-only") == f"tasks/{second}.json"
    assert recorded.raw(second)["title"] == "edited by hand"


def test_the_code_repository_stays_clean(git_world: Any) -> None:
    world = git_world
    head = world.git("rev-parse", "HEAD", cwd=world.project)
    id = world.add("x")
    world.ok("claim", id)
    assert world.git("status", "--porcelain", cwd=world.project) == ""
    assert world.git("status", "--porcelain", "--ignored", cwd=world.project) == "!! .fedtasks/"
    assert world.git("rev-parse", "HEAD", cwd=world.project) == head
    assert world.git("symbolic-ref", "HEAD", cwd=world.project) == "refs/heads/main"
    assert world.git_result("merge-base", "main", "fedtasks", cwd=world.project).code == 1


def test_staged_files_of_the_code_repository_stay_staged(git_world: Any) -> None:
    (git_world.project / "code.py").write_text("x = 1\n", encoding="utf-8")
    git_world.git("add", "code.py", cwd=git_world.project)
    git_world.ok("claim", git_world.add())
    assert git_world.git("status", "--porcelain", cwd=git_world.project) == "A  code.py"
    assert git_world.git("ls-tree", "-r", "--name-only", "fedtasks", cwd=git_world.project).count("code.py") == 0


@pytest.mark.parametrize("kind", ["git", "dir+git"])
def test_no_hook_runs(make_world: Any, kind: str) -> None:
    world = make_world(kind, init=False)
    log = world.home / "hooks.log"

    def install(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for name in HOOKS:
            path = folder / name
            path.write_text(f"#!/bin/sh\necho {name} >> {log}\nexit 1\n", encoding="utf-8")
            path.chmod(0o755)

    install(world.project / ".git" / "hooks")
    world.init()
    if kind == "dir+git":
        install(world.root / ".git" / "hooks")
    id = world.add()
    world.ok("claim", id), world.ok("done", id), world.ok("list"), world.ok("check"), world.ok("doctor"), world.init()
    assert not log.exists(), set(log.read_text(encoding="utf-8").split())


def test_a_global_hooks_path_is_not_run_either(recorded: Any) -> None:
    folder = recorded.home / "hooks"
    folder.mkdir()
    hook = folder / "reference-transaction"
    hook.write_text(f"#!/bin/sh\necho ran >> {recorded.home}/log\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    recorded.git("config", "--global", "core.hooksPath", str(folder))
    recorded.add()
    assert not (recorded.home / "log").exists()


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"]
)
def test_git_variables_of_another_repository_do_no_harm(recorded: Any, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    recorded.git("init", "--quiet", cwd=other)
    (other / "kept.txt").write_text("x", encoding="utf-8")
    recorded.git("add", "kept.txt", cwd=other)
    value = {
        "GIT_DIR": other / ".git", "GIT_INDEX_FILE": other / ".git" / "index", "GIT_WORK_TREE": other,
        "GIT_OBJECT_DIRECTORY": other / ".git" / "objects", "GIT_NAMESPACE": "elsewhere",
    }[name]  # fmt: skip
    before = sorted((path, path.stat().st_mtime_ns) for path in (other / ".git").rglob("*"))
    env = {name: str(value)}
    id = recorded.ok("add", "x", env=env)["task"]["id"]
    recorded.ok("claim", id, env=env)
    assert recorded.ok("check", env=env)["problems"] == []
    assert sorted((path, path.stat().st_mtime_ns) for path in (other / ".git").rglob("*")) == before
    assert len(recorded.subjects("--", f"tasks/{id}.json")) == 2
    recorded.assert_clean()


def test_a_hook_of_the_code_repository_can_call_fedtasks(git_world: Any) -> None:
    """Inside `git commit` git sets GIT_DIR, GIT_INDEX_FILE and GIT_AUTHOR_*; the commit and the store both go on."""
    world, id = git_world, git_world.add()
    hook = world.project / ".git" / "hooks" / "pre-commit"
    command = subprocess.list2cmdline(world.command("tag", id, "committed"))
    hook.write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
    hook.chmod(0o755)
    (world.project / "code.py").write_text("x = 1\n", encoding="utf-8")
    world.git("add", "code.py", cwd=world.project)
    world.git("commit", "--quiet", "-m", "code", cwd=world.project)
    assert world.raw(id)["tags"] == ["committed"]
    assert world.git("show", "--format=", "--name-only", "main", cwd=world.project) == "code.py"
    world.assert_clean()


@pytest.mark.parametrize(
    "title",
    ["a: b", "Fedtasks-Task: task-zzzzz", "x" * 1000, "-m", "--help me", "trailing ", "é✓🎉", "a\x1b[31mred\x07", "#1"],
)
def test_strange_titles_make_sound_commits(recorded: Any, title: str) -> None:
    id = recorded.ok("add", "--", title)["task"]["id"] if title.startswith("-") else recorded.add(title)
    assert trailers(recorded)["Fedtasks-Task"] == [id]
    assert recorded.subjects()[-1].startswith(f"add {id}: ")
    recorded.ok("claim", id)
    recorded.assert_clean()


def test_the_name_of_an_author_cannot_break_a_commit(recorded: Any) -> None:
    recorded.ok("member", "add", "evil", "--full-name", "Evil <x@y> > \n author", "--email", "a<b>@c")
    recorded.ok("add", "x", who="evil")
    assert recorded.git("log", "-1", "--format=%ae") == "ab@c"
    assert recorded.git("fsck", "--strict") == ""


# --- where git refuses: the store is as it was ---------------------------------------------------------------------


def refused(world: Any, id: str, code: int = 7) -> dict[str, Any]:
    """A claim that must fail and leave everything as it is, reads included."""
    before, commits = world.path(id).read_bytes(), world.git_result("rev-parse", "fedtasks").out
    error = world.fails(code, "claim", id)
    assert world.path(id).read_bytes() == before
    assert world.git_result("rev-parse", "fedtasks").out == commits
    assert world.ok("list")["tasks"][0]["status"] == "pending"
    return error


def test_a_detached_head_is_refused_before_anything_changes(recorded: Any) -> None:
    id = recorded.add()
    recorded.git("checkout", "--quiet", "--detach")
    assert "no branch checked out" in refused(recorded, id)["message"]
    recorded.git("checkout", "--quiet", "fedtasks")
    recorded.ok("claim", id)
    recorded.assert_clean()


@pytest.mark.parametrize("name", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge"])
def test_somebodys_merge_is_left_alone(recorded: Any, name: str) -> None:
    id = recorded.add()
    marker = Path(recorded.git("rev-parse", "--absolute-git-dir")) / name
    if name.endswith("HEAD"):
        marker.write_text(recorded.git("rev-parse", "HEAD") + "\n", encoding="utf-8")
    else:
        marker.mkdir()
    assert name in refused(recorded, id)["message"]


def test_a_repository_of_somebody_else_is_refused(recorded: Any) -> None:
    id = recorded.add()
    if subprocess.run(["chown", "-R", "12345", str(recorded.root)], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs root to give files away")
    error = recorded.fails(7, "claim", id)
    assert "dubious ownership" in error["message"] or "dubious ownership" in (error.get("hint") or "")
    assert recorded.raw(id)["status"] == "pending"
    assert recorded.ok("list")["tasks"][0]["status"] == "pending"


def test_a_locked_branch_is_refused_and_later_all_is_well(recorded: Any) -> None:
    id = recorded.add()
    common = Path(recorded.git("rev-parse", "--path-format=absolute", "--git-common-dir"))
    lock = common / "refs" / "heads" / "fedtasks.lock"
    lock.touch()
    done = recorded.ft("claim", id, "--json")
    assert done.code in (1, 7) and "fsyncObjectFiles" not in done.told
    assert "lock" in done.json["error"]["message"] + (done.json["error"].get("hint") or "")
    assert recorded.ft("list").code == 0 and recorded.ft("show", id).code == 0
    lock.unlink()
    assert recorded.ft("check").code == 0
    assert recorded.ft("claim", id).code in (0, 5)
    assert recorded.show(id)["status"] == "in_progress"
    recorded.assert_clean()


def test_a_stale_index_lock_stops_nobody(recorded: Any) -> None:
    """A killed git leaves index.lock; the commit is made without the index, so reading and writing go on."""
    id = recorded.add()
    lock = Path(recorded.git("rev-parse", "--absolute-git-dir")) / "index.lock"
    lock.touch()
    done = recorded.ft("claim", id)
    assert recorded.ft("list").code == 0 and recorded.ft("check").code == 0
    assert done.code == 0 or "index.lock" in done.err
    second = recorded.ft("add", "second")
    assert second.code == 0 or "index.lock" in second.err
    lock.unlink(missing_ok=True)
    assert recorded.show(id)["status"] == "in_progress"
    recorded.add("third")
    recorded.assert_clean()


def test_git_that_is_not_installed_is_named(recorded: Any) -> None:
    id = recorded.add()
    error = recorded.fails(7, "claim", id, env={"PATH": "/nonexistent"})
    assert error["message"] == "git is not installed" and recorded.raw(id)["status"] == "pending"


def test_a_store_that_nobody_tidies_is_packed_now_and_then(recorded: Any) -> None:
    """git looks into one of 256 folders of loose objects, so 27 of one folder stand for 6,700."""
    world = recorded
    wanted = [n for n in range(30_000) if hashlib.sha1(b"blob 5\0%05d" % n).hexdigest().startswith("17")]
    for n in wanted[:30]:
        (world.project / f"{n:05}").write_text(f"{n:05}", "ascii")
    world.git("hash-object", "-w", *(str(world.project / f"{n:05}") for n in wanted[:30]))
    world.git("config", "gc.autoDetach", "false")
    world.add("one more")
    assert "packs: 0" not in world.git("count-objects", "-v").splitlines()
    world.assert_clean()
