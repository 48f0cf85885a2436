"""Which part imports which: layers go one way, the world outside has one door each, and start-up loads little."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "fedtasks"

LAYERS = (
    ("errors",),
    ("domain",),
    ("store", "plan", "policy"),
    ("git", "notify", "views"),
    ("app",),
    ("cli", "mcp"),
)
"""From the ground up; a part may import those on the floors below, and none beside it."""

RANK = {part: floor for floor, parts in enumerate(LAYERS) for part in parts}

DOORS = {
    "filelock": ({"store/lock.py"}, "one lock"),
    "subprocess": (
        {"git/run.py", "app/keeping/demo.py", "store/lock.py", "notify/programs.py"},
        "one door to git; the demo, a second process for the lock, and programs that show notices",
    ),
    "markdown_it": ({"plan/reading/markdown.py"}, "one reader of Markdown"),
    "jsonschema": ({"store/schemas.py"}, "one validator"),
    "jsonschema_rs": ({"store/schemas.py"}, "one validator"),
    "watchfiles": ({"cli/planning.py", "mcp/ticks.py"}, "an extra, for --watch and subscriptions"),
    "socket": (set(), "nobody talks to the network but git"),
    "smtplib": ({"notify/mail.py"}, "notices by mail"),
    "apprise": ({"notify/web.py"}, "an extra, for notices by other ways"),
    "random": (set(), "randomness comes with the context"),
    "secrets": (set(), "randomness comes with the context"),
    "uuid": (set(), "randomness comes with the context"),
}
"""A library, the modules that may import it to use it, and why."""

OUTSIDE = {
    "os.environ", "os.getenv", "os.environb", "os.getcwd", "os.getcwdb", "os.urandom", "os.getpid", "os.uname",
    "Path.cwd", "Path.home", "time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today",
    "date.today", "sys.argv", "sys.stdin", "sys.stdout", "sys.stderr", "sys.executable",
}  # fmt: skip
"""What only the command line may ask: environment, place, time, chance, process, streams."""

BY_METHOD = {"cwd", "home", "expanduser", "getcwd", "time_ns", "utcnow", "urandom"}
"""The same as methods, whatever the object."""

EXCUSED = {
    ("app/finding.py", "expanduser"): "`~` in git config fedtasks.store, which no shell has expanded",
}


@cache
def trees() -> dict[str, ast.Module]:
    """Every module's syntax tree, by its path inside the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths
    }


def imported(tree: ast.Module) -> Iterator[tuple[str, int, bool]]:
    """Each imported module in full, its line, and whether it is really loaded (not only for type checkers)."""
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        loaded = id(node) not in typing_only
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, loaded) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"a relative import in line {node.lineno}"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno, loaded


def part_of(module: str) -> str:
    """`app` of `app/claim.py` and of `fedtasks.app.claim`; empty for the package's own attributes."""
    steps = module.removesuffix(".py").replace("/", ".").removeprefix("fedtasks.").split(".")
    return steps[0] if steps[0] in RANK or steps[0] == "__main__" else ""


def test_every_part_has_its_floor() -> None:
    parts = {path.split("/")[0].removesuffix(".py") for path in trees()}
    assert parts - {"__init__", "__main__"} <= set(RANK)
    assert {"errors", "domain", "store", "plan", "policy", "git", "views", "app", "cli"} <= parts


