"""The commands that are typed most, in their plainest form: carried out without click, whose import takes as long as
all the rest of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from fedtasks.app.session import Session
from fedtasks.cli.face import Face, carry_out, process_context

JSON = "--json"
LISTS = {"list": "list_tasks", "ready": "ready", "board": "board"}
OF_ONE = {"show": "looking", "claim": "taking", "status": "taking"}
"""Verbs that need no more than an id, and the module in fedtasks.cli that has what they do."""


def carried_out(words: Sequence[str]) -> bool:
    """Does what one of these verbs without any option but `--json` asks for; False for all other words, which click has
    to look at."""
    verb, *rest = [word for word in words if word != JSON] or [""]
    body = _body(verb, rest) if words[:1] == [verb] else None
    if body is None:
        return False
    face = Face(Session(process_context(None, None, None), verb), verb, JSON in words)
    carry_out(face, partial(body, face))
    return True


def _body(verb: str, rest: Sequence[str]) -> Callable[[Face], None] | None:
    body: Callable[..., None]
    if verb in LISTS and not rest:
        from fedtasks.cli import looking

        body = getattr(looking, LISTS[verb])
        return body
    if verb in OF_ONE and len(rest) == 1 and rest[0].isascii() and not rest[0].startswith("-"):
        body = getattr(import_module(f"fedtasks.cli.{OF_ONE[verb]}"), verb)
        return partial(body, id=rest[0])
    return None
