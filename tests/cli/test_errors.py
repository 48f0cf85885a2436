"""Bad input and bad days: each is one clear message with a hint and its exit code, and changes no byte of the store."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_until_open

SAMPLES = Path(__file__).resolve().parents[2] / "sample_plans"
LARGE = 51 * 1024**2


@pytest.fixture
def first(world: Any) -> str:
    """A task that Ada added."""
    return str(world.add("Write the parser"))


# --- finding the store ----------------------------------------------------------------------------------------------


def test_no_store(empty_world: Any, refuses: Any, tmp_path: Path) -> None:
    places = (empty_world.project, tmp_path)
    for place in places:
        for words in (("list",), ("add", "x"), ("show", "x"), ("board",), ("claim", "x"), ("check",)):
            error = refuses(empty_world, 7, "no_store", *words, cwd=place, store=False)
            assert "fedtasks init" in error["hint"] and "FEDTASKS_STORE" in error["looked"]
    assert not empty_world.root.exists()


def test_a_named_store_that_is_none(world: Any, refuses: Any, tmp_path: Path) -> None:
    error = refuses(world, 7, "out_of_reach", "list", "--store", str(tmp_path / "nowhere"))
    assert "--store" in error["message"] and error["path"] == str(tmp_path / "nowhere")
    error = refuses(world, 7, "out_of_reach", "list", env={"FEDTASKS_STORE": str(tmp_path)})
    assert "FEDTASKS_STORE" in error["message"]


def test_of_two_stores_the_named_one_is_meant(make_world: Any) -> None:
    """A command never mixes two stores: what is named wins, else the nearest."""
    here, other = make_world("git", name="here"), make_world("dir", name="other")
    mine, theirs = here.add("mine"), other.add("theirs")
    assert here.ids() == [mine] and here.ids("--store", str(other.root)) == [theirs]
    assert [task["id"] for task in here.ok("list", env={"FEDTASKS_STORE": str(other.root)})["tasks"]] == [theirs]
    both = {"FEDTASKS_STORE": str(other.root)}
    assert [task["id"] for task in here.ok("list", "--store", str(here.root), env=both)["tasks"]] == [mine]


def test_a_store_within_a_store_is_refused(dir_world: Any, refuses: Any) -> None:
    error = refuses(dir_world, 1, "refused", "init", "--dir", str(dir_world.root / "tasks" / "inner"))
    assert str(dir_world.root) in error["message"]


def test_not_a_repository(empty_world: Any, refuses: Any, tmp_path: Path) -> None:
    place = tmp_path / "plain"
    place.mkdir()
    error = refuses(empty_world, 1, "refused", "init", cwd=place, store=False)
    assert "not in a git repository" in error["message"] and "--dir" in error["hint"]
    assert list(place.iterdir()) == []


def test_the_working_directory_is_gone(world: Any, refuses: Any, tmp_path: Path) -> None:
    program = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'
    done = world.run(program=["sh", "-c", program, str(tmp_path / "gone"), *world.command("list")])
    assert done.code == 7 and "working directory" in done.err and "Traceback" not in done.err


# --- who and what ---------------------------------------------------------------------------------------------------


def test_no_identity(world: Any, refuses: Any) -> None:
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull}
    error = refuses(world, 2, "no_identity", "add", "x", env=nobody)
    for way in ("--as", "FEDTASKS_ACTOR", "user.name", "user.email"):
        assert way in error["hint"]
    assert world.run("list", env=nobody).code == 0


def test_an_impossible_name(world: Any, refuses: Any) -> None:
    assert "a/b" in refuses(world, 2, "usage", "add", "x", "--as", "a/b")["message"]


@pytest.mark.parametrize(
    "words", [("show",), ("claim",), ("done",), ("history",), ("edit", "--title", "x"), ("block", "--reason", "x")]
)
def test_unknown_id(world: Any, first: str, refuses: Any, words: tuple[str, ...]) -> None:
    error = refuses(world, 3, "not_found", *words, "zzzzz")
    assert "zzzzz" in error["message"] and error["given"] == "zzzzz" and "list --all" in error["hint"]


def test_ambiguous_id(world: Any, first: str, refuses: Any) -> None:
    both = sorted([first, world.add("Write the printer")])
    for verb in ("show", "claim", "done"):
        error = refuses(world, 3, "ambiguous_id", verb, "task")
        assert error["candidates"] == both and error["given"] == "task"
        assert all(id in error["message"] for id in both) and "more characters" in error["hint"]


def test_usage(world: Any, first: str, refuses: Any) -> None:
    assert "Did you mean 'claim'" in refuses(world, 2, "usage", "clam", first)["message"]
    for words in (
        ("add",),
        ("add", ""),
        ("list", "--status", "finished"),
        ("list", "--no-such-option"),
        ("show", first, "more"),
        ("add", "x", "--due", "soon"),
        ("add", "x", "--priority", "urgent"),
        ("--lock-timeout", "-1", "list"),
    ):
        refuses(world, 2, "usage", *words)


# --- the workflow ---------------------------------------------------------------------------------------------------


def test_invalid_transition(world: Any, first: str, refuses: Any) -> None:
    error = refuses(world, 4, "invalid_transition", "done", first)
    assert (error["task"], error["status"], error["wanted"]) == (first, "pending", "done")
    assert error["allowed"] and all(step in error["hint"] for step in error["allowed"])
    world.ok("cancel", first)
    error = refuses(world, 4, "invalid_transition", "claim", first)
    assert error["status"] == "cancelled" and error["allowed"] == ["pending"]


def test_unmet_dependencies(world: Any, first: str, refuses: Any) -> None:
    second = world.add("Test the parser", "--depends-on", first)
    error = refuses(world, 4, "unmet_dependencies", "start", second)
    assert error["waits_for"] == [{"id": first, "status": "pending", "title": "Write the parser"}]
    assert first in error["message"] and "Write the parser" in error["message"] and "--override" in error["hint"]


def test_cycle(world: Any, first: str, refuses: Any) -> None:
    second = world.add("b", "--depends-on", first)
    third = world.add("c", "--depends-on", second)
    error = refuses(world, 4, "dependency_cycle", "depend", first, third)
    assert error["cycle"][0] == error["cycle"][-1] and set(error["cycle"]) == {first, second, third}
    assert " -> ".join(error["cycle"]) in error["message"] and "--no" in error["hint"]


def test_held(world: Any, first: str, refuses: Any) -> None:
    world.ok("claim", first, who="baby", env={"FEDTASKS_NOW": "2026-01-27T16:00:00Z"})
    error = refuses(world, 5, "held", "claim", first, who="taichi")
    assert (error["holder"], error["since"]) == ("baby", "2026-01-27T16:00:00Z")
    assert "baby" in error["message"] and "2026-01-27T16:00:00Z" in error["message"]


# --- broken files ---------------------------------------------------------------------------------------------------

BROKEN: dict[str, bytes] = {
    "cut": b'{\n  "schema": 1,\n  "title": "x',
    "empty": b"",
    "not json": b"hello\n",
    "a list": b"[]\n",
    "not utf-8": b'{"title": "\xff"}\n',
    "conflict": b'{\n<<<<<<< ours\n  "title": "a"\n=======\n  "title": "b"\n>>>>>>> theirs\n}\n',
    "no task": b'{"schema": 1}\n',
    "deep": b"[" * 100_000,
}


WHERE = [("dir", kind) for kind in BROKEN] + [("git", "conflict"), ("dir+git", "conflict")]


@pytest.mark.parametrize(("store", "kind"), WHERE)
def test_a_broken_task_file_is_named_and_the_rest_works(make_world: Any, refuses: Any, store: str, kind: str) -> None:
    world = make_world(store)
    first, other = world.add("first"), world.add("whole")
    world.path(first).write_bytes(BROKEN[kind])
    for verb in ("show", "claim", "history"):
        error = refuses(world, 6, "invalid_data", verb, first)
        assert error["path"] == f"tasks/{first}.json" and error["line"] >= 1
        assert error["message"].startswith(f"tasks/{first}.json:{error['line']}: ")
    for verb in ("list", "board", "ready"):
        done = world.run(verb)
        assert done.code == 0 and other in done.out and f"tasks/{first}.json" in done.err, done
        assert "Traceback" not in done.err
    checked = world.run("check")
    assert checked.code == 6 and f"tasks/{first}.json:" in checked.out and "Traceback" not in checked.told
    third = world.add("new")
    for verb in ("claim", "done"):
        assert world.run(verb, other).code == 0
    assert set(world.ids()) == {third} and world.path(first).read_bytes() == BROKEN[kind]


def test_a_task_file_that_is_a_directory(world: Any, first: str, refuses: Any) -> None:
    other = world.add("whole")
    world.path(first).unlink()
    world.path(first).mkdir()
    error = refuses(world, 6, "invalid_data", "show", first)
    assert error["path"] == f"tasks/{first}.json"
    assert world.run("list").out.count(other) == 1 and world.run("check").code == 6


def test_a_task_of_a_newer_format_is_read_and_never_written(world: Any, first: str, refuses: Any) -> None:
    world.rewrite(first, schema=99)
    if world.recorded:
        world.git("commit", "--quiet", "-a", "-m", "from the future")
    error = refuses(world, 6, "newer_format", "claim", first)
    assert error["found"] == 99 and "upgrade" in error["hint"]
    assert world.run("show", first).code == 0


def test_broken_settings_are_named(world: Any, first: str, refuses: Any) -> None:
    settings = world.root / "fedtasks.yaml"
    settings.write_text("format: [1\n", encoding="utf-8")
    assert refuses(world, 6, "invalid_data", "add", "x")["path"] == "fedtasks.yaml"
    assert world.run("list").code == 0
    settings.write_text("format: 99\n", encoding="utf-8")
    assert refuses(world, 6, "newer_format", "add", "x")["found"] == 99


# --- disks and locks ------------------------------------------------------------------------------------------------


def test_a_read_only_store(world: Any, first: str, refuses: Any, read_only: Any) -> None:
    read_only(world.root)
    error = refuses(world, 7, "out_of_reach", "add", "x")
    assert "read-only" in error["message"] and "remount" in error["hint"]
    refuses(world, 7, "out_of_reach", "claim", first)
    for words in (("list",), ("show", first), ("board",), ("ready", "--why"), ("history", first), ("check",)):
        done = world.run(*words)
        assert done.code == 0, (words, done)
        assert "Traceback" not in done.err


def test_a_full_disk(make_world: Any, refuses: Any, small_disk: Any) -> None:
    disk = small_disk("256k")
    world = make_world("dir", init=False)
    world.root = disk / "tasks"
    world.ok("init", "--dir", str(world.root))
    id = world.add("before")
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    error = refuses(world, 7, "out_of_reach", "add", "x")
    assert "the disk is full" in error["message"] and "free some space" in error["hint"]
    refuses(world, 7, "out_of_reach", "edit", id, "--description", "x" * 5000)
    assert world.run("list").code == 0
    filler.unlink()
    assert world.run("edit", id, "--description", "x" * 5000).code == 0
    world.assert_clean()


@pytest.mark.parametrize("limit", [0, 64, 256])
def test_a_file_that_cannot_grow(world: Any, first: str, same: Any, limit: int) -> None:
    """A limit on file sizes makes the write fail in the middle, as a full disk or a quota does."""
    before = same(world)
    done = world.run(
        "add",
        "x" * 400,
        "--json",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.code == 7 and done.json["error"]["code"] in ("out_of_reach", "lock_lost"), done
    assert done.json["error"]["hint"] and "Traceback" not in done.told
    assert same(world) == before
    world.add("after")
    world.assert_clean()


def test_a_held_lock(world: Any, first: str, refuses: Any, held: Any) -> None:
    held(world)
    for words in (("add", "x"), ("claim", first), ("parse", str(SAMPLES / "task.md"))):
        error = refuses(world, 7, "store_locked", *words, "--lock-timeout", "0.2")
        assert error["waited"] == 0.2 and error["holder"]["actor"] == "baby" and error["holder"]["pid"] == 4711
        assert "baby" in error["message"] and "2026-01-27T16:00:00Z" in error["message"]
        assert "--lock-timeout" in error["hint"]


SHIM = """#!/bin/sh
if [ -e "$FT_HELD" ]; then echo x > "$FT_INSIDE"; read -r go < "$FT_GO"; fi
exec "$FT_GIT" "$@"
"""


@pytest.fixture
def inside(tmp_path: Path) -> Any:
    """Starts a command and answers when it holds the lock and waits for its git, which stands still."""
    place = tmp_path / "shim"
    place.mkdir()
    (place / "git").write_text(SHIM, encoding="utf-8")
    (place / "git").chmod(0o755)
    for name in ("inside", "go"):
        os.mkfifo(place / name)
    started: list[subprocess.Popen[bytes]] = []

    def start(world: Any, *words: str) -> subprocess.Popen[bytes]:
        env = {
            "FT_HELD": str(world.root / ".local" / "holder.json"),
            "FT_INSIDE": str(place / "inside"),
            "FT_GO": str(place / "go"),
            "FT_GIT": str(shutil.which("git")),
            "PATH": f"{place}{os.pathsep}{world.env['PATH']}",
        }
        process: subprocess.Popen[bytes] = world.popen(*words, env=env, start_new_session=True)
        started.append(process)
        assert (place / "inside").read_text(encoding="utf-8").startswith("x")
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_a_lock_that_a_command_holds_names_its_actor_and_verb(git_world: Any, refuses: Any, inside: Any) -> None:
    id = git_world.add("mine")
    process = inside(git_world, "claim", id, "--as", "taichi")
    told = git_world.run("add", "x", "--lock-timeout", "0.2", "--json").json["error"]
    assert told["code"] == "store_locked"
    assert (told["holder"]["actor"], told["holder"]["what"]) == ("taichi", "claim")
    assert told["holder"]["pid"] == process.pid and told["holder"]["since"] in told["message"]


# --- Ctrl-C ---------------------------------------------------------------------------------------------------------


def assert_interrupted(process: subprocess.Popen[bytes]) -> None:
    """130, or the death by SIGINT that shells call 130: CPython's end where the signal met the `exec` of an import."""
    out, err = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT), (out, err)
    assert err.strip().startswith(b"fedtasks: interrupted") and err.count(b"\n") == 2 and out == b""


