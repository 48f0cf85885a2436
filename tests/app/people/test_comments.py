"""Comments: threads, mentions, attachments, reactions, and what is settled."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings

from fedtasks.domain.conversation import conversation, mentioned, remarks
from fedtasks.domain.fold import fold
from tests.strategies import wild_histories


def said(answer: Any) -> str:
    return answer["task"]["history"][-1]["id"]


def test_a_conversation_is_a_tree(world: Any) -> None:
    for name in ("ben", "baby"):
        world.ok("member", "add", name)
    id = world.add("Rotate the keys")
    first = world.ok("comment", id, "Which keys, @ben and @nobody?\n\n```\n@baby in code\n```")
    assert first["task"]["history"][-1]["mentions"] == ["ben"]
    assert world.raw(id) == first["task"]
    question = said(first)
    answer = said(world.ok("comment", id, "All of them.", "--reply-to", question[-8:].lower(), who="ben"))
    world.ok("comment", id, "By when?", "--reply-to", answer, "--type", "status_update", who="baby")
    other = said(world.ok("comment", id, "Something else", who="baby"))
    world.ok("react", id, question, "+1", who="ben")
    world.ok("react", id, question, "+1", who="baby")
    world.ok("react", id, question, "+1", "--remove", who="baby")
    world.ok("resolve", id, question, who="ben")
    trees = world.ok("thread", id)["thread"]
    assert [(tree["id"], len(tree["replies"])) for tree in trees] == [(question, 1), (other, 0)]
    assert trees[0]["reactions"] == {"+1": ["ben"]} and trees[0]["resolved"]["by"] == "ben"
    assert trees[0]["replies"][0]["replies"][0]["type"] == "status_update"
    assert [tree["id"] for tree in world.ok("thread", id, "--open")["thread"]] == [other]
    lines = world.ft("thread", id).out.splitlines()
    assert lines[0].startswith(question[-8:]) and lines[0].endswith("(settled by ben)")
    assert any(line.startswith("    ") and "[status_update]" in line for line in lines)
    assert "+1 ben" in "\n".join(lines)
    world.ok("resolve", id, question, "--reopen")
    assert len(world.ok("thread", id, "--open")["thread"]) == 2
    assert "comment: Something else" in world.ft("history", id).out
    assert world.fails(3, "comment", id, "x", "--reply-to", "zzzz")["code"] == "not_found"
    assert world.fails(3, "react", id, "01", "+1")["code"] == "ambiguous_id"
    assert world.fails(2, "comment", id, "  \n ")["code"] == "usage"
    assert world.fails(2, "react", id, question, " ")["code"] == "usage"
    world.assert_clean()


def test_the_text_comes_from_standard_input_or_the_editor(git_world: Any) -> None:
    world = git_world
    id = world.add()
    done = world.run("comment", id, input=b"from a pipe\n\n")
    assert done.code == 0, done
    assert world.raw(id)["history"][-1]["text"] == "from a pipe"
    assert world.run("comment", id, input=b"\xff").code == 6
    editor = world.base / "editor"
    editor.write_text('#!/bin/sh\nprintf "written\\n\\n%s" "$(cat "$1")" > "$1"\n')
    editor.chmod(0o755)
    with_terminal = ["script", "-qec", " ".join(world.command("comment", id)), "/dev/null"]
    done = world.run(program=with_terminal, env={"EDITOR": str(editor)}, stdin=subprocess.DEVNULL)
    assert done.code == 0, done
    assert world.raw(id)["history"][-1]["text"] == "written"


def test_files_are_kept_or_named(make_team: Callable[..., Any]) -> None:
    team = make_team(2)
    ada, ben = team.all
    id = ada.add()
    (ada.project / "logs").mkdir()
    (ada.project / "logs/out.txt").write_bytes(b"line\r\n\xff\x00")
    made = ada.ok("comment", id, "see", "--attach", "out.txt", "--link", "out.txt", cwd=ada.project / "logs")
    kept, named = made["task"]["history"][-1]["attachments"]
    digest = hashlib.sha256(b"line\r\n\xff\x00").hexdigest()
    assert kept == {"path": "out.txt", "sha256": digest, "size": 8, "kept": True}
    assert named == {"path": "logs/out.txt", "sha256": digest, "size": 8}
    (ben.project / "same.txt").write_bytes(b"line\r\n\xff\x00")
    ada.ok("sync")
    ben.ok("sync")
    ben.ok("comment", id, "the same", "--attach", "same.txt")
    team.settle()
    assert (ben.root / "attachments" / digest).read_bytes() == b"line\r\n\xff\x00"
    assert f"attachments/{digest}" in ben.ft("thread", id).out
    (ada.project / "big.bin").write_bytes(b"x" * 1_000_001)
    assert "--link" in ada.fails(2, "comment", id, "see", "--attach", "big.bin")["hint"]
    assert ada.fails(3, "comment", id, "see", "--attach", "nope.txt")["path"] == "nope.txt"
    ada.ok("comment", id, "see", "--link", "big.bin")
    team.settle()
    team.assert_alike()


def test_mentions() -> None:
    known = {"ben", "ada-l", "Änne", "x.y"}
    text = "@ben, (@ada-l) @Änne. @x.y! me@ben.org `@code` @benny /@ben"
    assert mentioned(text, known) == ["ben", "ada-l", "Änne", "x.y"]
    assert mentioned("```\n@ben", known) == []


@settings(deadline=None, max_examples=60)
@given(wild_histories)
def test_every_history_has_a_conversation(history: Any) -> None:
    task = fold("task-7k3q2", history)
    found = list(remarks(conversation(task)))
    assert len({one.id for one in found}) == len(found)
    texts = [made.id for made in task.history if made.kind == "commented" and made.id not in task.void]
    assert set(texts) <= {one.id for one in found}
