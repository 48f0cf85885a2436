"""Identifiers: ULIDs for events, short Crockford base32 names for tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from fedtasks.errors import AmbiguousId, NotFound

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
DERIVED_LENGTH = 8
SHORTEST = 5
TASK_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*-[0-9a-hjkmnp-tv-z]{5,}")

RandomBytes = Callable[[int], bytes]


def base32(number: int, length: int) -> str:
    """The low `5 * length` bits of `number` as lower-case Crockford base32 (crockford.com/base32)."""
    return "".join(CROCKFORD[(number >> (5 * place)) & 31] for place in range(length - 1, -1, -1))


def ulid(milliseconds: int, tail: bytes) -> str:
    """A ULID (github.com/ulid/spec): 48 bits of Unix time in milliseconds, then 80 bits of `tail`."""
    return (base32(milliseconds, 10) + base32(int.from_bytes(tail[:10], "big"), 16)).upper()


def digest(*parts: str) -> bytes:
    """SHA-256 over the parts, each ended by NUL so that no two lists of parts hash alike."""
    from hashlib import sha256

    return sha256("".join(part + "\0" for part in parts).encode()).digest()


def derived_ulid(milliseconds: int, *parts: str) -> str:
    """A ULID that every machine derives alike from `parts`."""
    return ulid(milliseconds, digest(*parts))


def id_length(existing: int) -> int:
    """Characters of a random task id in a store of `existing` tasks.

    Two machines may each create 1,000 tasks (a tenth of the store, where that is more) before they sync; the chance
    that any two of these share an id stays below one in a million.
    """
    unsynced = max(1000, existing // 10)
    length = SHORTEST
    while 32**length < unsynced * unsynced * 1_000_000:
        length += 1
    return length


def random_task_id(prefix: str, existing: int, random: RandomBytes) -> str:
    """A new task id such as `task-7k3q2m9x`; the caller creates its file exclusively."""
    length = id_length(existing)
    return f"{prefix}-{base32(int.from_bytes(random(length), 'big'), length)}"


def derived_task_id(prefix: str, plan: str, key: str, length: int = DERIVED_LENGTH) -> str:
    """The task id that every machine derives for the item `key` of the plan `plan`."""
    return f"{prefix}-{base32(int.from_bytes(digest(plan, key), 'big'), length)}"


def match_id(given: str, ids: Iterable[str], others: Callable[[], Iterable[str]] = tuple) -> str:
    """The one id that equals `given`, or else begins or ends with it, with or without its prefix; where none of them
    does, the one of `others`.

    Raises NotFound and AmbiguousId.
    """
    wanted = given.lower()
    if not wanted:
        raise NotFound("an empty id names no task", hint="see all with 'fedtasks list --all'", given=given)
    fits = _fitting(wanted, ids) or _fitting(wanted, others())
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise AmbiguousId(given, sorted(fits))
    raise NotFound(f"no task '{given}'", hint="see all with 'fedtasks list --all'", given=given)


def _fitting(wanted: str, ids: Iterable[str]) -> list[str]:
    fits: list[str] = []
    for id in ids:
        if id == wanted:
            return [id]
        if id.startswith(wanted) or id.endswith(wanted) or id.rpartition("-")[2].startswith(wanted):
            fits.append(id)
    return fits
