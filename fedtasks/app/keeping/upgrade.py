"""`upgrade`: a store of an older format becomes one of this version's, as one change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from fedtasks.app.session import Session
from fedtasks.app.writing import writing
from fedtasks.domain.canonical import dump_bytes, ordered
from fedtasks.errors import NewerFormat, NotAllowed
from fedtasks.policy.may import POWERFUL
from fedtasks.store.config import read_config
from fedtasks.store.layout import CONFIG
from fedtasks.store.listing import paths_of
from fedtasks.store.merging import kind_of
from fedtasks.store.reading import parse_object, read_bytes
from fedtasks.store.upgrades import LINES, UPGRADES, Upgrade, lifted, newest, with_format, with_lines


class Step(NamedTuple):
    """One file that is written anew, and why."""

    path: str
    what: str


class Upgraded(NamedTuple):
    """The format that was found, the one it becomes, and the files that are written for it."""

    found: int
    newest: int
    steps: list[Step]


def upgrade(session: Session, *, dry_run: bool, table: Mapping[int, Upgrade] = UPGRADES) -> Upgraded:
    """Brings the store to this version's format, all files or none; `dry_run` only says what it would write.

    Raises NewerFormat for a store of a newer format, InvalidData for a file that cannot be read, NotAllowed.
    """
    if dry_run:
        found = _found(session, table)
        return Upgraded(found, newest(table), [step for step, _ in _decide(session, found, table)])
    _require_admin(session)
    with writing(session) as change:
        found = _found(session, table)
        steps = []
        for step, data in _decide(session, found, table):
            change.transaction.put_bytes(step.path, data)
            steps.append(step)
        if steps:
            change.title(f"upgrade the store to format {newest(table)}")
    return Upgraded(found, newest(table), steps)


def _found(session: Session, table: Mapping[int, Upgrade]) -> int:
    found = read_config(session.root).format
    if found > newest(table):
        raise NewerFormat(CONFIG, found, newest(table))
    return found


def _decide(session: Session, found: int, table: Mapping[int, Upgrade]) -> Iterator[tuple[Step, bytes]]:
    root = session.root
    for path in LINES:
        text = (root / path).read_text(encoding="utf-8") if (root / path).is_file() else ""
        whole, added = with_lines(path, text)
        if added:
            yield Step(path, f"{added} line{'s' * (added > 1)} added"), whole.encode()
    says = "; ".join(table[number].says for number in sorted(table) if number >= found)
    if not says:
        return
    for path in paths_of(root):
        data = read_bytes(root, path)
        if path == CONFIG:
            text = with_format(data.decode(), newest(table))
            yield Step(path, f"format {found} becomes {newest(table)}"), text.encode()
            continue
        raw = parse_object(path, data)
        new = lifted(kind_of(path), raw, found, table)
        if new != raw:
            yield Step(path, says), dump_bytes(ordered(new))


def _require_admin(session: Session) -> None:
    member = session.actor.member
    if session.members and member.role not in POWERFUL:
        admins = [one.name for one in session.members if one.role in POWERFUL]
        raise NotAllowed(
            f"{member.name} may not upgrade the store: only owners and admins may",
            hint="ask one of: " + (", ".join(admins) or "-"),
            actor=member.name,
        )
