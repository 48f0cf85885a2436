"""Help: every verb explains itself with an example that the verb takes."""

from __future__ import annotations

import re
import shlex
from typing import Any

import click
import pytest

from fedtasks.cli.group import HIDDEN, root
from fedtasks.cli.verbs import VERBS


def leaves(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words of every command, those of groups included."""
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in [*group.list_commands(context), *(HIDDEN if not above else ())]:
        command = group.get_command(context, name)
        assert command is not None
        found += leaves(command, (*above, name)) if isinstance(command, click.Group) else [(*above, name)]
    return found


ALL = leaves(root)


def test_the_help_lists_every_verb(empty_world: Any) -> None:
    for way in ("--help", "-h"):
        shown = empty_world.ft(way)
        assert shown.code == 0 and shown.err == ""
        listed = re.findall(r"^  ([a-z][a-z-]*)  +[A-Z]", shown.out, re.MULTILINE)
        assert listed == [name for name in VERBS if name not in HIDDEN]
        assert "--version" in shown.out and "--help" in shown.out


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_each_verb_has_help_with_an_example(empty_world: Any, words: tuple[str, ...]) -> None:
    """The help needs no store; the example is of this verb, and `--json` is among its options."""
    shown = empty_world.ft(*words, "--help")
    assert shown.code == 0 and shown.err == "", shown
    usage, example = shown.out.partition("Example:\n")[::2]
    assert usage.startswith(f"Usage: fedtasks {' '.join(words)}")
    assert "--json" in usage and "--store" in usage and "--lock-timeout" in usage
    lines = [line.strip() for line in example.splitlines() if line.strip()]
    assert lines and any(f"fedtasks {' '.join(words)}" in line for line in lines), example
    assert all(len(line) <= 100 for line in shown.out.splitlines())


@pytest.mark.parametrize("words", [one for one in ALL if one[0] not in HIDDEN], ids=" ".join)
def test_each_example_is_understood(empty_world: Any, words: tuple[str, ...]) -> None:
    """click takes the words of the example: no option of it is unknown or lacks its value."""
    command: click.Command = root
    for name in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    lines = [line.strip() for line in str(command.epilog).splitlines() if line.strip().startswith("fedtasks ")]
    assert lines
    for line in lines:
        given = shlex.split(line.partition(" >> ")[0])[1 + len(words) :]
        command.make_context(words[-1], given).close()


def test_no_words_show_the_help(empty_world: Any) -> None:
    shown = empty_world.run()
    assert "Usage: fedtasks" in shown.told and "claim" in shown.told and "Traceback" not in shown.err


def test_a_mistyped_verb_is_guessed(empty_world: Any) -> None:
    for typed, meant in (("clam", "claim"), ("borad", "board"), ("hsitory", "history")):
        assert f"'{meant}'" in empty_world.fails(2, typed)["message"]
    error = empty_world.fails(2, "xyzzy")
    assert "Did you mean" not in error["message"] and "--help" in error["hint"]


@pytest.mark.parametrize("words", [(), ("member",), ("review",)], ids=" ".join)
def test_a_group_alone_shows_its_help_as_it_is_written(empty_world: Any, words: tuple[str, ...]) -> None:
    """The first thing that many type is the name alone."""
    shown = empty_world.ft(*words)
    assert shown.code in (0, 2) and shown.told == empty_world.ft(*words, "--help").out
    assert empty_world.fails(2, "--json", *words)["code"] == "usage"


def test_json_may_stand_in_front_of_the_verb(dir_world: Any) -> None:
    """As --store and --as may."""
    dir_world.add("one")
    for words in (("list",), ("member", "list"), ("check",)):
        assert dir_world.ft("--json", *words).json == dir_world.ok(*words)
    assert dir_world.ft("--json", "show", "nope").json["schema"] == "fedtasks.error/1"