def test_ctrl_c_while_waiting_for_the_lock(world: Any, first: str, same: Any, held: Any) -> None:
    holder, before = held(world), same(world)
    waiting = world.popen("claim", first, "--lock-timeout", "30")
    wait_until_open(waiting, world.root / ".local" / "lock")
    waiting.send_signal(signal.SIGINT)
    assert_interrupted(waiting)
    assert same(world) == before
    holder.communicate(b"")
    assert world.run("claim", first).code == 0
    world.assert_clean()


def test_ctrl_c_while_git_works(git_world: Any, inside: Any) -> None:
    """The terminal sends SIGINT to git as well; the next command finds a whole store."""
    world, id = git_world, git_world.add("mine")
    process = inside(world, "claim", id, "--as", "taichi")
    os.killpg(process.pid, signal.SIGINT)
    assert_interrupted(process)
    assert world.run("show", id).code == 0
    assert world.run("check").code == 0
    assert world.run("claim", id, "--as", "taichi").code in (0, 5)
    world.assert_clean()


INTERRUPTED = """
import os, signal, sys
from fedtasks.cli.main import main
import fedtasks.cli.boundary, fedtasks.cli.tasks
place, seen = int(sys.argv[1]), 0
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate", "subprocess.Popen"}
def watch(event, arguments):
    global seen
    if event == "open":
        path, _, flags = arguments
        if not isinstance(path, str) or not (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
    elif event not in CHANGES:
        return
    seen += 1
    if seen == place:
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(watch)
code = main(sys.argv[2:])
print(code, int(seen >= place))
"""


