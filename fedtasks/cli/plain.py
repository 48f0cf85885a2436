"""The commands that are typed most, in their plainest form: carried out without click, whose import takes as long as
all the rest of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from fedtasks.app.session import Session
from fedtasks.cli.face import Face, carry_out, process_context

JSON = "--json"
LISTS = {"list": "list_tasks", "ready": "ready", "board": "board"}


def carried_out(words: Sequence[str]) -> bool:
    """Does what a list, a ready, a board or the show of a task without any option but `--json` asks for; False for all
    other words, which click has to look at."""
    verb, *rest = [word for word in words if word != JSON] or [""]
    body = _body(verb, rest) if words[:1] == [verb] else None
    if body is None:
        return False
    face = Face(Session(process_context(None, None, None), verb), verb, JSON in words)
    carry_out(face, partial(body, face))
    return True


def _body(verb: str, rest: Sequence[str]) -> Callable[[Face], None] | None:
    if verb in LISTS and not rest:
        from fedtasks.cli import looking

        body: Callable[[Face], None] = getattr(looking, LISTS[verb])
        return body
    if verb == "show" and len(rest) == 1 and rest[0].isascii() and not rest[0].startswith("-"):
        from fedtasks.cli.looking import show

        return partial(show, id=rest[0])
    return None
