"""The plainest commands do without click, and nobody can tell."""

from __future__ import annotations

import ast
import sys
from typing import Any

import pytest

from fedtasks.cli.plain import carried_out

LISTS = (["list"], ["ready"], ["board"])


def test_with_an_option_that_changes_nothing_the_answers_are_the_same(world: Any) -> None:
    first, second = world.add("first", "--lead", "ada"), world.add("second")
    world.ok("depend", second, "--on", first)
    world.path("task-broken").write_text("{", encoding="utf-8")
    for words in (*LISTS, ["show", first], ["show", second[-4:]], ["show", "task-nothere"], ["status", first]):
        for json in ([], ["--json"]):
            plain, by_click = (world.ft(*words, *json, *more) for more in ([], ["--lock-timeout", "30"]))
            assert plain == by_click, words
            assert plain.code == (3 if "task-nothere" in words else 0)
        assert world.ft("--json", *words) == plain == world.ft(words[0], "--json", *words[1:])


@pytest.mark.parametrize("words", [*LISTS, ["show", "ID"], ["status", "ID"], ["claim", "ID"]], ids=" ".join)
def test_click_is_not_loaded(world: Any, words: list[str]) -> None:
    id = world.add("first")
    words = [id if word == "ID" else word for word in words]
    program = f"import sys; from fedtasks.cli.main import main; main({words}); print(sorted(sys.modules))"
    loaded = world.run(program=[sys.executable, "-c", program]).out.splitlines()[-1]
    needless = {"click"} if words[0] == "claim" else {"click", "yaml", "jsonschema", "filelock", "hashlib"}
    assert not needless & set(ast.literal_eval(loaded))


@pytest.mark.parametrize(
    "words",
    [[], ["lists"], ["list", "--all"], ["--json", "list"], ["list", "x"], ["show"], ["show", "-h"], ["show", "a", "b"],
     ["show", "größe"], ["claim"], ["claim", "a", "--exclusive"], ["done", "a"]],
    ids=" ".join,
)  # fmt: skip
def test_all_other_words_are_left_to_click(words: list[str]) -> None:
    assert not carried_out(words)