def test_ctrl_c_at_any_change(world: Any) -> None:
    """SIGINT before each file or process that `add` touches: 130, and the store is whole and goes on."""
    world.add("first")
    codes = []
    for place in range(1, 100, 3 if world.recorded else 1):
        words = ("add", f"task {place}", "--as", "ada-lovelace")
        done = world.run(program=[sys.executable, "-c", INTERRUPTED, str(place), *words])
        code, reached = map(int, done.out.split()[-2:])
        assert "Traceback" not in done.err and ("interrupted" in done.err) == (code == 130), done
        assert code in (0, 130) and (reached or code == 0)
        assert world.ok("check")["problems"] == []
        codes.append(code)
        if not reached:
            break
    assert codes[-1] == 0 and codes.count(130) >= 4
    titles = [task["title"] for task in world.ok("list")["tasks"]]
    assert len(titles) == len(set(titles)) and f"task {place}" in titles
    world.add("last")
    world.assert_clean()


# --- plans ----------------------------------------------------------------------------------------------------------


def test_plans_that_are_none(world: Any, first: str, refuses: Any, tmp_path: Path) -> None:
    place = tmp_path / "plans"
    place.mkdir()
    (place / "binary.md").write_bytes(b"# plan\n\n- [ ] a\n\0\x01\x02")
    (place / "latin.md").write_bytes("- [ ] Größe\n".encode("latin-1"))
    with (place / "huge.md").open("wb") as file:
        file.write(b"- [ ] a task\n")
        file.truncate(LARGE)
    os.mkfifo(place / "pipe.md")
    for name, problem in (
        (".", "directory"),
        ("binary.md", "NUL byte"),
        ("latin.md", "not UTF-8"),
        ("huge.md", "50 MB"),
        ("pipe.md", "regular file"),
    ):
        error = refuses(world, 6, "invalid_plan", "parse", str(place / name))
        assert problem in error["message"], error
        assert error["message"].startswith(f"{error['path']}:{error['line']}:{error['column']}: error: ")
        for more in ("--dry-run", "--explain", "--check"):
            assert world.fails(6, "parse", str(place / name), more)["message"] == error["message"]
    error = refuses(world, 2, "usage", "parse", str(place / "none.md"))
    assert "none.md" in error["message"]
    assert "no-*" in refuses(world, 2, "usage", "parse", str(place / "no-*.md"))["message"]


