"""How long to leave a store alone that was out of reach: known on this machine, longer with every try."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fedtasks.app.context import stamp_of
from fedtasks.app.session import Session
from fedtasks.store.layout import PAUSES

FIRST = 5
LONGEST = 3600


@dataclass(frozen=True, slots=True)
class Pause:
    """How often an instance was tried in vain, when it may be tried again, and what was said."""

    tries: int
    until: str
    said: str


def read_pauses(session: Session) -> dict[str, Pause]:
    """The pauses by instance; none where the file is not what it should be."""
    try:
        raw: Any = json.loads((session.root / PAUSES).read_text(encoding="utf-8"))
        return {str(name): Pause(int(one["tries"]), str(one["until"]), str(one["said"])) for name, one in raw.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def paused(session: Session, known: dict[str, Pause], name: str) -> bool:
    """Whether an instance is to be left alone now."""
    return name in known and session.context.now() < known[name].until


def put_off(session: Session, name: str, said: str) -> Pause:
    """Notes one more try in vain; the pause doubles, with up to a quarter of it by chance."""
    known = read_pauses(session)
    tries = known[name].tries + 1 if name in known else 1
    seconds = min(LONGEST, FIRST * 2 ** min(tries - 1, 20))
    chance = seconds * int.from_bytes(session.context.random(2), "big") / 65536 / 4
    until = stamp_of(session.context.clock() + int((seconds + chance) * 1_000_000_000))
    _write(session, known | {name: Pause(tries, until, said)})
    return Pause(tries, until, said)


def end_pause(session: Session, name: str) -> None:
    """An instance was reached."""
    known = read_pauses(session)
    if known.pop(name, None) is not None:
        _write(session, known)


def _write(session: Session, known: dict[str, Pause]) -> None:
    text = json.dumps({name: {"tries": one.tries, "until": one.until, "said": one.said} for name, one in known.items()})
    path = session.root / PAUSES
    temporary = path.with_name(f"{path.name}.{session.context.pid}")
    with suppress(OSError):
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