def test_imports_run_one_way() -> None:
    wrong = []
    for path, tree in trees().items():
        here = part_of(path)
        for module, line, _ in imported(tree):
            if not module.startswith("fedtasks") or here in ("", "__main__"):
                continue
            there = part_of(module)
            if there and there != here and RANK[there] >= RANK[here]:
                wrong.append(f"fedtasks/{path}:{line}: {here} imports {module}")
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not even in functions: whoever reads one module need not know who reads it."""
    names = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in trees()}
    below: dict[str, list[str]] = {path: [] for path in trees()}
    for path, tree in trees().items():
        for module, _, _ in imported(tree):
            whole = module.removeprefix("fedtasks.")
            found = names.get(whole) or names.get(whole.rpartition(".")[0])
            if found and found != path:
                below[path].append(found)
    while ends := [path for path, there in below.items() if not any(one in below for one in there)]:
        for path in ends:
            del below[path]
    assert below == {}


def test_a_wrong_import_would_be_found() -> None:
    """The check itself: it sees imports in functions, of names, and for type checkers only."""
    text = "def f():\n    import fedtasks.cli.main\nfrom fedtasks import app\nif TYPE_CHECKING:\n    import git\n"
    found = [(module, loaded) for module, _, loaded in imported(ast.parse(text))]
    assert sorted(found) == [("fedtasks.app", True), ("fedtasks.cli.main", True), ("git", False)]
    assert (part_of("fedtasks.cli.main"), part_of("fedtasks.app"), part_of("fedtasks.__version__")) == (
        "cli",
        "app",
        "",
    )


@pytest.mark.parametrize("library", list(DOORS))
def test_a_library_has_its_door(library: str) -> None:
    allowed, why = DOORS[library]
    users = {
        path
        for path, tree in trees().items()
        for module, _, loaded in imported(tree)
        if module.split(".")[0] == library and loaded
    }
    assert users == allowed, why


def asked(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What a module asks of the world outside, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = f"{ast.unparse(node.value)}.{node.attr}"
            if name in OUTSIDE or name.partition(".")[2] in OUTSIDE:
                yield name, node.lineno
            elif node.attr in BY_METHOD:
                yield node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from ((name, node.lineno) for name in names if name in OUTSIDE)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "input"):
            yield node.func.id, node.lineno


def test_only_the_command_line_asks_the_world_outside() -> None:
    wrong, used = [], set()
    for path, tree in trees().items():
        if part_of(path) in ("cli", "mcp", "__main__"):
            continue
        for name, line in asked(tree):
            if (path, name) in EXCUSED:
                used.add((path, name))
            else:
                wrong.append(f"fedtasks/{path}:{line}: {name}")
    assert wrong == []
    assert used == set(EXCUSED), "an excuse that nobody needs"


def test_a_question_to_the_world_outside_would_be_found() -> None:
    text = (
        "import os\nos.environ['A']\nfrom time import time\nPath.cwd()\na.b.cwd()\ndatetime.datetime.now()\nprint(1)\n"
    )
    found = sorted(name for name, _ in asked(ast.parse(text)))
    assert found == ["Path.cwd", "cwd", "datetime.datetime.now", "os.environ", "print", "time.time"]


# --- start-up -------------------------------------------------------------------------------------------------------

LOADED = """
import json, sys
before = set(sys.modules)
from fedtasks.cli.main import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted({name.split(".")[0] for name in set(sys.modules) - before}
                               | {name for name in sys.modules if name.startswith("fedtasks")})]))
"""

HEAVY = {"filelock", "jsonschema", "jsonschema_rs", "markdown_it", "git", "referencing", "watchfiles", "email", "http"}


def loaded(world: Any, *words: str) -> set[str]:
    """The modules that one command loads in a fresh interpreter."""
    done = world.run(program=[sys.executable, "-c", LOADED, *words])
    code, names = json.loads(done.out.splitlines()[-1])
    assert code == 0, done
    return set(names)


def test_the_version_loads_nearly_nothing(empty_world: Any) -> None:
    names = loaded(empty_world, "--version")
    ours = {name for name in names if name.startswith("fedtasks.")}
    assert ours == {"fedtasks.cli", "fedtasks.cli.main"}
    assert not names & (HEAVY | {"click", "yaml", "sqlite3", "subprocess", "dataclasses", "pathlib", "re", "typing"})


@pytest.mark.parametrize(
    "words", [("list",), ("list", "--json"), ("board",), ("ready", "--why"), ("list", "--status", "done")]
)
def test_lists_load_no_more_than_they_need(world: Any, words: tuple[str, ...]) -> None:
    """Neither the writer, nor schemas, nor plans, nor a git command where nothing asks git."""
    world.add("one")
    world.run("list")
    names = loaded(world, *words, "--store", str(world.root))
    assert not names & (HEAVY | {"yaml", "subprocess", "shutil", "unicodedata"})
    for part in ("fedtasks.plan", "fedtasks.store.lock", "fedtasks.store.transaction", "fedtasks.store.schemas"):
        assert part not in names


def test_a_lookup_loads_no_schemas(world: Any) -> None:
    id = world.add("one")
    names = loaded(world, "show", id)
    assert not names & HEAVY


def test_a_change_loads_neither_plans_nor_gitpython(world: Any) -> None:
    id = world.add("one")
    names = loaded(world, "claim", id)
    assert "filelock" in names
    assert not names & {"git", "markdown_it", "watchfiles"}
    assert "fedtasks.plan" not in names