def test_a_plan_in_conflict_makes_no_twins(world: Any, refuses: Any, tmp_path: Path) -> None:
    """Both sides of a merge would become tasks; a plan that only shows markers in a code block is a plan."""
    plan = tmp_path / "plan.md"
    sides = "<<<<<<< HEAD\n- [ ] ours\n=======\n- [ ] theirs\n>>>>>>> side\n"
    plan.write_text(f"# Plan\n\n- [ ] a\n{sides}", encoding="utf-8")
    error = refuses(world, 6, "invalid_plan", "parse", str(plan))
    assert error["line"] == 4 and "conflict" in error["message"]
    plan.write_text(f"# Plan\n\n- [ ] a\n\n```\n{sides}```\n\nTitle\n=======\n", encoding="utf-8")
    assert [task["title"] for task in world.ok("parse", str(plan))["tasks"]] == ["a"]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "Just prose, nothing to do.\n"])
def test_an_empty_plan_creates_no_task_and_says_so(world: Any, same: Any, tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.md"
    plan.write_text(text, encoding="utf-8")
    done = world.run("parse", str(plan))
    assert done.code == 0 and "no tasks found" in done.err and "nothing to do" in done.out, done
    before = same(world)
    answer = world.ok("parse", str(plan))
    assert answer["tasks"] == answer["actions"] == [] == world.ids()
    assert same(world) == before
    world.assert_clean()


def test_one_bad_plan_of_two_changes_nothing(world: Any, refuses: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"\0")
    error = refuses(world, 6, "invalid_plan", "parse", str(SAMPLES / "task.md"), str(bad))
    assert "bad.md" in error["path"]
    assert world.ids() == []


# --- output ---------------------------------------------------------------------------------------------------------


def test_a_closed_pipe_is_no_error(world: Any) -> None:
    world.ok("parse", str(SAMPLES / "implementation_plan.md"))
    words = " ".join(world.command("list", "--json"))
    done = world.run(program=["bash", "-c", f"set -o pipefail; {words} | true"])
    assert done.code == 0 and done.err == ""


def test_an_answer_that_cannot_be_written_is_told(world: Any, first: str) -> None:
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip("needs /dev/full")
    with device.open("wb") as full:
        process = world.popen("claim", first, stdout=full)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1 and b"could not be written" in err and b"Traceback" not in err
    assert world.show(first)["status"] == "in_progress"
